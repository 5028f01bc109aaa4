"""Where a token of a stored document begins, in bytes and in characters of its text.

Samples come back to the same long documents, and adding up all tokens before a place takes longer
than weaving. What was added up is kept, for each document, every STEP tokens:

    token 0: (0, 0)    token 65,536: (251,004, 250,870)    token 131,072: ...

and grows as later places are asked for. Cost: one pass over a document in a process, and a part of
STEP tokens a question.
"""

import functools
from dataclasses import dataclass

import numpy as np

from generators.tokens.tokenizer import Tokenizer
from pipelines.store import Store

STEP = 65_536
_DOCUMENTS = 1024
"""Documents of which marks are kept: 160 bytes for every million tokens."""

_LEAD_BITS, _CONTINUES = 6, 0b10
"""A UTF-8 byte 10xxxxxx continues a character; every other byte begins one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A document in the store: its unit's folder, and where it begins in the unit's files."""

    place: str
    first_id: int
    first_byte: int


def offset_of(store: Store, stored: Stored, token: int, tokenizer: Tokenizer) -> tuple[int, int]:
    """Return the bytes, and the characters that begin, before a token; byte-level vocabularies."""
    marks = _marks(store.folder.uri, stored)
    while len(marks) <= token // STEP:
        at = (len(marks) - 1) * STEP
        step = (at, at + STEP)
        marks.append(_beyond(store, stored, marks[-1], tokens=step, tokenizer=tokenizer))
    at = token // STEP * STEP
    last = marks[token // STEP]
    return _beyond(store, stored, last, tokens=(at, token), tokenizer=tokenizer)


@functools.lru_cache(maxsize=_DOCUMENTS)
def _marks(uri: str, stored: Stored) -> list[tuple[int, int]]:
    """Return the marks of a document, which grow in place."""
    return [(0, 0)]


def _beyond(
    store: Store,
    stored: Stored,
    mark: tuple[int, int],
    *,
    tokens: tuple[int, int],
    tokenizer: Tokenizer,
) -> tuple[int, int]:
    """Return a mark and what its next tokens [start, stop) add to it."""
    start, stop = (stored.first_id + token for token in tokens)
    size = tokenizer.num_bytes(store.ids(stored.place, start, stop))
    at = stored.first_byte + mark[0]
    data = np.frombuffer(store.slice(stored.place, "text.bin", (at, at + size)), np.uint8)
    return mark[0] + size, mark[1] + int(np.count_nonzero(data >> _LEAD_BITS != _CONTINUES))
