"""Listing names each file by its content; a pattern that finds nothing is an error."""

import hashlib

import pytest

from generators.sources._listing import check_identity, list_files
from schemas.errors import IdentityError, RecipeError
from schemas.recipe import SourceSpec
from schemas.unit import Item
from tests.generators.sources.conftest import Corpus


def uris(corpus: Corpus, files: str, suffixes: tuple[str, ...] = ("",)) -> list[str]:
    spec = SourceSpec(files=files)
    return [item.uri for item in list_files("src", spec, corpus.place, suffixes=suffixes)]


def test_items_are_sorted_and_hashed(corpus: Corpus) -> None:
    corpus.write("b.txt", "bb")
    corpus.write("a/c.txt", "c")
    assert list_files("src", SourceSpec(), corpus.place) == [
        Item(source="src", uri="a/c.txt", num_bytes=1, sha256=hashlib.sha256(b"c").hexdigest()),
        Item(source="src", uri="b.txt", num_bytes=2, sha256=hashlib.sha256(b"bb").hexdigest()),
    ]


def test_endings_matter_only_to_a_pattern_without_one(corpus: Corpus) -> None:
    for path in ("a.jsonl", "b.JSONL", "c.ndjson", "README.md"):
        corpus.write(path, "x")
    assert uris(corpus, "**/*", (".jsonl",)) == ["a.jsonl", "b.JSONL"]
    assert uris(corpus, "*.ndjson", (".jsonl",)) == ["c.ndjson"]


def test_nothing_found_is_a_sentence(corpus: Corpus) -> None:
    corpus.write("a.txt", "x")
    with pytest.raises(RecipeError, match=r"sources\.src\.files: no file below .* '\*\.md'"):
        uris(corpus, "*.md")
    with pytest.raises(RecipeError, match=r"no file with an ending of \.jsonl below"):
        uris(corpus, "**/*", (".jsonl",))


def test_changed_content_is_refused() -> None:
    item = Item(source="s", uri="a.txt", num_bytes=1, sha256="a" * 64)
    check_identity(item, "a" * 64)
    with pytest.raises(IdentityError, match=r"^a\.txt: the content changed .*aaa.* then, bbb"):
        check_identity(item, "b" * 64)
