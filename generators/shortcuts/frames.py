"""Frames: which lines of a text are built alike, whatever names and numbers stand in them.

    the guardian of Port Velmar is Ryno Galt    ->  the guardian of X X is X X
    the guardian of Mount Trosk is Dulo Varn    ->  the same, so both come from one wording

Words with a capital, a digit or an underscore count as one sign. Two lines are alike when they
share half of the words and signs that either has.
"""

import re
from collections.abc import Iterator, Sequence

Run = tuple[int, int]
Signs = frozenset[str]

ALIKE = 0.5
_LONGEST_LINE = 2000
_RARE_WORDS = 3
_MARKED = re.compile(r"\w*[A-ZÀ-ÖØ-Þ0-9_]\w*")
_SIGNS = re.compile(r"\w+|[^\w\s]+")


def line_at(text: str, place: int) -> Run:
    """Return the line that a character stands on, its end left out."""
    stop = text.find("\n", place)
    return text.rfind("\n", 0, place) + 1, len(text) if stop < 0 else stop


def signs_of(text: str, line: Run) -> Signs:
    """Return the words and signs of a line, of its first 2,000 characters."""
    start, stop = line
    told = text[start : min(stop, start + _LONGEST_LINE)]
    return frozenset(_SIGNS.findall(_MARKED.sub("X", told)))


def are_alike(left: Signs, right: Signs) -> bool:
    """Say whether two lines are built alike."""
    return len(left & right) >= ALIKE * len(left | right)


def lines_like(text: str, runs: Sequence[Run]) -> list[Run]:
    """Return the lines of the text that are built like a line of these runs, sorted.

    Only lines that share one of a line's three longest words are looked at, so a line without words
    of its own (`KX4-90Q7 = LM2-11B3`) has no likes. Cost: three searches for each frame.
    """
    found: set[Run] = set()
    known: set[Signs] = set()
    for line in (line for run in runs for line in _lines(text, run)):
        own = signs_of(text, line)
        if own in known:
            continue
        known.add(own)
        words = sorted((w for w in own if w.isalpha() and w != "X"), key=lambda w: (-len(w), w))
        for word in words[:_RARE_WORDS]:
            lines = _lines_with(text, word)
            found |= {other for other in lines if are_alike(own, signs_of(text, other))}
    return sorted(found)


def _lines(text: str, run: Run) -> Iterator[Run]:
    """Yield the lines that a run touches."""
    at = run[0]
    while at < run[1]:
        line = line_at(text, at)
        yield line
        at = line[1] + 1


def _lines_with(text: str, letters: str) -> Iterator[Run]:
    """Yield the lines that these letters stand on, each once."""
    at = text.find(letters)
    while at >= 0:
        line = line_at(text, at)
        yield line
        at = text.find(letters, line[1])
