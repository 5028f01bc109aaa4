"""Related documents in one row: a root, what is near it, what is near that, until the row is full.

    rows of 10; whales of 4, 3, 3 and 2 tokens are near each other, so are balls of 5 and 3
    [whale 3, whale 4, whale 3] [ball 3, ball 5 | whale 2]    the first row has no room for them all

1. Roots come in a drawn order. From a root, breadth first over `near`, each piece that has no place
   yet and fits the row joins (SPLiCe, "Structured Packing in LLM Training Improves Long Context
   Utilization", arXiv 2312.17296), until nothing near fits.
2. What was gathered joins the first group that is near one of its pieces and has room for it all.
3. A group is now one piece that stays whole. Groups, pieces that are alone and cuttable ones are
   packed by best fit (`best_fit.py`), so that rows are filled as exactly as without groups. A small
   group may share its row with others and with what fills it.
4. Cuttable pieces join groups whole. Where too few are left to fill the rows, some leave their
   groups again, drawn, and it all begins anew.

Members of a group lie next to each other, shuffled, as LiteLong (arXiv 2509.15568) has them: an
order by likeness would tie what is near to what is alike. `Packing.group` says which belong
together. Cost: some microseconds a piece, and best fit's; twice or more where 4. comes to pass.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from generators.packing import BoolArray, IntArray, Packing, best_fit
from generators.packing._rows import checked_rules

NEEDS_NEAR = True
"""`pack` is to be given `near`."""


def pack(
    rng: np.random.Generator,
    lengths: IntArray,
    *,
    cuttable: BoolArray,
    capacity: int,
    min_fragment: int,
    cut_cost: int = 0,
    near: IntArray | None = None,
) -> Packing:
    """Return which tokens of which piece lie in which row; related pieces lie in one.

    `lengths` (int64[N]), `cuttable` (bool[N]) and the rules of cutting are those of `best_fit`.
    `near` is int64[N, K]: the pieces most like each, nearest first, -1 behind the last; None says
    that nothing is like anything. `group` of the packing has a number of 0 or more for pieces that
    were gathered around one root, which lie next to each other, and -1 for all others. Raises
    ValueError for a piece that can lie in no row, and for neighbours that are no pieces.
    """
    rules = checked_rules(
        lengths, cuttable, capacity=capacity, min_fragment=min_fragment, cut_cost=cut_cost
    )
    near = np.zeros((lengths.size, 0), np.int64) if near is None else _checked(near, lengths.size)
    order = rng.permutation(lengths.size)
    may = lengths <= capacity
    released = 0
    while True:
        groups = _gather(
            order[may[order]],
            lengths,
            near,
            capacity=capacity,
            smallest=rules.smallest if cuttable.any() else 1,
        )
        units = _units(groups, lengths, cuttable)
        packing = best_fit.pack(
            rng,
            units.lengths,
            cuttable=units.cuttable,
            capacity=capacity,
            min_fragment=min_fragment,
            cut_cost=cut_cost,
        )
        held = order[(cuttable & (groups >= 0))[order]]
        if np.count_nonzero(packing.free) <= best_fit.MOST_PADDED or not held.size:
            return _spelled_out(rng, packing, units, lengths=lengths)
        # What is empty now and a row more; twice as much each time, so that few times suffice.
        wanted = max(int(packing.free.sum()) + capacity, released)
        leaves = held[: np.searchsorted(np.cumsum(lengths[held]), wanted) + 1]
        may[leaves] = False
        released += int(lengths[leaves].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Units:
    """What best fit packs: G groups, then the pieces that are in none."""

    first: IntArray
    """int64[U + 1]: where the members of each unit begin in `member`."""
    member: IntArray
    """int64[N]: every piece."""
    lengths: IntArray
    """int64[U]: tokens of each unit."""
    cuttable: BoolArray
    """bool[U]"""
    num_groups: int


def _checked(near: IntArray, num: int) -> IntArray:
    if near.ndim != 2 or len(near) != num:  # noqa: PLR2004 - a table has two sides
        raise ValueError(f"near {near.shape} must have a line for each of {num} pieces")
    if near.size and not -1 <= near.min() <= near.max() < num:
        raise ValueError(f"near names pieces {near.min()} to {near.max()}; there are {num}")
    return near


@dataclass(slots=True, kw_only=True)
class _Gathering:
    """Groups being made; every root opens one, if only of itself, and some come to stay empty."""

    sizes: list[int]
    near: IntArray
    smallest: int
    """Least gap that may be left in a row, where one is left."""
    group: list[int]
    """By piece: its group, -1 before it has one."""
    free: bytearray
    """By piece: 1 while it may join a group."""
    rooms: list[int] = field(default_factory=list)
    """By group: tokens of its row that are still empty."""

    def fits(self, tokens: int, room: int) -> bool:
        """Say whether so many tokens may be taken of so much room."""
        return tokens == room or tokens <= room - self.smallest

    def place(self, piece: int, number: int) -> None:
        """Put a piece into a group."""
        self.free[piece] = 0
        self.group[piece] = number
        self.rooms[number] -= self.sizes[piece]

    def grow(self, root: int, capacity: int) -> None:
        """Gather around a root, breadth first, and then see whether a group near it has room."""
        number = len(self.rooms)
        self.rooms.append(capacity)
        self.place(root, number)
        members, beside = [root], []
        for member in members:
            if not self.rooms[number]:
                return
            for other in self.near[member].tolist():
                if other < 0:
                    break
                if not self.free[other]:
                    beside.append(self.group[other])
                elif self.fits(self.sizes[other], self.rooms[number]):
                    self.place(other, number)
                    members.append(other)
        tokens = capacity - self.rooms[number]
        for group in beside:
            if group not in (-1, number) and self.fits(tokens, self.rooms[group]):
                for member in members:
                    self.place(member, group)
                return


def _gather(
    order: IntArray, lengths: IntArray, near: IntArray, *, capacity: int, smallest: int
) -> IntArray:
    """Return int64[N]: the group of each piece, 0..G-1, or -1 for one that is alone.

    Roots come as in `order`; pieces that are not in it are alone. A group leaves nothing of its row
    empty, or at least `smallest`, which a cut can fill.
    """
    free = np.zeros(lengths.size, np.uint8)
    free[order] = 1
    state = _Gathering(
        sizes=lengths.tolist(),
        near=near,
        smallest=smallest,
        group=[-1] * lengths.size,
        free=bytearray(free.tobytes()),
    )
    for root in order.tolist() if near.shape[1] else []:
        if state.free[root]:
            state.grow(root, capacity)
    group = np.array(state.group, np.int64)
    several = np.bincount(group + 1)[1:] > 1
    number = np.append(np.where(several, np.cumsum(several) - 1, -1), -1)
    return np.asarray(number[group])


def _units(group: IntArray, lengths: IntArray, cuttable: BoolArray) -> _Units:
    """Return groups and single pieces as units, each group's members in their own order."""
    num_groups = int(group.max(initial=-1)) + 1
    alone = np.flatnonzero(group < 0)
    unit = group.copy()
    unit[alone] = num_groups + np.arange(alone.size)
    member = np.argsort(unit, kind="stable")
    sizes = np.bincount(unit)
    return _Units(
        first=np.append(0, np.cumsum(sizes)),
        member=member,
        lengths=np.bincount(unit, lengths).astype(np.int64),
        cuttable=np.append(np.zeros(num_groups, np.bool_), cuttable[alone]),
        num_groups=num_groups,
    )


def _spelled_out(
    rng: np.random.Generator, packing: Packing, units: _Units, *, lengths: IntArray
) -> Packing:
    """Put the members of each group, shuffled, where their group stands as one piece.

    Groups are numbered anew, in the order in which they lie.
    """
    unit = packing.piece
    whole = unit < units.num_groups
    times = np.diff(units.first)[unit]
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    # A drawn number for each member, sorted by unit: the members of a unit in a drawn order.
    owner = np.repeat(np.arange(len(units.lengths)), np.diff(units.first))
    member = units.member[np.lexsort((rng.permutation(len(owner)), owner))]
    piece = member[np.repeat(units.first[unit], times) + within]
    of_group = np.repeat(whole, times)
    number = np.where(whole, np.cumsum(whole) - 1, -1)
    left = np.isin(owner, packing.left)
    return replace(
        packing,
        row=np.repeat(packing.row, times),
        piece=piece,
        start=np.repeat(packing.start, times),
        length=np.where(of_group, lengths[piece], np.repeat(packing.length, times)),
        left=np.sort(member[left]),
        group=np.repeat(number, times),
    )
