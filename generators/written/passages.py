r"""Passages: runs of whole paragraphs, long enough to be asked about, spread over their document.

    paragraphs of 90, 80, 300 and 60 tokens, runs of 150 to 400
    ->  runs that may be chosen: the first two (170), the second and third (380), the third (300)

For each place that is wanted the run whose beginning is nearest is taken, if it shares no character
with those before it and is mostly words: tables and lists of contents make poor questions.

Cost: one pass of a regular expression over the text, and a sort of its runs for each place.
"""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from schemas.written import BLANK

Int64 = npt.NDArray[np.int64]

LEAST_TOKENS = 150
MOST_TOKENS = 400
"""Our choice: a page's half or so; enough to say something, and little beside a long text."""
LEAST_LETTERS = 0.7
"""Share of letters among what is no white space. Our choice: novels have 0.93 to 0.97, and a table
of contents in capital Roman numerals passes all the same; `contents` cleans those."""
_NEAREST = 32
"""Runs looked at for one place; in a text without words the rest would hardly be better."""

_GAP = re.compile(r"\n[^\S\n]*\n\s*")
_LETTER = re.compile(r"[^\W\d_]")
_INK = re.compile(r"\S")


def choose(text: str, token_ends: Int64, wanted: Int64) -> list[tuple[int, int]]:
    """Return the characters [start, stop) of a passage for each wanted place, where there is one.

    `token_ends` is int64[T], the character at which each token of the text ends; `wanted` is
    int64[K], rising, the tokens near which passages should begin. They come out in the order of
    the text, none twice.
    """
    starts, stops, at = _runs(text, token_ends)
    chosen: list[tuple[int, int]] = []
    for place in wanted.tolist():
        free = np.flatnonzero(starts >= (chosen[-1][1] if chosen else 0))
        nearest = free[np.argsort(np.abs(at[free] - place), kind="stable")[:_NEAREST]]
        spans = ((int(starts[run]), int(stops[run])) for run in nearest.tolist())
        found = next((span for span in spans if is_prose(text[slice(*span)])), None)
        if found is not None:
            chosen.append(found)
    return chosen


def is_prose(passage: str) -> bool:
    """Say whether a passage is mostly words, without a blank that would read as a cloze's."""
    letters, ink = len(_LETTER.findall(passage)), len(_INK.findall(passage))
    return letters >= LEAST_LETTERS * ink and BLANK not in passage


def _runs(text: str, token_ends: Int64) -> tuple[Int64, Int64, Int64]:
    """Return first and last characters, and first token, of the shortest run from each paragraph.

    Three of int64[R], rising; paragraphs that begin no run are left out.
    """
    spans = np.array([*_paragraphs(text)], np.int64).reshape(-1, 2)
    first = np.searchsorted(token_ends, spans[:, 0], side="right")
    past = np.searchsorted(token_ends, spans[:, 1], side="left") + 1
    last = np.searchsorted(past, first + LEAST_TOKENS)
    inside = last < len(past)
    able, last = np.flatnonzero(inside), last[inside]
    fits = past[last] - first[able] <= MOST_TOKENS
    able, last = able[fits], last[fits]
    return spans[able, 0], spans[last, 1], first[able]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the characters of each paragraph without the white space around it."""
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    for gap in _GAP.finditer(text, start, end):
        if gap.start() > start:
            line_end = start + len(text[start : gap.start()].rstrip())
            yield start, line_end
        start = gap.end()
    if end > start:
        yield start, end
