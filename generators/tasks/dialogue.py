"""Dialogue: who said what, and what was said where, in many conversations one after the other.

The conversations are the haystack's own, each under a line with its number; numbers are dealt by
chance. One of three things is asked: what a speaker says the `nth` time that a word comes up in his
turns, what was said so many turns before or after a quoted turn (`reply`), or in which conversation
several quoted words stand and who speaks them (`speaker`). Answers are the first words of a turn.

    Conversation 2            nth      the second turn of "user" with "cab"   ->  A cab to Oslo.
    user: I need a cab.       reply    the turn right after "A cab to Oslo."  ->  Certainly.
    assistant: A cab? Fine.   speaker  "A cab? Fine."                         ->  2 assistant
    user: A cab to Oslo.
    assistant: Certainly.

A turn that answers or is quoted has words that stand nowhere else. An asked word is said in three
turns or more, and by somebody else before the answer, so that counting all of its turns goes wrong.
Evidence is taken near wished depths. Cost: linear, and a search in the text for each word tried.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from generators.tasks._parts.dialogue_words import WORDINGS
from generators.tasks._parts.turns import Talk, alone, first_words, read
from generators.tasks._parts.wordings import fields_of
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Mark, Offer, Passage, Plan, Task, Template

Ask = Literal["nth", "reply", "speaker"]
ASKS: tuple[Ask, ...] = ("nth", "reply", "speaker")
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
STEPS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight")
_FEWEST_WORDS = 4
_FEWEST_MENTIONS = 3
_TRIES = 300
_WORD = re.compile(r"(?<![\w'\u2019-])[^\W\d_]{4,}(?![\w'\u2019-])")
RULES = {
    "nth": 'Count turns and not words: a turn in which "{word}" stands twice counts once. Only the '
    "whole word counts, in this very spelling, capitals included, and only in turns that open with "
    'the name "{speaker}"; the count runs on from one {unit} to the next.',
    "reply": "Turns are counted whoever speaks them, within the {unit} of the quoted words.",
    "speaker": "For each quotation give the number of the {unit} and the speaker's name, such as "
    "12 NAME; keep the order of the quotations and put a semicolon between them.",
}
WHOLE = (
    " Give the first {words} words of the turn asked for as they stand, without the speaker's "
    "name; the whole turn if it has no more. Words are what spaces part."
)


class DialogueSpec(Strict):
    """How hard one sample is."""

    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked; `mixed` draws one of the three for each sample."""
    words: int = Field(default=12, ge=_FEWEST_WORDS, le=32)
    """Words of an answer and of a quotation, at most; both have four at least."""
    mentions: int = Field(default=8, ge=_FEWEST_MENTIONS, le=len(ORDINALS))
    """Turns in which the asked speaker says the asked word, at most; three at least."""
    steps: int = Field(default=3, ge=1, le=len(STEPS) - 1)
    """Turns between the quoted one and the one that answers, at most, before it or behind it."""
    quotes: int = Field(default=3, ge=1, le=8)
    """Quotations whose speakers are asked for; each is of another conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question: its evidence, and what its wording is filled with."""

    turns: tuple[tuple[int, int], ...]
    """Turn and part of the answer."""
    parts: tuple[str, ...]
    slots: dict[str, str]


def num_evidence(spec: DialogueSpec) -> int:
    """Return how many places are wished for: one for each quotation, else one."""
    return 1 if spec.ask in ("nth", "reply") else spec.quotes


