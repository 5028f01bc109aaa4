"""Which piece of which document each sample is woven into.

A document that may be cut gives from one block that grows, to the left or to the right, around a
place drawn for it (the first piece moves off its place where the document would be too short); what
stands before and after the block stays natural text, so a document falls into two pieces at most
and haystacks are not all title pages. The longest needs choose first. Documents stand in a
circle, in a keyed order; each need has a keyed spot of its own there, and the next document from it
that has room gives. So a need more moves only those that it meets: the later ones of its document,
or of the next where it took the last room (as in consistent hashing: Karger et al. 1997,
"Consistent hashing and random trees"). A document that may not be cut is given whole, the shortest
that is long enough, and only when none of the others will do; what the sample does not need of it
is lost, and the ledger says so. Cost: (S + D) log D.

    a document of 100 (may be cut, place 50), one of 30 (may not); needs 40, 40, 25
    ->  [10, 50) and [50, 90) of the first, the second for the last; [0, 10) and [90, 100) are left
"""

import bisect
from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.draw import Int64, Pieces

LEAST_SHARE = 0.6
"""Of its length: text that a sample of whole documents must find."""
MOST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The block [start, stop) of each of D documents that haystacks have taken."""

    start: Int64
    stop: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """S pieces of text that samples ask for."""

    tokens: Int64
    """int64[S]."""
    spot: npt.NDArray[np.float64]
    """float64[S] in [0, 1): where on the circle the search for a document begins."""
    to_left: npt.NDArray[np.bool_]
    """bool[S]: which way the block of the document grows, if it can."""
    sample: Int64
    """int64[S]: pieces of one sample come from different documents while there are others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotment:
    """The haystack of each sample: int64[S]; doc is -1 where no document is long enough."""

    doc: Int64
    start: Int64


def untouched(num_tokens: Int64, places: npt.NDArray[np.float64]) -> Blocks:
    """Return empty blocks, each at a place of its document: 0 its beginning, 1 its end."""
    place = (num_tokens * places).astype(np.int64)
    return Blocks(start=place, stop=place.copy())


def left_natural(blocks: Blocks, num_tokens: Int64) -> Pieces:
    """Return what no haystack has taken: whole documents, or what is before and after a block."""
    doc = np.arange(len(num_tokens), dtype=np.int64)
    whole = blocks.start == blocks.stop
    before = np.where(whole, num_tokens, blocks.start)
    after = np.where(whole, num_tokens, blocks.stop)
    pieces = np.concatenate(
        [
            np.stack([doc, np.zeros_like(doc), before]),
            np.stack([doc, after, num_tokens]),
        ],
        axis=1,
    )
    pieces = pieces[:, pieces[2] > pieces[1]]
    pieces = pieces[:, np.lexsort((pieces[1], pieces[0]))]
    return Pieces(doc=pieces[0], start=pieces[1], stop=pieces[2], epoch=np.zeros_like(pieces[0]))


def allot(
    needs: Needs,
    *,
    num_tokens: Int64,
    blocks: Blocks,
    order: Int64,
    cuttable: npt.NDArray[np.bool_],
) -> tuple[Allotment, Blocks]:
    """Give each need a piece of so many tokens of one document.

    `order` lists the documents that may give; `cuttable` (bool[D]) says which of them may be cut.
    """
    cut, whole = order[cuttable[order]], order[~cuttable[order]]
    circle = _Circle(num_tokens, blocks, cut, least=int(needs.tokens.min(initial=MOST)))
    unused = _Whole(num_tokens, whole[(blocks.start == blocks.stop)[whole]])
    first = circle.turns((needs.spot * len(cut)).astype(np.int64)).tolist()
    tokens, to_left, sample_of = (
        column.tolist() for column in (needs.tokens, needs.to_left, needs.sample)
    )
    doc = np.full(len(tokens), -1, np.int64)
    start = np.zeros(len(tokens), np.int64)
    met: dict[int, set[int]] = {}
    for index in np.argsort(-needs.tokens, kind="stable").tolist():
        mine = met.setdefault(sample_of[index], set())
        turn = circle.find(tokens[index], first[index], mine)
        if turn is not None:
            mine.add(turn)
            doc[index] = circle.docs[turn]
            start[index] = circle.take(turn, tokens[index], to_left=to_left[index])
        else:
            doc[index] = unused.take(tokens[index])
    left = circle.blocks()
    given = doc[(doc >= 0) & ~cuttable[doc]]
    left.start[given], left.stop[given] = 0, num_tokens[given]
    return Allotment(doc=doc, start=start), left


