"""Rows of one key meet wherever they stand; each group comes once, from the file that begins it."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.files import Place, open_place
from generators.sources import _groups
from generators.sources._groups import (
    Entry,
    Group,
    Grouping,
    Key,
    list_groups,
    read_groups,
    rejected,
    text_key,
)
from generators.sources._objects import Line
from generators.sources._records import Columns, records
from schemas.document import Document
from schemas.errors import BrokenFile, IdentityError, RecipeError
from schemas.recipe import SourceSpec
from schemas.unit import Item
from tests.generators.sources.conftest import Corpus


def key_of(value: dict[str, Any]) -> Key:
    return text_key(value.get("k"))


GROUPING = Grouping(
    option="group_field: k",
    key_of=key_of,
    key_columns=Columns(required=("k",)),
    columns=Columns(required=("k", "v")),
)


def put(corpus: Corpus, files: Mapping[str, Sequence[tuple[Any, Any]]]) -> None:
    """Write rows of (key, value): {"1.parquet": [("a", 1)]}."""
    for path, rows in files.items():
        if path.endswith(".parquet"):
            keys = pa.array([key for key, _ in rows], pa.string())
            values = pa.array([value for _, value in rows], pa.int64())
            pq.write_table(pa.table({"k": keys, "v": values}), corpus.root / path)
        else:
            text = "".join(json.dumps({"k": key, "v": value}) + "\n" for key, value in rows)
            data = text.encode()
            corpus.write(path, gzip.compress(data) if path.endswith(".gz") else data)


def listed(corpus: Corpus, **spec: Any) -> list[Item]:
    return list_groups("src", SourceSpec(**spec), corpus.place, GROUPING)


def read(corpus: Corpus, item: Item, **spec: Any) -> list[tuple[str, Any]]:
    """Return (key, values) of each group, and (file, reason) of each row without a key."""
    return [
        (found.key, [(entry.line.value or {})["v"] for entry in found.entries])
        if isinstance(found, Group)
        else (f"{found.uri}#{found.line.number}", found.reason)
        for found in read_groups(item, SourceSpec(**spec), corpus.place, GROUPING)
    ]


@pytest.mark.parametrize("end", [".parquet", ".jsonl", ".jsonl.gz"])
def test_a_group_belongs_to_the_file_that_begins_it(corpus: Corpus, end: str) -> None:
    put(
        corpus,
        {
            f"1{end}": [("a", 1), ("b", 2), ("a", 3)],
            f"2{end}": [("b", 4), ("c", 5), ("d", 6)],
            f"3{end}": [("c", 7), ("b", 8)],
        },
    )
    items = listed(corpus)
    _, two, three = [(item.uri, item.sha256) for item in items]
    assert [(item.rest, item.foreign) for item in items] == [
        ((two, three), ()),
        ((three,), ("b",)),
        ((), ("b", "c")),
    ]
    assert [read(corpus, item) for item in items] == [
        [("a", [1, 3]), ("b", [2, 4, 8])],
        [("d", [6]), ("c", [5, 7])],
        [],
    ]


def test_items_that_were_written_down_as_json_read_the_same(corpus: Corpus) -> None:
    put(corpus, {"1.jsonl": [("a", 1)], "2.jsonl": [("a", 2), ("b", 3)]})
    first, second = listed(corpus)
    for item in (first, second):
        plain = json.loads(json.dumps({name: getattr(item, name) for name in Item.__slots__}))
        assert read(corpus, Item(**plain)) == read(corpus, item)


def test_a_group_comes_with_its_last_row_and_no_sooner(corpus: Corpus) -> None:
    """So the memory of a sorted table is that of one group."""
    put(corpus, {"1.jsonl": [("a", 1), ("a", 2), ("b", 3), ("c", 4), ("b", 5)]})
    found = _groups._Open(_groups._counts(*listed(corpus), SourceSpec(), corpus.place, GROUPING))
    sizes = []
    for key in "aabcb":
        found.add(key, Entry(uri="", line=Line(number=0)))
        sizes.append(len(found.open))
    assert sizes == [1, 0, 1, 1, 0]


def test_the_rest_is_read_no_further_than_needed(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its keys are counted, but of its rows only those up to the last one of the groups."""
    put(corpus, {"1.jsonl": [("a", 1), ("b", 2)], "2.jsonl": [("b", 3), *[("c", 4)] * 9]})
    first, _ = listed(corpus)
    seen: list[tuple[str, Columns]] = []

    def watched(item: Item, inputs: Place, columns: Columns, **policy: Any) -> Iterator[Line]:
        for line in records(item, inputs, columns, **policy):
            seen.append((item.uri, columns))
            yield line

    monkeypatch.setattr(_groups, "records", watched)
    assert read(corpus, first) == [("a", [1]), ("b", [2, 3])]
    assert seen.count(("2.jsonl", GROUPING.key_columns)) == 10
    assert seen.count(("2.jsonl", GROUPING.columns)) == 1


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("a/b", ("a/b", None)),
        (b"a/b", ("a/b", None)),
        (7, ("7", None)),
        (None, (None, "missing_key")),
        (True, (None, "key_not_text")),
        (["a"], (None, "key_not_text")),
        ("", (None, "key_empty")),
        (" ", (None, "key_white_space")),
        ("\ud800", (None, "key_lone_surrogate")),
        (b"a\xff", (None, "key_bad_utf8 at byte 1")),
    ],
)
def test_what_is_a_key(value: object, key: Key) -> None:
    assert text_key(value) == key