def plan(
    rng: np.random.Generator,
    spec: DialogueSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: the numbered conversations, the question, and the turns that answer it.

    Evidence is that which lies nearest to the wished `depths`. Raises UnfitError where turns cannot
    be told or none of them will do, ValueError when the number of depths is wrong.
    """
    if len(depths) != num_evidence(spec):
        raise ValueError(f"{len(depths)} depths for {num_evidence(spec)} pieces of evidence")
    ask: Ask = ASKS[int(rng.integers(len(ASKS)))] if spec.ask == "mixed" else spec.ask
    talk = read(haystack)
    header, unit = template.statement, template.more[2]
    before, behind = (re.escape(words) for words in header.split("{number}"))
    if re.search(rf"^{before}[0-9]+{behind}$", talk.text, re.MULTILINE):
        raise UnfitError("a line of the text reads like one of ours")
    numbers = (1 + rng.permutation(len(talk.conversations))).tolist()
    wishes = [talk.nearest(haystack, depth)[:_TRIES] for depth in depths]
    if ask == "nth":
        asked = _nth(rng, spec, talk, wishes[0])
    elif ask == "reply":
        asked = _reply(rng, spec, talk, wishes[0])
    else:
        asked = _speaker(rng, spec, talk, wishes=wishes, numbers=numbers)
    wording = {"nth": template.question, "reply": template.more[0], "speaker": template.more[1]}
    rule = RULES[ask] + ("" if ask == "speaker" else WHOLE)
    return Plan(
        body=tuple(_body(talk, header, numbers)),
        marks=tuple(
            Mark(start=int(talk.starts[turn]), stop=int(talk.stops[turn]), part=part)
            for turn, part in sorted(asked.turns)
        ),
        question=f"{wording[ask]} {rule}".format(unit=unit, words=spec.words, **asked.slots),
        lead=template.lead,
        parts=asked.parts,
        template=template.name,
        joiner="; " if ask == "speaker" else ", ",
        params={
            "ask": ask,
            "words": spec.words,
            "header": header,
            **talk.manner(),
        },
    )


def _body(talk: Talk, header: str, numbers: list[int]) -> Iterator[Passage]:
    between = ""
    for (start, stop), number in zip(talk.conversations, numbers, strict=True):
        line = header.format(number=number)
        yield Passage(text=f"{between}{line}\n\n", hidden=(str(number),))
        yield Passage(start=start, stop=stop)
        between = "\n\n"


def _nth(rng: np.random.Generator, spec: DialogueSpec, talk: Talk, turns: list[int]) -> Asked:
    """Ask for the turn of a speaker that says a word for the n-th time."""
    for turn in turns:
        answer = _answer(spec, talk, turn)
        if answer is None:
            continue
        words = set(_WORD.findall(talk.text[talk.said[turn] : talk.stops[turn]]))
        for word in rng.permutation(sorted(words - set(talk.speakers))).tolist():
            n = _count(spec, talk, turn, word)
            if n is not None:
                slots = {"ordinal": ORDINALS[n], "speaker": talk.who[turn], "word": word}
                return Asked(turns=((turn, 0),), parts=(answer,), slots=slots)
    raise UnfitError("no turn near the wished place has a word to count")


def _count(spec: DialogueSpec, talk: Talk, turn: int, word: str) -> int | None:
    """Return how many turns of its speaker say a word before this one; None where that is easy.

    It is easy when they are too few, or when nobody else says it before; and in doubt where the
    word stands beside a hyphen or an apostrophe, or outside of the turns.
    """
    if not _FEWEST_MENTIONS < talk.text.count(word) <= 8 * spec.mentions:
        return None
    found = _places(talk.text, word)
    if found is None:
        return None
    places = np.array(found, np.int64)
    where = np.searchsorted(talk.starts, places, side="right") - 1
    # A place before the first turn has where = -1, the last turn, and so stands before it.
    inside = (places >= talk.said[where]) & (places < talk.stops[where])
    if not inside.all():
        return None
    said = np.unique(where).tolist()
    mine = [one for one in said if talk.who[one] == talk.who[turn]]
    others = any(one < turn for one in said if talk.who[one] != talk.who[turn])
    if not others or not _FEWEST_MENTIONS <= len(mine) <= spec.mentions:
        return None
    return mine.index(turn)


def _places(text: str, word: str) -> list[int] | None:
    """Return where a word stands as a whole word; None where some compound may or may not be it."""
    places = []
    for found in re.finditer(word, text):
        around = (
            text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1]
        )
        if set(around) & set("'\u2019-"):
            return None
        if not any(letter.isalnum() or letter == "_" for letter in around):
            places.append(found.start())
    return places


def _reply(rng: np.random.Generator, spec: DialogueSpec, talk: Talk, turns: list[int]) -> Asked:
    """Ask for the turn some turns before or behind a quoted one of the same conversation."""
    step = int(rng.integers(1, spec.steps + 1)) * (1 if rng.integers(2) else -1)
    for turn in turns:
        quoted = turn - step
        if not 0 <= quoted < len(talk.home) or talk.home[quoted] != talk.home[turn]:
            continue
        answer, quote = _answer(spec, talk, turn), _quote(rng, spec, talk, quoted)
        if answer is not None and quote is not None:
            way = "after" if step > 0 else "before"
            moment = f"right {way}" if abs(step) == 1 else f"{STEPS[abs(step)]} turns {way}"
            slots = {"quote": f'"{quote}"', "moment": moment}
            return Asked(turns=((turn, 0), (quoted, 0)), parts=(answer,), slots=slots)
    raise UnfitError("no turn near the wished place and its neighbour can be told from all others")


def _speaker(
    rng: np.random.Generator,
    spec: DialogueSpec,
    talk: Talk,
    *,
    wishes: list[list[int]],
    numbers: list[int],
) -> Asked:
    """Ask which conversation each of several quotations is of, and who speaks it."""
    taken: dict[int, str] = {}
    homes: set[int] = set()
    for near in wishes[: spec.quotes]:
        # One role has the longer turns and would be quoted more often.
        wanted = talk.speakers[int(rng.integers(2))]
        for turn in sorted(near, key=lambda turn: talk.who[turn] != wanted):
            quote = None
            if int(talk.home[turn]) not in homes:
                quote = _quote(rng, spec, talk, turn)
            if quote is not None:
                taken[turn] = quote
                homes.add(int(talk.home[turn]))
                break
        else:
            raise UnfitError("too few conversations near the wished places have words of their own")
    quotes = [f'"{quote}"' for quote in taken.values()]
    named = " and ".join([", ".join(quotes[:-1]), quotes[-1]] if quotes[1:] else quotes)
    return Asked(
        turns=tuple((turn, part) for part, turn in enumerate(taken)),
        parts=tuple(f"{numbers[int(talk.home[turn])]} {talk.who[turn]}" for turn in taken),
        slots={"quote": named},
    )


def _answer(spec: DialogueSpec, talk: Talk, turn: int) -> str | None:
    """Return the first words of a turn, None where they are too few or stand elsewhere too."""
    words = first_words(talk.text, int(talk.said[turn]), int(talk.stops[turn]), spec.words)
    if words is None or len(words.split()) < _FEWEST_WORDS or not alone(talk.text, words):
        return None
    return words


def _quote(rng: np.random.Generator, spec: DialogueSpec, talk: Talk, turn: int) -> str | None:
    """Return some words in a row of a turn, None where those drawn will not do."""
    start, stop = int(talk.said[turn]), int(talk.stops[turn])
    words = [word.span() for word in re.compile(r"\S+").finditer(talk.text, start, stop)]
    if len(words) < _FEWEST_WORDS:
        return None
    size = min(spec.words, len(words))
    first = int(rng.integers(len(words) - size + 1))
    quote = talk.text[words[first][0] : words[first + size - 1][1]]
    return None if set(quote) & set('"\n') or not alone(talk.text, quote) else quote


TEMPLATES = tuple(
    Template(statement=header, question=nth, lead=lead, more=(reply, speaker, unit))
    for header, nth, reply, speaker, lead, unit in fields_of(WORDINGS, lines=5)
)

TASK = Task(
    name="dialogue",
    version=1,
    spec=DialogueSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    depth_kind="natural",
    unique="solution",
    composes=True,
    kinds=("conversation",),
    haystack="gather",
)
