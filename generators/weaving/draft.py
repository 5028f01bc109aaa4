r"""A sample laid out in text and encoded in one piece.

    question last      body / question, lead answer
    question first     question / body / lead answer
    question both      question / body / question, lead answer

The body is a haystack with plants (`planting`) or what a task composed (`composing`). Paragraphs of
the layout are parted by an empty line. The whole sample is encoded in one piece, because no
tokenizer in general lets token lists be spliced; spans then follow from the byte at which each
token ends. Cost: one encode of the sample.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from generators.tokens.tokenizer import Tokenizer
from schemas.errors import RecipeError
from schemas.sample import Order
from schemas.task import Plan

Int64 = npt.NDArray[np.int64]
Kind = Literal["context", "evidence", "plant", "question", "part", "glue"]

TOLERANCE_TOKENS = 64
TOLERANCE_SHARE = 0.01
"""A target depth is met within 1 % of the context or 64 tokens, whichever is more (docs/format.md,
"needles")."""

ATTEMPTS = 4
"""How often a sample is laid out until its length is right; the second time it nearly always is."""
_SHORT = {False: (0.02, 100), True: (0.05, 256)}
"""A sample with text to spare ends within 2 % or 100 tokens of its length, whichever is more; a
composed one, whose passages are whole, within 5 % or 256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of the sample's text that comes from one place.

    `context` and `evidence` are the haystack's own text, `plant` is the task's.
    """

    kind: Kind
    text: str
    part: int | None = None
    """Which part of the answer it is, or is the evidence of."""
    depth: float | None = None
    """Where evidence should begin."""
    hidden: tuple[str, ...] = ()


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
    used: tuple[tuple[int, int], ...]
    """Characters of the haystack's text that the sample holds."""
    trimmed: bool
    """Whether the haystack offered more text than the sample could hold."""

    def find(self, *kinds: Kind) -> list[int]:
        """Return the indices of the pieces of these kinds, in the order of the text."""
        return [i for i, piece in enumerate(self.pieces) if piece.kind in kinds]

    def evidence(self) -> list[int]:
        """Return the indices of the pieces that are evidence, in the order of the text."""
        found = self.find("plant", "evidence")
        return [index for index in found if self.pieces[index].part is not None]

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Return the tokens that touch bytes [start, stop), half-open."""
        first = int(np.searchsorted(self.token_stops, start, side="right"))
        return first, int(np.searchsorted(self.token_starts, stop, side="left"))

    def span_of(self, index: int) -> tuple[int, int]:
        """Return the tokens that touch a piece."""
        return self.span(int(self.starts[index]), int(self.stops[index]))


def slack(length: int, *, composed: bool = False, multiple: int = 1) -> float:
    """Return how many tokens a sample with text to spare may be short of its length.

    Where its length must be a multiple of m, by 4 m more: a few cuts may be tried for it.
    """
    share, tokens = _SHORT[composed]
    return max(share * length, tokens) + (4 * multiple if multiple > 1 else 0)


def tolerance(context: int) -> float:
    """Return how many tokens evidence may be off in a context of this many tokens."""
    return max(TOLERANCE_SHARE * context, TOLERANCE_TOKENS)


def surplus(made: Draft, order: Order) -> int:
    """Return how many tokens the sample has above a multiple within its length.

    35 tokens are 3 too many for a multiple of 16, and 19 too many where only 20 are allowed.
    """
    size = len(made.ids)
    return size - min(size, order.length) // order.multiple * order.multiple


def lay_out(plan: Plan, body: list[Piece], order: Order) -> list[Piece]:
    """Return the pieces of the whole sample in order."""
    question = Piece(kind="question", text=plan.question)
    pieces = [*body, Piece(kind="glue", text="\n\n")]
    if order.question != "last":
        pieces = [question, Piece(kind="glue", text="\n\n"), *pieces]
    if order.question != "first":
        pieces += [question, Piece(kind="glue", text="\n")]
    pieces.append(Piece(kind="glue", text=plan.lead + " "))
    for index, (before, part) in enumerate(zip(plan.between, plan.parts, strict=True)):
        pieces += [Piece(kind="glue", text=before)] if before else []
        pieces.append(Piece(kind="part", text=part, part=index))
    return pieces


def encode(
    pieces: list[Piece],
    used: tuple[tuple[int, int], ...],
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
