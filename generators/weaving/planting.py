"""A haystack with plants in it: every plant at its depth, every word of the haystack untouched.

A plant stands on a line of its own, or in a paragraph of its own where it comes between two; in
code it stands in a comment, as those around it, or it would be the odd line out. What is not
haystack is counted before anything is laid out; where the sample then comes out too long, or much
too short, it is laid out again with the room that it should have.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.draft import (
    ATTEMPTS,
    Draft,
    Int64,
    Piece,
    encode,
    lay_out,
    slack,
    surplus,
    tolerance,
)
from generators.weaving.multiples import ends, few
from generators.weaving.places import (
    FARTHEST_BREAK,
    Ruler,
    comment_mark,
    places,
    ruler,
    trim,
    trim_end,
    wanted_tokens,
)
from schemas.errors import UnfitError
from schemas.sample import Haystack, Order
from schemas.task import Plan, Plant

_UNFORESEEN = 16
"""Tokens by which counting piece by piece may be wrong."""
_CUTS, _ENCODES = 12, 3
"""How often a sample is laid out, and each time ended elsewhere, until its length is a multiple;
the first time nearly always does it."""
_WORDS = 6
"""And how often where a word ends; after that the haystack may end inside one."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Budget:
    """Tokens that are not haystack, counted before anything is laid out."""

    plants: Int64
    """int64[K], in the order of the text."""
    leads: Int64
    """int64[K]: how many of a plant's tokens stand before its evidence."""
    head: int
    """Before the haystack: the start id, and the question if it comes first."""
    lead: int
    """Between haystack and answer, as far as it belongs to the context of depths."""
    tail: int
    """All that follows the haystack, the end id included."""

    @property
    def total(self) -> int:
        """Everything but haystack, with two tokens a plant for words that break differently."""
        return int(self.plants.sum()) + self.head + self.tail + 2 * len(self.plants) + 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """All that stays the same while a sample is laid out again and again."""

    plan: Plan
    plants: list[Plant]
    budget: _Budget
    measure: Ruler
    order: Order
    tokenizer: Tokenizer

    def places(self, used: Span) -> tuple[int, ...]:
        """Return the character place of each plant in these characters of the haystack."""
        return _find_places(self.measure, self.plants, used=used, budget=self.budget)

    def made(self, used: Span, at: tuple[int, ...], *, trimmed: bool) -> Draft:
        """Return the sample that has these characters of the haystack."""
        body = list(_interleave(self.measure.text, self.plants, at=at, used=used))
        pieces = lay_out(self.plan, body, self.order)
        return encode(pieces, (used,), trimmed=trimmed, order=self.order, tokenizer=self.tokenizer)

    def tail(self, begin: int, end: int, at: tuple[int, ...]) -> str:
        """Return the text of the sample behind a character of the haystack."""
        first = bisect_right(at, begin)
        here, plants = _clipped(at[first:], end), self.plants[first:]
        body = _interleave(self.measure.text, plants, at=here, used=(begin, end))
        behind = lay_out(self.plan, [], self.order)[0 if self.order.question == "last" else 2 :]
        return "".join(piece.text for piece in (*body, *behind))


def plant(plan: Plan, haystack: Haystack, *, order: Order, tokenizer: Tokenizer) -> Draft:
    """Return a sample of at most `order.length` tokens with each plant near its wanted depth.

    Raises Redraw when plan and question alone leave no room for a haystack, and UnfitError when no
    end of the haystack makes its length a multiple of `order.multiple`.
    """
    plants, budget = _count(plan, order=order, tokenizer=tokenizer)
    measure = ruler(haystack.text, haystack.token_ends)
    layout = _Layout(
        plan=plan, plants=plants, budget=budget, measure=measure, order=order, tokenizer=tokenizer
    )
    starts = not haystack.runs or haystack.runs[0].start == 0
    room = order.length - budget.total
    best: tuple[Draft, tuple[int, ...]] | None = None
    for _ in range(ATTEMPTS):
        if room < 1:
            break
        used = trim(measure, room, starts_document=starts)
        trimmed = len(haystack.token_ends) > room
        at = layout.places(used)
        made = layout.made(used, at, trimmed=trimmed)
        missing = order.length - len(made.ids)
        best = (made, at) if missing >= 0 else best
        if missing >= 0 and (missing <= slack(order.length) or not trimmed):
            break
        # Counting piece by piece was wrong by this much: one more try with what it should be.
        room = measure.tokens(used[1]) - measure.tokens(used[0]) + missing
    if best is not None:
        return _to_multiple(layout, *best)
    raise Redraw(
        f"statements and question take about {budget.total} tokens of the {order.length} that the "
        "sample may have, which leaves no room for a haystack"
    )