def test_a_row_without_a_key_is_named_once_by_its_own_file(corpus: Corpus) -> None:
    put(corpus, {"1.jsonl": [("a", 1), (None, 2)], "2.jsonl": [([], 4), ("a", 3), ("b", 5)]})
    first, second = listed(corpus)
    assert read(corpus, first) == [("1.jsonl#1", "missing_key"), ("a", [1, 3])]
    assert read(corpus, second) == [("2.jsonl#0", "key_not_text"), ("b", [5])]
    (entry,) = [
        found
        for found in read_groups(first, SourceSpec(), corpus.place, GROUPING)
        if isinstance(found, Entry)
    ]
    assert rejected(entry, "missing_key", first, SourceSpec(license="MIT")) == Document(
        doc_id="src:1.jsonl#row 1", uri="1.jsonl", text="", reason="missing_key", license="MIT"
    )


ROWS = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 3)), min_size=1, max_size=30)


@given(rows=ROWS, form=st.sampled_from(["parquet", "jsonl"]))
def test_any_spread_over_files_gives_the_groups_of_one_file(
    rows: list[tuple[str, int]], form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    corpus = Corpus(tmp_path_factory.mktemp("spread"))
    files: dict[str, list[tuple[str, int]]] = {}
    wanted: dict[str, list[int]] = {}
    for value, (key, file) in enumerate(rows):
        files.setdefault(f"{file}.{form}", []).append((key, value))
    put(corpus, files)
    for file in sorted(files):
        for key, value in files[file]:
            wanted.setdefault(key, []).append(value)
    found = [group for item in listed(corpus) for group in read(corpus, item)]
    assert len(found) == len(wanted)
    assert dict(found) == wanted


@pytest.mark.parametrize("end", [".parquet", ".jsonl"])
@pytest.mark.parametrize("changed", ["1", "2"])
def test_a_file_that_changed_is_refused(corpus: Corpus, end: str, changed: str) -> None:
    """Its own file, and also a file of the rest."""
    put(corpus, {f"1{end}": [("a", 1)], f"2{end}": [("a", 2)]})
    first, _ = listed(corpus)
    put(corpus, {f"{changed}{end}": [("a", 3)]})
    with pytest.raises(IdentityError, match=rf"{changed}{end}: the content changed"):
        read(corpus, first)


def test_a_rest_that_changes_between_count_and_rows_is_refused(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where its first row alone is read."""
    put(corpus, {"1.jsonl": [("a", 1)], "2.jsonl": [("a", 2), ("b", 3)]})
    first, _ = listed(corpus)

    def changing(item: Item, inputs: Place, columns: Columns, **policy: Any) -> Iterator[Line]:
        if columns == GROUPING.columns:
            put(corpus, {"2.jsonl": [("a", 2), ("b", 4)]})
        yield from records(item, inputs, columns, **policy)

    monkeypatch.setattr(_groups, "records", changing)
    with pytest.raises(IdentityError, match=r"2\.jsonl: the content changed"):
        read(corpus, first)


def cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


@pytest.mark.parametrize("end", [".parquet", ".jsonl.gz"])
def test_a_broken_file_is_left_out_of_the_groups_of_others(corpus: Corpus, end: str) -> None:
    """It is named when its own item is read; the sound files keep what they have."""
    put(corpus, {f"{k}{end}": [("a", k), ("b", 10 * k)] for k in (1, 2, 3)})
    cut(corpus.root / f"2{end}")
    first, second, third = listed(corpus)
    assert read(corpus, first) == [("a", [1, 3]), ("b", [10, 30])]
    assert (second.rest, second.foreign) == ((), ())
    with pytest.raises(BrokenFile, match=rf"^2{end}: "):
        read(corpus, second)
    assert read(corpus, third) == []


def test_no_row_of_a_quarantined_file_is_used(corpus: Corpus) -> None:
    """Although many could be read: they neither join a group nor take one away."""
    put(corpus, {"1.jsonl.gz": [("ab"[n % 2], n * n) for n in range(100_000)]})
    put(corpus, {"2.jsonl": [("a", -1)]})
    cut(corpus.root / "1.jsonl.gz")
    first, second = listed(corpus)
    assert (first.rest, second.foreign) == ((), ())
    assert read(corpus, second) == [("a", [-1])]


def test_the_good_prefix_of_a_broken_file_counts(corpus: Corpus) -> None:
    """Groups come as far as they could be read, and then the fault is raised."""
    rows = "".join(json.dumps({"k": "ab"[n % 2], "v": n}) + "\n" for n in range(100_000)).encode()
    packed = gzip.compress(rows)
    corpus.write("1.jsonl.gz", packed[: len(packed) * 2 // 3])
    put(corpus, {"2.jsonl": [("a", -1), ("c", -2)]})
    first, second = listed(corpus, broken_file="prefix")
    spec = SourceSpec(broken_file="prefix")
    found: list[Group | Entry] = []
    with pytest.raises(BrokenFile, match=r"^1\.jsonl\.gz: cut or corrupt"):
        found.extend(read_groups(first, spec, corpus.place, GROUPING))
    values = {
        group.key: [(entry.line.value or {})["v"] for entry in group.entries]
        for group in found
        if isinstance(group, Group)
    }
    a, b = values["a"], values["b"]
    assert len(b) > 10_000
    assert b == list(range(1, 2 * len(b), 2))
    assert a == [*range(0, 2 * (len(a) - 1), 2), -1]
    assert read(corpus, second, broken_file="prefix") == [("c", [-2])]


def test_a_rest_that_breaks_takes_the_item_with_it(corpus: Corpus) -> None:
    """The keys of 2.parquet can be read when it is listed, its values cannot."""
    put(corpus, {"1.parquet": [("a", 1), ("b", 2)], "2.parquet": [("a", 3)]})
    path = corpus.root / "2.parquet"
    about = pq.read_metadata(path).row_group(0).column(1)
    data = bytearray(path.read_bytes())
    start = about.dictionary_page_offset or about.data_page_offset
    data[start : start + about.total_compressed_size] = bytes(about.total_compressed_size)
    path.write_bytes(data)
    first, _ = listed(corpus)
    with pytest.raises(BrokenFile, match=r"^1\.parquet: its groups go on in 2\.parquet: no r"):
        read(corpus, first)
    spec = SourceSpec(broken_file="prefix")
    found: list[Group | Entry] = []
    with pytest.raises(BrokenFile, match=r"^1\.parquet: its groups go on in 2\.parquet"):
        found.extend(read_groups(first, spec, corpus.place, GROUPING))
    assert [group.key for group in found if isinstance(group, Group)] == ["b", "a"]


def test_a_wrong_name_is_a_sentence(corpus: Corpus) -> None:
    put(corpus, {"1.jsonl": [(None, 1), ([], 2)]})
    with pytest.raises(RecipeError, match=r"none of 2 rows has a key by `group_field: k`"):
        listed(corpus)
    corpus.write("1.jsonl", '{"key": "a", "v": 1}\n')
    with pytest.raises(RecipeError, match=r"1\.jsonl does not have 'k'; it has key, v"):
        listed(corpus)


def test_keys_scattered_too_widely_are_refused(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of 40 files begins a group that goes on in all later ones: 20.5 passes."""
    put(corpus, {f"{n:02}.jsonl": [(f"{k:02}", 0) for k in range(n + 1)] for n in range(2)})
    monkeypatch.setattr(_groups, "MAX_FOREIGN", 0)
    with pytest.raises(RecipeError, match=r"up to 1 keys of one file .* Sort the table"):
        listed(corpus)
    monkeypatch.undo()
    listed(corpus)
    rows = [(f"{k:02}", 0) for k in range(40)]
    put(corpus, {f"{n:02}.jsonl": [*rows[: n + 1], *[rows[0]] * (39 - n)] for n in range(40)})
    with pytest.raises(RecipeError, match=r"would be read 20\.5 times \(allowed: 16\)"):
        listed(corpus)


def test_a_remote_place_names_whole_uris() -> None:
    line = b'{"k": "a", "v": %d}\n'
    fsspec.filesystem("memory").pipe({f"/tables/{n}.jsonl": line % n for n in (1, 2)})
    place = open_place("memory://tables")
    first, _ = list_groups("src", SourceSpec(), place, GROUPING)
    assert [uri for uri, _ in first.rest] == ["memory://tables/2.jsonl"]
    (group,) = read_groups(first, SourceSpec(), place, GROUPING)
    assert isinstance(group, Group)
    assert [entry.uri[-7:] for entry in group.entries] == ["1.jsonl", "2.jsonl"]
