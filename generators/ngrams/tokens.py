r"""Tokens: the ids of a text as hashes and places.

    "naïve", ids [5, 9, 5] that end at bytes [2, 4, 6]
    ->  hashes [x, y, x], places (0, 2), (2, 3), (3, 5)

Equal ids have equal hashes, whatever they spell; ids of different tokenizers mean nothing to each
other. Places are characters: a token that ends inside a character reaches to the end of it. Cost:
some passes over the ids, and one over the bytes where the text is not ASCII.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from generators.ngrams.units import IntArray, Units, mixed

BLOCK_TOKENS = 1 << 15
"""Tokens that `token_blocks` yields at once; our choice, as in words.py."""

_CONTINUATION = 0x80
"""The first two bits of a byte of UTF-8 that begins no character (RFC 3629)."""


def token_units(ids: npt.NDArray[np.int32], byte_ends: IntArray, text: str) -> Units:
    """Return the tokens of a text as units.

    `ids` is int32[T]; `byte_ends` is int64[T], the byte of the UTF-8 text behind each token.
    Raises ValueError when there are not as many ends as ids.
    """
    if len(ids) != len(byte_ends):
        raise ValueError(f"{len(ids)} ids, but {len(byte_ends)} ends: one end belongs to each id")
    ends = _characters(byte_ends, text)
    starts = np.zeros_like(ends)
    if len(byte_ends):
        starts[1:] = _characters(byte_ends[:-1], text, inside=-1)
    hashes = mixed(ids.astype(np.uint64) + np.uint64(1))
    return Units(hashes=hashes, starts=starts, ends=ends)


def token_blocks(units: Units) -> Iterator[Units]:
    """Yield the units in blocks, so that what is made of them stays small."""
    for start in range(0, len(units), BLOCK_TOKENS):
        part = slice(start, start + BLOCK_TOKENS)
        yield Units(hashes=units.hashes[part], starts=units.starts[part], ends=units.ends[part])


def _characters(byte_ends: IntArray, text: str, *, inside: int = 0) -> IntArray:
    """Return the number of characters that begin before each byte; less one where it is inside."""
    if text.isascii():
        return byte_ends.astype(np.int64)
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    begins = (data & 0xC0) != _CONTINUATION
    count = np.concatenate([[0], np.cumsum(begins)])
    split = ~np.concatenate([begins, [True]])[byte_ends]
    return np.asarray(count[byte_ends] + inside * split)
