import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.ngrams.units import RUN_BASE, Units, empty, joined, mixed, rolling

HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=40)


def array(values: list[int]) -> np.ndarray:
    return np.array(values, np.uint64)


def units(count: int) -> Units:
    places = np.arange(count)
    return Units(hashes=places.astype(np.uint64), starts=places, ends=places + 1)


def test_runs_are_a_polynomial_of_their_units() -> None:
    a, b, c = 5, 7, 11
    base = RUN_BASE
    assert rolling(array([a, b, c]), 2).tolist() == [
        (a * base + b) % 2**64,
        (b * base + c) % 2**64,
    ]
    assert rolling(array([a, b, c]), 3).tolist() == [(a * base**2 + b * base + c) % 2**64]


@given(HASHES, st.integers(1, 20))
def test_every_run_is_what_arithmetic_by_hand_gives(values: list[int], n: int) -> None:
    by_hand = [
        sum(value * RUN_BASE ** (n - 1 - k) for k, value in enumerate(values[at : at + n])) % 2**64
        for at in range(len(values) - n + 1)
    ]
    assert rolling(array(values), n).tolist() == by_hand


def test_order_counts() -> None:
    assert rolling(array([1, 2]), 2) != rolling(array([2, 1]), 2)


def test_a_run_has_at_least_one_unit() -> None:
    with pytest.raises(ValueError, match="n is 0"):
        rolling(array([1]), 0)


def test_mixing_is_the_published_finaliser() -> None:
    """The first outputs of java.util.SplittableRandom seeded with 0."""
    states = array([0x9E3779B97F4A7C15, 2 * 0x9E3779B97F4A7C15 % 2**64])
    assert mixed(states).tolist() == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


def test_mixing_leaves_its_input_alone() -> None:
    states = array([1, 2])
    mixed(states)
    assert states.tolist() == [1, 2]


def test_parts_are_joined_in_order_and_a_tail_is_cut() -> None:
    both = joined([units(2), empty(), units(3)])
    assert both.hashes.tolist() == [0, 1, 0, 1, 2]
    assert both.tail(2).starts.tolist() == [1, 2]
    assert len(both.tail(9)) == len(both) == 5
    assert len(both.tail(0)) == 0
    assert len(joined([])) == 0
