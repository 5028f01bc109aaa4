"""An archive is a repository that nobody unpacks; a hostile or damaged one is named."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import zstandard

from generators.sources import _repository
from generators.sources.archive import list_items, read
from schemas.document import Document
from schemas.errors import BrokenFile, IdentityError
from schemas.recipe import SourceSpec
from tests.generators.sources.conftest import Corpus

FILES = {"n-1.0/src/app.py": b"import b\r\n", "n-1.0/b.py": b"b = 1", "n-1.0/p.png": b"\x89"}
TEXT = "===== b.py =====\nb = 1\n===== src/app.py =====\nimport b\n"


def tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return out.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


FORMS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "x.tar": tar,
    "x.tar.gz": lambda files: gzip.compress(tar(files)),
    "x.tgz": lambda files: gzip.compress(tar(files)),
    "x.tar.zst": lambda files: zstd(tar(files)),
    "x.tar.bz2": lambda files: bz2.compress(tar(files)),
    "x.tar.xz": lambda files: lzma.compress(tar(files)),
    "x.zip": packed,
}


def found(corpus: Corpus, **spec: Any) -> list[Document]:
    return corpus.read("archive", **{"files": "*", "order": "path", **spec})


def reasons(documents: list[Document]) -> list[tuple[str, str | None]]:
    return [(one.doc_id.partition("#")[2], one.reason) for one in documents]


@pytest.mark.parametrize("name", FORMS)
def test_one_archive_is_one_repository(corpus: Corpus, name: str) -> None:
    corpus.write(name, FORMS[name](FILES))
    png = "other_ending: 1 file (.png 1)"
    assert found(corpus, license="MIT") == [
        Document(doc_id=f"src:{name}#*", uri=name, text="", reason=png, license="MIT"),
        Document(doc_id=f"src:{name}", uri=name, text=TEXT, license="MIT"),
    ]


@pytest.mark.parametrize("name", FORMS)
def test_an_archive_that_is_cut_is_broken(corpus: Corpus, name: str) -> None:
    data = FORMS[name](FILES)
    end = len(data.rstrip(b"\0"))  # a plain tar is filled up with zeros
    for cut in (5, end // 3, end // 2, end - 1):
        corpus.write(name, data[:cut])
        with pytest.raises(BrokenFile, match=f"^{name}: "):
            found(corpus)


@pytest.mark.parametrize("name", FORMS)
def test_an_archive_that_changed_is_refused(corpus: Corpus, name: str) -> None:
    """Also where the change broke it: a build must not blame the file that was listed."""
    spec = SourceSpec(files="*")
    corpus.write(name, FORMS[name](FILES))
    (item,) = list_items("src", spec, corpus.place)
    for data in (FORMS[name]({"c.py": b"c"}), FORMS[name](FILES)[:-20], b"", b"junk" * 99_999):
        corpus.write(name, data)
        with pytest.raises(IdentityError, match=f"^{name}: the content changed"):
            list(read(item, spec, corpus.place, seed=0))


def test_each_file_is_a_document(corpus: Corpus) -> None:
    corpus.write("x.tar", tar({**FILES, "n-1.0/e.py": b"", "n-1.0/vendor/f.py": b"f"}))
    made = found(corpus, each="file", license="MIT")
    assert [(one.doc_id, one.text, one.reason) for one in made] == [
        ("src:x.tar#n-1.0/src/app.py", "import b\n", None),
        ("src:x.tar#n-1.0/b.py", "b = 1", None),
        ("src:x.tar#n-1.0/e.py", "", "empty"),
        ("src:x.tar#*", "", "other_ending: 1 file (.png 1)"),
        ("src:x.tar#n-1.0/vendor/", "", "vendored: 1 file"),
    ]
    assert {one.license for one in made} == {"MIT"}


def test_each_file_of_a_cut_archive_is_its_good_prefix(corpus: Corpus) -> None:
    corpus.write("x.tar", tar(FILES)[:1100])
    spec = SourceSpec.model_validate({"files": "*", "each": "file"})
    (item,) = list_items("src", spec, corpus.place)
    stream = read(item, spec, corpus.place, seed=0)
    assert next(stream).doc_id == "src:x.tar#n-1.0/src/app.py"
    with pytest.raises(BrokenFile, match=r"^x\.tar: no readable tar: "):
        next(stream)


@pytest.mark.parametrize(
    ("files", "headings"),
    [
        (["n/a.py", "n/b/c.py"], ["a.py", "b/c.py"]),
        (["n/a.py", "m/b.py"], ["m/b.py", "n/a.py"]),
        (["n/a.py", "b.py"], ["b.py", "n/a.py"]),
        (["._n", "n/a.py", "../up.py"], ["a.py"]),
        (["vendor/a.py"], ["a.py"]),
        (["a.py"], ["a.py"]),
    ],
)
def test_one_top_folder_is_no_part_of_the_paths(
    corpus: Corpus, files: list[str], headings: list[str]
) -> None:
    corpus.write("x.tar", tar(dict.fromkeys(files, b"x\n")))
    text = found(corpus)[-1].text
    assert [line.split()[1] for line in text.splitlines() if line.startswith("=")] == headings


def test_a_hostile_archive(corpus: Corpus) -> None:
    names = ["../up.py", "/abs.py", "ok.py", "./ok.py", "a\nb.py", "big.py"]
    corpus.write("x.tar", tar({name: b"x" * (9 if "big" in name else 2) for name in names}))
    made = found(corpus, max_file_bytes=8)
    assert reasons(made) == [
        ("../up.py", "outside"),
        ("/abs.py", "outside"),
        ("ok.py~2", "duplicate"),
        ("a\\x0ab.py", "bad_path"),
        ("big.py", "too_large"),
        ("", None),
    ]
    assert made[-1].text == "===== ok.py =====\nxx\n"
    assert sorted(path.name for path in corpus.root.parent.rglob("*")) == ["corpus", "x.tar"]
    assert [one.doc_id for one in found(corpus, each="file")][2:4] == [
        "src:x.tar#ok.py",
        "src:x.tar#ok.py~2",
    ]


def test_too_many_members(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_repository, "MAX_MEMBERS", 3)
    corpus.write("x.tar", tar({f"{k}.py": b"x\n" for k in range(4)}))
    with pytest.raises(BrokenFile, match="more than 3 files"):
        found(corpus)


@pytest.mark.parametrize("data", [b"", b"no archive", b"\0" * 600, b"PK\x03\x04", b"\x1f\x8b\x08"])
def test_what_is_no_archive(corpus: Corpus, data: bytes) -> None:
    corpus.write("x.tar", data)
    if data == b"\0" * 600:
        assert reasons(found(corpus)) == [("", "empty")]  # blocks of zeros are an empty tar
        return
    with pytest.raises(BrokenFile, match=r"^x\.tar: no readable (tar|zip): ."):
        found(corpus)


def test_the_bytes_say_what_an_archive_is(corpus: Corpus) -> None:
    corpus.write("x.whl", packed(FILES))
    corpus.write("y.crate", gzip.compress(tar(FILES)))
    assert [one.text for one in found(corpus, files="*.[wc]*") if one.reason is None] == [TEXT] * 2


def test_only_archives_where_the_pattern_names_no_ending(corpus: Corpus) -> None:
    corpus.write("x.tar", tar(FILES))
    corpus.write("notes.txt", "no archive")
    assert [item.uri for item in list_items("src", SourceSpec(), corpus.place)] == ["x.tar"]
