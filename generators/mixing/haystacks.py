"""Which piece of which document each sample is woven into.

A document that may be cut gives from one block that grows, to the left or to the right, around a
place drawn for it (the first piece moves off its place where the document would be too short); what
stands before and after the block stays natural text, so a document falls into two pieces at most
and haystacks are not all title pages. Documents give in turn, in a keyed order; the longest needs
choose first. A document that may not be cut is given whole, the shortest that is long enough, and
only when none of the others will do; what the sample does not need of it is lost, and the ledger
says so. Cost: (S + D) log D.

    a document of 100 (may be cut, place 50), one of 30 (may not); needs 40, 40, 25
    ->  [10, 50) and [50, 90) of the first, the second for the last; [0, 10) and [90, 100) are left
"""

import bisect
import heapq
from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.draw import Int64, Pieces

LEAST_SHARE = 0.6
"""Of its length: text that a sample of whole documents must find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The block [start, stop) of each of D documents that haystacks have taken."""

    start: Int64
    stop: Int64


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
    rng: np.random.Generator,
    needs: Int64,
    *,
    num_tokens: Int64,
    blocks: Blocks,
    order: Int64,
    cuttable: npt.NDArray[np.bool_],
) -> tuple[Allotment, Blocks]:
    """Give each sample a piece of `needs` (int64[S]) tokens of one document.

    `order` lists the documents that may give; `cuttable` (bool[D]) says which of them may be cut.
    """
    givers = _Givers(num_tokens, blocks, order, cuttable)
    doc = np.full(len(needs), -1, np.int64)
    start = np.zeros(len(needs), np.int64)
    to_left = rng.integers(0, 2, size=len(needs)).astype(bool)
    for sample in np.argsort(-needs, kind="stable").tolist():
        given = givers.give(int(needs[sample]), bool(to_left[sample]))
        if given is not None:
            doc[sample], start[sample] = given
    return Allotment(doc=doc, start=start), Blocks(start=givers.start, stop=givers.stop)


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


class _Givers:
    """The documents that give, as the needs fall: one too short now waits until it is not."""

    def __init__(
        self,
        num_tokens: Int64,
        blocks: Blocks,
        order: Int64,
        cuttable: npt.NDArray[np.bool_],
    ) -> None:
        self.num_tokens, self.start, self.stop = num_tokens, blocks.start.copy(), blocks.stop.copy()
        cut = [(turn, int(d)) for turn, d in enumerate(order) if cuttable[d]]
        self._waiting = [(-self._room(d), turn, d) for turn, d in cut]
        heapq.heapify(self._waiting)
        unused = order[~cuttable[order] & (blocks.start == blocks.stop)[order]]
        self._whole = sorted((int(num_tokens[d]), int(d)) for d in unused)
        self._circle: deque[tuple[int, int]] = deque()

    def _room(self, d: int) -> int:
        """Return the longest piece that a document can still give."""
        if self.start[d] == self.stop[d]:
            return int(self.num_tokens[d])
        return int(max(self.start[d], self.num_tokens[d] - self.stop[d]))

    def give(self, need: int, to_left: bool) -> tuple[int, int] | None:
        """Return the document and the first token of a piece, None when no document has it."""
        if self._waiting and -self._waiting[0][0] >= need:
            self._wake(need)
        while self._circle and self._room(self._circle[0][1]) < need:
            turn, d = self._circle.popleft()
            heapq.heappush(self._waiting, (-self._room(d), turn, d))
        if not self._circle:
            return self._give_whole(need)
        d = self._circle[0][1]
        self._circle.rotate(-1)
        if self.start[d] == self.stop[d]:
            place = self.start[d] - (need if to_left else 0)
            self.start[d] = min(max(place, 0), self.num_tokens[d] - need)
            self.stop[d] = self.start[d] + need
            return d, int(self.start[d])
        left, right = self.start[d] >= need, self.num_tokens[d] - self.stop[d] >= need
        if left and (to_left or not right):
            self.start[d] -= need
            return d, int(self.start[d])
        self.stop[d] += need
        return d, int(self.stop[d]) - need

    def _give_whole(self, need: int) -> tuple[int, int] | None:
        found = bisect.bisect_left(self._whole, (need, -1))
        if found == len(self._whole):
            return None
        size, d = self._whole.pop(found)
        self.start[d], self.stop[d] = 0, size
        return d, 0

    def _wake(self, need: int) -> None:
        awake = list(self._circle)
        while self._waiting and -self._waiting[0][0] >= need:
            _, turn, d = heapq.heappop(self._waiting)
            awake.append((turn, d))
        self._circle = deque(sorted(awake))
