"""Proportions meet every share, stay near to the supply, and say which share cannot hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.mixing.fitting import ContradictionError, fit


def fitted(base: list[float], *asked: tuple[list[int], float]) -> list[float]:
    groups = np.array([group for group, _ in asked], bool).reshape(-1, len(base))
    x = fit(np.array(base, float), groups, np.array([share for _, share in asked]))
    return np.round(x, 6).tolist()


def test_without_shares_the_supply_decides() -> None:
    assert fitted([60, 20, 20]) == [0.6, 0.2, 0.2]


def test_a_share_is_divided_by_supply_and_so_is_the_rest() -> None:
    assert fitted([60, 20, 20], ([1, 1, 0], 0.5)) == [0.375, 0.125, 0.5]


def test_overlapping_shares_are_met_at_once() -> None:
    # x + y = .5 = x + z, and the odds ratio of the supply, x w / (y z) = 3, stays: x = .317.
    x, y, z, w = fitted([60, 20, 20, 20], ([1, 1, 0, 0], 0.5), ([1, 0, 1, 0], 0.5))
    assert (x + y, x + z) == (pytest.approx(0.5), pytest.approx(0.5))
    assert x * w / (y * z) == pytest.approx(3, rel=1e-4)


def test_what_shares_leave_nothing_for_gets_nothing() -> None:
    assert fitted([1, 1, 1], ([1, 0, 0], 0.6), ([0, 1, 0], 0.4)) == [0.6, 0.4, 0.0]
    # Long text .6, of it books .3 and code .3: nothing for long pages.
    long = ([1, 1, 1, 0], 0.6)
    assert fitted([1, 1, 1, 1], long, ([1, 0, 0, 0], 0.3), ([0, 1, 0, 0], 0.3)) == [
        0.3,
        0.3,
        0.0,
        0.4,
    ]


@pytest.mark.parametrize(
    "asked",
    [
        [([1, 0, 0], 0.6), ([0, 1, 0], 0.6)],  # more than all
        [([1, 1, 1], 0.5)],  # the other half belongs to nobody
        [([1, 1, 0], 0.5), ([1, 0, 0], 0.7)],  # a part of .5 is .7
        [([1, 0, 0], 0.3), ([1, 0, 0], 0.4)],  # the same twice
    ],
)
def test_shares_that_contradict_each_other_are_named(asked) -> None:
    with pytest.raises(ContradictionError) as caught:
        fitted([1, 1, 1], *asked)
    assert caught.value.share in range(len(asked))


CELLS = 5


@given(
    st.lists(st.floats(0.01, 100), min_size=CELLS, max_size=CELLS),
    st.lists(st.floats(0.01, 1), min_size=CELLS, max_size=CELLS),
    st.lists(st.lists(st.booleans(), min_size=CELLS, max_size=CELLS), max_size=4),
)
def test_shares_that_some_proportions_meet_are_met(base, other, groups) -> None:
    """Shares are read off proportions, so that they can be met; they are, whatever the supply."""
    marks = np.array(groups, bool).reshape(-1, CELLS)
    marks = marks[marks.any(axis=1)]
    proportions = np.array(other) / sum(other)
    x = fit(np.array(base), marks, marks @ proportions)
    assert x.sum() == pytest.approx(1)
    assert (x >= 0).all()
    assert np.allclose(marks @ x, marks @ proportions, atol=2e-6)
