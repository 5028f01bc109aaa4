"""Multidoc: many labelled passages of several documents, and a question that one of them answers.

The haystack's text is cut into passages of about `passage` tokens, each under a heading with an
invented label. One passage, at a chosen depth, is asked about in one of three ways; the others are
those most like the question by BM25, and none of them holds the answer. In a share `unanswerable`
of the samples the passage is missing, and the answer is `not stated`.

    Passage Kovutal          cloze    "The ferry for _____ left at noon," ...      Margate
    The ferry for Margate    source   Which passage has "left at noon, and" ...    Kovutal
    left at noon, and ...    terms    ... the words "noon", "waved" and "ferry"?   Kovutal

What is blanked out is a name, a number, an identifier or a longer word, each as likely where the
sentence has it, and stands nowhere else in the text. Labels stand in their heading alone and in no
order. `order` says where the passages most like the question stand; the one that answers keeps its
depth. Cost: a few passes over the offered text, which is half as much again as there is room for.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Literal

import numpy as np
from pydantic import Field

from generators.ngrams.words import words
from generators.retrieval.bm25 import scores
from generators.retrieval.passages import cut
from generators.retrieval.placing import Int64, Policy, arrange, fill, place
from generators.retrieval.quotes import KINDS, Ask, Finder, Quote, Reach, finder, quote
from generators.tasks._parts.multidoc_words import ABSENT, TEMPLATES, question, speaks_of
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Mark, Offer, Passage, Plan, Task, Template

ASKS: tuple[Ask, ...] = ("cloze", "source", "terms")
_TRIES = 20
"""Passages looked at for each kind of word to blank out, before the next kind or haystack."""
_FEWEST = 3
"""Passages that a sample has at least."""
_NEAR_TOKENS, _NEAR_SHARE = 52, 0.008
"""How far evidence may be planned from its depth; the rest of what is allowed is for the tokens at
the edges of passages, which only the whole encoding knows."""
_LETTERS = ("BDFGKLMPRTVZ", "aeiou", "dfgklrtvz", "aeiou", "dfgklrtvz", "aeiou", "lmnrkx")
_LIKE_A_LABEL = re.compile(r"[A-Z][a-z]{6}")
_SPARE = 16
"""Labels drawn beside those needed; the text may have a few of them."""


class MultidocSpec(Strict):
    """How hard one sample is."""

    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked for; `mixed` draws one of the three for each sample."""
    passage: int = Field(default=128, ge=32, le=1024)
    """Tokens of a passage on average; sizes go from half as many to half as many again. How many
    there are grows with the sample: about 30 in 4,096 tokens."""
    quote: int = Field(default=12, ge=6, le=40)
    """Words that are quoted for `cloze` and `source`; a shorter sentence is quoted whole."""
    terms: int = Field(default=3, ge=2, le=6)
    """Words that are named for `terms`."""
    order: Policy = "random"
    """Where the passages most like the question stand: anywhere, first, last, or at both ends."""
    unanswerable: float = Field(default=0.2, ge=0, le=0.9)
    """Share of samples in which the passage that would answer is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What a sample is laid out with, and how many tokens that takes."""

    labels: list[str] = field(repr=False)
    heading: int
    """Tokens of a heading and the line breaks around it."""
    opening: int
    """Tokens of a question that stands before the body; 0 where none does."""
    room: int
    """Tokens of the body."""

    def before(self, depth: float, room: int) -> float:
        """Return the tokens of a body of `room` tokens that stand before this depth."""
        return depth * (self.opening + room) - self.opening


def num_evidence(spec: MultidocSpec) -> int:
    """Return 1: one passage answers."""
    del spec
    return 1


