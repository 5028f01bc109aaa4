"""A body that a task composes of the haystack's own text: cut, moved, marked, with words between.

The task is offered as much text as there is room for and lays out all of it that it wants. Only the
whole encoding says how long the sample is, so the task is asked again, with the room that it should
have had, until the length is right; it draws the same random numbers each time.
"""

from collections.abc import Callable, Iterator

import numpy as np

from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.draft import ATTEMPTS, Draft, Int64, Piece, encode, lay_out, slack
from generators.weaving.places import Ruler, ruler, trim
from schemas.sample import Haystack, Order
from schemas.task import Mark, Offer, Passage, Plan

_FRAME_TOKENS = 96
"""Room left for question and answer before their words are known."""
_SPARE = 200
"""And a part in so many of the sample for the task's own words: fewer tries, hardly shorter."""
_MARGIN = 32
"""Tokens that a further try leaves free: encoded together, words break differently."""


def compose(
    make: Callable[[Offer], Plan],
    haystack: Haystack,
    *,
    order: Order,
    offered: float,
    tokenizer: Tokenizer,
) -> tuple[Plan, Draft]:
    """Return the plan that `make` comes to, and its sample of at most `order.length` tokens.

    `offered` is how many tokens of haystack the task wants to see for each that it has room for.
    Raises Redraw when no try fits, and what `make` raises.
    """
    measure = ruler(haystack.text, haystack.token_ends)
    ends = measure.chars(np.arange(1, len(measure.token_ends) + 1))
    starts = not haystack.runs or haystack.runs[0].start == 0
    room = order.length - _FRAME_TOKENS - order.length // _SPARE
    best: tuple[Plan, Draft] | None = None
    for _ in range(ATTEMPTS):
        if room < 1:
            break
        wanted = int(room * offered)
        used = trim(measure, wanted, starts_document=starts)
        offer = _offer(
            haystack, measure, ends, used=used, room=room, order=order, tokenizer=tokenizer
        )
        plan = make(offer)
        taken, body = _pieces(plan, offer, used[0])
        trimmed = len(measure.token_ends) > wanted
        pieces = lay_out(plan, body, order)
        made = encode(pieces, taken, trimmed=trimmed, order=order, tokenizer=tokenizer)
        missing = order.length - len(made.ids)
        if missing >= 0 and (best is None or len(made.ids) > len(best[1].ids)):
            best = plan, made
        if missing >= 0 and (missing <= slack(order.length, composed=True) or not trimmed):
            break
        # Too long by 400: the next try has 450 tokens less, and what is not used is not counted.
        room = min(room, int(len(measure.token_ends) / offered)) + missing
        room -= max(_MARGIN, abs(missing) // 8)
    if best is None:
        raise Redraw(f"nothing that was composed fits into {order.length} tokens")
    return best


def _offer(
    haystack: Haystack,
    measure: Ruler,
    ends: Int64,
    *,
    used: tuple[int, int],
    room: int,
    order: Order,
    tokenizer: Tokenizer,
) -> Offer:
    begin, end = used
    first, last = measure.tokens(begin), measure.tokens(end)
    inside = [run.at - begin for run in haystack.runs if begin < run.at < end]
    return Offer(
        text=haystack.text[begin:end],
        starts=(0, *inside),
        token_ends=ends[first:last] - begin,
        room=room,
        opens=order.question != "last",
        count=lambda words: len(tokenizer.encode(words)),
    )


def _pieces(
    plan: Plan, offer: Offer, begin: int
) -> tuple[tuple[tuple[int, int], ...], list[Piece]]:
    """Return the characters of the haystack that the sample holds, and the pieces of its body."""
    marks = sorted(plan.marks, key=lambda mark: mark.start)
    firsts = np.array([mark.start for mark in marks], np.int64)
    taken: list[tuple[int, int]] = []
    body: list[Piece] = []
    placed = 0
    for passage in plan.body:
        if passage.text:
            body.append(_own(passage))
            continue
        if taken and taken[-1][1] == passage.start + begin:
            taken[-1] = taken[-1][0], passage.stop + begin
        else:
            taken.append((passage.start + begin, passage.stop + begin))
        low, high = np.searchsorted(firsts, [passage.start, passage.stop]).tolist()
        inside = [mark for mark in marks[low:high] if mark.stop <= passage.stop]
        placed += len(inside)
        body += _split(passage, inside, offer.text)
    if placed != len(marks):
        raise ValueError(f"{len(marks) - placed} marks lie in no one passage of the body")
    taken += [(start + begin, stop + begin) for start, stop in plan.quotes]
    return tuple(taken), body


def _own(passage: Passage) -> Piece:
    return Piece(
        kind="plant",
        text=passage.text,
        part=passage.part,
        depth=passage.depth,
        hidden=passage.hidden,
    )


def _split(passage: Passage, marks: list[Mark], text: str) -> Iterator[Piece]:
    """Yield a passage's text with each mark as a piece of its own."""
    at = passage.start
    for mark in marks:
        if mark.start < at:
            raise ValueError(f"marks overlap at character {mark.start} of the offer")
        if mark.start > at:
            yield Piece(kind="context", text=text[at : mark.start])
        yield Piece(
            kind="evidence", text=text[mark.start : mark.stop], part=mark.part, depth=mark.depth
        )
        at = mark.stop
    if at < passage.stop:
        yield Piece(kind="context", text=text[at : passage.stop])
