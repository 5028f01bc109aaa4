r"""Words as numbers: where they begin, how long they are, and a key of 64 bits for each.

A word is a run of letters, digits and other characters that are no punctuation. An underscore is
part of a word between two such characters, and mere emphasis elsewhere:

    "No, _no_: 5_a"  ->  start [0, 5, 10]  size [2, 2, 3]  and equal keys for the first two

Upper and lower case of ASCII letters are one. Of characters beyond ASCII, white space, punctuation
and symbols separate words (U+0080-00BF, U+2000-2BFF, U+3000-303F, U+FF00-FF7F, U+1F000-1FFFF);
ideographs and kana (U+3040-9FFF), which are written without spaces, are a word each. Thai, Lao,
Khmer and Burmese, which have no spaces either, come out phrase by phrase.

The key reads a word's first 24 bytes and its last eight, with its length: exact up to 32 bytes,
which is longer than words are. Mixing is the finaliser of SplitMix64 (Steele, Lea and Flood 2014),
so that any bits of a key may be used apart. Cost: about 40 numpy passes over a block's words and a
dozen over its bytes, no step for each character in Python.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators.scoring._codes import BoolArray, Codes, beyond_ascii, digits, letters, within

IntArray = npt.NDArray[np.int64]
KeyArray = npt.NDArray[np.uint64]

_PIECE = 8
_PIECES = 3
_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio, the step of SplitMix64."""
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = np.uint64(31)

_UNDERSCORE = ord("_")
_ALL = np.arange(256, dtype=np.uint8)
_IS_WORD = (letters(_ALL) | digits(_ALL) | beyond_ascii(_ALL)).tobytes()
"""One byte, 0 or 1, for each byte: a table for `bytes.translate`, the fastest look-up there is."""
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(_PIECE + 1)], np.uint64)
"""uint64[9]: the low n bytes of eight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """W words of one block."""

    start: IntArray
    """int64[W]: the first byte of each word in the block, ascending."""
    size: IntArray
    """int64[W]: its bytes, > 0."""
    key: KeyArray
    """uint64[W]: equal for equal words, whatever their ASCII case."""


def words(block: bytes, *, least: int = 1) -> Words:
    """Return the words of `least` bytes or more of UTF-8 text.

    Memory: some 60 bytes a word, so give it a block.
    """
    padded = np.zeros(len(block) + 2, np.bool_)
    inside = padded[1:-1]
    inside[:] = np.frombuffer(block.translate(_IS_WORD), np.bool_)
    codes = np.frombuffer(block, np.uint8)
    own = None if block.isascii() else _beyond_ascii(codes, inside)
    if b"_" in block:
        within = np.flatnonzero(codes[1:-1] == _UNDERSCORE) + 1
        inside[within] = inside[within - 1] & inside[within + 1]
    start, stop = _runs(padded, own)
    size = stop - start
    if least > 1:
        long = size >= least
        start, size = start[long], size[long]
    return Words(start=start, size=size, key=_keys(block.lower(), start, size))


def mix(key: KeyArray) -> KeyArray:
    """Return the keys with every bit of the input spread over every bit: SplitMix64's finaliser."""
    for shift, factor in _MIX:
        key = (key ^ (key >> np.uint64(shift))) * np.uint64(factor)
    return key ^ (key >> _LAST_SHIFT)


def _runs(padded: BoolArray, own: BoolArray | None) -> tuple[IntArray, IntArray]:
    """Return first byte and end of each run of true, in bool[N + 2] with a false at either end.

    A run also begins, and the one before it ends, where `own` is true.
    """
    if own is None:
        edges = np.flatnonzero(padded[1:] != padded[:-1])
        return edges[0::2], edges[1::2]
    begins = padded[1:-1] & (~padded[:-2] | own[:-1])
    ends = padded[1:-1] & ~padded[2:]
    ends[:-1] |= padded[1:-2] & begins[1:]
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1


def _beyond_ascii(codes: Codes, inside: BoolArray) -> BoolArray | None:
    """Clear `inside` where punctuation beyond ASCII lies; return where words begin by themselves.

    bool[N + 1], true at the first byte of an ideograph or kana and at the byte behind it; None
    where there are none. UTF-8 gives every such range away in its first two bytes.
    """
    first = np.flatnonzero(within(codes, 0xC2, 0xF4))
    first = first[first + 1 < len(codes)]
    lead, second = codes[first], codes[first + 1]
    of_two = within(lead, 0xC2)
    of_three = within(lead, 0xE2) & within(second, 0x80, 0xAF)
    of_three |= within(lead, 0xE3) & within(second, 0x80)
    of_three |= within(lead, 0xEF) & within(second, 0xBC, 0xBD)
    of_four = within(lead, 0xF0) & within(second, 0x9F)
    for width, found in ((2, of_two), (3, of_three), (4, of_four)):
        places = first[found]
        for step in range(width):
            inside[np.minimum(places + step, len(codes) - 1)] = False
    signs = first[within(lead, 0xE3, 0xE9) & ~of_three]
    if not len(signs):
        return None
    own = np.zeros(len(codes) + 4, np.bool_)
    own[signs] = True
    own[signs + 3] = True
    return own[: len(codes) + 1]


def _keys(block: bytes, start: IntArray, size: IntArray) -> KeyArray:
    """Return uint64[W], one key for each word, from pieces of eight bytes."""
    # Two pieces of nothing behind the text, so that reading past its end reads zeros.
    whole = np.frombuffer(block + bytes(3 * _PIECE - len(block) % _PIECE), "<u8")
    key = _piece(whole, start, size)
    key = mix(key + size.astype(np.uint64) * _ODD)
    longer = np.flatnonzero(size > _PIECE)
    for piece in range(1, _PIECES):
        at, left = start[longer] + piece * _PIECE, size[longer] - piece * _PIECE
        key[longer] = mix(key[longer] * _ODD + _piece(whole, at, left))
        longer = longer[left > _PIECE]
    at = start[longer] + size[longer] - _PIECE
    key[longer] = mix(key[longer] * _ODD + _piece(whole, at, np.full_like(at, _PIECE)))
    return key


def _piece(whole: KeyArray, at: IntArray, size: IntArray) -> KeyArray:
    """Return uint64[W]: up to eight bytes from each place, little-endian, zeros behind `size`."""
    word, shift = at >> 3, ((at & 7) << 3).astype(np.uint64)
    # A shift by 64 gives zero in numpy, which is right where a piece is aligned.
    piece: KeyArray = (whole[word] >> shift) | (whole[word + 1] << (np.uint64(64) - shift))
    piece &= _MASKS[np.minimum(size, _PIECE)]
    return piece
