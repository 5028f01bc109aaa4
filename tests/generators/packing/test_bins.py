"""Whole pieces go where they leave the smallest gap that something can still fill."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generators.packing._bins import Bins, place


def rows(lengths, *, capacity=10, smallest=1):
    bins = Bins(capacity=capacity, smallest=smallest)
    return place(bins, np.array(lengths, dtype=np.int64)).tolist()


def best_fit_one_by_one(lengths, capacity):
    """The same rule, a piece at a time: the fullest row that still holds it."""
    free, sizes = [], []
    for length in lengths:
        fits = [(gap, row) for row, gap in enumerate(free) if gap >= length]
        row = min(fits)[1] if fits else len(free)
        free[row:] = [capacity, *free[row + 1 :]] if row == len(free) else free[row:]
        free[row] -= length
        sizes.append(row)
    return sorted(free)


def test_pieces_of_one_length_share_rows():
    assert rows([5, 5, 5, 3, 3]) == [0, 0, 1, 1, 2]


def test_an_exact_fit_comes_before_a_larger_gap():
    assert rows([7, 6, 4, 3]) == [0, 1, 1, 0]


def test_a_gap_that_no_fragment_fills_is_not_left():
    assert rows([6, 3], smallest=1) == [0, 0]
    assert rows([6, 3], smallest=2) == [0, 1]
    assert rows([6, 4], smallest=2) == [0, 0]


def test_a_second_copy_that_would_leave_such_a_gap_goes_elsewhere():
    assert rows([3, 3, 3], smallest=1) == [0, 0, 0]
    assert rows([3, 3, 3], smallest=2) == [0, 0, 1]


def test_a_piece_that_nearly_fills_a_row_waits_for_its_partner():
    assert rows([9, 9, 1], smallest=3) == [0, 1, 0]


def test_rows_of_an_earlier_call_are_filled_further():
    bins = Bins(capacity=10, smallest=1)
    assert place(bins, np.array([6, 6])).tolist() == [0, 1]
    assert place(bins, np.array([5, 4, 4, 4])).tolist() == [2, 0, 1, 2]
    assert bins.num_rows == 3


@given(st.integers(1, 30), st.data())
def test_classes_of_rows_give_what_one_piece_at_a_time_gives(capacity, data):
    lengths = sorted(data.draw(st.lists(st.integers(1, capacity), max_size=60)), reverse=True)
    placed = np.bincount(rows(lengths, capacity=capacity), weights=lengths) if lengths else []
    assert sorted(capacity - np.array(placed)) == best_fit_one_by_one(lengths, capacity)
