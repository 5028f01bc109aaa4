"""Rows and segments change places as wholes, and nothing else changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.packing import IntArray, Packing
from generators.packing._order import arranged, by_length, longest, rows_of, segments, sums


def packing_of(rows: list[list[int]], *, group: IntArray | None = None) -> Packing:
    """Return a packing of pieces 0, 1, ... with these lengths, in rows of 20."""
    lengths = np.array([length for row in rows for length in row], np.int64)
    return Packing(
        row=np.repeat(np.arange(len(rows)), [len(row) for row in rows]),
        piece=np.arange(len(lengths)),
        start=np.zeros_like(lengths),
        length=lengths,
        free=np.array([20 - sum(row) for row in rows]),
        left=np.array([7]),
        group=group,
    )


def shown(packing: Packing) -> list[list[int]]:
    """Return the lengths of each row."""
    return [packing.length[packing.row == row].tolist() for row in range(len(packing.free))]


# The example of the docstring: two segments, then one and one of two fragments.
EXAMPLE = packing_of([[3, 5], [2, 4, 4]])
SEGMENT = np.array([0, 1, 2, 3, 3])


def test_fragments_join_the_one_before_in_their_row() -> None:
    row = np.array([0, 0, 1, 1, 1])
    joins = np.array([True, False, True, False, True])
    assert segments(row, joins).tolist() == SEGMENT.tolist()


def test_segments_have_the_tokens_of_their_fragments_and_their_row() -> None:
    assert sums(SEGMENT, EXAMPLE.length).tolist() == [3, 5, 2, 8]
    assert rows_of(SEGMENT, EXAMPLE.row).tolist() == [0, 0, 1, 1]


def test_the_longest_segment_of_each_row() -> None:
    assert longest(np.array([0, 0, 2]), np.array([3, 5, 4]), 3).tolist() == [5, 0, 4]


@pytest.mark.parametrize(("falling", "order"), [(False, [1, 0, 2, 3, 4]), (True, [0, 2, 1, 3, 4])])
def test_segments_of_a_row_by_length_and_equal_ones_as_they_were(
    falling: bool, order: list[int]
) -> None:
    row, length = np.array([0, 0, 0, 1, 1]), np.array([5, 2, 5, 7, 7])
    assert by_length(row, length, falling=falling).tolist() == order


@pytest.mark.parametrize(
    ("order", "rows", "segment"),
    [
        ([0, 1, 2, 3], [[2, 4, 4], [3, 5]], [0, 1, 1, 2, 3]),
        ([1, 0, 3, 2], [[4, 4, 2], [5, 3]], [0, 0, 1, 2, 3]),
    ],
)
def test_rows_and_segments_move_as_wholes(
    order: list[int], rows: list[list[int]], segment: list[int]
) -> None:
    moved, counted = arranged(EXAMPLE, SEGMENT, rows=np.array([1, 0]), order=np.array(order))
    assert shown(moved) == rows
    assert counted.tolist() == segment
    assert moved.free.tolist() == [10, 12]
    assert moved.left.tolist() == [7]


def test_groups_go_with_their_fragments() -> None:
    given_packing = packing_of([[3, 5], [2, 4, 4]], group=np.array([0, 1, -1, 2, 2]))
    moved, _ = arranged(given_packing, SEGMENT, rows=np.array([1, 0]), order=np.array([1, 0, 3, 2]))
    assert moved.group is not None
    assert moved.group.tolist() == [2, 2, -1, 1, 0]


@given(
    rows=st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=4), min_size=1, max_size=5),
    seed=st.integers(0, 100),
)
def test_every_row_keeps_its_fragments(rows: list[list[int]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    packing = packing_of(rows)
    joins = rng.random(len(packing.row)) < 0.5
    segment = segments(packing.row, joins)
    order = rng.permutation(len(rows))
    moved, counted = arranged(
        packing, segment, rows=order, order=rng.permutation(int(segment[-1]) + 1)
    )
    assert [sorted(row) for row in shown(moved)] == [sorted(rows[k]) for k in order.tolist()]
    assert sorted(sums(counted, moved.length).tolist()) == sorted(
        sums(segment, packing.length).tolist()
    )
    assert (np.diff(moved.row) >= 0).all()
    assert (np.diff(counted) <= 1).all()
