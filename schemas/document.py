"""A document: one natural text, and the table that accounts for every one that was met.

The columns are those of docs/format.md, "documents". A document that was not kept stays in the
table with its reason; nothing leaves a corpus in silence.
"""

import re
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Kind = Literal["book", "repo", "conversation", "page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One natural text as a source read it, or the reason why there is none."""

    doc_id: str
    """`<source>:<uri>`, plus `#<member, row or id>`; unique within a mix."""
    uri: str
    """Relative to the recipe's `inputs`, or whole when remote."""
    text: str
    """Cleaned: LF line ends, no BOM, no NUL, valid Unicode. Empty when rejected."""
    reason: str | None = None
    """Why the document was rejected; None when it was not."""
    license: str | None = None
    """The licence, as the recipe or a column of the input states it."""
    num_nul: int = 0
    """NUL characters that cleaning removed."""
    num_replaced: int = 0
    """Bytes that were not UTF-8 and were replaced by policy."""


def kind_of_reason(reason: str) -> str:
    """Return what rejected documents are counted by: "bad_utf8 at byte 7" is one `bad_utf8`."""
    return re.sub(r"( at (byte|character) \d+|: .*)$", "", reason, flags=re.DOTALL)


DOCUMENTS = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("uri", pa.string(), nullable=False),
        pa.field("license", pa.string()),
        pa.field("num_bytes", pa.int64(), nullable=False),
        pa.field("num_chars", pa.int64(), nullable=False),
        pa.field("num_tokens", pa.int64(), nullable=False),
        pa.field("sha256", pa.string()),
        pa.field("kept", pa.bool_(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("near_duplicate_of", pa.string()),
    ]
)
"""`documents/*.parquet`. Scores, when there are any, are further columns of float64."""

OVERLAP = {
    "overlap_hits": pa.float64(),
    "overlap_chars": pa.float64(),
    "overlap_with": pa.string(),
}
"""Columns of a decontaminated mix: n-grams in common with benchmarks, characters that were cut for
it, and which benchmarks."""

STORED_DOCUMENTS = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("uri", pa.string(), nullable=False),
        pa.field("license", pa.string()),
        pa.field("num_bytes", pa.int64(), nullable=False),
        pa.field("num_chars", pa.int64(), nullable=False),
        pa.field("num_tokens", pa.int64(), nullable=False),
        pa.field("sha256", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("text_start", pa.int64(), nullable=False),
        pa.field("ids_start", pa.int64(), nullable=False),
        pa.field("breaks_start", pa.int64(), nullable=False),
        pa.field("num_breaks", pa.int64(), nullable=False),
        pa.field("num_nul", pa.int64(), nullable=False),
        pa.field("num_replaced", pa.int64(), nullable=False),
    ]
)
"""The documents table of one unit of the store.

`text_start` counts bytes from the start of the unit's `text.bin`, `ids_start` counts ids from the
start of its `ids.bin`, `breaks_start` breaks from the start of its `breaks.bin`; what DRAW decides
later (`kept`, thresholds, duplicates) is not here.
"""
