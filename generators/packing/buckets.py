"""Rows of equal segments: each piece falls into halves of a row, and a row holds one size alone.

    rows of 16, fragments of at least 2; 23 may be cut, two pieces of 4 and one of 3 may not
    23 = 16 + 4 + 3      [16] [4 4 4 3 .] [3 ..............]   (a 3 belongs to the size of 4)

Dataset decomposition ("Dataset Decomposition: Faster LLM Training with Variable Sequence Length
Curriculum", arXiv 2405.13226) makes sequences of 2^i tokens, each out of one document, and batches
of one size. Here rows keep their length, so a batch of one size becomes a row of one size, and no
token attends further than that size; sorting rows by their longest segment gives the curriculum.

Sizes are capacity, capacity // 2, capacity // 4, ... down to the least that a fragment may have:
powers of two where the capacity is one, and rows that are still full but for a few tokens where a
start id takes one away. Largest first, a piece is cut into exact sizes. What differs from the
paper, where every sequence has its exact size:

- Nothing is dropped: the last fragment of a piece is of no exact size. It belongs to the next
  larger one, as every piece that may not be cut does. A short rest joins the last exact fragment.
- Such segments share rows of their size, by best fit (`_bins.py`), and cost padding. Rests are of
  the two smallest sizes, so a row of them lacks less than such a size; a piece that may not be cut
  and is longer than half a row lies alone. The last row of each size may be nearly empty.

Small sizes are many cuts: with everything cuttable nearly every document is cut, which is the
method. Without, only long documents are, and rows of short whole ones pay for it in padding.
"""

import numpy as np

from generators.packing import BoolArray, IntArray, Packing
from generators.packing._bins import Bins, place
from generators.packing._ribbons import Rules
from generators.packing._rows import checked_rules, ordered, shuffled, spent

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
    """Return which tokens of which piece lie in which row; a row's segments are of one size.

    `lengths` is int64[N], in tokens, each at least 1; `cuttable` is bool[N]. A cuttable piece is
    cut into fragments of at least max(min_fragment, 2) tokens, each of an exact size but the last;
    `cut_cost` tokens are spent within that size on each that does not reach the end of its piece.
    Nothing is left out. `rng` draws the order of the rows, those with padding last, and of the
    segments in a row. Raises ValueError for a piece that can lie in no row. Cost: for each size one
    pass over N lengths, and a sort of its fragments.
    """
    rules = checked_rules(
        lengths, cuttable, capacity=capacity, min_fragment=min_fragment, cut_cost=cut_cost
    )
    classes = sizes(rules)
    cuts = _cut(lengths, cuttable, classes=classes, rules=rules)
    cuts = cuts[rng.permutation(len(cuts))]
    used = spent(cuts, lengths, rules)
    # The least size that holds the segment, counted from the smallest.
    size_of = np.searchsorted(classes[::-1], used)
    num_rows = 0
    for size in range(classes.size):
        mine = np.flatnonzero(size_of == size)
        mine = mine[np.argsort(-used[mine], kind="stable")]
        bins = Bins(capacity=capacity, smallest=1)
        cuts[mine, 0] = num_rows + place(bins, used[mine])
        num_rows += bins.num_rows
    return ordered(shuffled(rng, cuts), lengths, rules)


def sizes(rules: Rules) -> IntArray:
    """Return the sizes of segments, descending: 16 8 4 for rows of 16, fragments of at least 3.

    A size is what a segment takes of a row; the smallest holds a fragment and the cost of its cut.
    The capacity itself is one in any case.
    """
    halves = rules.capacity >> np.arange(rules.capacity.bit_length())
    held: IntArray = halves[(halves >= rules.smallest) | (halves == rules.capacity)]
    return held


def _cut(lengths: IntArray, cuttable: BoolArray, *, classes: IntArray, rules: Rules) -> IntArray:
    """Return int64[K, 4]: row 0 for all, piece, start, length; pieces not cuttable stay whole.

    Sizes 16 8 4, fragments of at least 3: 27 -> 16 8 3, 26 -> 16 4 6, 24 -> 16 8.
    """
    parts = []
    rest = lengths.copy()
    may = cuttable.copy()
    for size in classes.tolist():
        exact = size - rules.cost
        # What is cut off must leave a fragment.
        parts.append(_front(rest, lengths, (rest - rules.fragment) // exact * may, exact=exact))
        rest -= np.bincount(parts[-1][:, 1], parts[-1][:, 3], lengths.size).astype(np.int64)
        may &= rest != size  # a rest of the very size is the last fragment
    # Only where the capacity is the one size: a rest a little longer than a row.
    wide = rest > rules.capacity
    head = _pieces(wide, start=lengths - rest, length=rest - rules.fragment)
    rest = np.where(wide, rules.fragment, rest)
    last = _pieces(rest > 0, start=lengths - rest, length=rest)
    return np.concatenate((*parts, head, last))


def _front(rest: IntArray, lengths: IntArray, counts: IntArray, *, exact: int) -> IntArray:
    """Cut `counts` fragments of `exact` tokens off the front of each rest: int64[K, 4]."""
    counts = np.maximum(counts, 0)
    piece = np.repeat(np.arange(lengths.size), counts)
    within = np.arange(piece.size) - np.repeat(np.cumsum(counts) - counts, counts)
    start = (lengths - rest)[piece] + within * exact
    return np.column_stack((np.zeros_like(piece), piece, start, np.full(piece.size, exact)))


def _pieces(which: BoolArray, *, start: IntArray, length: IntArray) -> IntArray:
    """Return one fragment of each chosen piece: int64[K, 4]."""
    piece = np.flatnonzero(which)
    return np.column_stack((np.zeros_like(piece), piece, start[piece], length[piece]))
