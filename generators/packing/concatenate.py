"""Concatenate and cut: pieces in a drawn order, cut wherever a row ends. The common baseline.

    rows of 10, drawn order 6 9 7 8
    all may be cut      [6 4] [5 5] [2 8]    9 = 4 + 5, 7 = 5 + 2
    all but the 7       [6 4] [5 5] [7 3]    9 = 4 + 5, then 5 of the 8 fill the row before the 7

Best fit cuts a piece only where there is need; this cuts one for each row that ends, whatever its
length. It is here to be measured against, and for those who must repeat such a run. Which pieces
may be cut is the caller's word: a recipe makes a source's documents cuttable by `filler: true`.
Four things differ from the usual baseline:

- A piece that may not be cut, as every sample, stays whole. Where it does not fit what is left of a
  row, the next pieces that may be cut are called forward to fill the row, and it opens the next
  one. When none remain the row has padding.
- No fragment is shorter than `min_fragment`. A piece that would leave less, on either side of a
  row's end, gives another part, and the next cuttable piece fills the gap (`_ribbons.py`).
- A gap shorter than a fragment, which only pieces that may not be cut leave, stays padding.
- Rows with padding stand last. All others stand as they were laid: a long piece in row after row.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from generators.packing import BoolArray, IntArray, Packing
from generators.packing._ribbons import Filling, Ribbon, Rules, fill
from generators.packing._rows import checked_rules, ordered


def pack(
    rng: np.random.Generator,
    lengths: IntArray,
    *,
    cuttable: BoolArray,
    capacity: int,
    min_fragment: int,
    cut_cost: int = 0,
) -> Packing:
    """Return which tokens of which piece lie in which row; `rng` draws the order of the pieces.

    `lengths` is int64[N], in tokens, each at least 1; `cuttable` is bool[N]. A piece that is not
    cuttable lies whole in one row, and any other may be cut into fragments of at least
    max(min_fragment, 2) tokens; `cut_cost` tokens of a row are spent on each that does not reach
    the end of its piece. Nothing is left out. Raises ValueError for a piece that can lie in no row.
    Cost: some microseconds for each piece and each row.
    """
    rules = checked_rules(
        lengths, cuttable, capacity=capacity, min_fragment=min_fragment, cut_cost=cut_cost
    )
    order = rng.permutation(lengths.size)
    tape = Tape(state=_filling(lengths, order[cuttable[order]], rules), gap=capacity)
    columns = (order.tolist(), lengths[order].tolist(), cuttable[order].tolist())
    for piece, length, may_cut in zip(*columns, strict=True):
        if may_cut:
            _pour(tape, piece)
        else:
            _set_down(tape, piece, length)
    table = np.array(tape.state.cuts, dtype=np.int64).reshape(-1, 4)
    return ordered(table, lengths, rules)


@dataclass(slots=True, kw_only=True)
class Tape:
    """Rows being written one after the other."""

    state: Filling
    """What may be cut and was not reached yet, what is open, and every fragment so far."""
    row: int = 0
    gap: int
    """Tokens of the row that are still empty; never 0 between two pieces."""

    def advance(self, room: int) -> None:
        """Spend tokens of the row; a full one makes way for the next."""
        self.gap -= room
        if not self.gap:
            self.turn()

    def turn(self) -> None:
        """Go on to an empty row."""
        self.row, self.gap = self.row + 1, self.state.rules.capacity


def _filling(lengths: IntArray, pieces: IntArray, rules: Rules) -> Filling:
    """Return the state before the first row; the stock is opened in the order of `pieces`."""
    columns = (pieces[::-1].tolist(), lengths[pieces[::-1]].tolist())
    stock = [
        Ribbon(piece=piece, start=0, tokens=tokens, final=True)
        for piece, tokens in zip(*columns, strict=True)
    ]
    return Filling(rules=rules, num_rows=0, stock=stock, waiting=deque(), take_apart=lambda row: [])


def _set_down(tape: Tape, piece: int, length: int) -> None:
    """Lay a piece whole, in this row if that leaves nothing or what a cut can fill, or the next."""
    smallest = tape.state.rules.smallest
    new = tape.gap == tape.state.rules.capacity
    if not new and length != tape.gap and length > tape.gap - smallest:
        _fill_up(tape)
    tape.state.cuts.append((tape.row, piece, 0, length))
    tape.advance(length)


def _pour(tape: Tape, piece: int) -> None:
    """Lay a piece that may be cut, row after row, unless it was called forward before."""
    state = tape.state
    if state.stock and state.stock[-1].piece == piece:
        state.opened.append(state.stock.pop())
    while state.opened:
        ribbon = state.opened[-1]
        room = ribbon.room(state.rules)
        # What comes after the last of what may be cut could not use a gap anyway.
        last = not state.stock and sum(other.tokens for other in state.opened) <= tape.gap
        if room == tape.gap or room <= tape.gap - state.rules.smallest or last:
            _take(tape, ribbon, ribbon.tokens)
        else:
            _fill_up(tape)


def _fill_up(tape: Tape) -> None:
    """Fill the row with what may be cut, and turn; what nothing fills stays empty."""
    state, new = tape.state, tape.gap == tape.state.rules.capacity
    before = len(state.cuts)
    if tape.gap >= state.rules.smallest:
        fill(state, tape.row, tape.gap)
    if new and len(state.cuts) == before:
        # The piece is a little shorter or longer than a row, and there is none to share rows with.
        ribbon = state.opened[-1]
        over = ribbon.room(state.rules) > tape.gap
        _take(tape, ribbon, ribbon.tokens - (state.rules.fragment if over else 0))
    tape.turn()


def _take(tape: Tape, ribbon: Ribbon, tokens: int) -> None:
    """Lay the front of an open piece, and close the piece when nothing is left of it."""
    state = tape.state
    state.cuts.append((tape.row, ribbon.piece, ribbon.start, tokens))
    ribbon.start += tokens
    ribbon.tokens -= tokens
    if not ribbon.tokens:
        state.opened.remove(ribbon)
    tape.advance(tokens + (state.rules.cost if ribbon.tokens else 0))
