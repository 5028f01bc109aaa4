"""Fragments of long pieces into the gaps of rows, until every row but the last is full.

A ribbon is a stretch of a piece that may be cut anywhere. Gaps are filled one after the other, and
each takes from the ribbon that is already open, so that few are cut:

    rows of 10, gaps 3 and 4, one ribbon of 20 -> 3 | 4 | 10 | 3: two fragments, a full row, a rest

A ribbon that ends close to a gap's end would leave a gap, or a rest, that is too short to be a
fragment. It then gives a part and ends in a later gap. Rows that hold nothing but cuttable pieces
wait with their gaps until last; the emptiest of them is taken apart when the ribbons run out.
Cost: a few steps for each gap and each ribbon that is opened.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from generators.packing import IntArray

LOOK = 8
"""Refusals of open ribbons, and then of new ones, after which a gap gives up. The first ribbon
answers nearly always; without the limit a gap that nothing can fill would open all there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a piece may be cut."""

    capacity: int
    fragment: int
    """Fewest tokens of a fragment."""
    cost: int
    """Tokens that a row spends on a fragment which does not reach the end of its piece."""

    @property
    def smallest(self) -> int:
        """Least gap that any cut can fill."""
        return self.fragment + self.cost

    @property
    def full(self) -> int:
        """Tokens of a fragment that fills a row without reaching the end of its piece."""
        return self.capacity - self.cost


@dataclass(slots=True, kw_only=True)
class Ribbon:
    """A stretch of a piece that is still to be cut; it shrinks from its front."""

    piece: int
    start: int
    tokens: int
    final: bool
    """Its last token is the piece's last, so that its last fragment costs nothing."""

    def room(self, rules: Rules) -> int:
        """Return what the whole ribbon takes of a row."""
        return self.tokens + (0 if self.final else rules.cost)

    def rest(self, rules: Rules) -> int:
        """Return the tokens that full rows of this ribbon leave over."""
        if not self.final:
            return self.tokens % rules.full
        num_full = max(0, -(-(self.tokens - rules.capacity) // rules.full))
        return self.tokens - num_full * rules.full


@dataclass(slots=True, kw_only=True)
class Filling:
    """The state of filling: what is open, what waits, and what has been cut."""

    rules: Rules
    num_rows: int
    stock: list[Ribbon]
    """Ribbons not opened yet; the last is opened first."""
    waiting: deque[int]
    """Rows of cuttable pieces alone, fullest first."""
    take_apart: Callable[[int], list[Ribbon]]
    """The pieces of a waiting row as ribbons."""
    opened: list[Ribbon] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    """Rows that were taken apart."""
    padded: dict[int, int] = field(default_factory=dict)
    """Row -> the gap that nothing filled."""
    cuts: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Fragments: row, piece, start, length."""


def share(ribbon: Ribbon, gap: int, rules: Rules) -> int:
    """Return how much of a gap the ribbon should take: all, an allowed part, or nothing (0).

    With fragments of at least 3: 10 tokens into 7 -> 7; 8 into 7 -> 4, since 7 would leave 1 token
    and 4 leaves 4 tokens and a gap of 3; 4 into 7 -> 4; 6 into 5 -> 0.
    """
    if ribbon.tokens - (gap - rules.cost) >= rules.fragment:
        return gap
    whole = ribbon.room(rules)
    if whole == gap or whole <= gap - rules.smallest:
        return whole
    part = max(rules.smallest, whole - gap + rules.smallest)
    rest = ribbon.tokens - (part - rules.cost)
    return part if part <= gap - rules.smallest and rest >= rules.fragment else 0


def fill(state: Filling, row: int, gap: int) -> None:
    """Fill the gap of a row, from open ribbons first; what stays empty is noted as padding.

    A gap below `smallest` is none that a fragment could fill, and not to be asked for.
    """
    for ribbons in (_latest(state), _fresh(state)):
        refused = 0
        for ribbon in ribbons:
            taken = share(ribbon, gap, state.rules)
            if taken:
                _cut(state, ribbon, row=row, room=taken)
                gap -= taken
            refused += not taken
            if not gap:
                return
            if refused == LOOK:
                break
    state.padded[row] = gap


def _latest(state: Filling) -> Iterator[Ribbon]:
    """Yield the open ribbons, the latest first; each may be closed while it is out."""
    for at in reversed(range(len(state.opened))):
        yield state.opened[at]


def _fresh(state: Filling) -> Iterator[Ribbon]:
    """Open ribbon after ribbon until there are no more."""
    while ribbon := _open(state):
        yield ribbon


def finish(state: Filling) -> list[Ribbon]:
    """Place what is still open: rests share new rows, and the last of them makes the padded row.

    Returns the ribbons of which nothing but full rows is left. When the rest of the last ribbon is
    too short for a fragment, and no tokens are left to lengthen it, two rows have padding.
    """
    state.opened += [ribbon for ribbon in state.stock if ribbon.final]
    state.stock = [ribbon for ribbon in state.stock if not ribbon.final]
    while len(state.opened) > 1 and not _one_row_holds(state.opened, state.rules):
        before = len(state.cuts)
        fill(state, state.num_rows, state.rules.capacity)
        if len(state.cuts) == before:
            del state.padded[state.num_rows]
            break
        state.num_rows += 1
    rests = sorted(state.opened, key=lambda ribbon: -ribbon.rest(state.rules))
    return state.stock + [_settle(state, ribbon) for ribbon in rests]


def _settle(state: Filling, ribbon: Ribbon) -> Ribbon:
    """Place the rest of one ribbon and return its full rows."""
    rules = state.rules
    rest = ribbon.rest(rules)
    if 0 < rest < rules.fragment and rest < ribbon.tokens:
        rest += rules.full
    whole_rows = ribbon.tokens - rest
    rows = Ribbon(piece=ribbon.piece, start=ribbon.start, tokens=whole_rows, final=False)
    ribbon.start += whole_rows
    ribbon.tokens = rest
    if rest and ribbon.room(rules) > rules.capacity:
        _drop(state, ribbon, room=ribbon.tokens - rules.fragment + rules.cost)
    if rest:
        _drop(state, ribbon, room=ribbon.room(rules))
    return rows


def _one_row_holds(ribbons: list[Ribbon], rules: Rules) -> bool:
    """Say whether the rests of all ribbons can lie in one row together."""
    if len(ribbons) * rules.fragment > rules.capacity:
        return False
    rests = [ribbon.rest(rules) for ribbon in ribbons]
    short = [
        0 < rest < rules.fragment and rest < ribbon.tokens
        for rest, ribbon in zip(rests, ribbons, strict=True)
    ]
    costs = sum(rules.cost for ribbon in ribbons if not ribbon.final)
    return sum(rests) + costs <= rules.capacity and not any(short)


def _open(state: Filling) -> Ribbon | None:
    """Open the next ribbon of the stock, or take the emptiest waiting row apart for more."""
    if not state.stock and state.waiting:
        row = state.waiting.pop()
        state.gone.append(row)
        state.stock = state.take_apart(row)
    if not state.stock:
        return None
    state.opened.append(state.stock.pop())
    return state.opened[-1]


def _cut(state: Filling, ribbon: Ribbon, *, row: int, room: int) -> None:
    """Move the front of a ribbon into a row, and close the ribbon when nothing is left."""
    whole = room == ribbon.room(state.rules)
    length = ribbon.tokens if whole else room - state.rules.cost
    state.cuts.append((row, ribbon.piece, ribbon.start, length))
    ribbon.start += length
    ribbon.tokens -= length
    if not ribbon.tokens:
        at = next(i for i in reversed(range(len(state.opened))) if state.opened[i] is ribbon)
        state.opened.pop(at)


def _drop(state: Filling, ribbon: Ribbon, *, room: int) -> None:
    """Put a rest into the padded row with most space, or into a row of its own."""
    row = max(state.padded, key=lambda each: state.padded[each], default=-1)
    gap = state.padded.pop(row, 0)
    if gap < room:
        if gap:
            state.padded[row] = gap
        row, gap = state.num_rows, state.rules.capacity
        state.num_rows += 1
    _cut(state, ribbon, row=row, room=room)
    if gap > room:
        state.padded[row] = gap - room


def full_rows(ribbons: list[Ribbon], *, first_row: int, rules: Rules) -> IntArray:
    """Cut ribbons of full rows alone: int64[K, 4] of row, piece, start, length; rows ascend."""
    tokens = np.array([ribbon.tokens for ribbon in ribbons], dtype=np.int64)
    starts = np.array([ribbon.start for ribbon in ribbons], dtype=np.int64)
    pieces = np.array([ribbon.piece for ribbon in ribbons], dtype=np.int64)
    counts = tokens // rules.full
    total = int(counts.sum())
    within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    start = np.repeat(starts, counts) + within * rules.full
    length = np.full(total, rules.full)
    return np.column_stack((first_row + np.arange(total), np.repeat(pieces, counts), start, length))
