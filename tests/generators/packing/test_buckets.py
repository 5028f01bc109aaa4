"""A row holds segments of one size, so that a token's reach is the same all over the row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.packing._ribbons import Rules
from generators.packing.buckets import pack, sizes


def rows(lengths, *, cuttable=(), capacity=16, min_fragment=2, cut_cost=0, seed=0):
    """Return each row as what its segments take, descending, and the rows sorted."""
    packing = pack(
        np.random.default_rng(seed),
        np.array(lengths, dtype=np.int64),
        cuttable=np.isin(np.arange(len(lengths)), list(cuttable)),
        capacity=capacity,
        min_fragment=min_fragment,
        cut_cost=cut_cost,
    )
    whole = np.array([0, *lengths])[packing.piece + 1]
    used = packing.length + cut_cost * (packing.start + packing.length < whole)
    found = [sorted(used[packing.row == row].tolist())[::-1] for row in range(len(packing.free))]
    return sorted(found)


@pytest.mark.parametrize(
    ("capacity", "fragment", "cost", "expected"),
    [
        (16, 3, 0, [16, 8, 4]),
        (16, 4, 0, [16, 8, 4]),
        (16, 4, 1, [16, 8]),
        (15, 3, 0, [15, 7, 3]),
        (17, 2, 0, [17, 8, 4, 2]),
        (5, 9, 0, [5]),
    ],
)
def test_sizes_are_halves_of_the_row(capacity, fragment, cost, expected):
    rules = Rules(capacity=capacity, fragment=fragment, cost=cost)
    assert sizes(rules).tolist() == expected


@pytest.mark.parametrize(
    ("length", "fragments"),
    [
        (27, [[3], [8], [16]]),
        (26, [[4], [6], [16]]),
        (24, [[8], [16]]),
        (48, [[16], [16], [16]]),
        (17, [[4], [8, 5]]),
        (2, [[2]]),
    ],
)
def test_a_piece_is_cut_largest_size_first_and_a_short_rest_joins_the_last(length, fragments):
    assert rows([length], cuttable=[0], min_fragment=3) == fragments


def test_what_may_not_be_cut_lies_in_rows_of_the_next_larger_size():
    assert rows([23, 4, 4, 3], cuttable=[0]) == [[3], [4, 4, 4, 3], [16]]


def test_segments_of_two_sizes_share_no_row_though_they_would_fit():
    assert rows([8, 4]) == [[4], [8]]


def test_a_cut_is_paid_within_the_size():
    # 15 tokens and the cut, 7 tokens and the cut, and 8 tokens that reach the end
    assert rows([30], cuttable=[0], cut_cost=1) == [[8, 8], [16]]


def test_a_row_that_lacks_a_token_still_holds_as_many():
    assert rows([15, 7, 7, 3, 3, 3, 3], capacity=15) == [[3, 3, 3, 3], [7, 7], [15]]


@given(st.lists(st.integers(1, 400), max_size=30), st.data())
@settings(deadline=None)
def test_all_segments_of_a_row_are_of_one_size(lengths, data):
    cut_cost = data.draw(st.integers(0, 1))
    long = {at for at, length in enumerate(lengths) if length > 64}
    extra = data.draw(st.sets(st.integers(0, max(len(lengths) - 1, 0))))
    found = rows(
        lengths,
        cuttable=(long | extra) & set(range(len(lengths))),
        capacity=64,
        min_fragment=4,
        cut_cost=cut_cost,
    )
    least = 4 if cut_cost == 0 else 8
    for row in found:
        assert len({max(least, 1 << (used - 1).bit_length()) for used in row}) == 1


@given(st.lists(st.integers(1, 40).map(lambda x: 4 * x), max_size=30))
@settings(deadline=None)
def test_exact_sizes_cost_less_than_a_row_of_padding_for_each_size(lengths):
    found = rows(lengths, cuttable=range(len(lengths)), capacity=64, min_fragment=4)
    assert all(len(set(row)) == 1 for row in found)
    assert sum(64 - sum(row) > 0 for row in found) <= 5
