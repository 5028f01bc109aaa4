r"""Passages: a text cut where sentences or paragraphs end, into pieces of about one size.

    "It rained. It snowed. Nobody came.\n\nThen May came."   3 tokens or so
    ->  "It rained."  "It snowed."  "Nobody came."  "Then May came."

A passage has a drawn size or a little more, so that it ends with a sentence; or less, where the
next end is far. Where no sentence ends near enough, as in code, it ends with a line, and where no
line does either, between words. It begins and ends
with no white space, and never crosses from one document into the next. The short rest of a document
is left out.

Cost: some look-ups for each passage, and a regular expression over the text near its end.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]

SMALLEST, LARGEST = 0.5, 1.3
"""Shares of the mean size between which sizes are drawn; the rest of the last sentence is added.
Our choice: passages of many sizes can be added up to nearly any number of tokens."""
_LEAST, _MOST = 0.4, 1.7
"""Shares of the mean size within which a passage ends."""

_SENTENCE = re.compile(
    # One character first: what is before and behind is looked at where it stands, and only there.
    r"[.!?\u2026\n](?:(?<=\n)[ \t]*\n\s*|(?<!\n)(?<!\b[A-Z].)(?<!\b(?:Mr|Ms|Dr|St).)(?<!\bMrs.)"
    r"[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]?[A-Z0-9]))"
)
"""The end of a sentence or paragraph, with the white space behind it."""
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passages:
    """The P passages of a text, in its order."""

    starts: Int64 = field(repr=False)
    """int64[P]: the first character of each."""
    stops: Int64 = field(repr=False)
    """int64[P]: the character behind each."""
    tokens: Int64 = field(repr=False)
    """int64[P]: tokens of each."""

    def __len__(self) -> int:
        """Return P."""
        return len(self.starts)

    def span(self, index: int) -> tuple[int, int]:
        """Return the characters [start, stop) of one passage."""
        return int(self.starts[index]), int(self.stops[index])

    def owners(self, places: Int64) -> tuple[Int64, npt.NDArray[np.bool_]]:
        """Return which passage each place in the text belongs to, and whether it does to any."""
        owner = np.searchsorted(self.starts, places, side="right") - 1
        inside = (owner >= 0) & (places < self.stops[owner])
        return owner, inside


def sentences(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Return the sentences of characters [start, stop), without the white space between them."""
    edges = [start, *(found.end() for found in _SENTENCE.finditer(text, start, stop)), stop]
    found = [_stripped(text, a, b) for a, b in itertools.pairwise(edges)]
    return [(a, b) for a, b in found if a < b]


def cut(
    rng: np.random.Generator, text: str, *, token_ends: Int64, starts: tuple[int, ...], size: int
) -> Passages:
    """Return the passages of a text: runs that begin at `starts` and are parted by empty lines.

    `token_ends` (int64[N]) is the character at which each token ends; `size` is the mean number of
    tokens wanted.
    """
    spans: list[tuple[int, int]] = []
    for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        spans += _run(rng, text, (start, stop), ends=token_ends, size=size)
    bounds = np.array(spans, np.int64).reshape(-1, 2)
    first, last = np.searchsorted(token_ends, bounds.T, side="right")
    return Passages(starts=bounds[:, 0], stops=bounds[:, 1], tokens=last - first)


def _run(
    rng: np.random.Generator,
    text: str,
    run: tuple[int, int],
    *,
    ends: Int64,
    size: int,
) -> Iterator[tuple[int, int]]:
    """Yield the passages of one document's run."""
    start, stop = run
    last = int(np.searchsorted(ends, stop, side="right"))
    while True:
        at = int(np.searchsorted(ends, start, side="right"))
        if last - at < _LEAST * size:
            return
        wanted, least, most = (
            int(ends[min(at + round(share * size), len(ends) - 1)])
            for share in (rng.uniform(SMALLEST, LARGEST), _LEAST, _MOST)
        )
        end = stop if most >= stop else _end(text, wanted, (least, most))
        begin, behind = _stripped(text, start, end)
        if begin < behind:
            yield begin, behind
        if end >= stop:
            return
        start = end


def _end(text: str, wanted: int, allowed: tuple[int, int]) -> int:
    """Return where a passage ends: behind `wanted` where a sentence does, or the next best."""
    least, most = allowed
    sentence = _SENTENCE.search(text, wanted, most)
    if sentence is None:
        *_, sentence = [None, *_SENTENCE.finditer(text, least, wanted)]
    if sentence is not None:
        return sentence.end()
    line = text.find("\n", wanted, most) + 1 or text.rfind("\n", least, wanted) + 1
    space = _SPACE.search(text, wanted, most)
    return line or (space.end() if space else most)


def _stripped(text: str, start: int, stop: int) -> tuple[int, int]:
    piece = text[start:stop]
    begin = start + len(piece) - len(piece.lstrip())
    return begin, max(begin, start + len(piece.rstrip()))
