"""The layout of a mix: which span of which document or sample stands where in which row.

One line a span, in the order of the rows. PACK makes it, ASSEMBLE reads its own slice of it, and
`plan/spans.parquet` publishes it; the digest of what is published is part of the mix's identity.
"""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.row import SPAN

SPANS = pa.schema([pa.field("row_id", pa.int64()), *SPAN])
"""`plan/spans.parquet`: the `spans` of docs/format.md, "Rows", with the row that each is in."""

PLACED_SPANS = pa.schema(
    [
        *SPANS,
        pa.field("begin", pa.bool_()),
        pa.field("end", pa.bool_()),
        pa.field("place", pa.dictionary(pa.int32(), pa.string())),
        pa.field("ids_start", pa.int64()),
        pa.field("rope_mode", pa.dictionary(pa.int32(), pa.string())),
    ]
)
"""SPANS with what ASSEMBLE needs: whether a start id opens and an end id closes the span, the
folder of the store that holds its ids, and the first of them, and the `rope_mode` of its row."""

SHARDS = pa.schema(
    [
        ("path", pa.string()),
        ("stage", pa.string()),
        ("seq_len", pa.int32()),
        ("first_row", pa.int64()),
        ("num_rows", pa.int64()),
        ("num_pad", pa.int64()),
    ]
)
"""`plan/shards.parquet`: one line a shard, in order."""

SUPPLY = pa.schema(
    [
        ("stage", pa.string()),
        ("source", pa.string()),
        ("asked", pa.int64()),
        ("given", pa.int64()),
        ("at_least", pa.int64()),
        ("below", pa.int64()),
    ]
)
"""`plan/supply.parquet`: tokens asked of each source, of its documents of these lengths, of what
comes again (`replay:<source>`) and of each task (`task:<key>`) in each stage, and what it could
give; a task's tokens are the greatest lengths of its samples."""

LEFT = pa.schema([("doc_id", pa.string())])
"""`plan/left.parquet`: documents of which a piece fits no row without a gap that nothing fills."""

LEDGER = pa.schema(
    [
        ("source", pa.string()),
        ("kept", pa.int64()),
        ("natural", pa.int64()),
        ("haystack", pa.int64()),
        ("dropped", pa.int64()),
        ("unused", pa.int64()),
        ("repeated", pa.int64()),
    ]
)
"""`plan/ledger.parquet`: where the tokens of each source's kept documents went in pass 0
(kept = natural + haystack + dropped + unused), and the natural tokens of later passes. `haystack`
counts the pieces given to samples, with the few tokens that a sample did not need; `dropped` the
ends of documents that `long_documents: drop_tail` leaves out."""


DEPTHS = pa.schema(
    [
        ("stage", pa.string()),
        ("task", pa.string()),
        ("length", pa.int64()),
        ("tenth", pa.int32()),
        ("expected", pa.int64()),
        ("realised", pa.int64()),
    ]
)
"""`plan/depths.parquet`: pieces of evidence meant for each tenth of the context and found there, by
the recipe's key under `tasks`; `expected` is null where depths are not chosen."""

RESPONSES = pa.schema([(name, pa.string()) for name in ("task", "id", "reason")])
"""`plan/responses.parquet`: written by a language model and rejected, and why; `id` is that of the
request, or the line where it names none."""

UNWOVEN = pa.schema([(name, pa.string()) for name in ("stage", "task", "sample_id", "reason")])
"""`plan/unwoven.parquet`: samples that their text did not support, and why."""


def table_digest(table: pa.Table) -> str:
    """Return the sha256 of a table's values, whatever its chunks, file or library version.

    Each column in turn: its name and type, its validity as bytes, its values little-endian
    (strings as int64 lengths and UTF-8).
    """
    sha = hashlib.sha256()
    for name in table.column_names:
        column = table[name]
        sha.update(f"{name}:{column.type}\n".encode())
        sha.update(pc.is_valid(column).to_numpy().astype("u1").tobytes())
        if pa.types.is_string(column.type):
            lengths = pc.fill_null(pc.binary_length(column), 0)
            sha.update(lengths.to_numpy().astype("<i8").tobytes())
            for chunk in column.chunks:
                sha.update("".join(pc.fill_null(chunk, "").to_pylist()).encode())
        else:
            values = pc.fill_null(column, 0 if not pa.types.is_boolean(column.type) else False)
            sha.update(np.ascontiguousarray(_little_endian(values.to_numpy())).tobytes())
    return sha.hexdigest()


def _little_endian(values: np.ndarray) -> np.ndarray:
    if values.dtype == bool:
        return values.astype("u1")
    return values.astype(values.dtype.newbyteorder("<"))
