r"""Runs of words that stand in a text exactly once, so that a quote of them has one place.

    "It rained on us. It rained on us. Then it snowed on me."   4 words   ->   "Then it snowed on"

A run lies inside one paragraph; line breaks count as spaces. A run is looked for in each of some
stretches of the text, from a point drawn in it onwards. Cost: the words of the text once, then a
search through it for each run tried, one or two for each stretch.
"""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from schemas.errors import UnfitError

Span = tuple[int, int]

_NUMBER = (
    r"(?:[IVXLC\d]+\b|(?i:the \w+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"\w+teen|twenty|thirty|forty|fifty|first|second|third|fourth|fifth|last)\b)"
)
_HEADING = re.compile(
    r"\n[ \t]*\n[ \t]*((?i:chapter|book|part|volume|letter|canto|act|scene|section) "
    rf"{_NUMBER}[^\n]{{0,80}}|[IVXLC\d]+\.?)[ \t]*(?=\n[ \t]*\n)"
)
_TELLS = re.compile(r"\d|\b(?:[IVXLC]{2,}|(?i:chapter|volume|canto)s?)\b")
_BREAK = r"(?:[ \t]*\n[ \t]*|[ \t]+)(?=\S)"
_QUOTE = "[\"'\u2018\u2019\u201c\u201d]"
_OPENING = rf"(?:(?<=\n)|(?<=[.!?]\s)|(?<=[.!?]{_QUOTE}\s)|(?<=\n[ \t]))(?={_QUOTE}?[^\W\d_])"
_LONGEST_WORD, _LETTERS_A_WORD = 16, 2
_TRIES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """A text, and how its words read with single spaces."""

    text: str
    plain: str
    words: int
    """Words of one run."""

    def find(
        self, rng: np.random.Generator, stretch: Span, *, starts: Literal["sentence", "word"]
    ) -> Span:
        """Return a run inside a stretch that stands once in the whole text.

        With `starts: sentence` it begins where a sentence or a line does, and holds no
        number and no chapter's heading. Raises UnfitError where the stretch has none.
        """
        low, high = stretch
        point = low + int(rng.integers(max((high - low) // 2, 1)))
        pattern, fits = _PATTERNS[starts](self.words), _FITS[starts]
        for begin, end in ((point, high), (low, high)):
            for found in itertools.islice(pattern.finditer(self.text, begin, end), _TRIES):
                whole = found.end() < end or end == len(self.text)  # else a word may go on
                if whole and fits(found[0]) and self.once(*found.span()):
                    return found.span()
        raise UnfitError(f"no {self.words} words in a row that stand once, in {high - low} letters")

    def once(self, start: int, stop: int) -> bool:
        """Say whether the words of characters [start, stop) stand in the text only there."""
        run = " ".join(self.text[start:stop].split())
        return self.plain.find(run, self.plain.find(run) + 1) < 0


def runs_of(text: str, *, words: int) -> Runs:
    """Return the text ready for searches for runs of so many words. Cost: its words once."""
    return Runs(text=text, plain=" ".join(text.split()), words=words)


def headings(text: str) -> list[Span]:
    """Return the lines of their own that count: CHAPTER XX, Book the Second, or a bare number."""
    opening = _HEADING.match(f"\n\n{text[:200]}")
    first = [(opening.start(1) - 2, opening.end(1) - 2)] if opening else []
    return first + [found.span(1) for found in _HEADING.finditer(text)]


def first_words(text: str, span: Span, *, most: int) -> Span:
    """Return the first words of a span, as many as its first paragraph has up to `most`.

    Raises UnfitError where the span holds nothing but white space.
    """
    found = re.compile(rf"\S+(?:{_BREAK}\S+){{0,{most - 1}}}").search(text, *span)
    if found is None:
        raise UnfitError("a stretch of nothing but white space")
    return found.span()


def outside(span: Span, cuts: Sequence[Span]) -> list[Span]:
    """Return the parts of a span that no cut covers: (0, 9) without (2, 4) -> (0, 2), (4, 9)."""
    inside = [(a, b) for a, b in cuts if a < span[1] and b > span[0]]
    edges = [span[0], *(edge for cut in inside for edge in cut), span[1]]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def _sentence(words: int) -> re.Pattern[str]:
    return re.compile(rf"{_OPENING}\S+(?:{_BREAK}\S+){{{words - 1}}}")


def _inner(words: int) -> re.Pattern[str]:
    """Match words with another one after them, so that what follows is of the same paragraph."""
    return re.compile(rf"(?<=\s)\S+(?:{_BREAK}\S+){{{words - 1}}}(?={_BREAK})")


def _is_prose(run: str) -> bool:
    """Say whether a person would quote this: no base64 and no line of brackets."""
    words = len(run.split())
    letters = sum(map(str.isalpha, run))
    return _LETTERS_A_WORD * words <= letters and len(run) <= _LONGEST_WORD * words


_PATTERNS: dict[str, Callable[[int], re.Pattern[str]]] = {"sentence": _sentence, "word": _inner}
_FITS: dict[str, Callable[[str], bool]] = {
    "sentence": lambda run: _is_prose(run) and not _TELLS.search(run),
    "word": _is_prose,
}
