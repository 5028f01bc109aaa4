r"""Overlap: where a text says what a benchmark's prompt says, and the text without it.

    text "He asked: one two three four?\n\nNobody knew."   index of 3-grams of "one two three four"
    find  ->  spans [[10, 28]], 2 hits      cut  ->  "Nobody knew.", 31 characters removed

A hit is an n-gram of the text that the index has; hits that touch or overlap are one span. `cut`
takes out whole paragraphs (what stands between blank lines), or for code whole lines, with the
blank lines behind them: a question that is half there is as good as whole.

Cost: that of words.py and one look-up a word: 50 MB/s on one core in an index of 7 million.
Memory does not grow with the text, but by 16 bytes for each span.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from generators.decontam._grams import Speller, blocks
from generators.decontam.index import Index, look_up, owners_of
from generators.ngrams.units import Hashes, IntArray, Units, empty, joined, rolling
from schemas.errors import RecipeError
from schemas.selection import Cleaned

REASON = "contaminated"
"""Why a document is rejected of which nothing is left."""

Block = Literal["paragraph", "line"]

_ENDS: dict[str, re.Pattern[str]] = {
    "paragraph": re.compile(r"\n\s*\n"),
    "line": re.compile(r"\n"),
}
"""Where a block ends. A match begins at a line break and reads the white space behind it twice at
most; where it fails, no other line break stands in that white space."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlap:
    """What a text shares with an index."""

    spans: IntArray = field(repr=False)
    """int64[K, 2]: from character to character of the text, rising and apart."""
    hits: int = 0
    """n-grams of the text that the index has, repeats included."""
    benchmarks: tuple[str, ...] = ()
    """Whose they are, sorted."""

    @property
    def num_chars(self) -> int:
        """Characters within spans."""
        return int((self.spans[:, 1] - self.spans[:, 0]).sum())


def find(text: str, index: Index, *, tokenizer: Speller | None = None) -> Overlap:
    """Return what a text shares with an index.

    Raises RecipeError when the index is of tokens and `tokenizer` is not the one that made it.
    """
    if index.unit == "token" and tokenizer and tokenizer.sha256 != index.tokenizer:
        raise RecipeError(
            f"the index was made with the tokenizer {index.tokenizer}, and the text is read with "
            f"{tokenizer.sha256}. Build the index again with the mix's own tokenizer."
        )
    spans, grams, hits = [np.zeros((0, 2), np.int64)], [np.zeros(0, np.uint64)], 0
    for units, carried in _windows(blocks(text, index.unit, tokenizer), max(index.sizes) - 1):
        for size in index.sizes:
            found = _hits(units, max(0, carried - size + 1), size, index)
            if found is not None:
                spans.append(found[0])
                grams.append(np.unique(found[1]))
                hits += len(found[1])
    if not hits:
        return Overlap(spans=spans[0])
    names = owners_of(index, np.concatenate(grams))
    return Overlap(spans=_merged(np.concatenate(spans)), hits=hits, benchmarks=names)


def _windows(parts: Iterator[Units], overlap: int) -> Iterator[tuple[Units, int]]:
    """Yield each part behind the last units of those before it, and how many those are."""
    before = empty()
    for part in parts:
        window = joined([before, part])
        yield window, len(before)
        before = window.tail(overlap)


def _hits(units: Units, skip: int, size: int, index: Index) -> tuple[IntArray, Hashes] | None:
    """Return the merged spans and the grams of the index among the n-grams behind `skip`."""
    grams = rolling(units.hashes[skip:], size)
    found = look_up(index, grams) if len(grams) else grams
    if not len(found):
        return None
    first = found + skip
    spans = np.stack([units.starts[first], units.ends[first + size - 1]], axis=1)
    return _merged(spans), grams[found]


def _merged(spans: IntArray) -> IntArray:
    """Return the spans sorted, those that touch or overlap as one."""
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reach = np.maximum.accumulate(spans[:, 1])
    is_first = np.ones(len(spans), np.bool_)
    is_first[1:] = spans[1:, 0] > reach[:-1]
    firsts = np.flatnonzero(is_first)
    lasts = np.append(firsts[1:], len(spans)) - 1
    return np.stack([spans[firsts, 0], reach[lasts]], axis=1)


def cut(text: str, spans: npt.NDArray[np.int64], *, block: Block = "paragraph") -> Cleaned:
    """Return the text without the blocks that hold a span, and the characters removed.

    `spans` is int64[K, 2], rising, as `find` returns them. The result is rejected as `contaminated`
    when only white space is left of a text that had more.
    """
    if not len(spans):
        return Cleaned(text=text)
    ends = np.fromiter((match.end() for match in _ENDS[block].finditer(text)), np.int64)
    bounds = np.concatenate([[0], ends, [len(text)]])
    firsts = bounds[np.searchsorted(bounds, spans[:, 0], "right") - 1]
    lasts = bounds[np.searchsorted(bounds, spans[:, 1], "left")]
    gone = _merged(np.stack([firsts, lasts], axis=1))
    kept = zip([0, *gone[:, 1].tolist()], [*gone[:, 0].tolist(), len(text)], strict=True)
    left = "".join(text[start:end] for start, end in kept)
    reason = None if left.strip() else REASON
    return Cleaned(text=left, count=len(text) - len(left), reason=reason)
