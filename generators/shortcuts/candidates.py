"""Candidates: everything in a text that could be the answer by its look alone.

A guesser who cannot read still sees which lines are built like the one that answers, and which
place in them the answer has. So candidates are taken from those lines, at the same place:

    the guardian of Port Velmar is Ryno Galt      ->  Ryno Galt, Dulo Varn, but not Port Velmar
    the guardian of Mount Trosk is Dulo Varn

Where no two such values are found, all values of the look in the whole text are candidates. What
the question itself names is none. Cost: three searches for a word, and where that does not do, one
for the look of the answer in the whole text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from generators.shortcuts.frames import Run, are_alike, line_at, lines_like, signs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A value, where it stands and the line that it first stands on, all in characters."""

    value: str
    places: tuple[int, ...]
    line: Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """All candidates in the order in which they first stand in the text, and the right one."""

    candidates: tuple[Candidate, ...]
    gold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    value: str
    start: int
    line: Run
    nth: int
    """How many matches stand before it on its line."""


def find_choice(
    text: str, look: re.Pattern[str], *, gold: str, evidence: Run, question: str
) -> Choice | None:
    """Return the candidates for an answer; None where its evidence does not spell it.

    `evidence` are characters of `text` (the segment up to the answer); group 1 of `look` is a value
    (`generators.shortcuts.shapes`).
    """
    start, stop = evidence
    mine = next((m.start() for m in look.finditer(text, start, stop) if m[1] == gold), None)
    if mine is None:
        return None
    asked = {match[1] for match in look.finditer(question)} - {gold}
    line = line_at(text, mine)
    found: list[Candidate] = []
    # The whole text is searched only where the lines that share a word with this one do not do.
    for lines in (lines_like(text, [line]), [(0, len(text))]):
        if len(found) <= 1:
            places = [p for p in _places(text, look, lines) if p.value not in asked]
            found = _gather(_built_alike(text, places, mine))
    if len(found) <= 1:
        found = _gather(places)
    values = [candidate.value for candidate in found]
    return Choice(candidates=tuple(found), gold=values.index(gold))


def _places(text: str, look: re.Pattern[str], runs: Sequence[Run]) -> Iterator[_Place]:
    """Yield every match in some runs of whole lines, with its line."""
    for run in runs:
        line, nth = (0, -1), 0
        for match in look.finditer(text, *run):
            start = match.start()
            if start >= line[1]:
                line, nth = line_at(text, start), 0
            yield _Place(value=match[1], start=start, line=line, nth=nth)
            nth += 1


def _built_alike(text: str, places: Sequence[_Place], mine: int) -> list[_Place]:
    """Return the places that are where the one at `mine` is, in lines built like its own."""
    nth = next((place.nth for place in places if place.start == mine), -1)
    own = signs_of(text, line_at(text, mine))
    known: dict[Run, bool] = {}
    for line in {place.line for place in places if place.nth == nth}:
        known[line] = are_alike(own, signs_of(text, line))
    return [place for place in places if place.nth == nth and known[place.line]]


def _gather(places: list[_Place]) -> list[Candidate]:
    """Put the places of a value together; values come in the order of their first places."""
    by_value = sorted(places, key=lambda place: place.value)
    found = []
    for value, group in groupby(by_value, key=lambda place: place.value):
        mine = list(group)
        starts = tuple(place.start for place in mine)
        found.append(Candidate(value=value, places=starts, line=mine[0].line))
    return sorted(found, key=lambda candidate: candidate.places[0])