def _to_multiple(layout: _Layout, made: Draft, at: tuple[int, ...]) -> Draft:
    """Return the sample with a little less haystack, or more, so that its length is a multiple.

    A few tokens are left out at the end alone. Before more of them come or go, all plants find
    their depths again.
    """
    measure, order = layout.measure, layout.order
    for number in range(_CUTS):
        over, most = surplus(made, order), few(len(made.ids))
        if not over:
            return made
        words = number < _WORDS
        again = _shortened(layout, made, at, words=words) if over <= most else None
        if again is not None:
            return again
        begin, end = made.used[0]
        up = order.multiple - over
        grows = len(made.ids) + up <= order.length and made.trimmed
        step = min(most // 2 + number, most) + (up if grows else -over)
        if over <= most:  # no word ends there: on to the multiple below
            step = -max(order.multiple, most // 2)
        left = measure.tokens(end) - measure.tokens(begin) + step
        if left < 1:
            break
        used = trim_end(measure, (begin, len(measure.text)), left)
        at = layout.places(used)
        made = layout.made(used, at, trimmed=made.trimmed)
    raise UnfitError(
        f"no end of the haystack makes the sample of {len(made.ids)} tokens a multiple of "
        f"{order.multiple}"
    )


def _shortened(layout: _Layout, made: Draft, at: tuple[int, ...], *, words: bool) -> Draft | None:
    """Return the sample with a multiple of tokens for a few less of haystack, or None.

    Plants stay where they are; those that would stand behind the new end go there.
    """
    over, multiple, used = surplus(made, layout.order), layout.order.multiple, made.used[0]
    found = ends(
        layout.measure,
        used,
        fits=lambda saved: saved % multiple == over % multiple and saved >= over,
        most=few(len(made.ids)),
        tail=lambda begin, stop: layout.tail(begin, stop, at),
        tokenizer=layout.tokenizer,
        words=words,
    )
    for stop in found[:_ENCODES]:
        again = layout.made((used[0], stop), _clipped(at, stop), trimmed=made.trimmed)
        if not surplus(again, layout.order):
            return again
    return None


def _clipped(at: tuple[int, ...], end: int) -> tuple[int, ...]:
    return tuple(min(place, end) for place in at)


def _count(plan: Plan, *, order: Order, tokenizer: Tokenizer) -> tuple[list[Plant], _Budget]:
    """Return the plants in the order in which they begin, and what all but haystack takes."""

    def num_tokens(text: str) -> int:
        return len(tokenizer.encode(text)) if text else 0

    before = [num_tokens(_split(one)[0]) for one in plan.plants]
    begins = [
        one.depth * order.length - lead for one, lead in zip(plan.plants, before, strict=True)
    ]
    by_place = sorted(range(len(begins)), key=begins.__getitem__)
    plants = [plan.plants[index] for index in by_place]
    frame = num_tokens("".join(piece.text for piece in lay_out(plan, [], order)))
    head = 0 if order.question == "last" else num_tokens(plan.question + "\n\n")
    return plants, _Budget(
        plants=np.array([num_tokens(plant.text + "\n") for plant in plants], np.int64),
        leads=np.array([before[index] for index in by_place], np.int64),
        head=head + int(order.bos),
        lead=num_tokens(plan.lead) + 1 if order.question == "first" else 1,
        tail=frame - head + int(order.eos),
    )


def _split(plant: Plant) -> tuple[str, str, str]:
    """Return a plant's text before its evidence, the evidence, and what follows."""
    if not plant.evidence:
        return "", plant.text, ""
    before, evidence, after = plant.text.partition(plant.evidence)
    return before, evidence, after


def _find_places(
    measure: Ruler, plants: list[Plant], *, used: tuple[int, int], budget: _Budget
) -> tuple[int, ...]:
    """Return the character place of each plant, never falling."""
    first = measure.tokens(used[0])
    room = measure.tokens(used[1]) - first
    context = budget.head + room + int(budget.plants.sum()) + budget.lead
    depths = np.array([plant.depth for plant in plants], np.float64)
    starts = depths * context - (budget.head + budget.leads).astype(np.float64)
    fixed = np.array([plant.part is not None for plant in plants], bool)
    wanted = wanted_tokens(starts, budget.plants, fixed=fixed, room=room)
    miss = np.abs(wanted + np.cumsum(budget.plants) - budget.plants - starts)
    # Half of the tolerance is for natural boundaries, less where plants crowd; the rest is for what
    # counting could not foresee.
    most = tolerance(context)
    reach = np.clip(most - miss - _UNFORESEEN, 0, min(FARTHEST_BREAK, most / 2)).astype(np.int64)
    return places(measure, first + wanted, inside=used, reach=reach)


def _interleave(
    text: str, plants: list[Plant], *, at: tuple[int, ...], used: tuple[int, int]
) -> Iterator[Piece]:
    """Yield the haystack's pieces and the plants, with line breaks that are nobody's."""
    cursor = used[0]
    for place, group in groupby(zip(at, plants, strict=True), key=lambda entry: entry[0]):
        head, tail = _breaks(text, place, used)
        if place > cursor:
            yield Piece(kind="context", text=text[cursor:place])
        between, mark = head, comment_mark(text, place)
        for _, one in group:
            opens = mark if _fits_a_comment(one.text) else ""
            yield Piece(kind="glue", text=between + opens)
            yield from _own(one)
            between = tail or head
        yield Piece(kind="glue", text=tail)
        cursor = place
    if cursor < used[1]:
        yield Piece(kind="context", text=text[cursor : used[1]])


def _own(plant: Plant) -> Iterator[Piece]:
    """Yield a plant's text: its evidence apart from what stands around it."""
    for text, shown in zip(_split(plant), (False, True, False), strict=True):
        if text:
            yield Piece(
                kind="plant",
                text=text,
                part=plant.part if shown else None,
                depth=plant.depth if shown else None,
                hidden=tuple(value for value in plant.hidden if value in text),
            )


def _fits_a_comment(statement: str) -> bool:
    return "\n" not in statement and statement[:1].isalnum()


def _breaks(text: str, place: int, used: tuple[int, int]) -> tuple[str, str]:
    r"""Return the line breaks before and after a plant.

    Between paragraphs ("", "\n\n"), between lines ("", "\n"), inside a line ("\n", "\n").
    """
    if place in used:
        apart = "\n\n" if "\n\n" in text else "\n"
        return ("", apart) if place == used[0] else (apart, "")
    before = text[max(used[0], place - 64) : place]
    num_breaks = before[len(before.rstrip()) :].count("\n")
    return ("", "\n\n") if num_breaks > 1 else ("", "\n") if before[-1] == "\n" else ("\n", "\n")
