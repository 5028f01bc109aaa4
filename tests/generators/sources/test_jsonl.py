"""One line, one document; a line that cannot be read costs that line and no other."""

import gzip
import hashlib
import json
from collections.abc import Callable

import pytest
import zstandard

from generators.sources import load
from schemas.document import Document
from schemas.errors import BrokenFile, IdentityError
from schemas.recipe import SourceSpec
from tests.generators.sources.conftest import Corpus

PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("end", PACK)
def test_lines_become_documents(corpus: Corpus, end: str) -> None:
    text = '{"text": "one\\r\\n", "id": "a", "by": "MIT"}\n\n{"text": "two", "id": "a"}'
    corpus.write(f"f.jsonl{end}", PACK[end](text.encode()))
    uri = f"f.jsonl{end}"
    assert corpus.read("jsonl", id_field="id", license_field="by", license="CC0") == [
        Document(doc_id=f"src:{uri}#a", uri=uri, text="one\n", license="MIT"),
        Document(doc_id=f"src:{uri}#a~2", uri=uri, text="two", license="CC0"),
    ]
    assert [one.doc_id for one in corpus.read("jsonl")] == [f"src:{uri}#0", f"src:{uri}#2"]


def test_each_bad_line_is_rejected_by_its_number(corpus: Corpus) -> None:
    corpus.write(
        "f.jsonl",
        b"\n".join(
            [
                b'\xef\xbb\xbf{"text": "first, behind a BOM"}',
                b'{"text": "cut',
                b'{"text": "caf\xe9"}',
                b'{"text": "\\ud800"}',
                b'{"text": 7}',
                b'{"body": "x"}',
                b'["x"]',
                b'{"text": " "}',
                b'{"text": "a\\u0000b"}',
                b'{"text": "x", "n": ' + b"1" * 5000 + b"}",
                b"[" * 100_000,
                b'{"text": "\xed\xa0\x80"}',
                b'{"text": "last"}\r',
            ]
        ),
    )
    found = [(one.doc_id[12:], one.text, one.reason) for one in corpus.read("jsonl")]
    assert found == [
        ("0", "first, behind a BOM", None),
        ("1", "", "bad_json at character 9"),
        ("2", "", "bad_utf8 at byte 13"),
        ("3", "", "lone_surrogate"),
        ("4", "", "not_text"),
        ("5", "", "missing_text"),
        ("6", "", "not_an_object"),
        ("7", "", "white_space"),
        ("8", "ab", None),
        ("9", "", "bad_json"),
        ("10", "", "bad_json"),
        ("11", "", "bad_utf8 at byte 10"),
        ("12", "last", None),
    ]


def test_bad_bytes_by_policy(corpus: Corpus) -> None:
    corpus.write("f.jsonl", b'{"text": "caf\xe9"}\n{"text": "\xc3\xa9"}\n')
    found = corpus.read("jsonl", bad_utf8="latin-1")
    assert [(one.text, one.num_replaced) for one in found] == [("café", 1), ("é", 0)]


@pytest.mark.parametrize("end", [".gz", ".zst"])
def test_a_cut_file_keeps_its_good_prefix(corpus: Corpus, end: str) -> None:
    """The documents before the fault are yielded, in order, and then the fault is raised."""
    keys = [hashlib.sha256(str(k).encode()).hexdigest() for k in range(20_000)]
    data = PACK[end]("".join(f'{{"text": "{key}"}}\n' for key in keys).encode())
    corpus.write(f"f.jsonl{end}", data[: int(len(data) * 0.6)])
    spec = SourceSpec(reader="jsonl")
    (item,) = corpus.items("jsonl")
    found: list[Document] = []
    with pytest.raises(BrokenFile, match=f"^f.jsonl{end}: cut or corrupt before byte"):
        found.extend(load("jsonl").read(item, spec, corpus.place, seed=0))
    assert len(found) > 1000
    assert [one.text for one in found] == keys[: len(found)]


def test_a_huge_line_is_one_document(corpus: Corpus) -> None:
    """64 MB in one line: pieces that were joined again at each block would cost 8 GB of copies."""
    huge = "x" * 64_000_000
    corpus.write("f.jsonl", f'{{"text": "{huge}"}}\n{{"text": "next"}}\n')
    first, second = corpus.read("jsonl")
    assert first.text == huge
    assert second.text == "next"


def test_a_value_over_many_lines_is_a_broken_file(corpus: Corpus) -> None:
    """Each of its lines would otherwise be one rejected document."""
    corpus.write("f.json", json.dumps([{"text": "a"}], indent=2))
    with pytest.raises(BrokenFile, match=r"f\.json: one JSON value over many lines"):
        corpus.read("jsonl")


def test_a_file_that_changed_is_refused_at_its_end(corpus: Corpus) -> None:
    corpus.write("f.jsonl", '{"text": "a"}\n')
    (item,) = corpus.items("jsonl")
    corpus.write("f.jsonl", '{"text": "b"}\n')
    with pytest.raises(IdentityError, match=r"f\.jsonl: the content changed"):
        list(load("jsonl").read(item, SourceSpec(reader="jsonl"), corpus.place, seed=0))
