"""The order of a packing: rows put where they shall stand, and segments within their row.

Fragments that follow each other may form one segment; all of a segment moves together.

    rows [a b] [c d d] with the lengths 3 5 | 2 4 4, d being one segment of two fragments
    rows 1 0, segments by length: [c d d] [a b]        by falling length: [d d c] [b a]

Everything here is arrays of K fragments, S segments or R rows; nothing is drawn.
"""

from dataclasses import replace

import numpy as np

from generators.packing import BoolArray, IntArray, Packing


def segments(row: IntArray, joins: BoolArray) -> IntArray:
    """Return int64[K], the segment of each fragment, counted from 0 through all rows.

    `row` is int64[K], ascending; `joins` bool[K] says which fragments belong to the segment of the
    fragment before, if that lies in the same row.
    """
    opens = np.append(True, row[1:] != row[:-1])[: len(row)] | ~joins
    return np.asarray(np.cumsum(opens) - 1)


def sums(segment: IntArray, used: IntArray) -> IntArray:
    """Return int64[S], the tokens of each segment; `used` is int64[K], those of the fragments."""
    return np.bincount(segment, used).astype(np.int64)


def rows_of(segment: IntArray, row: IntArray) -> IntArray:
    """Return int64[S], the row that each segment lies in."""
    return np.asarray(row[_first(segment)])


def by_length(row: IntArray, length: IntArray, *, falling: bool) -> IntArray:
    """Return int64[S]: segments, each row's by length; equal ones keep their order.

    `row` and `length` are int64[S]. Cost: one sort of S pairs.
    """
    return np.lexsort((-length if falling else length, row))


def longest(row: IntArray, length: IntArray, num_rows: int) -> IntArray:
    """Return int64[R], the longest segment of each row, 0 where it has none."""
    result = np.zeros(num_rows, np.int64)
    np.maximum.at(result, row, length)
    return result


def arranged(
    packing: Packing, segment: IntArray, *, rows: IntArray, order: IntArray
) -> tuple[Packing, IntArray]:
    """Return a packing in another order, and int64[K], its segments counted anew.

    `segment` is int64[K]; `rows` is int64[R], which row stands first, second, ...; `order` is
    int64[S], of which only how it ranks the segments of one row counts. Cost: a sort of K pairs.
    """
    number, rank = np.empty_like(rows), np.empty_like(order)
    number[rows] = np.arange(len(rows))
    rank[order] = np.arange(len(order))
    row = number[packing.row]
    # The sort is stable: fragments of a segment stay as they are.
    fragments = np.lexsort((rank[segment], row))
    moved = replace(
        packing,
        row=row[fragments],
        piece=packing.piece[fragments],
        start=packing.start[fragments],
        length=packing.length[fragments],
        free=packing.free[rows],
        group=None if packing.group is None else packing.group[fragments],
    )
    changes = np.diff(segment[fragments], prepend=-1) != 0
    return moved, np.asarray(np.cumsum(changes) - 1)


def _first(segment: IntArray) -> IntArray:
    """Return int64[S], the first fragment of each segment."""
    return np.flatnonzero(np.diff(segment, prepend=-1))
