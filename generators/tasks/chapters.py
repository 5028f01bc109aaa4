"""Chapters: who is where in a long story, when nobody can know it by heart.

The text is divided into numbered parts, where its own chapters begin if there are such places and
between paragraphs otherwise. Some names of persons, each found at most `most` times, are replaced
wherever they stand by invented ones, so that a reader who knows the book knows nothing of them. The
question is about the invented names alone: in which part one stands for the first or last time, all
parts that have one, which of several stands in a part, the order of their first places, or which of
two claims holds.

    Reel 1   ... and Mr. Velmar bowed ...     first reel with "Velmar"             1
    Reel 2   ... Tosqui laughed ...           A "Tosqui" or B "Velmar" in reel 2   A
    Reel 3   ... Velmar's horse ...           every reel with "Velmar"             1, 3

A name counts where it stands as a whole word; names that are part of longer words, or that are
written small or in capitals anywhere, are never replaced. Cost: some passes over the text.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
from pydantic import Field

from generators.entities.names import names
from generators.entities.parts import divide
from generators.lexicon import fresh
from generators.tasks._parts.chapters_words import TEMPLATES
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Offer, Passage, Plan, Task, Template

Ask = Literal["first", "last", "where", "who", "order", "claim"]
ASKS: tuple[Ask, ...] = ("first", "last", "where", "who", "order", "claim")
FEWEST_PARTS, MOST_PARTS, TOKENS_A_PART = 4, 24, 1024
LEAST_NAMES = {"first": 2, "last": 2, "where": 2, "who": 3, "order": 3, "claim": 2}
"""Names that can be replaced, for each question; with one alone it would be the only odd word."""
LEAST_LISTED, MOST_LISTED, MOST_WHERE = 3, 5, 6
LETTERS = "ABCDE"
RULE = "A name counts wherever it stands as a whole word, with or without an apostrophe after it."
WORDING = {
    "where": "Which {unit}s have {name} in them?",
    "who": "Of these names {unit} {part} has exactly one: {names}. Which?",
    "claim": "Of two claims one is true. A: the {which} {unit} with {name} comes before the "
    "{which} one with {other}. B: the {which} {unit} with {other} comes before the {which} one "
    "with {name}.",
}
ANSWER = {
    "first": "Write its number alone.",
    "last": "Write its number alone.",
    "where": "Write all their numbers, the lowest first, with commas between.",
    "who": "Write its letter alone.",
    "claim": "Write A or B.",
    "order": "Write all these names, the one met earliest first, with commas between.",
}


class ChaptersSpec(Strict):
    """How hard one sample is."""

    parts: int | None = Field(default=None, ge=3, le=99)
    """Parts of the text; null takes one for each 1,024 tokens, at least 4 and at most 24."""
    names: int = Field(default=6, ge=2, le=8)
    """Names that are replaced at most, besides those that the question lists."""
    most: int = Field(default=60, ge=4, le=200)
    """Places of a replaced name at most."""
    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked; `mixed` draws one for each sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """A divided text, and what stands where in it."""

    parts: tuple[tuple[int, int], ...]
    found: dict[str, tuple[int, ...]]
    """Places of each name of the text, in characters, rising."""
    within: dict[str, list[int]]
    """The part, from 1, of each of these places."""
    wish: int
    """The part, from 1, that the question should be about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked of which names of the text, and the places that answer."""

    names: tuple[str, ...]
    """In the order in which the question lists them."""
    answer: tuple[str, ...]
    """Numbers, letters or names of the text."""
    places: dict[tuple[str, int], int]
    """(name, which of its places) -> index of the part of the answer that it is evidence of."""
    more: dict[str, str | int] = field(default_factory=dict)
    """What else the question names: `which` or `part`."""


def plan(
    rng: np.random.Generator,
    spec: ChaptersSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: its parts, the names in them, and what is asked.

    The depth is a wish: what is asked about is what the text has nearest to it. Raises UnfitError
    where the text has too few names for the question, and ValueError for more or fewer depths.
    """
    if len(depths) != 1:
        raise ValueError(f"{len(depths)} depths for 1 wish")
    ask = ASKS[int(rng.integers(len(ASKS)))] if spec.ask == "mixed" else spec.ask
    count = spec.parts or min(max(haystack.room // TOKENS_A_PART, FEWEST_PARTS), MOST_PARTS)
    noun, unit = template.statement, template.statement.lower()
    spec = spec.model_copy(update={"ask": ask})
    story = _story(haystack, spec, count, noun=noun, depth=depths[0])
    asked = _DRAWN[ask](rng, story)
    others = [name for name in rng.permutation(list(story.found)) if name not in asked.names]
    new: dict[str, str] = {}
    for name in [*asked.names, *others][: max(spec.names, len(asked.names))]:
        new[name] = _invented(rng, taken=list(new.values()), text=haystack.text)
    listed = [f'"{new[name]}"' for name in asked.names]
    if ask == "who":  # a letter: the answer itself must not stand in the question
        listed = [f"{letter} {name}" for letter, name in zip(LETTERS, listed, strict=False)]
    slots = {"name": listed[0], "other": listed[-1], "names": ", ".join(listed), "unit": unit}
    wording = {**WORDING, **dict(zip(("first", "order"), template.more, strict=True))}
    sentence = wording["first" if ask == "last" else ask].format(**slots, **asked.more)
    line = f'"{noun} 1"'
    return Plan(
        body=tuple(_laid(haystack.text, story, asked.places, new=new, noun=noun)),
        question=f"{template.question.format(count=count, line=line)} {RULE} {sentence}"
        f" {ANSWER[ask]}",
        lead=template.lead,
        parts=tuple(new.get(part, part) for part in asked.answer),
        template=template.name,
        params={**spec.model_dump(), "parts": count, "line": noun},
    )


def _story(offer: Offer, spec: ChaptersSpec, count: int, *, noun: str, depth: float) -> _Story:
    """Divide the text and find its names; `spec.ask` is settled."""
    text = offer.text
    if re.search(rf"^{noun} \d+$", text, re.MULTILINE):
        raise UnfitError(f"a line of the text is {noun!r} and a number, as a part's line is")
    found = names(text, fewest=2, most=spec.most)
    if len(found) < LEAST_NAMES[spec.ask]:
        raise UnfitError(f"{len(found)} names can be replaced, too few to ask for {spec.ask}")
    shares = np.arange(1, count) * len(offer.token_ends) // count
    parts = divide(text, offer.token_ends[shares])
    starts = np.array([start for start, _ in parts])
    within = {
        name: np.searchsorted(starts, places, side="right").tolist()
        for name, places in found.items()
    }
    return _Story(parts=parts, found=found, within=within, wish=1 + int(depth * count))


def _once(rng: np.random.Generator, story: _Story, *, which: Literal["first", "last"]) -> _Asked:
    """Ask for the part where a name stands for the first or last time, near the wish."""
    at = 0 if which == "first" else -1
    name = _nearest(rng, story, {name: [parts[at]] for name, parts in story.within.items()})
    place = at % len(story.found[name])
    return _Asked(
        names=(name,),
        answer=(str(story.within[name][at]),),
        places={(name, place): 0},
        more={"which": which},
    )


def _where(rng: np.random.Generator, story: _Story) -> _Asked:
    """Ask for all parts of a name that stands in two to six of them, and not in all."""
    most = min(MOST_WHERE, len(story.parts) - 1)
    able = {name: sorted(set(parts)) for name, parts in story.within.items()}
    able = {name: parts for name, parts in able.items() if 1 < len(parts) <= most}
    name = _nearest(rng, story, able)
    places = {(name, story.within[name].index(part)): at for at, part in enumerate(able[name])}
    return _Asked(names=(name,), answer=tuple(map(str, able[name])), places=places)


def _who(rng: np.random.Generator, story: _Story) -> _Asked:
    """Ask which one of several names stands in a part, as often a rare one as a frequent one."""
    size = min(int(rng.integers(LEAST_LISTED, MOST_LISTED + 1)), len(story.found))
    rank = int(rng.integers(size))
    parts = sorted(range(1, len(story.parts) + 1), key=lambda part: abs(part - story.wish))
    mixed = rng.permutation(list(story.found)).tolist()
    for part, name in itertools.product(parts, mixed):
        absent = [other for other in mixed if part not in story.within[other]]
        more = [other for other in absent if len(story.found[other]) >= len(story.found[name])]
        less = [other for other in absent if len(story.found[other]) <= len(story.found[name])]
        less = [other for other in less if other not in more[:rank]]
        if part not in story.within[name] or len(more) < rank or len(less) < size - 1 - rank:
            continue
        listed = rng.permutation([name, *more[:rank], *less[: size - 1 - rank]]).tolist()
        place = story.within[name].index(part)
        return _Asked(
            names=tuple(listed),
            answer=(LETTERS[listed.index(name)],),
            places={(name, place): 0},
            more={"part": part},
        )
    raise UnfitError(f"no part has one of {size} names alone, the {rank + 1}th by frequency")


def _order(rng: np.random.Generator, story: _Story) -> _Asked:
    """Ask for the order in which several names are first met."""
    size = int(rng.integers(LEAST_LISTED, MOST_LISTED + 1))
    listed = rng.permutation(list(story.found)).tolist()[:size]
    ranked = sorted(listed, key=lambda name: story.found[name][0])
    places = {(name, 0): at for at, name in enumerate(ranked)}
    return _Asked(names=tuple(listed), answer=tuple(ranked), places=places)


def _claim(rng: np.random.Generator, story: _Story) -> _Asked:
    """Ask which of two claims holds; the rarer name is the earlier one as often as not."""
    which = ("first", "last")[int(rng.integers(2))]
    at = 0 if which == "first" else -1
    rare_first, holds = bool(rng.integers(2)), int(rng.integers(2))
    mixed = rng.permutation(list(story.found)).tolist()
    for early, late in itertools.permutations(mixed, 2):
        rarer = len(story.found[early]) < len(story.found[late])
        if story.within[early][at] < story.within[late][at] and rarer == rare_first:
            places = {(name, at % len(story.found[name])): 0 for name in (early, late)}
            listed = (late, early) if holds else (early, late)
            return _Asked(names=listed, answer=("AB"[holds],), places=places, more={"which": which})
    raise UnfitError("no two names stand in different parts, the rarer one as was drawn")


def _nearest(rng: np.random.Generator, story: _Story, parts: dict[str, list[int]]) -> str:
    """Return the name with a part nearest to the wish; chance decides between equals."""
    if not parts:
        raise UnfitError("no name stands in as many parts as are asked for")
    far = {name: min(abs(part - story.wish) for part in mine) for name, mine in parts.items()}
    best = [name for name, distance in far.items() if distance == min(far.values())]
    return best[int(rng.integers(len(best)))]


def _invented(rng: np.random.Generator, *, taken: list[str], text: str) -> str:
    """Return one invented word that stands nowhere in the text and is in no other one."""
    while True:
        word = fresh(rng, "name", taken=taken, haystack=text).partition(" ")[0]
        if word not in text and not any(word in other or other in word for other in taken):
            return word


def _laid(
    text: str,
    story: _Story,
    places: dict[tuple[str, int], int],
    *,
    new: dict[str, str],
    noun: str,
) -> Iterator[Passage]:
    """Yield the parts below their lines, with the new names in place of the old ones."""
    spots = sorted((at, name, index) for name in new for index, at in enumerate(story.found[name]))
    spots.append((len(text), "", 0))
    spot = iter(spots)
    at, name, index = next(spot)
    for number, (start, stop) in enumerate(story.parts, 1):
        gap = "\n\n" if number > 1 else ""
        yield Passage(text=f"{gap}{noun} {number}\n\n")
        here = start
        while at < stop:
            if at > here:
                yield Passage(start=here, stop=at)
            yield Passage(text=new[name], part=places.get((name, index)))
            here = at + len(name)
            at, name, index = next(spot)
        if here < stop:
            yield Passage(start=here, stop=stop)


_DRAWN: dict[Ask, Callable[[np.random.Generator, _Story], _Asked]] = {
    "first": partial(_once, which="first"),
    "last": partial(_once, which="last"),
    "where": _where,
    "who": _who,
    "order": _order,
    "claim": _claim,
}

TASK = Task(
    name="chapters",
    version=1,
    spec=ChaptersSpec,
    templates=TEMPLATES,
    num_evidence=lambda _: 1,
    plan=plan,
    depth_kind="spread",
    unique="solution",
    composes=True,
    kinds=("book", "page"),
    shortest=4096,
)
