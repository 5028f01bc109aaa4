"""Rows of Parquet and of JSON lines look alike, and one bad byte costs one row."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.sources import _records
from generators.sources._listing import list_files
from generators.sources._objects import Line
from generators.sources._records import Columns, check_columns, plain, records
from schemas.errors import BrokenFile, IdentityError, RecipeError
from schemas.recipe import SourceSpec
from schemas.unit import Item
from tests.generators.sources.conftest import Corpus


def put(corpus: Corpus, path: str, columns: dict[str, Any], **options: Any) -> None:
    pq.write_table(pa.table(columns), corpus.root / path, **options)


def item_of(corpus: Corpus, path: str) -> Item:
    (item,) = list_files("src", SourceSpec(files=path), corpus.place)
    return item


def rows(corpus: Corpus, path: str, columns: Columns) -> list[Line]:
    return list(records(item_of(corpus, path), corpus.place, columns, bad_utf8="reject"))


def test_lines_and_columns(corpus: Corpus) -> None:
    """Only what is asked for; Parquet text is bytes, and an object may lack a key."""
    put(corpus, "f.parquet", {"a": ["x", None], "b": [1, 2], "c": ["y", "z"]})
    corpus.write("f.jsonl", '{"a": "x", "b": 1, "c": "y"}\n\n[]\n{"b": 2}\n')
    wanted = Columns(required=("a",), optional=("b", "gone"))
    assert rows(corpus, "f.parquet", wanted) == [
        Line(number=0, value={"a": b"x", "b": 1}),
        Line(number=1, value={"a": None, "b": 2}),
    ]
    assert rows(corpus, "f.jsonl", wanted) == [
        Line(number=0, value={"a": "x", "b": 1}),
        Line(number=2, reason="not_an_object"),
        Line(number=3, value={"b": 2}),
    ]


def test_what_is_read_otherwise(corpus: Corpus) -> None:
    put(corpus, "f.parquet", {"a": ["x"], "b": ["y"]})
    for optional, found in (("a", {"a": b"x"}), ("gone", {"b": b"y"})):
        wanted = Columns(optional=(optional,), otherwise=("b",))
        assert [line.value for line in rows(corpus, "f.parquet", wanted)] == [found]
    assert [line.value for line in rows(corpus, "f.parquet", Columns(optional=("gone",)))] == [{}]


def test_text_is_bytes_at_any_depth(corpus: Corpus) -> None:
    turns = pa.array(
        [[{"role": "user", "content": "é"}, None], None],
        pa.list_(pa.struct({"role": pa.dictionary(pa.int8(), pa.string()), "content": "string"})),
    )
    bad = pa.array([[{"a": b"\xff"}]]).cast(pa.large_list(pa.struct({"a": pa.binary()})))
    fixed = pa.array([["a", "b"]], pa.list_(pa.string(), 2))
    assert plain(turns).to_pylist() == [[{"role": b"user", "content": "é".encode()}, None], None]
    assert plain(bad).to_pylist() == [[{"a": b"\xff"}]]
    assert plain(fixed).to_pylist() == [[b"a", b"b"]]
    assert plain(pa.array(["a", "a"]).dictionary_encode()).to_pylist() == [b"a", b"a"]
    assert plain(pa.array([1, None])).to_pylist() == [1, None]


def test_times_of_any_unit_and_zone() -> None:
    for kind in (pa.timestamp("ns", "Europe/Paris"), pa.timestamp("s", "UTC")):
        (found,) = plain(pa.array([0], kind)).to_pylist()
        assert found == datetime(1970, 1, 1, tzinfo=UTC)
    assert plain(pa.array([1001], pa.timestamp("ns"))).to_pylist() == [
        datetime(1970, 1, 1, 0, 0, 0, 1)
    ]


def test_small_batches_give_the_same_rows(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    put(corpus, "f.parquet", {"a": [f"text {k}" for k in range(300)]}, row_group_size=70)
    whole = rows(corpus, "f.parquet", Columns(required=("a",)))
    assert [line.number for line in whole] == list(range(300))
    for name in ("BATCH_BYTES", "BATCH_ROWS"):
        monkeypatch.setattr(_records, name, 1)
        assert rows(corpus, "f.parquet", Columns(required=("a",))) == whole


def test_broken_files_say_what_is_wrong(corpus: Corpus) -> None:
    put(corpus, "f.parquet", {"a": ["x"], "b": ["y"]})
    with pytest.raises(BrokenFile, match=r"has no column 'c'; its columns: a, b"):
        rows(corpus, "f.parquet", Columns(required=("a", "c")))
    twice = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    pq.write_table(twice, corpus.root / "twice.parquet")
    with pytest.raises(BrokenFile, match=r"has 2 columns 'a'"):
        rows(corpus, "twice.parquet", Columns(optional=("a",)))
    corpus.write("cut.parquet", b"PAR1")
    with pytest.raises(BrokenFile, match=r"^cut\.parquet: no readable Parquet file"):
        rows(corpus, "cut.parquet", Columns())


@pytest.mark.parametrize("path", ["f.parquet", "f.jsonl"])
def test_a_file_that_changed_is_refused(corpus: Corpus, path: str) -> None:
    corpus.write("f.jsonl", '{"a": 1}\n')
    put(corpus, "f.parquet", {"a": [1]})
    item = item_of(corpus, path)
    corpus.write("f.jsonl", '{"a": 2}\n')
    put(corpus, "f.parquet", {"a": [2]})
    with pytest.raises(IdentityError, match="the content changed"):
        list(records(item, corpus.place, Columns(required=("a",)), bad_utf8="reject"))


def test_the_first_file_shows_a_wrong_name(corpus: Corpus) -> None:
    put(corpus, "f.parquet", {"a": ["x"], "b": ["y"]})
    corpus.write("f.jsonl", '{"a": 1}\n{"b": 2}\n')
    for path in ("f.parquet", "f.jsonl"):
        item = item_of(corpus, path)
        assert check_columns("talk", item, corpus.place, named=("b",)) == ["a", "b"]
        with pytest.raises(
            RecipeError, match=rf"^sources.talk: {path} does not have 'c'; it has a, b"
        ):
            check_columns("talk", item, corpus.place, named=("a", "c"))


def test_a_first_file_that_cannot_be_read_shows_nothing(corpus: Corpus) -> None:
    corpus.write("cut.parquet", b"PAR1")
    corpus.write("empty.jsonl", "")
    for path in ("cut.parquet", "empty.jsonl"):
        assert check_columns("talk", item_of(corpus, path), corpus.place, named=("a",)) == []
