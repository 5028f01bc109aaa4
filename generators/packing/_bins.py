"""Best fit decreasing: whole pieces into rows, with the least waste.

Long pieces choose first, and each goes to the row where it leaves the smallest gap. Rule from
"Fewer Truncations Improve Language Modeling" (arXiv 2404.10830). Rows with the same free space are
one class, and pieces of the same length are placed together, so the cost is one step for each
length and class that meet, not for each piece:

    rows of 10, lengths 5 5 5 3 3 -> rows 0 0 1 1 2: the first step opens row 0 with two fives,
    the second row 1 with one; a three fits there, and the other three opens row 2

A gap that nothing will ever fill is worse than a larger one. `smallest` is the least gap that can
still be filled by a cut piece; a placement leaves none, or at least that.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from generators.packing import IntArray


@dataclass(slots=True, kw_only=True)
class Bins:
    """Rows that pieces are being placed in, classed by their free space."""

    capacity: int
    smallest: int
    """Least gap that may be left; 1 allows any."""
    num_rows: int = 0
    sizes: list[int] = field(default_factory=list)
    """Every free space above 0 that some row has, ascending."""
    rows: dict[int, list[range]] = field(default_factory=dict)
    """Free space -> the rows that have it."""


def place(bins: Bins, lengths: IntArray) -> IntArray:
    """Place whole pieces and return the row of each, int64[N]; `bins` grows.

    `lengths` is int64[N], descending, each from 1 to the capacity. A piece that leaves less than
    `smallest` even in a new row opens one all the same and waits there for an exact partner.
    """
    first = np.flatnonzero(np.diff(lengths, prepend=0))
    counts = np.diff(first, append=lengths.size)
    steps: list[tuple[int, int, int]] = []
    for length, count in zip(lengths[first].tolist(), counts.tolist(), strict=True):
        todo = count
        while todo:
            free = _best(bins, length)
            copies = _copies(bins, free, length=length, most=todo)
            for rows in _withdraw(bins, free, num=todo // copies):
                _deposit(bins, free - copies * length, rows)
                steps.append((rows.start, len(rows), copies))
                todo -= len(rows) * copies
    return _rows_of(np.array(steps, dtype=np.int64).reshape(-1, 3))


def _rows_of(steps: IntArray) -> IntArray:
    """Spell steps (first row, rows, pieces a row) out: (7, 2, 3) -> 7 7 7 8 8 8."""
    sizes = steps[:, 1] * steps[:, 2]
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows: IntArray = np.repeat(steps[:, 0], sizes) + within // np.repeat(steps[:, 2], sizes)
    return rows


def _best(bins: Bins, length: int) -> int:
    """Return the free space to use: an exact fit, the least allowed, or a new row's capacity."""
    if length in bins.rows:
        return length
    at = bisect_left(bins.sizes, length + bins.smallest)
    return bins.sizes[at] if at < len(bins.sizes) else bins.capacity


def _copies(bins: Bins, free: int, *, length: int, most: int) -> int:
    """Return how many pieces of one length a row takes before the next row is the better one."""
    copies = min(free // length, most)
    if 0 < free - copies * length < bins.smallest:
        copies = (free - bins.smallest) // length
    return max(1, copies)


def _withdraw(bins: Bins, free: int, *, num: int) -> Iterator[range]:
    """Take at most `num` rows out of a class; a class of new rows never runs out."""
    if free not in bins.rows:
        bins.num_rows += num
        yield range(bins.num_rows - num, bins.num_rows)
        return
    stock = bins.rows[free]
    while num and stock:
        rows = stock.pop()
        if len(rows) > num:
            stock.append(rows[num:])
            rows = rows[:num]
        num -= len(rows)
        yield rows
    if not stock:
        del bins.rows[free]
        bins.sizes.pop(bisect_left(bins.sizes, free))


def _deposit(bins: Bins, free: int, rows: range) -> None:
    """Put rows into the class of their new free space; full rows need none."""
    if free and free not in bins.rows:
        insort(bins.sizes, free)
        bins.rows[free] = []
    if free:
        bins.rows[free].append(rows)
