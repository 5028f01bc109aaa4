"""A body that a task composes of the haystack's own text: cut, moved, marked, with words between.

The task is offered as much text as there is room for and lays out all of it that it wants. Only the
whole encoding says how long the sample is, so the task is asked again, with the room that it should
have had, until the length is right; it draws the same random numbers each time.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.draft import ATTEMPTS, Draft, Int64, Piece, encode, lay_out, slack, surplus
from generators.weaving.places import Ruler, ruler, trim, trim_end
from schemas.errors import UnfitError
from schemas.sample import Haystack, Order
from schemas.task import Mark, Offer, Passage, Plan

_FRAME_TOKENS = 96
"""Room left for question and answer before their words are known."""
_SPARE = 200
"""And a part in so many of the sample for the task's own words: fewer tries, hardly shorter."""
_CUTS = 24
"""How often a task is asked again until the sample's length is a multiple."""
_GROWS = 3
"""How often the sample may be made longer for it; to and fro it would go on for ever."""
_MARGIN = 32
"""Tokens that a further try leaves free: encoded together, words break differently."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Try:
    """A plan that fits, its sample, and what it was composed of."""

    plan: Plan
    made: Draft
    used: Span
    room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Composer:
    """All that stays the same while a task is asked again and again."""

    make: Callable[[Offer], Plan]
    haystack: Haystack
    measure: Ruler
    ends: Int64
    """int64[N]: the character at which each token of the haystack ends."""
    order: Order
    tokenizer: Tokenizer

    def made(self, used: Span, room: int, *, trimmed: bool) -> tuple[Plan, Draft]:
        """Return what the task makes of these characters and this room, and the sample."""
        offer = self._offer(used, room)
        plan = self.make(offer)
        taken, body = _pieces(plan, offer, used[0])
        pieces = lay_out(plan, body, self.order)
        return plan, encode(
            pieces, taken, trimmed=trimmed, order=self.order, tokenizer=self.tokenizer
        )

    def _offer(self, used: Span, room: int) -> Offer:
        begin, end = used
        first, last = self.measure.tokens(begin), self.measure.tokens(end)
        inside = [run.at - begin for run in self.haystack.runs if begin < run.at < end]
        return Offer(
            text=self.haystack.text[begin:end],
            starts=(0, *inside),
            token_ends=self.ends[first:last] - begin,
            room=room,
            opens=self.order.question != "last",
            count=lambda words: len(self.tokenizer.encode(words)),
        )


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
    Raises Redraw when no try fits or is a multiple of `order.multiple`, and what `make` raises.
    """
    measure = ruler(haystack.text, haystack.token_ends)
    ends = measure.chars(np.arange(1, len(measure.token_ends) + 1))
    composer = _Composer(
        make=make, haystack=haystack, measure=measure, ends=ends, order=order, tokenizer=tokenizer
    )
    starts = not haystack.runs or haystack.runs[0].start == 0
    room = order.length - _FRAME_TOKENS - order.length // _SPARE
    best: _Try | None = None
    for _ in range(ATTEMPTS):
        if room < 1:
            break
        wanted = int(room * offered)
        used = trim(measure, wanted, starts_document=starts)
        trimmed = len(measure.token_ends) > wanted
        plan, made = composer.made(used, room, trimmed=trimmed)
        missing = order.length - len(made.ids)
        if missing >= 0 and (best is None or len(made.ids) > len(best.made.ids)):
            best = _Try(plan=plan, made=made, used=used, room=room)
        if missing >= 0 and (missing <= slack(order.length, composed=True) or not trimmed):
            break
        # Too long by 400: the next try has 450 tokens less, and what is not used is not counted.
        room = min(room, int(len(measure.token_ends) / offered)) + missing
        room -= max(_MARGIN, abs(missing) // 8)
    if best is None:
        raise Redraw(f"nothing that was composed fits into {order.length} tokens")
    return _to_multiple(composer, best, chooses=offered > 1)


def _to_multiple(composer: _Composer, found: _Try, *, chooses: bool) -> tuple[Plan, Draft]:
    """Return the try, or another of slightly less text whose length is a multiple, if one is found.

    A task that chooses is given less room, another one less text. What is drawn may turn out
    otherwise with it: then a try has no better chance than any, and there are more of them.
    """
    measure = composer.measure
    plan, made, used, room = found.plan, found.made, found.used, found.room
    for number in range(_CUTS):
        over = _excess(made, composer.order, number)
        if not over:
            break
        room -= over
        left = measure.tokens(used[1]) - measure.tokens(used[0]) - over
        if left < 1 or room < 1:
            break
        if not chooses:
            words = number < _CUTS // 2  # text that says the same again and again may have none
            used = trim_end(measure, (used[0], len(measure.text)), left, words=words)
        with suppress(UnfitError):
            plan, made = composer.made(used, room, trimmed=made.trimmed)
    return plan, made


def _excess(made: Draft, order: Order, number: int) -> int:
    """Return the tokens above a multiple near by; below 0 where the next try is to have more."""
    over, missing = surplus(made, order), order.length - len(made.ids)
    if not over or not made.trimmed:
        return over
    if missing > slack(order.length, composed=True):
        # Much was lost by the way; a token more each time, or all would go as before.
        return number - missing + order.length % order.multiple
    more = order.multiple - over
    return -more if more < over and more <= missing and number < _GROWS else over


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
