"""topics: the terms that tell most of what a document is about, by which the like of it is found.

Terms are words of three bytes or more, in lower case (`_words.py`). They are ranked by how often
they stand in the document, times their length in bytes, of which eight count at most:

    "The whale! The whale, the ship; a harpoon."    whale 2 x 5 = 10, the 3 x 3 = 9, harpoon 7, ...

In every language short words are the ones that are said everywhere (Zipf, "Human Behavior and the
Principle of Least Effort", 1949; of 986 languages: Bentz and Ferrer-i-Cancho, "Zipf's law of
abbreviation as a language universal", 2016). So no list of such words is needed: one for English
made nothing better (docs/related.md). Those that remain cost a place and do no harm, since terms
that most documents hold are passed over when neighbours are sought.

Terms of one rank are chosen in the order of their hashes, which is the same for all documents: of
what two of them share, both keep the same. Cost: linear, 20-40 CPU seconds a GB and 0.2 ms a
document; memory of a block of text and the document's different words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from generators.scoring._blocks import blocks
from generators.scoring._words import words
from schemas.knobs import Strict
from schemas.selection import Subject

if TYPE_CHECKING:
    from generators.scoring import Value

Int64 = npt.NDArray[np.int64]

COLUMNS = {"topics": pa.binary()}
FOILS = False

SHORTEST = 3
"""Bytes of a word that is a term. Our choice: of two letters are few words but those that say
nothing; an ideograph, which says much, has three bytes."""
LONGEST = 8
"""Bytes of a word that count. Our choice: with more, the longest word would beat the topic."""
MOST_TIMES = 255
_AT_ONCE = 1 << 18
"""Counted words that are gathered before equal ones are joined."""


class Options(Strict):
    """Sources may differ in it: a document with more terms has more to be found by."""

    terms: int = Field(default=64, ge=1, le=1024)
    """Terms that are kept of a document; five bytes each. Measured in docs/related.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """W different words."""

    key: npt.NDArray[np.uint64]
    """uint64[W], ascending."""
    times: Int64
    size: Int64
    """int64[W], bytes of the word."""

    def __len__(self) -> int:
        """Return W."""
        return len(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketches:
    """The sketches of D documents, P terms in all."""

    term: npt.NDArray[np.uint32]
    """uint32[P]: hashes of the terms, document by document."""
    times: npt.NDArray[np.uint8]
    """uint8[P]: how often each stands in its document, 255 for more."""
    num_terms: Int64
    """int64[D]"""
    num_words: Int64
    """int64[D]: words of the whole document, 0 where it has no sketch."""


def score(subject: Subject, options: Options) -> dict[str, "Value"]:
    """Return {"topics": sketch}, or None for a text without a term.

    The sketch is the number of words of the text and then the n terms, as little-endian uint32, and
    n bytes of how often each stands in it (255 for more), filled up to a multiple of four. The
    terms that rank first stand first. `read` reads it.
    """
    counted = _counted(subject.data)
    order = np.argsort(-counted.times * np.minimum(counted.size, LONGEST), kind="stable")
    order = order[counted.size[order] >= SHORTEST][: options.terms]
    if not len(order):
        return {"topics": None}
    num_words = np.array([counted.times.sum()], "<u4")
    term = (counted.key[order] >> np.uint64(32)).astype("<u4")
    times = np.minimum(counted.times[order], MOST_TIMES).astype(np.uint8)
    return {
        "topics": num_words.tobytes() + term.tobytes() + times.tobytes() + bytes(-len(term) % 4)
    }


def read(column: pa.ChunkedArray) -> Sketches:
    """Return what `score` wrote, of a binary column of D documents, of which some may be null."""
    parts = [_read(chunk) for chunk in column.chunks] or [_read(pa.array([], pa.binary()))]
    return Sketches(
        term=np.concatenate([part.term for part in parts]),
        times=np.concatenate([part.times for part in parts]),
        num_terms=np.concatenate([part.num_terms for part in parts]),
        num_words=np.concatenate([part.num_words for part in parts]),
    )


def _counted(data: bytes) -> Counted:
    """Return the different words of a text."""
    none = np.zeros(0, np.int64)
    parts: list[Counted] = []
    for _, block in blocks(data):
        found = words(block)
        key, first, times = np.unique(found.key, return_index=True, return_counts=True)
        parts.append(Counted(key=key, times=times, size=found.size[first]))
        if sum(map(len, parts)) > _AT_ONCE:
            parts = [_joined(parts)]
    return _joined(parts) if parts else Counted(key=none.astype(np.uint64), times=none, size=none)


def _joined(parts: Sequence[Counted]) -> Counted:
    """Return the words of all parts, each once."""
    if len(parts) == 1:
        return parts[0]
    keys = np.concatenate([part.key for part in parts])
    key, first, which = np.unique(keys, return_index=True, return_inverse=True)
    times = np.bincount(which, np.concatenate([part.times for part in parts]), len(key))
    size = np.concatenate([part.size for part in parts])[first]
    return Counted(key=key, times=times.astype(np.int64), size=size)


def _read(chunk: pa.BinaryArray) -> Sketches:
    """Read one chunk by whole-array arithmetic.

    A sketch of n terms has 1 + n + ceil(n / 4) numbers, m, from which n is 4 * (m - 1) // 5.
    """
    # An array of its own begins with its buffers, and has no bytes behind a null.
    chunk = pa.concat_arrays([chunk.fill_null(b"")])
    _, offsets, data = chunk.buffers()
    stop = np.frombuffer(offsets or bytes(4), "<i4")[: len(chunk) + 1].astype(np.int64) // 4
    numbers = np.frombuffer(data or b"", "<u4", count=int(stop[-1]))
    size = np.diff(stop)
    num_terms = np.where(size > 0, 4 * (size - 1) // 5, 0)
    within = np.arange(num_terms.sum()) - np.repeat(np.cumsum(num_terms) - num_terms, num_terms)
    begins = np.repeat(stop[:-1] + 1, num_terms)
    num_words = np.zeros(len(chunk), np.int64)
    num_words[size > 0] = numbers[stop[:-1][size > 0]]
    return Sketches(
        term=numbers[begins + within],
        times=numbers.view(np.uint8)[4 * (begins + np.repeat(num_terms, num_terms)) + within],
        num_terms=num_terms,
        num_words=num_words,
    )