def gather(
    needs: Int64, *, num_tokens: Int64, blocks: Blocks, order: Int64
) -> tuple[list[list[int]], Blocks]:
    """Give each sample whole documents, one after the other, of at most `needs` tokens together.

    The next in `order` that does not fit begins the next sample; a sample that LEAST_SHARE of its
    need cannot be found for gets none.

        documents of 30, 40, 50, 20; needs 80, 60   ->   30 and 40; 50
    """
    unused = blocks.start == blocks.stop
    waiting = deque(order[unused[order]].tolist())
    given: list[list[int]] = [[] for _ in needs]
    start, stop = blocks.start.copy(), blocks.stop.copy()
    for sample in np.argsort(-needs, kind="stable").tolist():
        need, total = int(needs[sample]), 0
        while waiting and total < need:
            size = int(num_tokens[waiting[0]])
            if size > need:
                waiting.popleft()  # too long for all that come after as well
            elif total + size > need:
                break
            else:
                given[sample].append(waiting.popleft())
                total += size
        if total < LEAST_SHARE * need:
            waiting.extendleft(reversed(given[sample]))
            given[sample] = []
    for doc in (doc for docs in given for doc in docs):
        start[doc], stop[doc] = 0, num_tokens[doc]
    return given, Blocks(start=start, stop=stop)


class _Circle:
    """The documents that may be cut, in their order, and the room of each.

    Room is the longest piece that a document can still give. A tree of the largest rooms (its root
    at 1, the children of i at 2 i and 2 i + 1) finds the next document in log D steps. Documents
    without room for `least` have no turn: nobody would stop there.
    """

    def __init__(self, num_tokens: Int64, blocks: Blocks, docs: Int64, *, least: int) -> None:
        self._before = blocks
        room = _room(num_tokens[docs], blocks.start[docs], blocks.stop[docs])
        self._at = np.flatnonzero(room >= least)
        self.docs, room = docs[self._at], room[self._at]
        starts, stops = blocks.start[self.docs], blocks.stop[self.docs]
        sizes = num_tokens[self.docs]
        self._starts: memoryview[int] = memoryview(starts.data)
        self._stops: memoryview[int] = memoryview(stops.data)
        self._sizes: memoryview[int] = memoryview(sizes.data)
        self._leaves = 1 << max(len(room) - 1, 0).bit_length()
        self._tree: memoryview[int] = memoryview(_tree(room, self._leaves).data)

    def turns(self, at: Int64) -> Int64:
        """Return the turns of the documents, or of the next, that stand at these places."""
        return np.searchsorted(self._at, at).astype(np.int64)

    def find(self, need: int, first: int, not_these: set[int]) -> int | None:
        """Return the next turn, from `first` on and around, of a document with room for `need`.

        One of `not_these` only where there is no other; None where no document has it.
        """
        if self._tree[1] < need:
            return None
        met = None
        for begin, end in ((first, self._leaves), (0, first)):
            at = self._next(need, begin)
            while at is not None and at < end:
                if at not in not_these:
                    return at
                met = at if met is None else met
                at = self._next(need, at + 1)
        return met

    def _next(self, need: int, at: int) -> int | None:
        """Return the first turn from `at` on with room for `need`."""
        tree, leaves = self._tree, self._leaves
        if at >= leaves:
            return None
        node = at + leaves
        while tree[node] < need:
            while node & 1:  # a right child: what follows is behind its parent
                node >>= 1
            if not node:
                return None
            node += 1
        while node < leaves:
            node *= 2
            node += tree[node] < need
        return node - leaves

    def take(self, turn: int, need: int, *, to_left: bool) -> int:
        """Take `need` tokens of a document that has room for them; return the first of them."""
        start, stop, size = self._starts[turn], self._stops[turn], self._sizes[turn]
        if start == stop:
            at = min(max(start - need if to_left else start, 0), size - need)
            start, stop = at, at + need
        elif start >= need and (to_left or size - stop < need):
            at = start = start - need
        else:
            at, stop = stop, stop + need
        self._starts[turn], self._stops[turn] = start, stop
        self._set_room(turn, max(start, size - stop))
        return at

    def _set_room(self, turn: int, room: int) -> None:
        node = turn + self._leaves
        self._tree[node] = room
        while node > 1:
            node >>= 1
            self._tree[node] = max(self._tree[2 * node], self._tree[2 * node + 1])

    def blocks(self) -> Blocks:
        """Return the blocks of all documents as they are now."""
        start, stop = self._before.start.copy(), self._before.stop.copy()
        start[self.docs], stop[self.docs] = self._starts, self._stops
        return Blocks(start=start, stop=stop)


def _room(size: Int64, start: Int64, stop: Int64) -> Int64:
    return np.asarray(np.where(start == stop, size, np.maximum(start, size - stop)))


def _tree(room: Int64, leaves: int) -> Int64:
    """Return int64[2 * leaves]: at the end the rooms, before them the larger of each two."""
    tree = np.full(2 * leaves, -1, np.int64)
    tree[leaves : leaves + len(room)] = room
    while leaves > 1:
        tree[leaves // 2 : leaves] = tree[leaves : 2 * leaves].reshape(-1, 2).max(axis=1)
        leaves //= 2
    return tree


class _Whole:
    """The documents that are given whole or not at all, the shortest first."""

    def __init__(self, num_tokens: Int64, docs: Int64) -> None:
        docs = docs[np.lexsort((docs, num_tokens[docs]))]
        self._docs, self._sizes = docs.tolist(), num_tokens[docs].tolist()

    def take(self, need: int) -> int:
        """Return the shortest document of `need` tokens or more, -1 when there is none."""
        found = bisect.bisect_left(self._sizes, need)
        if found == len(self._sizes):
            return -1
        self._sizes.pop(found)
        return int(self._docs.pop(found))
