"""A shard's physical form, read back from the file: what readers rely on and what damage shows."""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.shards.write import Written, check_shard, group_rows, write_shard
from schemas.row import ROWS, row_digest

ROW_LEN = 4096
FOOTER = {
    "longmix.schema": "longmix.packed/1",
    "longmix.mix_digest": "m" * 64,
    "longmix.tokenizer_sha256": "t" * 64,
    "longmix.shard": "data/main/main-00000.parquet",
}


def table_of(first: int, count: int) -> pa.Table:
    rng = np.random.default_rng(first)
    lines: list[dict[str, Any]] = []
    for row in range(first, first + count):
        ids = rng.integers(0, 50_000, ROW_LEN).astype(np.int32)
        lengths = np.array([ROW_LEN], np.int32)
        mask = rng.integers(0, 2, ROW_LEN).astype(bool) if row % 2 else None
        positions = np.arange(7, ROW_LEN + 7, dtype=np.int32) if row % 3 else None
        digest = row_digest(ids, lengths, mask, positions)
        line = {"input_ids": ids, "seq_lengths": lengths, "target_mask": mask, "needles": []}
        lines.append({**line, "position_ids": positions, "row_digest": digest, "row_id": row})
    return pa.Table.from_pylist(lines, schema=ROWS)


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    """Seven rows in groups of 4 and 3."""
    path = tmp_path / "shard.parquet"
    with pa.OSFile(str(path), "wb") as stream:
        write_shard(
            stream,
            iter([table_of(0, 4), table_of(4, 3)]),
            mix_digest=FOOTER["longmix.mix_digest"],
            tokenizer_sha256=FOOTER["longmix.tokenizer_sha256"],
            path=FOOTER["longmix.shard"],
        )
    return path


def opener(path: Path) -> Callable[[], pa.NativeFile]:
    return functools.partial(pa.OSFile, str(path), "rb")


def columns(path: Path) -> dict[str, Any]:
    group = pq.ParquetFile(path).metadata.row_group(0)
    found = (group.column(i) for i in range(group.num_columns))
    return {column.path_in_schema: column for column in found}


@pytest.mark.parametrize(
    ("row_len", "rows"), [(4096, 122), (32_768, 15), (131_072, 4), (333_334, 1), (1_048_576, 1)]
)
def test_row_groups_hold_about_half_a_million_tokens(row_len: int, rows: int) -> None:
    assert group_rows(row_len) == rows
    assert rows == 1 or 250_000 <= rows * row_len <= 750_000


def test_each_table_is_one_row_group(shard: Path) -> None:
    metadata = pq.ParquetFile(shard).metadata
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [4, 3]


def test_ids_are_plain_positions_are_deltas_and_all_is_zstd(shard: Path) -> None:
    found = columns(shard)
    assert {column.compression for column in found.values()} == {"ZSTD"}
    ids, positions = found["input_ids.list.element"], found["position_ids.list.element"]
    assert "PLAIN" in ids.encodings
    assert "DELTA_BINARY_PACKED" in positions.encodings
    assert not any(column.has_dictionary_page for column in found.values())
    assert positions.total_compressed_size < 1000  # of 2 x 4096 numbers


def test_the_page_index_is_on_and_statistics_stand_on_scalars_alone(shard: Path) -> None:
    found = columns(shard)
    assert all(column.has_offset_index for column in found.values())
    assert found["row_id"].has_column_index
    assert found["row_id"].is_stats_set
    assert not found["input_ids.list.element"].is_stats_set


def test_the_footer_says_which_mix_and_which_shard(shard: Path) -> None:
    metadata = pq.ParquetFile(shard).schema_arrow.metadata
    assert {key.decode(): value.decode() for key, value in metadata.items()} == FOOTER


def test_what_was_written_is_read_back(shard: Path) -> None:
    assert pq.read_table(shard).equals(pa.concat_tables([table_of(0, 4), table_of(4, 3)]))


def written(path: Path) -> Written:
    data = path.read_bytes()
    return Written(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def test_the_writer_knows_size_and_sha256_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "shard.parquet"
    with pa.OSFile(str(path), "wb") as stream:
        made = write_shard(
            stream, iter([table_of(0, 2)]), mix_digest="", tokenizer_sha256="", path=""
        )
    assert made == written(path)
    check_shard(opener(path), made, rows=2, row_len=ROW_LEN)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.8])
def test_a_flipped_bit_is_noticed(shard: Path, place: float) -> None:
    made = written(shard)
    data = bytearray(shard.read_bytes())
    data[int(len(data) * place)] ^= 1
    shard.write_bytes(data)
    with pytest.raises(OSError, match="not the shard that was written"):
        check_shard(opener(shard), made, rows=7, row_len=ROW_LEN)


@pytest.mark.parametrize(("rows", "row_len"), [(8, ROW_LEN), (6, ROW_LEN), (7, ROW_LEN + 1)])
def test_a_shard_of_other_rows_is_noticed(shard: Path, rows: int, row_len: int) -> None:
    with pytest.raises(OSError, match=r"the shard holds 7 rows|was not written as it was made"):
        check_shard(opener(shard), written(shard), rows=rows, row_len=row_len)


@pytest.mark.parametrize("name", ["input_ids", "seq_lengths", "target_mask", "position_ids"])
def test_a_row_that_does_not_have_its_digest_is_noticed(tmp_path: Path, name: str) -> None:
    """The bytes are those that were written, but they hold something else than what was made."""
    lines = table_of(1, 1).to_pylist()
    lines[0][name][5 if len(lines[0][name]) > 5 else 0] ^= True
    path = tmp_path / "other.parquet"
    with pa.OSFile(str(path), "wb") as stream:
        table = pa.Table.from_pylist(lines, schema=ROWS)
        made = write_shard(stream, iter([table]), mix_digest="", tokenizer_sha256="", path="")
    with pytest.raises(OSError, match="row group 0 of the shard was not written as it was made"):
        check_shard(opener(path), made, rows=1, row_len=ROW_LEN)
