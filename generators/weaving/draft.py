"""Lay a sample out in text and encode it in one piece.

    question last      haystack with plants / question, lead answer
    question first     question / haystack with plants / lead answer
    question both      question / haystack with plants / question, lead answer

Paragraphs of the layout are parted by an empty line; a plant stands on a line of its own, or in a
paragraph of its own where it comes between two. The whole sample is encoded in one piece, because
no tokenizer in general lets token lists be spliced; spans then follow from the byte at which each
token ends. Cost: one encode of the sample, two when its length was guessed too small.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np
import numpy.typing as npt

from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.places import Ruler, best_place, places, ruler, wanted_tokens
from schemas.errors import RecipeError
from schemas.sample import Haystack, Order
from schemas.task import Plan, Plant

Int64 = npt.NDArray[np.int64]
Kind = Literal["context", "plant", "question", "part", "glue"]

TOLERANCE_TOKENS = 64
TOLERANCE_SHARE = 0.01
"""A target depth is met within 1 % of the context or 64 tokens, whichever is more (docs/format.md,
"needles")."""

_SHORT_SHARE = 0.02
_SHORT_TOKENS = 100
"""A sample with text to spare ends within 2 % or 100 tokens of its length, whichever is more."""

_ATTEMPTS = 4
_UNFORESEEN = 16
"""Tokens by which counting piece by piece may be wrong."""
_FARTHEST_BREAK = 256
"""Tokens: no natural boundary is looked for farther away than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of the sample's text that comes from one place."""

    kind: Kind
    text: str
    index: int = 0
    """Which plant of the plan, or which part of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sample laid out and encoded, before anyone has looked whether it is good."""

    pieces: tuple[Piece, ...]
    text: str
    starts: Int64
    """int64[P]: first byte of each piece; `stops` likewise, half-open."""
    stops: Int64
    ids: npt.NDArray[np.int32]
    """int32[T], with start and end ids."""
    token_starts: Int64
    """int64[T]: first byte of each token; start and end ids are empty, at either end."""
    token_stops: Int64
    used: tuple[int, int]
    """Characters of the haystack's text that the sample holds."""
    trimmed: bool
    """Whether the haystack offered more text than the sample could hold."""

    def find(self, kind: Kind) -> list[int]:
        """Return the indices of the pieces of this kind, in the order of the text."""
        return [i for i, piece in enumerate(self.pieces) if piece.kind == kind]

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Return the tokens that touch bytes [start, stop), half-open."""
        first = int(np.searchsorted(self.token_stops, start, side="right"))
        return first, int(np.searchsorted(self.token_starts, stop, side="left"))

    def span_of(self, index: int) -> tuple[int, int]:
        """Return the tokens that touch a piece."""
        return self.span(int(self.starts[index]), int(self.stops[index]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Budget:
    """Tokens that are not haystack, counted before anything is laid out."""

    plants: Int64
    """int64[K], in the order of the text."""
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


def draft(plan: Plan, haystack: Haystack, *, order: Order, tokenizer: Tokenizer) -> Draft:
    """Return a sample of at most `order.length` tokens with each plant near its wanted depth.

    Raises Redraw when plan and question alone leave no room for a haystack.
    """
    plants = sorted(enumerate(plan.plants), key=lambda entry: entry[1].depth)
    budget = _count(plan, plants, order=order, tokenizer=tokenizer)
    measure = ruler(haystack.text, haystack.token_ends)
    room = order.length - budget.total
    best: Draft | None = None
    for _ in range(_ATTEMPTS):
        if room < 1:
            break
        used = _trim(measure, room, starts_document=haystack.start == 0)
        at = _find_places(measure, plants, used=used, budget=budget)
        body = list(_interleave(haystack.text, plants, at=at, used=used))
        pieces = _lay_out(plan, body, order)
        trimmed = len(haystack.token_ends) > room
        made = _encode(pieces, used, trimmed=trimmed, order=order, tokenizer=tokenizer)
        missing = order.length - len(made.ids)
        best = made if missing >= 0 else best
        if missing >= 0 and (missing <= slack(order.length) or not trimmed):
            break
        # Counting piece by piece was wrong by this much: one more try with what it should be.
        room = measure.tokens(used[1]) - measure.tokens(used[0]) + missing
    if best is not None:
        return best
    raise Redraw(
        f"statements and question take about {budget.total} tokens of the {order.length} that the "
        "sample may have, which leaves no room for a haystack"
    )


def slack(length: int) -> float:
    """Return how many tokens a sample with text to spare may be short of its length."""
    return max(_SHORT_SHARE * length, _SHORT_TOKENS)


def tolerance(context: int) -> float:
    """Return how many tokens evidence may be off in a context of this many tokens."""
    return max(TOLERANCE_SHARE * context, TOLERANCE_TOKENS)


def _count(
    plan: Plan, plants: list[tuple[int, Plant]], *, order: Order, tokenizer: Tokenizer
) -> _Budget:
    def num_tokens(text: str) -> int:
        return len(tokenizer.encode(text))

    frame = num_tokens("".join(piece.text for piece in _lay_out(plan, [], order)))
    head = 0 if order.question == "last" else num_tokens(plan.question + "\n\n")
    return _Budget(
        plants=np.array([num_tokens(plant.text + "\n") for _, plant in plants], np.int64),
        head=head + int(order.bos),
        lead=num_tokens(plan.lead) + 1 if order.question == "first" else 1,
        tail=frame - head + int(order.eos),
    )


def _trim(measure: Ruler, room: int, *, starts_document: bool) -> tuple[int, int]:
    """Return the characters of the haystack to use: at most `room` tokens, whole sentences if near.

    A piece from the middle of a document begins at a natural boundary too, as far as the tokens
    that there is no room for anyway reach.
    """
    text, last = measure.text, len(measure.token_ends)
    if not last:
        raise Redraw("the haystack holds no whole token")
    begin = 0
    spare = min(last - room, _FARTHEST_BREAK)
    if spare > 0 and not starts_document:
        begin = best_place(text, 0, window=(0, _char(measure, spare)))
    first = measure.tokens(begin)
    end = len(text)
    if last - first > room:
        reach = min(_FARTHEST_BREAK, max(room // 100, 50), room // 2)
        high = _char(measure, first + room)
        end = best_place(text, high, window=(_char(measure, first + room - reach), high))
    end = begin + len(text[begin:end].rstrip())
    if begin == end:
        raise Redraw("the haystack is white space alone")
    return begin, end


def _char(measure: Ruler, count: int) -> int:
    return int(measure.chars(np.array([count]))[0])


def _find_places(
    measure: Ruler, plants: list[tuple[int, Plant]], *, used: tuple[int, int], budget: _Budget
) -> tuple[int, ...]:
    """Return the character place of each plant, never falling."""
    first = measure.tokens(used[0])
    room = measure.tokens(used[1]) - first
    context = budget.head + room + int(budget.plants.sum()) + budget.lead
    starts = np.array([plant.depth for _, plant in plants]) * context - budget.head
    fixed = np.array([plant.part is not None for _, plant in plants], bool)
    wanted = wanted_tokens(starts, budget.plants, fixed=fixed, room=room)
    miss = np.abs(wanted + np.cumsum(budget.plants) - budget.plants - starts)
    # Half of the tolerance is for natural boundaries, less where plants crowd; the rest is for what
    # counting could not foresee.
    most = tolerance(context)
    reach = np.clip(most - miss - _UNFORESEEN, 0, min(_FARTHEST_BREAK, most / 2)).astype(np.int64)
    return places(measure, first + wanted, inside=used, reach=reach)


def _interleave(
    text: str, plants: list[tuple[int, Plant]], *, at: tuple[int, ...], used: tuple[int, int]
) -> Iterator[Piece]:
    """Yield the haystack's pieces and the plants, with line breaks that are nobody's."""
    cursor = used[0]
    for place, group in groupby(zip(at, plants, strict=True), key=lambda entry: entry[0]):
        head, tail = _breaks(text, place, used)
        if place > cursor:
            yield Piece(kind="context", text=text[cursor:place])
        between = head
        for _, (index, plant) in group:
            yield Piece(kind="glue", text=between)
            yield Piece(kind="plant", text=plant.text, index=index)
            between = tail or head
        yield Piece(kind="glue", text=tail)
        cursor = place
    if cursor < used[1]:
        yield Piece(kind="context", text=text[cursor : used[1]])


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


def _lay_out(plan: Plan, body: list[Piece], order: Order) -> list[Piece]:
    """Return the pieces of the whole sample in order."""
    question = Piece(kind="question", text=plan.question)
    pieces = [*body, Piece(kind="glue", text="\n\n")]
    if order.question != "last":
        pieces = [question, Piece(kind="glue", text="\n\n"), *pieces]
    if order.question != "first":
        pieces += [question, Piece(kind="glue", text="\n")]
    pieces.append(Piece(kind="glue", text=plan.lead + " "))
    for index, part in enumerate(plan.parts):
        pieces += [Piece(kind="glue", text=plan.joiner)] if index else []
        pieces.append(Piece(kind="part", text=part, index=index))
    return pieces


def _encode(
    pieces: list[Piece],
    used: tuple[int, int],
    *,
    trimmed: bool,
    order: Order,
    tokenizer: Tokenizer,
) -> Draft:
    """Encode the sample once and note which bytes each piece and each token has."""
    text = "".join(piece.text for piece in pieces)
    ids = tokenizer.encode(text)
    ends = tokenizer.byte_ends(ids, text)
    sizes = [len(p.text) if p.text.isascii() else len(p.text.encode()) for p in pieces]
    stops = np.cumsum(sizes, dtype=np.int64)
    starts = ends - np.diff(ends, prepend=0)
    before = _edge(order.bos, tokenizer.bos_id, "bos")
    after = _edge(order.eos, tokenizer.eos_id, "eos")
    return Draft(
        pieces=tuple(pieces),
        text=text,
        starts=stops - sizes,
        stops=stops,
        ids=np.concatenate([before, ids, after]).astype(np.int32),
        token_starts=np.concatenate([0 * before, starts, 0 * after + stops[-1]]),
        token_stops=np.concatenate([0 * before, ends, 0 * after + stops[-1]]),
        used=used,
        trimmed=trimmed,
    )


def _edge(wanted: bool, token_id: int | None, name: str) -> Int64:
    """Return the start or end id as int64[1], or int64[0] when none is wanted."""
    if wanted and token_id is None:
        raise RecipeError(
            f"{name}: samples are to have this id and the tokenizer has none; name it as "
            f"`{name}_id`, or turn `{name}` off"
        )
    return np.array([token_id] if wanted else [], np.int64)
