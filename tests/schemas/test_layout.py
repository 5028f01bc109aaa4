"""A table's digest follows its values alone, whatever library wrote the file."""

import hashlib

import pyarrow as pa
import pytest

from schemas.layout import PLACED_SPANS, SPANS, table_digest
from schemas.row import SPAN

TABLE = pa.table(
    {
        "n": pa.array([1, None], pa.int32()),
        "name": pa.array(["é", None]),
        "last": pa.array([True, False]),
    }
)


def test_the_digest_by_hand() -> None:
    sha = hashlib.sha256()
    sha.update(b"n:int32\n" + b"\1\0" + b"\1\0\0\0" + b"\0\0\0\0")
    sha.update(b"name:string\n" + b"\1\0" + b"\2\0\0\0\0\0\0\0" + b"\0" * 8 + "é".encode())
    sha.update(b"last:bool\n" + b"\1\1" + b"\1\0")
    assert table_digest(TABLE) == sha.hexdigest()


def test_chunks_do_not_matter() -> None:
    halves = pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1, 1)])
    assert halves["name"].num_chunks == 2
    assert table_digest(halves) == table_digest(TABLE)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("n", pa.array([1, 0], pa.int32())),
        ("n", pa.array([1, None], pa.int64())),
        ("name", pa.array(["é", ""])),
        ("name", pa.array([None, "é"])),
        ("last", pa.array([True, True])),
        ("last", pa.array([True, None])),
    ],
)
def test_every_value_null_and_type_matters(name: str, values: pa.Array) -> None:
    changed = TABLE.set_column(TABLE.column_names.index(name), name, values)
    assert table_digest(changed) != table_digest(TABLE)


def test_moving_a_letter_to_the_next_string_matters() -> None:
    first, second = pa.table({"x": ["ab", "c"]}), pa.table({"x": ["a", "bc"]})
    assert table_digest(first) != table_digest(second)


def test_the_published_spans_are_those_of_the_rows() -> None:
    assert SPANS.names == ["row_id", *(field.name for field in SPAN)]
    assert PLACED_SPANS.names[: len(SPANS)] == SPANS.names
