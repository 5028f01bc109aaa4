"""One row, one document; bad rows are rejected by number, bad files are named."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.sources import load, parquet
from schemas.document import Document
from schemas.errors import BrokenFile, IdentityError
from schemas.recipe import SourceSpec
from tests.generators.sources.conftest import Corpus


def put(corpus: Corpus, path: str, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), corpus.root / path, **options)
    return corpus.root / path


def test_rows_become_documents(corpus: Corpus) -> None:
    put(
        corpus,
        "f.parquet",
        {"body": ["one", "two", "three"], "id": [7, 7, None], "by": ["MIT", None, "GPL"]},
        row_group_size=2,
    )
    found = corpus.read(
        "parquet", text_field="body", id_field="id", license_field="by", license="CC0"
    )
    assert found == [
        Document(doc_id="src:f.parquet#7", uri="f.parquet", text="one", license="MIT"),
        Document(doc_id="src:f.parquet#7~2", uri="f.parquet", text="two", license="CC0"),
        Document(doc_id="src:f.parquet#2", uri="f.parquet", text="three", license="GPL"),
    ]


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.dictionary(pa.int32(), pa.string()),
    ],
    ids=str,
)
def test_text_of_any_type(corpus: Corpus, kind: pa.DataType) -> None:
    put(corpus, "f.parquet", {"text": pa.array(["é", None, ""]).cast(kind)})
    assert [(one.text, one.reason) for one in corpus.read("parquet")] == [
        ("é", None),
        ("", "missing_text"),
        ("", "empty"),
    ]


def test_one_bad_byte_costs_one_row(corpus: Corpus) -> None:
    """Arrow does not check strings; Python would raise for the whole batch."""
    bad = pa.array([b"good", b"caf\xe9", b"\xed\xa0\x80"]).view(pa.string())
    put(corpus, "f.parquet", {"text": bad, "id": pa.array([b"a", b"\xff", b"c"]).view(pa.string())})
    found = [(one.doc_id, one.reason) for one in corpus.read("parquet", id_field="id")]
    assert found == [
        ("src:f.parquet#a", None),
        ("src:f.parquet#1", "bad_utf8 at byte 3"),
        ("src:f.parquet#c", "bad_utf8 at byte 0"),
    ]


def test_small_batches_give_the_same_rows(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"text {k} " * (k % 7 + 1) for k in range(500)]
    put(corpus, "f.parquet", {"text": texts}, row_group_size=120)
    whole = corpus.read("parquet")
    monkeypatch.setattr(parquet, "BATCH_BYTES", 1)
    assert corpus.read("parquet") == whole
    assert [one.text for one in whole] == texts
    assert whole[-1].doc_id == "src:f.parquet#499"


def test_a_file_without_footer_is_broken(corpus: Corpus) -> None:
    file = put(corpus, "f.parquet", {"text": ["x"] * 1000})
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(BrokenFile, match=r"^f\.parquet: no readable Parquet file"):
        corpus.read("parquet")


def test_an_empty_file_is_broken(corpus: Corpus) -> None:
    corpus.write("f.parquet", b"")
    with pytest.raises(BrokenFile, match=r"^f\.parquet: no readable Parquet file"):
        corpus.read("parquet")


def test_a_corrupt_page_keeps_the_rows_before(corpus: Corpus) -> None:
    """The second row group is overwritten: the first is the good prefix."""
    texts = [f"{k:06d} " * 50 for k in range(400)]
    file = put(corpus, "f.parquet", {"text": texts}, row_group_size=200, compression="zstd")
    start = pq.read_metadata(file).row_group(1).column(0).data_page_offset
    data = bytearray(file.read_bytes())
    data[start : start + 200] = bytes(200)
    file.write_bytes(data)
    (item,) = corpus.items("parquet")
    found: list[Document] = []
    with pytest.raises(BrokenFile, match=r"^f\.parquet: no readable Parquet file"):
        found.extend(load("parquet").read(item, SourceSpec(), corpus.place, seed=0))
    assert [one.text for one in found] == texts[:200]


def test_other_columns_are_named(corpus: Corpus) -> None:
    put(corpus, "f.parquet", {"body": ["x"], "n": [1]})
    with pytest.raises(BrokenFile, match=r"has no column 'text'; its columns: body, n"):
        corpus.read("parquet")
    with pytest.raises(BrokenFile, match=r"column 'n' holds int64, not text"):
        corpus.read("parquet", text_field="n")


def test_a_file_that_changed_is_refused(corpus: Corpus) -> None:
    """Whether it can still be read or not."""
    file = put(corpus, "f.parquet", {"text": ["before"]})
    (item,) = corpus.items("parquet")
    put(corpus, "f.parquet", {"text": ["after"]})
    for data in (file.read_bytes(), b"PAR1"):
        file.write_bytes(data)
        with pytest.raises(IdentityError, match=r"f\.parquet: the content changed"):
            list(load("parquet").read(item, SourceSpec(), corpus.place, seed=0))
