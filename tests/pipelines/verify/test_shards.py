"""A shard is written as the format says: what another writer would do is known by its footer.

Readers fetch single pages by the page index and trust checksums; a file without them reads slowly,
or reads damage as text.
"""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.verify.shards import has_checksum
from tests.pipelines.verify.broken import Broken, flip_a_bit, natural


def test_flipped_bit_that_the_manifest_agrees_to_breaks_a_page_checksum(mix: Broken) -> None:
    flip_a_bit(mix.shards[0])
    mix.seal()
    assert mix.failures() == {"shard.pages"}


def test_truncated_shard_that_the_manifest_agrees_to_is_no_parquet_file(mix: Broken) -> None:
    data = mix.shards[0].read_bytes()
    mix.shards[0].write_bytes(data[:-100])
    mix.seal()
    assert mix.failures() == {"shard.readable"}


def test_shard_of_another_mix_is_known_by_its_footer(mix: Broken) -> None:
    rows = pq.read_table(mix.shards[0]).to_pylist()
    mix.write_rows(mix.shards[0], rows, mix_digest="0" * 64)
    assert mix.failures() == {"shard.footer"}


def test_shards_that_changed_places_are_known_by_their_footers(mix: Broken) -> None:
    first, second = mix.shards[:2]
    a, b = first.read_bytes(), second.read_bytes()
    first.write_bytes(b)
    second.write_bytes(a)
    mix.seal()
    assert {"shard.footer", "row.row_id"} <= mix.failures()


def write_table(mix: Broken, change: Callable[[pa.Table], pa.Table], **options: Any) -> None:
    """Write the first shard again with other options of the Parquet writer."""
    source = pq.ParquetFile(mix.shards[0])
    table = change(source.read())
    footer = source.schema_arrow.metadata
    good = {
        "compression": "zstd",
        "use_dictionary": False,
        "column_encoding": {
            "input_ids.list.element": "PLAIN",
            "position_ids.list.element": "DELTA_BINARY_PACKED",
        },
        "write_page_checksum": True,
        "write_page_index": True,
    }
    source.close()
    pq.write_table(table.replace_schema_metadata(footer), mix.shards[0], **{**good, **options})
    mix.seal()


@pytest.mark.parametrize(
    ("options", "check"),
    [
        ({"compression": "snappy"}, "shard.codec"),
        ({"use_dictionary": ["input_ids"], "column_encoding": None}, "shard.encodings"),
        ({"column_encoding": {"input_ids.list.element": "PLAIN"}}, "shard.encodings"),
        ({"write_page_checksum": False}, "shard.page_checksums"),
        ({"write_page_index": False}, "shard.page_index"),
        ({"row_group_size": 1}, None),
        ({"row_group_size": 4}, "shard.row_groups"),
    ],
)
def test_shard_written_in_another_way_is_named(
    mix: Broken, options: dict[str, Any], check: str | None
) -> None:
    write_table(mix, lambda table: table, **options)
    assert mix.failures() == ({check} if check else set())


def test_shard_with_another_column_is_not_read_further(mix: Broken) -> None:
    write_table(mix, lambda table: table.append_column("labels", table["input_ids"]))
    assert mix.failures() == {"shard.schema"}


def test_null_where_none_may_be_is_found(mix: Broken) -> None:
    mix.edit_rows(natural, lambda row: row.update(stage=None))
    assert mix.failures() == {"row.nulls"}


def test_page_header_has_a_checksum_when_its_fourth_field_is_one_more_number() -> None:
    with_crc = bytes.fromhex("1500 15d8828001 15bcf832 15f1c7f9970f 1c")
    without = bytes.fromhex("1500 15d8828001 15bcf832 2c")
    assert has_checksum(with_crc)
    assert not has_checksum(without)
