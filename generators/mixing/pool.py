"""The natural tokens of one source, taken document by document and pass by pass.

A pass goes over the source's documents in an order keyed by each document. In pass 0 a document
offers what haystacks left of it. In later passes it offers itself whole, in two pieces where it may
be cut, so that rows begin at other places than before and no row comes twice. What is offered is
taken whole while the budget lasts; the last may be cut when cutting is allowed.

    lengths 50, 80, 30 in this order, budget 100, the second may be cut
    ->  50 whole, the first 50 of the second; the pool goes on at its token 50
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generators.mixing.order import keyed_order, keyed_uniform
from generators.seeds import rng_for
from schemas.draw import Framing, Int64, Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What is left of a source, in the order in which it will be taken."""

    name: str
    seed: int
    doc: Int64
    """Corpus indices of the source's documents."""
    offers: Pieces
    """What this pass offers, in the order in which it will be taken (`turns`)."""
    num_tokens: Int64
    """int64[D] of the corpus."""
    key: npt.NDArray[np.uint64]
    """uint64[D] of the corpus."""
    filler: bool
    max_epochs: int
    drop_tail: bool = False
    """Whether a row takes the beginning of an offer and the rest is dropped."""
    least_row: int = 0
    """Tokens of the shortest row that takes these documents."""
    epoch: int = 0
    cursor: int = 0
    """How many offers of this pass were taken."""
    opened: int = 0
    """Tokens of the offer at the cursor that were taken already."""


def left_over(pool: Pool, frame: Framing) -> int:
    """Return the tokens that the pool can still give, start and end ids included."""
    if pool.epoch >= pool.max_epochs:
        return 0
    doc, lo, hi = _remaining(pool)
    _, cost = _costs(pool, lo, hi, pool.num_tokens[doc], frame=frame)
    if pool.epoch + 1 == pool.max_epochs:
        return int(cost.sum())
    whole = pool.num_tokens[pool.doc] + frame.end + frame.begin
    whole = whole // frame.multiple * frame.multiple
    whole_pass = int((np.minimum(whole, frame.capacity) if pool.drop_tail else whole).sum())
    return int(cost.sum()) + whole_pass * (pool.max_epochs - 1 - pool.epoch)


def take(pool: Pool, budget: int, frame: Framing) -> tuple[Pieces, Pool]:
    """Take pieces of at most `budget` tokens, start and end ids included, and return the rest.

    A piece shorter than `frame.min_fragment` is passed over unless it is a whole document.
    """
    taken = []
    while budget > 0 and pool.epoch < pool.max_epochs:
        pieces, used, pool = _take_in_pass(pool, budget, frame)
        taken.append(pieces)
        budget -= used
        if pool.cursor < len(pool.offers):
            break
        pool = _next_pass(pool, frame)
    return Pieces.joined(taken), pool


def turns(seed: int, name: str, epoch: int, keys: npt.NDArray[np.uint64]) -> Int64:
    """Return int64[N], the order in which a pass takes offers: it is keyed by each document."""
    return keyed_order(rng_for(seed, "natural", name, epoch), keys)


def _remaining(pool: Pool) -> tuple[Int64, Int64, Int64]:
    """Return document, first and last token of the offers that this pass has not taken yet."""
    doc, lo, hi = (
        column[pool.cursor :] for column in (pool.offers.doc, pool.offers.start, pool.offers.stop)
    )
    if len(lo) and pool.opened:
        lo = lo.copy()
        lo[0] += pool.opened
    return doc, lo, hi


def _next_pass(pool: Pool, frame: Framing) -> Pool:
    """Return the pool at the beginning of its next pass.

    A document of 100 that may be cut to rows of 40 offers, say, [0, 23) and [23, 100).
    """
    epoch = pool.epoch + 1
    size = pool.num_tokens[pool.doc]
    first = np.minimum(size, frame.capacity) - 2 * frame.min_fragment
    cuttable = (pool.filler | (size > frame.capacity)) & (first > 0)
    places = keyed_uniform(rng_for(pool.seed, "cut", pool.name, epoch), pool.key[pool.doc])
    cut = np.where(cuttable, frame.min_fragment + (places * first).astype(np.int64), 0)
    offers = np.concatenate(
        [
            np.stack([pool.doc[cuttable], np.zeros_like(cut)[cuttable], cut[cuttable]]),
            np.stack([pool.doc, cut, size]),
        ],
        axis=1,
    )
    offers = offers[:, np.lexsort((offers[1], offers[0]))]
    doc, start, stop = offers[:, turns(pool.seed, pool.name, epoch, pool.key[offers[0]])]
    pieces = Pieces(doc=doc, start=start, stop=stop, epoch=np.full_like(doc, epoch))
    return replace(pool, offers=pieces, epoch=epoch, cursor=0, opened=0)


def _costs(
    pool: Pool, lo: Int64, hi: Int64, num_tokens: Int64, *, frame: Framing
) -> tuple[npt.NDArray[np.bool_], Int64]:
    """Return which intervals can be used whole, and what each costs in tokens of a row.

    What is more than a multiple is trimmed: 37 tokens cost 32 where segments are multiples of 8.
    """
    cost = hi - lo + frame.end * (hi == num_tokens) + frame.begin * (lo == 0)
    cost = cost // frame.multiple * frame.multiple
    usable = (hi - lo >= frame.min_fragment) | ((hi - lo == num_tokens) & (cost > 0))
    if pool.drop_tail:
        cost = np.minimum(cost, frame.capacity)
    return usable, np.where(usable, cost, 0)


def _take_in_pass(pool: Pool, budget: int, frame: Framing) -> tuple[Pieces, int, Pool]:
    """Take from the current pass; return the pieces, what they cost and the pool after it."""
    offered, lo, hi = _remaining(pool)
    length = pool.num_tokens[offered]
    usable, cost = _costs(pool, lo, hi, length, frame=frame)
    spent = np.cumsum(cost)
    whole = int(np.searchsorted(spent, budget, side="right"))
    used = int(spent[whole - 1]) if whole else 0
    keep = np.flatnonzero(usable[:whole])
    doc, start, stop = offered[keep], lo[keep], hi[keep]
    opened = pool.opened if whole == 0 else 0
    if whole < len(lo) and _may_cut(pool, int(length[whole]), frame):
        begin = frame.begin * int(lo[whole] == 0)
        room = min(budget - used - begin, int(hi[whole] - lo[whole]) - frame.min_fragment)
        room = (room + begin) // frame.multiple * frame.multiple - begin
        if room >= frame.min_fragment:
            doc, start = np.append(doc, offered[whole]), np.append(start, lo[whole])
            stop = np.append(stop, lo[whole] + room)
            opened += room
            used += room + begin
    pieces = Pieces(doc=doc, start=start, stop=stop, epoch=np.full(len(doc), pool.epoch, np.int64))
    return pieces, used, replace(pool, cursor=pool.cursor + whole, opened=opened)


def _may_cut(pool: Pool, num_tokens: int, frame: Framing) -> bool:
    """Say whether the budget's end may fall inside a document of this length."""
    return not pool.drop_tail and (pool.filler or num_tokens > frame.capacity)
