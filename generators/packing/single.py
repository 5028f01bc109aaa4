"""One document a row, for trainers of one document a sequence: no two pieces share a row.

    rows of 10; 4 and 7 stay whole, 23 may be cut
    [10] [10] [7 ...] [4 ......] [3 .......]    34 tokens in 50 places: 16 are padding

The price is always this: a piece of n tokens leaves -n mod capacity empty, so half a row for each
long piece in the mean, and nearly a row for each short one. It is worth paying where pieces are
many rows long, or where a trainer knows no boundaries inside a sequence.

An end that is too short to be a fragment takes tokens from the full row before it. Rows with
padding stand last, by the contract of packers; so whoever trains in the order of the rows meets all
full rows before any end of a piece, and should shuffle the rows.
"""

import numpy as np

from generators.packing import BoolArray, IntArray, Packing
from generators.packing._ribbons import Rules
from generators.packing._rows import checked_rules, ordered, shuffled

FILLS_ROWS = False


def pack(
    rng: np.random.Generator,
    lengths: IntArray,
    *,
    cuttable: BoolArray,
    capacity: int,
    min_fragment: int,
    cut_cost: int = 0,
) -> Packing:
    """Return which tokens of which piece lie in which row; every row holds one fragment.

    `lengths` is int64[N], in tokens, each at least 1; `cuttable` is bool[N]. A cuttable piece is
    cut only where it is longer than a row, into fragments of at least max(min_fragment, 2) tokens;
    `cut_cost` tokens of a row are spent on each that does not reach the end of its piece. Nothing
    is left out. Rows come in an order drawn by `rng`. Raises ValueError for a piece that can lie in
    no row. Cost: one sort of the K fragments.
    """
    rules = checked_rules(
        lengths, cuttable, capacity=capacity, min_fragment=min_fragment, cut_cost=cut_cost
    )
    return ordered(shuffled(rng, _cut(lengths, rules)), lengths, rules)


def _cut(lengths: IntArray, rules: Rules) -> IntArray:
    """Return int64[K, 4] of row, piece, start, length: full rows of each piece, then its end.

    Rows of 10, fragments of at least 3: 23 -> 10 10 3, and 22 -> 10 9 3.
    """
    num_full = np.maximum(0, -(-(lengths - rules.capacity) // rules.full))
    end = lengths - num_full * rules.full
    # The end takes what it lacks from the fragment before: at least `fragment` tokens remain there.
    lacks = np.where(num_full > 0, np.maximum(0, rules.fragment - end), 0)
    piece = np.repeat(np.arange(lengths.size), num_full + 1)
    last = np.cumsum(num_full + 1) - 1
    length = np.full(piece.size, rules.full)
    length[last] = end + lacks
    length[last[lacks > 0] - 1] -= lacks[lacks > 0]
    before = np.cumsum(length) - length
    start = before - np.repeat(before[last - num_full], num_full + 1)
    return np.column_stack((np.arange(piece.size), piece, start, length))
