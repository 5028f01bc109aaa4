"""A row: one training sequence of segments back to back, and its Arrow types.

The columns, their order and their meaning are those of docs/format.md, "Rows" and "needles".
"""

import hashlib
import struct

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SCHEMA_NAME = "longmix.packed/1"

SPAN = pa.struct(
    [
        ("segment", pa.int32()),
        ("start", pa.int32()),
        ("length", pa.int32()),
        ("doc_id", pa.string()),
        ("doc_offset", pa.int64()),
        ("source", pa.string()),
        ("epoch", pa.int16()),
    ]
)

NEEDLE = pa.struct(
    [
        ("task", pa.string()),
        ("sample_id", pa.string()),
        ("segment", pa.int32()),
        ("evidence_start", pa.int32()),
        ("evidence_end", pa.int32()),
        ("question_start", pa.int32()),
        ("question_end", pa.int32()),
        ("answer_start", pa.int32()),
        ("answer_end", pa.int32()),
        ("answer", pa.string()),
        ("role", pa.string()),
        ("extractive", pa.bool_()),
        ("target_depth", pa.float32()),
        ("depth", pa.float32()),
        ("distance", pa.int32()),
    ]
)

ROWS = pa.schema(
    [
        ("input_ids", pa.list_(pa.int32())),
        ("seq_lengths", pa.list_(pa.int32())),
        ("target_mask", pa.list_(pa.bool_())),
        ("position_ids", pa.list_(pa.int32())),
        ("spans", pa.list_(SPAN)),
        ("needles", pa.list_(NEEDLE)),
        ("row_id", pa.int64()),
        ("row_digest", pa.binary(16)),
        ("stage", pa.string()),
        ("seq_len", pa.int32()),
        ("num_docs", pa.int32()),
        ("max_doc_len", pa.int32()),
        ("num_targets", pa.int32()),
        ("num_pad", pa.int32()),
        ("attn_cost", pa.int64()),
        ("rope_mode", pa.string()),
    ]
)

IntArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]


def row_digest(
    input_ids: IntArray,
    seq_lengths: IntArray,
    target_mask: BoolArray | None,
    position_ids: IntArray | None,
) -> bytes:
    """Return the first 16 bytes of the sha256 over the four columns, each behind its byte length.

    Little-endian int32 for numbers, one byte a token for the mask, nothing where a column is null.
    """
    sha = hashlib.sha256()
    columns = ((input_ids, "<i4"), (seq_lengths, "<i4"), (target_mask, "u1"), (position_ids, "<i4"))
    for column, dtype in columns:
        data = b"" if column is None else np.ascontiguousarray(column, dtype=dtype).data
        sha.update(struct.pack("<Q", len(data) if isinstance(data, bytes) else data.nbytes))
        sha.update(data)
    return sha.digest()[:16]
