"""Shards: how a Parquet file is written, as far as its footer and its page headers tell.

Rows are read only from a file whose columns are those of docs/format.md.
"""

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.verify.findings import Findings
from schemas.row import NEEDLE, ROWS, SCHEMA_NAME

GROUP_TOKENS = (250_000, 750_000)
"""Fewest and most tokens of a row group; the last of a file may have fewer, one row always may
have more."""
NULLABLE = {"target_mask", "position_ids"}
_I32 = 0x15
"""Thrift, compact: the next field is an int32."""
_GOES_ON = 0x80
"""Set in every byte of a number but its last."""
_CRC = 4
"""Field of a Parquet page header."""


def check_shape(
    source: pa.NativeFile, path: str, manifest: dict[str, Any], findings: Findings
) -> pq.ParquetFile | None:
    """Check schema, footer, encodings and row groups; return the file when rows can be read."""
    try:
        file = pq.ParquetFile(source, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        findings.need("shard.readable", False, path, f"a Parquet file: {error}")
        return None
    schema: pa.Schema = file.schema_arrow.remove_metadata()
    known = findings.need("shard.schema", schema.equals(ROWS), path, "the columns of the format")
    keys = {k.decode(): v.decode() for k, v in (file.schema_arrow.metadata or {}).items()}
    expected = {
        "longmix.schema": SCHEMA_NAME,
        "longmix.mix_digest": manifest["mix_digest"],
        "longmix.tokenizer_sha256": manifest["tokenizer"]["sha256"],
        "longmix.shard": path,
    }
    findings.equal("shard.footer", {key: keys.get(key) for key in expected}, expected, path)
    if not known:
        return None
    for group in range(file.num_row_groups):
        _check_group(file, group, path, findings)
    _check_pages(source, file, path, findings)
    return file


def _check_group(file: pq.ParquetFile, number: int, path: str, findings: Findings) -> None:
    """Check the size of a row group and how its ids and positions are encoded."""
    group, where = file.metadata.row_group(number), f"{path} group {number}"
    chunks = [group.column(i) for i in range(group.num_columns)]
    by_name = {chunk.path_in_schema.split(".")[0]: chunk for chunk in chunks}
    ids, positions = by_name["input_ids"], by_name["position_ids"]
    least, most = GROUP_TOKENS
    last = number == file.num_row_groups - 1
    size = group.num_rows == 1 or (ids.num_values <= most and (last or ids.num_values >= least))
    findings.need("shard.row_groups", size, where, f"{least:,} to {most:,} tokens")
    findings.equal("shard.codec", ids.compression, "ZSTD", where)
    plain = _encoded(ids, "PLAIN") and _encoded(positions, "DELTA_BINARY_PACKED")
    findings.need("shard.encodings", plain, where, "plain ids, delta positions, no dictionary")
    index = all(chunk.has_offset_index for chunk in chunks)
    findings.need("shard.page_index", index, where, "a page index of every column")


def _encoded(chunk: Any, encoding: str) -> bool:
    """Say whether levels are RLE and values have this encoding alone."""
    return not chunk.has_dictionary_page and set(chunk.encodings) <= {encoding, "RLE", "BIT_PACKED"}


def _check_pages(
    source: pa.NativeFile, file: pq.ParquetFile, path: str, findings: Findings
) -> None:
    """Check that the first page of every column has a checksum: a writer's option, so for all."""
    if not file.num_row_groups:
        return
    group = file.metadata.row_group(0)
    for index in range(group.num_columns):
        chunk = group.column(index)
        head = source.read_at(64, chunk.data_page_offset)
        where = f"{path} {chunk.path_in_schema}"
        findings.need("shard.page_checksums", has_checksum(head), where, "pages with a CRC")


def has_checksum(head: bytes) -> bool:
    """Say whether a Parquet page header has a CRC.

    It opens with three int32, each a byte and a number of seven bits a byte, and the CRC, optional,
    is the fourth: 15 00 | 15 d8 82 80 01 | 15 bc f8 32 | 15 ...
    """
    place = 0
    for _ in range(_CRC - 1):
        if head[place] != _I32:
            return False
        place += 1
        while head[place] & _GOES_ON:
            place += 1
        place += 1
    return head[place] == _I32


def read_group(file: pq.ParquetFile, number: int, path: str, findings: Findings) -> pa.Table | None:
    """Return a row group with every page checksum verified, None when rows cannot be trusted."""
    where = f"{path} group {number}"
    try:
        table = file.read_row_group(number)
    except (OSError, pa.ArrowException) as error:
        findings.need("shard.pages", False, where, f"pages as they were written: {error}")
        return None
    findings.need("shard.pages", True, where, "")
    return table if _check_nulls(table, where, findings) else None


def _check_nulls(table: pa.Table, where: str, findings: Findings) -> bool:
    """Check that only the columns that may be null are, and no list holds a null."""
    empty = []
    for name in table.column_names:
        column = table[name]
        values = [chunk.values for chunk in column.chunks if pa.types.is_list(chunk.type)]
        empty += [name] if column.null_count and name not in NULLABLE else []
        empty += [name for part in values if part.null_count]
        structs = [part for part in values if pa.types.is_struct(part.type)]
        empty += [f"{name}.{field}" for part in structs for field in _null_fields(part)]
    return findings.equal("row.nulls", sorted(set(empty)), [], where)


def _null_fields(structs: pa.StructArray) -> list[str]:
    optional = {"target_depth"} if structs.type.equals(NEEDLE) else set()
    fields = {field.name: structs.field(field.name) for field in structs.type}
    return [name for name, part in fields.items() if part.null_count and name not in optional]
