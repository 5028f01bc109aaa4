"""Write a shard: one Parquet file of rows, in row groups of about half a million tokens.

Plain encoding and zstd-3 for ids (dictionaries cost 20 % and hide repeats from zstd), delta
encoding for positions, page checksums and page index on, statistics on the scalars alone. Sizes and
speeds behind these choices: docs/decisions.md.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.row import ROWS, SCHEMA_NAME, row_digest

GROUP_TOKENS = 500_000
DIGESTED = ("input_ids", "seq_lengths", "target_mask", "position_ids", "row_digest")
LISTS = ("input_ids", "seq_lengths", "target_mask", "position_ids", "spans", "needles")


def group_rows(row_len: int) -> int:
    """Return the rows of a row group: 15 at 32,768 tokens, 1 from 333,334 on."""
    return max(1, round(GROUP_TOKENS / row_len))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The bytes of a shard as they left the writer."""

    bytes: int
    sha256: str


class _Hashed:
    """A stream that remembers the hash and the size of what goes through it."""

    closed = False

    def __init__(self, stream: pa.NativeFile) -> None:
        self._stream = stream
        self._sha = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        """Pass the data on."""
        self._sha.update(data)
        self._size += len(data)
        self._stream.write(data)
        return len(data)

    def tell(self) -> int:
        """Return how much went through."""
        return self._size

    def flush(self) -> None:
        """Leave flushing to the stream's owner."""

    def written(self) -> Written:
        """Return what went through so far."""
        return Written(bytes=self._size, sha256=self._sha.hexdigest())


def write_shard(
    stream: pa.NativeFile,
    groups: Iterator[pa.Table],
    *,
    mix_digest: str,
    tokenizer_sha256: str,
    path: str,
) -> Written:
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
    hashed = _Hashed(stream)
    with pq.ParquetWriter(hashed, ROWS.with_metadata(footer), **options) as writer:
        for group in groups:
            writer.write_table(group.replace_schema_metadata(footer), row_group_size=len(group))
    return hashed.written()


def check_shard(
    open_file: Callable[[], pa.NativeFile], written: Written, *, rows: int, row_len: int
) -> None:
    """Re-read a written shard; raise OSError when it does not hold what was written.

    All its bytes must be those that left the writer. Its first and last row groups are decoded,
    page checksums verified, and every row of them must have its digest; `longmix verify` decodes
    all.
    """
    sha = hashlib.sha256()
    with open_file() as source:
        while block := source.read(1 << 22):
            sha.update(block)
    if sha.hexdigest() != written.sha256:
        raise OSError("the shard on disk is not the shard that was written")
    with open_file() as source:
        file = pq.ParquetFile(source, page_checksum_verification=True)
        if file.metadata.num_rows != rows:
            raise OSError(f"the shard holds {file.metadata.num_rows} rows, {rows} were made")
        for group in sorted({0, file.num_row_groups - 1}):
            _check_group(file.read_row_group(group, columns=list(DIGESTED)), group, row_len)


def _check_group(table: pa.Table, group: int, row_len: int) -> None:
    for ids, lengths, mask, positions, digest in zip(
        *(_rows(table[name]) for name in DIGESTED), strict=True
    ):
        if row_digest(ids, lengths, mask, positions) != digest or len(ids) != row_len:
            raise OSError(f"row group {group} of the shard was not written as it was made")


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
