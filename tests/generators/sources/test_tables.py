"""Rows of one repository are one document, whatever files they stand in."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.sources import load
from schemas.document import Document
from schemas.errors import BrokenFile, IdentityError, RecipeError
from schemas.recipe import SourceSpec
from tests.generators.sources.conftest import Corpus

ROWS = [
    ("a/b", "x.py", "import y\r\n"),
    ("c/d", "z.md", "# Z"),
    ("a/b", "y.py", "Y = 1"),
]


def put(corpus: Corpus, path: str, rows: Sequence[tuple[Any, Any, Any]]) -> None:
    if path.endswith(".parquet"):
        names, paths, contents = (list(column) for column in zip(*rows, strict=True))
        table = {"repo": names, "path": paths, "content": contents}
        pq.write_table(pa.table(table), corpus.root / path)
    else:
        lines = [dict(zip(("repo", "path", "content"), row, strict=True)) for row in rows]
        corpus.write(path, "".join(f"{json.dumps(line)}\n" for line in lines))


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_the_rows_of_a_repository_are_one_document(corpus: Corpus, form: str) -> None:
    put(corpus, f"1.{form}", ROWS[:2])
    put(corpus, f"2.{form}", ROWS[2:])
    text = "===== x.py =====\nimport y\n===== y.py =====\nY = 1\n"
    uri = f"1.{form}"
    assert corpus.read("tables", order="path", license="MIT") == [
        Document(doc_id=f"src:{uri}#c/d", uri=uri, text="===== z.md =====\n# Z\n", license="MIT"),
        Document(doc_id=f"src:{uri}#a/b", uri=uri, text=text, license="MIT"),
    ]


def test_the_columns_of_the_stack(corpus: Corpus) -> None:
    columns = {
        "max_stars_repo_name": ["a/b", "a/b"],
        "max_stars_repo_path": ["x.py", "y.py"],
        "max_stars_repo_licenses": [["MIT"], ["MIT", "Apache-2.0"]],
        "content": ["X = 1\n", "Y = 1\n"],
        "size": [6, 6],
    }
    pq.write_table(pa.table(columns), corpus.root / "f.parquet")
    (found,) = corpus.read(
        "tables",
        group_field="max_stars_repo_name",
        path_field="max_stars_repo_path",
        license_field="max_stars_repo_licenses",
        order="path",
    )
    assert found.text == "===== x.py =====\nX = 1\n===== y.py =====\nY = 1\n"
    assert found.license == "MIT, MIT, Apache-2.0"


def test_rows_that_are_no_files_are_rejected(corpus: Corpus) -> None:
    """By the number of the row where it has no repository or no path, else by the path."""
    put(
        corpus,
        "f.jsonl",
        [
            ("a/b", "x.py", "one\n"),
            (None, "x.py", "no repository\n"),
            ("a/b", None, "no path\n"),
            ("a/b", ["x"], "no path\n"),
            ("a/b", "n.py", None),
            ("a/b", "t.py", 7),
            ("a/b", "s.py", "\ud800"),
            ("a/b", "x.py", "again\n"),
        ],
    )
    corpus.write("f.jsonl", (corpus.root / "f.jsonl").read_bytes() + b'{"repo": "a/b", \xff}\n')
    found = corpus.read("tables")
    names = [one.doc_id.removeprefix("src:f.jsonl#").partition("~")[0] for one in found]
    assert list(zip(names, [one.reason for one in found], strict=True)) == [
        ("row 1", "missing_key"),
        ("row 2", "missing_path"),
        ("row 3", "path_not_text"),
        ("a/b#n.py", "missing_text"),
        ("a/b#t.py", "not_text"),
        ("a/b#s.py", "lone_surrogate"),
        ("a/b#x.py", "duplicate"),
        ("a/b", None),
        ("row 8", "bad_utf8 at byte 16"),
    ]
    assert found[-2].text == "===== x.py =====\none\n"


def test_one_bad_byte_costs_one_file(corpus: Corpus) -> None:
    table = {"repo": ["r", "r"], "path": ["x.py", "y.py"], "content": [b"caf\xe9\n", b"y\n"]}
    pq.write_table(pa.table(table), corpus.root / "f.parquet")
    left, made = corpus.read("tables")
    assert (left.doc_id, left.reason) == ("src:f.parquet#r#x.py", "bad_utf8 at byte 3")
    assert made.text == "===== y.py =====\ny\n"
    (made,) = corpus.read("tables", bad_utf8="latin-1", order="path")
    assert made.text == "===== x.py =====\ncafé\n===== y.py =====\ny\n"
    assert made.num_replaced == 1


def test_bytes_replaced_in_a_line_count(corpus: Corpus) -> None:
    corpus.write("f.jsonl", b'{"repo": "r", "path": "x.py", "content": "caf\xe9"}\n')
    (made,) = corpus.read("tables", bad_utf8="latin-1")
    assert (made.text, made.num_replaced) == ("===== x.py =====\ncafé\n", 1)


def test_the_order_is_keyed_by_seed_and_repository(corpus: Corpus) -> None:
    put(corpus, "f.jsonl", [("r", f"{n}.py", f"{n}\n") for n in range(8)])
    ((one,), (same,), (other,)) = (corpus.read("tables", seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.text != other.text
    assert sorted(one.text.split("=====")) == sorted(other.text.split("====="))


def test_a_recipe_that_names_other_columns(corpus: Corpus) -> None:
    put(corpus, "f.parquet", ROWS)
    with pytest.raises(RecipeError, match=r"does not have 'name'; it has repo, path, content"):
        corpus.items("tables", group_field="name")


def test_one_file_with_other_columns_is_broken(corpus: Corpus) -> None:
    put(corpus, "1.parquet", ROWS)
    pq.write_table(pa.table({"repo": ["a/b"], "path": ["q.py"]}), corpus.root / "2.parquet")
    spec = SourceSpec(reader="tables")
    first, second = corpus.items("tables")
    assert len(list(load("tables").read(first, spec, corpus.place, seed=0))) == 2
    with pytest.raises(BrokenFile, match=r"^2\.parquet: it has no column 'content'"):
        list(load("tables").read(second, spec, corpus.place, seed=0))


def test_a_file_of_the_rest_that_changed_is_refused(corpus: Corpus) -> None:
    put(corpus, "1.parquet", ROWS[:2])
    put(corpus, "2.parquet", ROWS[2:])
    first, _ = corpus.items("tables")
    put(corpus, "2.parquet", [("a/b", "y.py", "Y = 2")])
    with pytest.raises(IdentityError, match=r"2\.parquet: the content changed"):
        list(load("tables").read(first, SourceSpec(reader="tables"), corpus.place, seed=0))


FILES = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["x.py", "y.md", "z.txt", ".hidden.py"])),
    st.tuples(st.text("ab \n", max_size=5), st.integers(0, 3)),
    min_size=1,
)


@given(files=FILES, form=st.sampled_from(["parquet", "jsonl"]))
def test_any_spread_over_files_gives_the_documents_of_one_sorted_file(
    files: dict[tuple[str, str], tuple[str, int]],
    form: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    spread, whole = (Corpus(tmp_path_factory.mktemp(name)) for name in ("spread", "whole"))
    rows = [(repo, path, text) for (repo, path), (text, _) in files.items()]
    put(whole, f"0.{form}", sorted(rows))
    places = [place for _, place in files.values()]
    for number in sorted(set(places)):
        put(
            spread,
            f"{number}.{form}",
            [r for r, p in zip(rows, places, strict=True) if p == number],
        )

    def read(corpus: Corpus) -> list[tuple[str, str, str | None]]:
        found = corpus.read("tables", order="path")
        return sorted((one.doc_id.split("#", 1)[1], one.text, one.reason) for one in found)

    assert read(spread) == read(whole)
