r"""Words: the words of a text as hashes and places, without a loop over words or characters.

    "Don't PANIC,\ncafé!"  ->  don, t, panic, cafe     at (0, 3), (4, 5), (6, 11), (13, 17)

What is a word stands in letters.py. A word's hash is a polynomial of its letters' weights modulo
2^64, stirred; it is taken for all words of a block at once from one running sum:

    running sum of weight[i] * B^i        word = (sum[end] - sum[start]) / B^start

B is odd, so it can be divided by. A word may go on over any number of blocks.

Cost: linear; on one core about 100 MB/s of English (docs/decontamination.md). Memory is that of a
block, and 24 bytes for each word where all are asked for at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from generators.ngrams.letters import ALONE, BREAK, NOTHING, letters
from generators.ngrams.units import Hashes, IntArray, Units, empty, joined, mixed

BLOCK_CHARS = 1 << 15
"""Characters taken at once: the arrays of a block stay in a core's cache (measured: 2^13 to 2^17
differ by less than a fifth)."""

LETTER_BASE = 0x9E3779B97F4A7C15
"""Multiplier of letters: 2^64 divided by the golden ratio, odd (Knuth, TAOCP 3, section 6.4)."""

_MODULUS = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """The beginnings of words; sums and powers are modulo 2^64."""

    places: IntArray
    """int64[W]: the first character of each in the text."""
    sums: Hashes
    """uint64[W]: the running sum before it."""
    inverses: Hashes
    """uint64[W]: 1 / B^i for its place i in the running sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What a block leaves to the next."""

    kind: int = BREAK
    """Of the last character that stands for something; a word is open unless it is BREAK."""
    end: int = 0
    """The place behind that character."""
    count: int = 0
    """Characters so far that stand for something."""
    total: int = 0
    """The running sum of all of them."""
    begun: _Begun = field(
        default_factory=lambda: _Begun(
            places=np.zeros(0, np.int64),
            sums=np.zeros(0, np.uint64),
            inverses=np.zeros(0, np.uint64),
        )
    )
    """The open word, if there is one."""


def words(text: str) -> Units:
    """Return all words of a text, in order."""
    return joined(list(word_blocks(text)))


def word_blocks(text: str) -> Iterator[Units]:
    """Yield the words of a text, in order, some thousand at a time."""
    state = _State()
    for offset in range(0, len(text), BLOCK_CHARS):
        found, state = _block(text[offset : offset + BLOCK_CHARS], offset, state)
        yield found
    if len(state.begun.places):
        ends, sums = np.array([state.end]), np.array([state.total], np.uint64)
        yield _closed(state.begun, ends, sums)


def _block(text: str, offset: int, state: _State) -> tuple[Units, _State]:
    """Return the words that end in a block, and what it leaves to the next."""
    weights, kinds, places = _characters(text)
    if not len(kinds):
        return empty(), state
    powers, inverses = _powers()
    sums = np.zeros(len(kinds) + 1, np.uint64)
    np.cumsum(weights * powers[: len(kinds)], out=sums[1:])
    power = np.uint64(pow(LETTER_BASE, state.count, _MODULUS))
    inverse = np.uint64(pow(LETTER_BASE, -state.count, _MODULUS))
    total = np.uint64(state.total)
    firsts, lasts = _edges(kinds, state.kind)
    here = _Begun(
        places=places[firsts] + offset,
        sums=sums[firsts] * power + total,
        inverses=inverses[firsts] * inverse,
    )
    begun = _both(state.begun, here)
    num = len(lasts)
    ends = np.where(lasts > 0, places[lasts - 1] + (offset + 1), state.end)
    left = _State(
        kind=int(kinds[-1]),
        end=int(places[-1]) + offset + 1,
        count=state.count + len(kinds),
        total=int((sums[-1:] * power + total)[0]),
        begun=_part(begun, slice(num, None)),
    )
    return _closed(_part(begun, slice(0, num)), ends, sums[lasts] * power + total), left


def _characters(text: str) -> tuple[Hashes, npt.NDArray[np.uint8], IntArray]:
    """Return weights, kinds and places of the characters that stand for something."""
    table = letters()
    places = _places()[: len(text)]
    if text.isascii():
        plain = np.frombuffer(text.encode("ascii"), np.uint8)
        return table.weights.take(plain), table.kinds.take(plain), places
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds = table.kinds.take(codes)
    there = kinds != NOTHING
    if not there.all():
        codes, kinds, places = codes[there], kinds[there], places[there]
    return table.weights.take(codes), kinds, places


def _edges(kinds: npt.NDArray[np.uint8], kind_before: int) -> tuple[IntArray, IntArray]:
    """Return where words begin, and where the characters behind words are."""
    before = np.empty_like(kinds)
    before[0], before[1:] = kind_before, kinds[:-1]
    alone = kinds == ALONE
    edges = np.flatnonzero((kinds != before) | alone)
    if kind_before != ALONE and not alone.any():  # words and breaks take turns
        inside = int(kind_before != BREAK)
        return edges[inside::2], edges[1 - inside :: 2]
    return edges[kinds[edges] != BREAK], edges[before[edges] != BREAK]


@cache
def _places() -> IntArray:
    """Return 0, 1, 2 ...: int64[BLOCK_CHARS]."""
    return np.arange(BLOCK_CHARS)


@cache
def _powers() -> tuple[Hashes, Hashes]:
    """Return B^i and B^-i modulo 2^64, uint64[BLOCK_CHARS] each."""
    bases = np.ones((2, BLOCK_CHARS), np.uint64)
    bases[:, 1:] = np.array([[LETTER_BASE], [pow(LETTER_BASE, -1, _MODULUS)]], np.uint64)
    powers, inverses = np.cumprod(bases, axis=1, dtype=np.uint64)
    return powers, inverses


def _both(first: _Begun, second: _Begun) -> _Begun:
    return _Begun(
        places=np.concatenate([first.places, second.places]),
        sums=np.concatenate([first.sums, second.sums]),
        inverses=np.concatenate([first.inverses, second.inverses]),
    )


def _part(begun: _Begun, part: slice) -> _Begun:
    return _Begun(places=begun.places[part], sums=begun.sums[part], inverses=begun.inverses[part])


def _closed(begun: _Begun, ends: IntArray, sums: Hashes) -> Units:
    """Return the words that begin and end at these places and running sums."""
    values = (sums - begun.sums) * begun.inverses
    return Units(hashes=mixed(values), starts=begun.places, ends=ends)
