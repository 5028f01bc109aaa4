r"""Repetition: which part of a document has stood in it before, word for word.

    "a b c\nd e\na b c\n"  ->  repetition_lines 6/16: the last line is the first once more

`repetition_lines` is the share of the bytes of lines that repeat a line, `repetition_paragraphs`
that of paragraphs (separated by an empty line), and `repetition_ngrams` the share of the runs of n
words that stood before. Lines and paragraphs are equal when their words are, whatever the
punctuation, indentation and ASCII case; those without any word are left out. The first occurrence
is no repetition. The kinds of measure are those of Gopher (arXiv 2112.11446, appendix A1).

Distinct n-grams are counted by linear counting (Whang et al. 1990): each sets one of M places, and
-M ln(share of empty places) is their number, with a standard error of 0.2 per cent at most. It
costs a tenth of sorting them. A line of more than a block (256 KiB) is taken in pieces, and the few
n-grams across two blocks are not looked at. Fewer than `LEAST_WORDS` words give None.

Cost: 10 CPU s a GB; memory of at most two bytes for each byte of text and forty for each
line: 1.5 GB for 64 MB of lines of one letter, 110 MB for 64 MB of books.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pydantic import Field

from generators.scoring._blocks import BLOCK_BYTES, blocks
from generators.scoring._codes import BoolArray
from generators.scoring._words import IntArray, KeyArray, Words, mix, words
from schemas.knobs import Strict
from schemas.selection import Subject

if TYPE_CHECKING:
    from generators.scoring import Value

FOILS = False
COLUMNS = {
    "repetition_lines": pa.float64(),
    "repetition_paragraphs": pa.float64(),
    "repetition_ngrams": pa.float64(),
}

LEAST_WORDS = 100
"""Our choice: with fewer, one repeated line is a tenth of the text."""

_LINE_END = ord("\n")
_STEP = 0x9E3779B97F4A7C15
"""An odd number, so that it has an inverse modulo 2**64; 2**64 divided by the golden ratio."""
_SIZE_MASK = np.uint64(BLOCK_BYTES - 1)
"""The low 18 bits of a packed unit hold its bytes, the others its key."""
_PLACES_LOG = range(17, 27)
"""Places of the table: about one for each byte, 128 KiB at least and 64 MiB at most."""


class Options(Strict):
    """How long a repeated run of words is."""

    words: int = Field(default=8, ge=2, le=64)
    """Words of an n-gram. Eight: our choice, since five of a novel's words often meet by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """Running sums of one block, from which the key of any run of its W words is had at once.

    A run's key is the polynomial of its words' keys: a difference of two sums of key * step**w,
    divided by the power of its first word, so that where it stands does not matter.
    """

    start: IntArray
    """int64[W]: the first byte of each word."""
    sums: KeyArray
    """uint64[W + 1]: modulo 2**64."""

    def keys(self, first: IntArray | slice, end: IntArray | slice) -> KeyArray:
        """Return the key of the runs of the words from `first` to before `end`."""
        keys: KeyArray = (self.sums[end] - self.sums[first]) * _powers()[1][first]
        return keys


def score(subject: Subject, options: Options) -> dict[str, "Value"]:
    """Return the three shares, each from 0 to 1."""
    log = min(max((len(subject.data) - 1).bit_length(), _PLACES_LOG.start), _PLACES_LOG.stop - 1)
    places = np.zeros(1 << log, np.bool_)
    lines, paragraphs = [], []
    num_words = num_ngrams = 0
    for _, block in blocks(subject.data):
        found = _sums(words(block))
        num_words += len(found.start)
        num_ngrams += _set_places(places, found, options.words)
        ends = np.flatnonzero(np.frombuffer(block, np.uint8) == _LINE_END) + 1
        lines.append(_units(found, ends, len(block)))
        paragraphs.append(_units(found, ends[1:][np.diff(ends) == 1], len(block)))
    if num_words < LEAST_WORDS:
        return dict.fromkeys(COLUMNS)
    return {
        "repetition_lines": _repeated(lines),
        "repetition_paragraphs": _repeated(paragraphs),
        "repetition_ngrams": _repeated_ngrams(places, num_ngrams),
    }


def _sums(found: Words) -> _Sums:
    sums = np.zeros(len(found.key) + 1, np.uint64)
    np.cumsum(found.key * _powers()[0][: len(found.key)], out=sums[1:])
    return _Sums(start=found.start, sums=sums)


def _set_places(places: BoolArray, found: _Sums, order: int) -> int:
    """Set the places of a block's n-grams; return how many there are."""
    count = max(0, len(found.start) - order + 1)
    if count:
        keys = found.keys(slice(0, count), slice(order, order + count))
        shift = np.uint64(64 - (len(places) - 1).bit_length())
        places[(keys >> shift).astype(np.int64)] = True
    return count


def _repeated_ngrams(places: BoolArray, num_ngrams: int) -> float | None:
    """Return the share of n-grams that stood before, by linear counting; None where none is."""
    empty = (len(places) - int(np.count_nonzero(places))) / len(places)
    if not num_ngrams or not empty:
        return None
    distinct = -len(places) * math.log(empty)
    return min(1.0, max(0.0, 1 - distinct / num_ngrams))


def _units(found: _Sums, ends: IntArray, size: int) -> KeyArray:
    """Return uint64[U]: key and bytes of each unit with a word, packed; units end at `ends`."""
    bounds = np.concatenate(([0], ends, [size]))
    first = np.searchsorted(found.start, bounds)
    worded = np.flatnonzero(first[1:] > first[:-1])
    key = mix(found.keys(first[worded], first[worded + 1]))
    sizes = (bounds[worded + 1] - bounds[worded]).astype(np.uint64)
    packed: KeyArray = (key & ~_SIZE_MASK) | np.minimum(sizes, _SIZE_MASK)
    return packed


def _repeated(units: list[KeyArray]) -> float:
    """Return the share of bytes in units that stood before; of equal ones the smallest is new."""
    packed = np.concatenate(units)
    packed.sort()
    sizes = packed & _SIZE_MASK
    new = np.ones(len(packed), np.bool_)
    new[1:] = (packed[1:] ^ packed[:-1]) > _SIZE_MASK
    total = int(sizes.sum())
    return 1 - int(sizes[new].sum()) / total


@cache
def _powers() -> tuple[KeyArray, KeyArray]:
    """Return step**w and its inverse modulo 2**64, for each word w that a block can hold."""
    inverse = pow(_STEP, -1, 1 << 64)
    up = np.full(BLOCK_BYTES + 1, _STEP, np.uint64)
    down = np.full(BLOCK_BYTES + 1, inverse, np.uint64)
    up[0] = down[0] = 1
    return np.cumprod(up), np.cumprod(down)