def plan(
    rng: np.random.Generator,
    spec: MultidocSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: which passages stand where, what is asked, and what answers.

    `depths` is the target of what answers: the quoted words of a cloze, else the heading. Raises
    UnfitError when the text has too few passages, or none that a question can be asked about.
    """
    if len(depths) != 1:
        raise ValueError(f"{len(depths)} depths for 1 piece of evidence")
    ask = ASKS[int(rng.integers(len(ASKS)))] if spec.ask == "mixed" else spec.ask
    answerable = bool(rng.random() >= spec.unanswerable)
    find, frame = _read(rng, spec, haystack, template=template, ask=ask)
    reach = _reach(frame, ask, haystack, depth=depths[0])
    made = _asked(rng, spec, find, ask=ask, reach=reach, template=template)
    size = haystack.tokens(*made.run) + frame.heading if answerable else 0
    others = _others(rng, spec, find, made, frame=frame, room=frame.room - size)
    order, at = _placed(find, made, others, ask=ask, depth=depths[0], frame=frame, offer=haystack)
    runs = [find.passages.span(index) for index in order]
    if answerable:
        runs.insert(at, made.run)
    depth = depths[0] if answerable else None
    said = (made.answer or frame.labels[at]) if answerable else ABSENT
    headed = at if answerable and ask != "cloze" else None
    quoted = depth if ask == "cloze" else None
    marks = tuple(Mark(start=a, stop=b, part=0, depth=quoted) for a, b in made.marks)
    return Plan(
        body=tuple(_body(template, frame.labels, runs, headed=headed, depth=depth)),
        marks=marks if answerable else (),
        question=question(template, ask, made.shown),
        lead=template.lead,
        parts=(said,),
        template=template.name,
        answerable=answerable,
        params={**spec.model_dump(), "ask": ask, "heading": template.statement},
    )


def _read(
    rng: np.random.Generator, spec: MultidocSpec, offer: Offer, *, template: Template, ask: Ask
) -> tuple[Finder, _Frame]:
    """Cut the text into passages, and draw their labels."""
    text = offer.text
    pool = cut(rng, text, token_ends=offer.token_ends, starts=offer.starts, size=spec.passage)
    if len(pool) < _FEWEST:
        raise UnfitError(f"{len(pool)} passages, fewer than {_FEWEST}")
    heading = re.escape(template.statement).replace(re.escape("{label}"), r"\w+")
    opening = template.statement.partition("{label}")[0]
    if opening in text and re.search(f"^{heading}$", text, re.MULTILINE):
        raise UnfitError("a line of the text reads like a heading")
    labels = _labels(rng, len(pool), text)
    some = labels[:64]
    headings = "".join(f"\n\n{template.statement.format(label=label)}\n" for label in some)
    each = -(-offer.count(headings) // len(some))
    size = spec.terms if ask == "terms" else spec.quote
    asked = question(template, ask, "word " * size)
    frame = _Frame(
        labels=labels,
        heading=each,
        opening=offer.count(asked) + 2 if offer.opens else 0,
        room=min(offer.room, int(pool.tokens.sum()) + each * len(pool)),
    )
    return finder(text, pool), frame


def _labels(rng: np.random.Generator, count: int, text: str) -> list[str]:
    """Draw different invented words that the text does not have; there are 729,000 of them."""
    sizes = [len(each) for each in _LETTERS]
    drawn = rng.choice(math.prod(sizes), size=count + _SPARE, replace=False)
    columns = np.unravel_index(drawn, sizes)
    letters = [np.array(list(a))[column] for a, column in zip(_LETTERS, columns, strict=True)]
    taken = set(_LIKE_A_LABEL.findall(text))
    labels = [label for label in map("".join, zip(*letters, strict=True)) if label not in taken]
    if len(labels) < count:
        raise UnfitError("the text has words that look like labels")
    return labels[:count]


def _reach(frame: _Frame, ask: Ask, offer: Offer, *, depth: float) -> Reach:
    """Return what may stand around the evidence so that it can be brought to its depth."""
    near = max(_NEAR_TOKENS, _NEAR_SHARE * frame.room)
    before = frame.before(depth, frame.room)
    heading = frame.heading
    if before + near < (heading if ask == "cloze" else 0):
        raise UnfitError("the question that stands first is longer than what may stand there")
    return Reach(
        front=int(before + near - heading),
        behind=int(frame.room - before + near) - (heading if ask != "cloze" else 0),
        tokens=offer.tokens,
    )


def _asked(
    rng: np.random.Generator,
    spec: MultidocSpec,
    find: Finder,
    *,
    ask: Ask,
    reach: Reach,
    template: Template,
) -> Quote:
    """Return what is asked about which passage; a blank is of each kind alike, where it can be."""
    size = spec.terms if ask == "terms" else spec.quote
    for kind in rng.permutation(KINDS).tolist():
        for gold in rng.integers(len(find.passages), size=_TRIES).tolist():
            made = quote(rng, find, gold, ask=ask, size=size, reach=reach, kind=kind)
            # A keyword of Python is grammar: who knows the language need not look it up.
            if made and not iskeyword(made.answer) and not speaks_of(template, ask, made):
                return made
    raise UnfitError(f"no passage that a question of the kind {ask} can be asked about")


def _others(
    rng: np.random.Generator,
    spec: MultidocSpec,
    find: Finder,
    made: Quote,
    *,
    frame: _Frame,
    room: int,
) -> Int64:
    """Return the passages most like the quoted words, as many as fill `room`, in their order."""
    pool = find.passages
    said = words(find.text)
    owners, inside = pool.owners(said.starts)
    query = words(made.words).hashes
    score = scores(said.hashes[inside], owners[inside], query=query, num_passages=len(pool))
    out = np.zeros(len(pool), np.bool_)
    out[[made.gold, *made.barred]] = True
    # Of passages alike, those with nothing in common, any may come first.
    best = np.lexsort([rng.random(len(pool)), -score])
    best = best[~out[best]]
    ranked = best[fill(pool.tokens[best] + frame.heading, room)]
    if len(ranked) < _FEWEST - 1:
        raise UnfitError(f"{len(ranked)} passages beside the one that answers")
    return ranked[arrange(rng, len(ranked), spec.order)]


def _placed(
    find: Finder,
    made: Quote,
    others: Int64,
    *,
    ask: Ask,
    depth: float,
    frame: _Frame,
    offer: Offer,
) -> tuple[list[int], int]:
    """Return the others in their order, and how many stand before the passage that answers."""
    sizes = find.passages.tokens[others] + frame.heading
    room = int(sizes.sum()) + offer.tokens(*made.run) + frame.heading
    before = frame.before(depth, room)
    if ask == "cloze":
        before -= frame.heading + offer.tokens(made.run[0], made.marks[0][0])
    order, at = place(sizes, before)
    return others[order].tolist(), at


def _body(
    template: Template,
    labels: list[str],
    runs: list[tuple[int, int]],
    *,
    headed: int | None,
    depth: float | None,
) -> Iterator[Passage]:
    """Yield the passages under their headings; that of number `headed` is evidence."""
    for index, (label, (start, stop)) in enumerate(zip(labels, runs, strict=False)):
        heading = template.statement.format(label=label)
        gap = "\n\n" if index else ""
        if index != headed:
            yield Passage(text=f"{gap}{heading}\n", hidden=(label,))
        else:
            yield from [Passage(text=gap)] * bool(gap)
            yield Passage(text=heading, hidden=(label,), part=0, depth=depth)
            yield Passage(text="\n")
        yield Passage(start=start, stop=stop)


TASK = Task(
    name="multidoc",
    version=1,
    spec=MultidocSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    composes=True,
    offered=1.5,
    haystack="several",
)
