"""Write a shard: one Parquet file of rows, in row groups of about half a million tokens.

Plain encoding and zstd-3 for ids (dictionaries cost 20 % and hide repeats from zstd), delta
encoding for positions, page checksums and page index on, statistics on the scalars alone. Sizes and
speeds behind these choices: docs/decisions.md.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.row import ROWS, SCHEMA_NAME, row_digest

GROUP_TOKENS = 500_000
LISTS = ("input_ids", "seq_lengths", "target_mask", "position_ids", "spans", "needles")


def group_rows(row_len: int) -> int:
    """Return the rows of a row group: 15 at 32,768 tokens, 1 from 333,334 on."""
    return max(1, round(GROUP_TOKENS / row_len))


def write_shard(
    stream: pa.NativeFile,
    groups: Iterator[pa.Table],
    *,
    mix_digest: str,
    tokenizer_sha256: str,
    path: str,
) -> None:
    """Write row groups to a stream, with the footer keys of docs/format.md."""
    footer = {
        "longmix.schema": SCHEMA_NAME,
        "longmix.mix_digest": mix_digest,
        "longmix.tokenizer_sha256": tokenizer_sha256,
        "longmix.shard": path,
    }
    options: dict[str, Any] = {
        "compression": "zstd",
        "compression_level": 3,
        "use_dictionary": False,
        "column_encoding": {
            "input_ids.list.element": "PLAIN",
            "position_ids.list.element": "DELTA_BINARY_PACKED",
        },
        "write_statistics": [name for name in ROWS.names if name not in LISTS],
        "write_page_checksum": True,
        "write_page_index": True,
    }
    with pq.ParquetWriter(stream, ROWS.with_metadata(footer), **options) as writer:
        for group in groups:
            writer.write_table(group.replace_schema_metadata(footer), row_group_size=len(group))


def check_shard(open_file: Callable[[], pa.NativeFile], rows: int, row_len: int) -> dict[str, Any]:
    """Re-read a written shard: page checksums, every row's digest, the number of rows and ids.

    Return its size and sha256. Raises OSError when the file does not hold what was written.
    """
    with open_file() as source:
        file = pq.ParquetFile(source, page_checksum_verification=True)
        seen = 0
        for group in range(file.num_row_groups):
            names = ["input_ids", "seq_lengths", "target_mask", "position_ids", "row_digest"]
            table = file.read_row_group(group, columns=names)
            for ids, lengths, mask, positions, digest in zip(
                *(_rows(table[name]) for name in names), strict=True
            ):
                if row_digest(ids, lengths, mask, positions) != digest or len(ids) != row_len:
                    raise OSError(f"row {seen} of the shard was not written as it was made")
                seen += 1
        if seen != rows:
            raise OSError(f"the shard holds {seen} rows, {rows} were made")
    sha = hashlib.sha256()
    size = 0
    with open_file() as source:
        while block := source.read(1 << 22):
            sha.update(block)
            size += len(block)
    return {"bytes": size, "sha256": sha.hexdigest()}


def _rows(column: pa.ChunkedArray) -> Iterator[Any]:
    """Yield each row's values: an array for a list, None for null, bytes for a digest."""
    for chunk in column.chunks:
        if not pa.types.is_list(chunk.type):
            yield from chunk.to_pylist()
            continue
        offsets = chunk.offsets.to_numpy()
        values = chunk.values.to_numpy(zero_copy_only=False)
        for index, valid in enumerate(chunk.is_valid().to_pylist()):
            yield values[offsets[index] : offsets[index + 1]] if valid else None
