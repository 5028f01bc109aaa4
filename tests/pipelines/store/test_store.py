"""A unit is done when its marker and all its files are there, whole; else it is done again."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.files import open_folder
from pipelines.store import Store
from schemas.unit import Unit

UNIT = Unit(phase="prepare", index=0, description={"x": 1})
FILES = ("text.bin", "ids.bin")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(open_folder(str(tmp_path)))


def do(store: Store) -> dict[str, int]:
    with store.writing(UNIT, *FILES) as (text, ids):
        text.write("naïve".encode())
        ids.write(np.array([5, 6, 70_000], "<i4"))
    return store.finish(UNIT, FILES, {"documents": 1})


def test_a_finished_unit_gives_its_result_and_its_bytes(store: Store) -> None:
    assert store.done(UNIT) is None
    assert do(store) == store.done(UNIT) == {"documents": 1}
    place = store.place(UNIT)
    assert place == f"prepare/{UNIT.fingerprint}"
    assert store.ids(place, 1, 3).tolist() == [6, 70_000]
    assert store.slice(place, "text.bin", (2, 4)).decode() == "ï"


def test_the_marker_lists_the_sizes(store: Store) -> None:
    do(store)
    marker = json.loads(store.folder.read(f"{store.place(UNIT)}/done.json"))
    assert marker == {"files": {"ids.bin": 12, "text.bin": 6}, "result": {"documents": 1}}


def test_a_unit_without_its_marker_is_not_done(store: Store) -> None:
    do(store)
    store.folder.remove(f"{store.place(UNIT)}/done.json")
    assert store.done(UNIT) is None


@pytest.mark.parametrize("name", FILES)
def test_a_unit_with_a_file_cut_or_gone_is_not_done(store: Store, name: str) -> None:
    do(store)
    path = Path(store.folder.path(f"{store.place(UNIT)}/{name}"))
    path.write_bytes(path.read_bytes()[:-1])
    assert store.done(UNIT) is None
    path.unlink()
    assert store.done(UNIT) is None


def test_no_file_appears_when_writing_one_of_them_fails(store: Store) -> None:
    def write_half() -> None:
        with store.writing(UNIT, *FILES) as (text, _):
            text.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert store.folder.names() == []


def test_reading_past_the_end_is_an_error_not_a_short_answer(store: Store) -> None:
    do(store)
    with pytest.raises(EOFError, match=r"ids\.bin ends before byte 16"):
        store.ids(store.place(UNIT), 0, 4)


def test_a_table_of_a_unit_is_read_back(store: Store) -> None:
    """Also one in several row groups, or in none."""
    table = pa.table({"n": [1, 2, 3]})
    for parts in ([table.slice(0, 2), table.slice(2)], []):
        with (
            store.writing(UNIT, "documents.parquet") as (stream,),
            pq.ParquetWriter(stream, table.schema) as writer,
        ):
            for part in parts:
                writer.write_table(part)
        expected = pa.concat_tables([table.slice(0, 0), *parts])
        assert store.table(store.place(UNIT), "documents.parquet") == expected
