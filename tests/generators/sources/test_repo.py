"""One folder, one document; nothing in it leads outside, and what is left out is accounted for."""

import hashlib

import pytest

from generators.sources import load
from generators.sources._repository import MAX_FILE_BYTES
from schemas.document import Document
from schemas.errors import IdentityError, RecipeError
from schemas.recipe import SourceSpec
from schemas.unit import Item
from tests.generators.sources.conftest import Corpus


def test_a_repository_by_path(corpus: Corpus) -> None:
    corpus.write("r/src/app.py", "import sys\r\n")
    corpus.write("r/README.md", "# App")
    corpus.write("r/src/__init__.py", "")
    text = (
        "===== README.md =====\n# App\n"
        "===== src/__init__.py =====\n"
        "===== src/app.py =====\nimport sys\n"
    )
    assert corpus.read("repo", files="*", order="path", license="MIT") == [
        Document(doc_id="src:r", uri="r", text=text, license="MIT")
    ]


def test_identity_is_the_files_that_count_and_the_names_of_the_others(corpus: Corpus) -> None:
    corpus.write("r/b.py", "b")
    corpus.write("r/a.py", "aa")
    corpus.write("r/photo.png", b"\x89PNG")
    one, two = (hashlib.sha256(data).hexdigest() for data in (b"aa", b"b"))
    lines = sorted([f"{one}  a.py\n", f"{two}  b.py\n", "-  photo.png\n"])
    assert corpus.items("repo", files="*") == [
        Item(
            source="src",
            uri="r",
            num_bytes=3,
            sha256=hashlib.sha256("".join(lines).encode()).hexdigest(),
        )
    ]


def test_what_never_counts(corpus: Corpus) -> None:
    """Secrets lie in hidden files, and links lead anywhere."""
    corpus.write("outside.py", "outside")
    corpus.write("r/a.py", "a\n")
    for path in (".env.py", ".git/hook.py", "__pycache__/b.py", "x/__pycache__/y/b.py", "p.png"):
        corpus.write(f"r/{path}", "hidden")
    (corpus.root / "r" / "link.py").symlink_to("../outside.py")
    (corpus.root / "r" / "up").symlink_to("..")
    (corpus.root / "r" / "loop").symlink_to(".")
    found = corpus.read("repo", files="r")
    assert [(one.doc_id, one.reason) for one in found] == [
        ("src:r#*", "other_ending: 1 file (.png 1)"),
        ("src:r", None),
    ]
    assert found[-1].text == "===== a.py =====\na\n"


def test_what_the_path_alone_leaves_out_is_not_read(corpus: Corpus) -> None:
    """So it is no part of the identity, and may change while a mix is built."""
    corpus.write("r/a.py", "a\n")
    corpus.write("r/vendor/b.py", "b\n")
    corpus.write("r/poetry.lock", "c\n")
    (item,) = corpus.items("repo", files="*")
    assert item.num_bytes == 2
    corpus.write("r/vendor/b.py", "changed\n")
    found = list(load("repo").read(item, SourceSpec(), corpus.place, seed=0))
    assert [(one.doc_id, one.reason) for one in found] == [
        ("src:r#poetry.lock", "lock_file"),
        ("src:r#vendor/", "vendored: 1 file"),
        ("src:r", None),
    ]
    whole = corpus.read("repo", files="*", leave_out=[], order="path")
    assert [one.doc_id for one in whole] == ["src:r#*", "src:r"]
    assert "===== vendor/b.py =====\nchanged\n" in whole[-1].text


def test_what_counts_and_is_no_text_is_rejected_by_itself(corpus: Corpus) -> None:
    corpus.write("r/a.py", "a\n")
    corpus.write("r/b.py", b"b\0")
    corpus.write("r/c.py", b"caf\xe9")
    corpus.write("r/d.py", b"d" * (MAX_FILE_BYTES + 1))
    found = corpus.read("repo", files="*")
    assert [(one.doc_id, one.reason) for one in found] == [
        ("src:r#b.py", "binary"),
        ("src:r#c.py", "bad_utf8 at byte 3"),
        ("src:r#d.py", "too_large"),
        ("src:r", None),
    ]
    assert found[-1].text == "===== a.py =====\na\n"
    found = corpus.read("repo", files="*", bad_utf8="latin-1", order="path")
    assert [one.doc_id for one in found] == ["src:r#b.py", "src:r#d.py", "src:r"]
    assert found[-1].text == "===== a.py =====\na\n===== c.py =====\ncafé\n"
    assert found[-1].num_replaced == 1


def test_the_order_is_keyed_by_seed_and_repository(corpus: Corpus) -> None:
    for repository in ("r", "s"):
        for k in range(8):
            corpus.write(f"{repository}/{k}.py", f"{k}\n")

    def order(seed: int) -> list[str]:
        texts = [one.text for one in corpus.read("repo", files="*", seed=seed)]
        return ["".join(text.split("\n")[1::2]) for text in texts]

    assert order(0) == order(0)
    first, second = order(0)
    assert sorted(first) == list("01234567")
    assert first != second
    assert order(1)[0] != first


def test_a_folder_within_a_match_belongs_to_it(corpus: Corpus) -> None:
    """`**/*` matches src/ too: its files must not be two documents."""
    corpus.write("r/src/a.py", "a")
    corpus.write("r-2/a.py", "a")
    assert [item.uri for item in corpus.items("repo")] == ["r", "r-2"]
    assert [item.uri for item in corpus.items("repo", files="*/src")] == ["r/src"]
    assert [item.uri for item in corpus.items("repo", files=".")] == ["."]
    assert "===== r/src/a.py =====" in corpus.read("repo", files=".")[0].text


def test_suffixes_of_the_recipe(corpus: Corpus) -> None:
    corpus.write("r/a.py", "a")
    corpus.write("r/b.xyz", "b")
    corpus.write("r/Makefile", "all:")
    found = corpus.read("repo", files="r", suffixes=(".xyz", "Makefile"), order="path")
    assert found[-1].text == "===== Makefile =====\nall:\n===== b.xyz =====\nb\n"


def test_a_repository_that_says_nothing_is_rejected(corpus: Corpus) -> None:
    corpus.write("r/__init__.py", "\n")
    corpus.write("s/photo.png", b"\x89PNG")
    found = corpus.read("repo", files="*")
    assert [(one.doc_id, one.text, one.reason) for one in found] == [
        ("src:r", "", "empty"),
        ("src:s#*", "", "other_ending: 1 file (.png 1)"),
        ("src:s", "", "empty"),
    ]
    with pytest.raises(RecipeError, match=r"no folder below .* matches 'z\*'"):
        corpus.items("repo", files="z*")


@pytest.mark.parametrize("path", ["r/a.py", "r/new.py"])
def test_a_repository_that_changed_is_refused(corpus: Corpus, path: str) -> None:
    corpus.write("r/a.py", "a")
    (item,) = corpus.items("repo", files="*")
    corpus.write(path, "b")
    with pytest.raises(IdentityError, match=r"^r: the content changed"):
        list(load("repo").read(item, SourceSpec(), corpus.place, seed=0))
