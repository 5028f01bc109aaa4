"""Best fit into rows that are filled exactly: whole pieces stay whole, long ones fill the gaps.

    rows of 10, fragments of at least 2; 7, 6 and 3 stay whole, 17 may be cut
    [7 3] [6 4] [7 3] [3 .......]    17 = 4 + 3 + 3 + 7: its end of 7 stands by itself, the full
                                     row before it fills two gaps, and 3 tokens are what remains

1. Whole pieces go first, longest first (`bins.py`).
2. Cuttable pieces follow whole, and of a long one the end that its full rows leave over.
3. The gaps are filled with fragments of full rows, then of the emptiest cuttable rows
   (`ribbons.py`). What remains makes the last row.
4. A piece that is not cuttable and misses a full row by less than a fragment needs an exact
   partner. Without one it is left out, for the caller to name; but where cuttable tokens are too
   few to fill the rows anyway, nothing is left out and rows have padding.

Best fit puts long pieces first, which would tie length to place, so `rng` shuffles the segments
within a row and the rows. Cost: N log N for N pieces, and some microseconds a gap.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from generators.packing import BoolArray, IntArray, Packing
from generators.packing._bins import Bins, place
from generators.packing._ribbons import Filling, Ribbon, Rules, fill, finish, full_rows
from generators.packing._rows import checked_rules, spent

MOST_PADDED = 2
"""Padded rows of a packing that counts as exact: the last, and one more when the last rest is too
short to be a fragment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Segments in rows that are not shuffled yet."""

    table: IntArray
    """int64[K, 4]: row, piece, start, length; rows may have any numbers."""
    free: IntArray
    """int64[R]: empty tokens by row number; a row without segments has -1."""
    left: IntArray
    """int64[M]: pieces left out."""

    @property
    def num_rows(self) -> int:
        """Rows that hold something."""
        return int(np.count_nonzero(self.free >= 0))

    @property
    def num_padded(self) -> int:
        """Rows that hold something and are not full."""
        return int(np.count_nonzero(self.free > 0))


def pack(
    rng: np.random.Generator,
    lengths: IntArray,
    *,
    cuttable: BoolArray,
    capacity: int,
    min_fragment: int,
    cut_cost: int = 0,
) -> Packing:
    """Return which tokens of which piece lie in which row.

    `lengths` is int64[N], in tokens, each at least 1; `cuttable` is bool[N]. A piece that is not
    cuttable lies whole in one row. A cuttable one may be cut into fragments of at least
    max(min_fragment, 2) tokens: 2, since the first token of a segment is never a target, and a
    single one would teach nothing. `cut_cost` tokens of a row are spent on each fragment that does
    not reach the end of its piece. Raises ValueError for a piece that can lie in no row.
    """
    rules = checked_rules(
        lengths, cuttable, capacity=capacity, min_fragment=min_fragment, cut_cost=cut_cost
    )
    order = rng.permutation(lengths.size)
    shuffled, may_cut = lengths[order], cuttable[order]
    best = _lay_out(shuffled, may_cut, rules=rules, smallest=rules.smallest if may_cut.any() else 1)
    if may_cut.any() and best.num_padded > MOST_PADDED:
        loose = _lay_out(shuffled, may_cut, rules=rules, smallest=1)
        best = min(best, loose, key=lambda layout: layout.num_rows)
    return _shuffle(rng, best, order=order)


def _lay_out(lengths: IntArray, cuttable: BoolArray, *, rules: Rules, smallest: int) -> Layout:
    """Place all pieces; `smallest` is the least gap that best fit may leave."""
    num_full = np.where(cuttable, np.maximum(0, -(-(lengths - rules.capacity) // rules.full)), 0)
    before = num_full * rules.full
    ends = lengths - before
    short = (num_full > 0) & (ends < rules.fragment)
    close = (ends < rules.capacity) & (ends > rules.capacity - rules.smallest)
    awkward = cuttable & (short | close)
    bins = Bins(capacity=rules.capacity, smallest=smallest)
    atoms = _place_whole(bins, ends, which=~cuttable)
    num_fixed = bins.num_rows
    tails = _place_whole(bins, ends, which=cuttable & ~awkward)
    tails[:, 2] = before[tails[:, 1]]
    whole = np.concatenate((atoms, tails))
    free = rules.capacity - _sums(whole[:, 0], whole[:, 3], size=bins.num_rows)
    state = Filling(
        rules=rules,
        num_rows=bins.num_rows,
        stock=_ribbons(lengths, before, awkward=awkward),
        waiting=deque(_fullest_first(free, np.arange(num_fixed, bins.num_rows))),
        take_apart=_taker(tails),
    )
    cuts = _fill_all(state, free, fixed=_fullest_first(free, np.arange(num_fixed)))
    gone = _among(np.array(state.gone, dtype=np.int64), bins.num_rows)
    table = np.concatenate((whole[~gone[whole[:, 0]]], cuts))
    used = _sums(
        table[:, 0], spent(table, lengths, rules), size=int(table[:, 0].max(initial=-1)) + 1
    )
    waits = (free[:num_fixed] > 0) & (free[:num_fixed] < smallest)
    return _leave_out(table, np.where(used > 0, rules.capacity - used, -1), waits=waits)


def _place_whole(bins: Bins, lengths: IntArray, *, which: BoolArray) -> IntArray:
    """Place the chosen pieces whole: int64[K, 4] of row, piece, start 0, length."""
    pieces = np.flatnonzero(which)
    # Sort length and place in one number: what a stable argsort gives, in half its time.
    keys = np.sort(pieces - lengths[pieces] * lengths.size)
    pieces = keys % lengths.size
    rows = place(bins, lengths[pieces])
    return np.column_stack((rows, pieces, np.zeros_like(rows), lengths[pieces]))


def _sums(keys: IntArray, values: IntArray, *, size: int) -> IntArray:
    """Return int64[size]: the sum of the values of each key. Exact below 2**53."""
    return np.bincount(keys, values, size).astype(np.int64)


def _among(chosen: IntArray, size: int) -> BoolArray:
    """Return bool[size]: which numbers are chosen."""
    flags = np.zeros(size, bool)
    flags[chosen] = True
    return flags


def _fullest_first(free: IntArray, rows: IntArray) -> list[int]:
    """Return the rows by their gaps, smallest first."""
    order: list[int] = rows[np.argsort(free[rows], kind="stable")].tolist()
    return order


def _ribbons(lengths: IntArray, before: IntArray, *, awkward: BoolArray) -> list[Ribbon]:
    """Return what may be cut, last first: awkward pieces whole, then full rows, longest first.

    An awkward piece ends a little before or behind the end of a row, so that its end cannot stand
    by itself; it goes first, while there are gaps to choose from.
    """
    tokens = np.where(awkward, lengths, before)
    chosen = np.flatnonzero(tokens)
    chosen = chosen[np.lexsort((tokens[chosen], awkward[chosen]))]
    columns = (chosen.tolist(), tokens[chosen].tolist(), awkward[chosen].tolist())
    return [
        Ribbon(piece=piece, start=0, tokens=size, final=final)
        for piece, size, final in zip(*columns, strict=True)
    ]


def _taker(tails: IntArray) -> Callable[[int], list[Ribbon]]:
    """Return the function that gives the cuttable pieces of a row as ribbons, shortest first."""
    table = tails[np.lexsort((tails[:, 3], tails[:, 0]))]

    def take_apart(row: int) -> list[Ribbon]:
        first, last = np.searchsorted(table[:, 0], (row, row + 1))
        return [
            Ribbon(piece=piece, start=start, tokens=tokens, final=True)
            for _, piece, start, tokens in table[first:last].tolist()
        ]

    return take_apart


def _fill_all(state: Filling, free: IntArray, *, fixed: list[int]) -> IntArray:
    """Fill the rows that must stay, then those that wait; return all fragments, int64[K, 4]."""
    gaps, smallest = free.tolist(), state.rules.smallest
    for row in fixed:
        if gaps[row] >= smallest:
            fill(state, row, gaps[row])
    while state.waiting:
        row = state.waiting.popleft()
        if gaps[row] >= smallest:
            fill(state, row, gaps[row])
    even = finish(state)
    cuts = np.array(state.cuts, dtype=np.int64).reshape(-1, 4)
    return np.concatenate((cuts, full_rows(even, first_row=state.num_rows, rules=state.rules)))


def _leave_out(table: IntArray, free: IntArray, *, waits: BoolArray) -> Layout:
    """Take rows out that still wait for an exact partner, where all others but the last are full.

    `waits` is bool by row number, for the rows of whole pieces; each such row holds one piece.
    """
    waiting = np.flatnonzero(waits & (free[: waits.size] > 0))
    num_padded = int(np.count_nonzero(free > 0)) - waiting.size
    out = waiting[max(0, 1 - num_padded) :] if num_padded <= MOST_PADDED else waiting[:0]
    leaves = _among(out, free.size)[table[:, 0]]
    free[out] = -1
    return Layout(table=table[~leaves], free=free, left=np.sort(table[leaves, 1]))


def _shuffle(rng: np.random.Generator, layout: Layout, *, order: IntArray) -> Packing:
    """Shuffle the rows and the segments within each; rows with padding last, emptiest at the end.

    `order` maps the pieces of the layout to those that were given.
    """
    full = rng.permutation(np.flatnonzero(layout.free == 0))
    padded = np.flatnonzero(layout.free > 0)
    rows = np.concatenate((full, padded[np.argsort(layout.free[padded], kind="stable")]))
    number = np.empty_like(layout.free)
    number[rows] = np.arange(rows.size)
    row = number[layout.table[:, 0]]
    # Row and place in one number, no two equal: a sort of numbers takes half an argsort's time.
    place = rng.permutation(row.size)
    at_place = np.empty_like(place)
    at_place[place] = np.arange(row.size)
    by_row = at_place[np.sort(row * row.size + place) % max(row.size, 1)]
    _, piece, start, length = layout.table.T
    return Packing(
        row=row[by_row],
        piece=order[piece[by_row]],
        start=start[by_row],
        length=length[by_row],
        free=layout.free[rows],
        left=np.sort(order[layout.left]),
    )
