"""A document's place in an order depends on itself alone: else one new book reshuffles a corpus."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generators.mixing.order import keyed_order, keyed_uniform
from generators.seeds import rng_for

KEYS = st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=30)


def array(keys: list[int]) -> np.ndarray:
    return np.array(keys, np.uint64)


@given(KEYS, st.integers(0, 2**64 - 1), st.integers(0, 5))
def test_a_new_document_moves_no_two_others_against_each_other(keys, new, seed) -> None:
    before = [keys[i] for i in keyed_order(rng_for(seed, "o"), array(keys))]
    both = [*keys, new]
    after = [both[i] for i in keyed_order(rng_for(seed, "o"), array(both))]
    assert [key for key in after if key in keys][: len(keys)] == before or new in keys


@given(KEYS, st.integers(0, 5))
def test_the_order_of_the_input_does_not_matter(keys, seed) -> None:
    forth = [keys[i] for i in keyed_order(rng_for(seed, "o"), array(keys))]
    turned = keys[::-1]
    assert [turned[i] for i in keyed_order(rng_for(seed, "o"), array(turned))] == forth


def test_another_salt_is_another_order() -> None:
    keys = np.arange(50, dtype=np.uint64)
    first, second = (keyed_order(rng_for(seed, "o"), keys).tolist() for seed in (1, 2))
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert first != list(range(50))


def test_neighbouring_keys_get_numbers_from_all_over_the_unit_interval() -> None:
    numbers = keyed_uniform(rng_for(0, "u"), np.arange(1000, dtype=np.uint64))
    counts = np.histogram(numbers, 10, (0, 1))[0]
    assert counts.sum() == 1000
    assert counts.min() > 70
    assert numbers.max() < 1


def test_equal_keys_keep_their_order() -> None:
    assert keyed_order(rng_for(0, "o"), array([7, 7, 7])).tolist() == [0, 1, 2]
