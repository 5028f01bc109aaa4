"""One file, one document; a file that is no text is named, and the others are read."""

import gzip

import zstandard

from schemas.document import Document
from tests.generators.sources.conftest import Corpus


def test_files_become_documents(corpus: Corpus) -> None:
    corpus.write("a.txt", "one\r\ntwo\r\n")
    corpus.write("old/b.md.gz", gzip.compress(b"# Title\n"))
    corpus.write("old/c.txt.zst", zstandard.ZstdCompressor().compress(b"\xef\xbb\xbfthree"))
    assert corpus.read("text", license="CC0") == [
        Document(doc_id="src:a.txt", uri="a.txt", text="one\ntwo\n", license="CC0"),
        Document(doc_id="src:old/b.md.gz", uri="old/b.md.gz", text="# Title\n", license="CC0"),
        Document(doc_id="src:old/c.txt.zst", uri="old/c.txt.zst", text="three", license="CC0"),
    ]


def test_a_bad_file_is_rejected_and_the_rest_is_kept(corpus: Corpus) -> None:
    corpus.write("a.txt", b"x" * 737 + b"\xe9")
    corpus.write("b.txt", "")
    corpus.write("c.txt", "\n\n")
    corpus.write("d.txt", "\0a\0")
    found = corpus.read("text")
    assert [(one.text, one.reason, one.num_nul) for one in found] == [
        ("", "bad_utf8 at byte 737", 0),
        ("", "empty", 0),
        ("", "white_space", 0),
        ("a", None, 2),
    ]


def test_latin_1_reads_a_latin_1_file(corpus: Corpus) -> None:
    corpus.write("a.txt", "Ærø, garçon".encode("latin-1"))
    corpus.write("b.txt", "Ærø €".encode() + b" caf\xe9")
    found = corpus.read("text", bad_utf8="latin-1")
    assert [(one.text, one.num_replaced) for one in found] == [
        ("Ærø, garçon", 3),
        ("Ærø € café", 1),
    ]


def test_special_tokens_are_text(corpus: Corpus) -> None:
    corpus.write("a.txt", "a<|endoftext|>b")
    assert corpus.read("text")[0].text == "a<|endoftext|>b"


def test_links_to_folders_do_not_repeat_files(corpus: Corpus) -> None:
    corpus.write("a/b.txt", "x")
    (corpus.root / "a" / "loop").symlink_to("..")
    assert [one.doc_id for one in corpus.read("text")] == ["src:a/b.txt"]
