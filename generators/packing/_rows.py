"""What packers share: what they refuse, the cost of a cut, and rows put into their order.

    rows of 10; three segments in the order in which they were laid, the row written before each

    row 7: 6 tokens | row 3: 10 tokens | row 7: 3 tokens   ->   [10] [6 3 .]

Rows may carry any numbers until `ordered` counts them from 0: full rows first, in the order of
their numbers, then the rows with padding. Segments keep their order within a row. `shuffled` deals
new numbers first, where the way of packing would otherwise tie a segment's length to its place.
"""

import numpy as np

from generators.packing import BoolArray, IntArray, Packing
from generators.packing._ribbons import Rules


def checked_rules(
    lengths: IntArray,
    cuttable: BoolArray,
    *,
    capacity: int,
    min_fragment: int,
    cut_cost: int,
) -> Rules:
    """Return how pieces may be cut: fragments of at least max(min_fragment, 2) tokens.

    `lengths` is int64[N], in tokens, `cuttable` bool[N]. Raises ValueError, with the first piece at
    fault, for what no row of `capacity` tokens can hold. 2, since the first token of a segment is
    never a target, and a single one would teach nothing.
    """
    rules = Rules(capacity=capacity, fragment=max(min_fragment, 2), cost=cut_cost)
    if lengths.shape != cuttable.shape or lengths.ndim != 1:
        raise ValueError(f"lengths {lengths.shape} and cuttable {cuttable.shape} must both be [N]")
    if rules.cost not in (0, 1):
        raise ValueError(f"cut_cost is {rules.cost}; it is 0, or 1 for an end id of its own")
    empty = np.flatnonzero(lengths < 1)
    if empty.size:
        raise ValueError(f"piece {empty[0]} has {lengths[empty[0]]} tokens; give at least 1")
    wide = np.flatnonzero((lengths > rules.capacity) & ~cuttable)
    if wide.size:
        raise ValueError(
            f"piece {wide[0]} has {lengths[wide[0]]} tokens and may not be cut, but a row holds "
            f"{rules.capacity}; make rows longer, or the piece cuttable"
        )
    least = 2 * rules.fragment + rules.cost
    if cuttable.any() and rules.capacity < least:
        raise ValueError(
            f"a row holds {rules.capacity} tokens, too few for pieces that are cut into fragments "
            f"of at least {rules.fragment}; it needs {least}, or lower min_fragment"
        )
    return rules


def spent(table: IntArray, lengths: IntArray, rules: Rules) -> IntArray:
    """Return int64[K]: what each fragment takes of its row, a cut's cost included.

    `table` is int64[K, 4] of row, piece, start, length; `lengths` int64[N] of the whole pieces.
    """
    _, piece, start, length = table.T
    used: IntArray = length + rules.cost * (start + length < lengths[piece])
    return used


def shuffled(rng: np.random.Generator, table: IntArray) -> IntArray:
    """Return int64[K, 4]: the same rows, their numbers and the segments' order drawn by `rng`."""
    mixed = table[rng.permutation(len(table))]
    row = _counted(mixed[:, 0])
    mixed[:, 0] = rng.permutation(int(row.max(initial=-1)) + 1)[row]
    return mixed


def ordered(table: IntArray, lengths: IntArray, rules: Rules) -> Packing:
    """Return the packing of int64[K, 4] fragments: row, piece, start, length; no piece is left out.

    Full rows stand first, rows with padding last; both ascend by the numbers that they had, and
    fragments of a row keep the order of the table. Cost: one sort of K numbers.
    """
    row = _counted(table[:, 0])
    num_rows = int(row.max(initial=-1)) + 1
    used = np.bincount(row, spent(table, lengths, rules), num_rows).astype(np.int64)
    free = rules.capacity - used
    rows = np.concatenate((np.flatnonzero(free == 0), np.flatnonzero(free > 0)))
    number = np.empty_like(rows)
    number[rows] = np.arange(num_rows)
    # Row and place in one number, no two equal: a sort of numbers takes half an argsort's time.
    order = np.sort(number[row] * row.size + np.arange(row.size)) % max(row.size, 1)
    return Packing(
        row=number[row][order],
        piece=table[order, 1],
        start=table[order, 2],
        length=table[order, 3],
        free=free[rows],
        left=np.zeros(0, np.int64),
    )


def _counted(rows: IntArray) -> IntArray:
    """Return the rows numbered from 0 without gaps, in their order: 7 3 7 9 -> 1 0 1 2."""
    counted: IntArray = (np.cumsum(np.bincount(rows) > 0) - 1)[rows]
    return counted
