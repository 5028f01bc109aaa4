r"""Byte-level vocabularies: what bytes every id stands for, as one table.

A byte-level BPE spells bytes with 256 printable characters (GPT-2, `bytes_to_unicode`): the bytes
33-126, 161-172 and 174-255 stand for themselves, the 68 others for U+0100 onwards in order. So
every id is a fixed string of bytes, decoding is a gather, and the offset of every token in the
UTF-8 text is one cumulative sum, exact even where a token ends inside a character.

    ids of " naïve" = [" na", "\xc3", "\xafve"]  ->  byte_ends [3, 4, 7]

Cost: a gather through Arrow, some hundred MB/s; no Python loop per token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_PRINTABLE = (*range(33, 127), *range(161, 173), *range(174, 256))
_HIDDEN = tuple(byte for byte in range(256) if byte not in _PRINTABLE)
_CODES = {byte: byte for byte in _PRINTABLE} | {b: 256 + i for i, b in enumerate(_HIDDEN)}

ALPHABET = "".join(chr(_CODES[byte]) for byte in range(256))
"""The character that spells each byte: ALPHABET[0x20] is "Ġ"."""
_BYTE_OF_CODE = np.zeros(max(map(ord, ALPHABET)) + 1, dtype=np.uint8)
_BYTE_OF_CODE[[ord(char) for char in ALPHABET]] = np.arange(256)

UTF8_ALPHABET = "".join(
    ALPHABET[byte] for byte in range(256) if byte not in (0xC0, 0xC1, *range(0xF5, 256))
)
"""The characters of the 243 bytes that occur in UTF-8 (RFC 3629, section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByteTable:
    """The bytes of every id."""

    spellings: pa.LargeBinaryArray
    """[V]; empty where no token has that id."""
    num_bytes: npt.NDArray[np.int64]
    """int64[V]."""
    has_holes: bool
    """Whether some id below V has no token."""


def byte_table(spelt: Mapping[str, int], literal: Mapping[str, int]) -> ByteTable:
    """Return the table of a vocabulary.

    `spelt` holds the model's tokens, in the alphabet above; `literal` the added tokens, whose
    content is plain text and which win where both have an id.
    """
    names = [""] * (max((*spelt.values(), *literal.values())) + 1)
    for name, index in spelt.items():
        names[index] = name
    for content, index in literal.items():
        names[index] = "".join(ALPHABET[byte] for byte in content.encode("utf-8"))
    # One character a byte, so character counts are byte counts.
    offsets = np.cumsum([0, *map(len, names)], dtype=np.int64)
    codes = np.frombuffer("".join(names).encode("utf-32-le"), "<u4")
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(_BYTE_OF_CODE[codes])]
    num_bytes = np.diff(offsets)
    return ByteTable(
        spellings=pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(names), buffers),
        num_bytes=num_bytes,
        has_holes=bool((num_bytes == 0).any()),
    )


def decode_bytes(table: ByteTable, ids: npt.NDArray[Any]) -> bytes:
    """Return the bytes that int[T] `ids` stand for, one after the other.

    Raises ValueError naming the first id that no token has.
    """
    _refuse_unknown(table, ids)
    taken = table.spellings.take(pa.array(ids))
    _, offsets, blob = taken.buffers()
    num_bytes = np.frombuffer(offsets, np.int64)[len(taken)] if len(taken) else 0
    return bytes(memoryview(blob)[:num_bytes]) if num_bytes else b""


def byte_ends(table: ByteTable, ids: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return int64[T], the end of every token in bytes from the start of int[T] `ids`."""
    _refuse_unknown(table, ids)
    num_bytes = table.num_bytes[ids]
    return np.cumsum(num_bytes, out=num_bytes)


def _refuse_unknown(table: ByteTable, ids: npt.NDArray[Any]) -> None:
    """Raise ValueError for an id below 0, past the table, or in a hole of it."""
    size = len(table.num_bytes)
    if not ids.size or (ids.min() >= 0 and ids.max() < size and not table.has_holes):
        return
    known = (ids >= 0) & (ids < size)
    known[known] = table.num_bytes[ids[known]] > 0
    if not known.all():
        first = int(ids[int(np.argmin(known))])
        raise ValueError(f"{first} is not an id of this tokenizer, whose ids end at {size - 1}")
