"""One piece a row: full rows of a long one, and then its end by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.packing.single import pack


def rows(lengths, *, cuttable=(), min_fragment=3, cut_cost=0, seed=0):
    """Return the rows of 10 as (piece, start, length), sorted, and the padding in their order."""
    packing = pack(
        np.random.default_rng(seed),
        np.array(lengths, dtype=np.int64),
        cuttable=np.isin(np.arange(len(lengths)), list(cuttable)),
        capacity=10,
        min_fragment=min_fragment,
        cut_cost=cut_cost,
    )
    assert packing.row.tolist() == list(range(len(packing.free)))
    columns = (packing.piece, packing.start, packing.length)
    found = zip(*(column.tolist() for column in columns), strict=True)
    return sorted(found), packing.free.tolist()


@pytest.mark.parametrize(
    ("length", "cost", "fragments"),
    [
        (23, 0, [10, 10, 3]),
        (22, 0, [10, 9, 3]),
        (20, 0, [10, 10]),
        (10, 1, [10]),
        (19, 1, [9, 10]),
        (20, 1, [9, 8, 3]),
        (2, 0, [2]),
    ],
)
def test_a_long_piece_by_eye(length, cost, fragments):
    found, _ = rows([length], cuttable=[0], cut_cost=cost)
    assert [tokens for *_, tokens in found] == fragments


def test_no_row_is_shared_though_two_pieces_would_fit():
    found, free = rows([4, 7, 23], cuttable=[2])
    assert found == [(0, 0, 4), (1, 0, 7), (2, 0, 10), (2, 10, 10), (2, 20, 3)]
    assert free[:2] == [0, 0]
    assert sorted(free[2:]) == [3, 6, 7]


@given(st.lists(st.integers(1, 60), max_size=30), st.integers(0, 9))
def test_padding_is_what_each_length_lacks_of_whole_rows(lengths, seed):
    _, free = rows(lengths, cuttable=range(len(lengths)), seed=seed)
    assert sum(free) == sum(-length % 10 for length in lengths)


def test_rows_with_padding_are_not_sorted_by_length():
    _, free = rows([1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert free not in ([9, 8, 7, 6, 5, 4, 3, 2, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9])
