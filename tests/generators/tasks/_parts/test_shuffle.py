"""Shuffled chains: every link once, none right before its next one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.tasks._parts.shuffle import shuffled
from schemas.errors import UnfitError


def chains_of(sizes: list[int]) -> list[list[int]]:
    ends = np.cumsum(sizes).tolist()
    return [list(range(end - size, end)) for size, end in zip(sizes, ends, strict=True)]


@pytest.mark.parametrize("order", ["any", "kept", "reversed"])
@settings(deadline=None)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(2, 5), min_size=4, max_size=9))
def test_no_link_stands_right_before_its_next(order: str, seed: int, sizes: list[int]) -> None:
    chains = chains_of(sizes)
    given_order = [list(chain) for chain in chains]
    stand = shuffled(np.random.default_rng(seed), chains, order)
    assert sorted(stand) == list(range(sum(sizes)))
    assert chains == given_order
    nexts = {pair for chain in chains for pair in pairwise(chain)}
    assert nexts.isdisjoint(pairwise(stand))
    for chain in chains:
        mine = [link for link in stand if link in chain]
        assert order != "kept" or mine == chain
        assert order != "reversed" or mine == chain[::-1]


def test_two_chains_that_are_kept_take_turns() -> None:
    stand = shuffled(np.random.default_rng(0), [[1, 2, 3], [7, 8]], "kept")
    assert stand == [1, 7, 2, 8, 3]


def test_a_long_chain_among_short_ones_is_kept_apart() -> None:
    for seed in range(50):
        stand = shuffled(np.random.default_rng(seed), [[0, 1], [2, 3], [4, 5, 6, 7, 8]], "kept")
        assert stand[::2] == [4, 5, 6, 7, 8]


def test_a_lone_chain_cannot_be_kept() -> None:
    with pytest.raises(UnfitError, match="away from the one before"):
        shuffled(np.random.default_rng(0), [[1, 2, 3]], "kept")


def test_any_order_is_as_likely() -> None:
    found = [tuple(shuffled(np.random.default_rng(s), [[0, 1], [2, 3]], "any")) for s in range(400)]
    # Of 24 orders 6 have 0 1 and 6 have 2 3 side by side, 2 both.
    assert len(set(found)) == 24 - 6 - 6 + 2
