"""Files become one document in the asked order, and every file that does not is accounted for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.sources import _repository
from generators.sources._repository import (
    Member,
    RepositoryOptions,
    assemble,
    counts,
    drained,
    limited,
    printable,
    wanted,
)
from schemas.document import Document
from schemas.errors import BrokenFile
from schemas.recipe import SourceSpec


def file(path: str, text: str | bytes = "x\n", **more: Any) -> Member:
    data = text.encode() if isinstance(text, str) else text
    return Member(path=path, data=data, size=len(data), **more)


def documents(*members: Member, spec: SourceSpec | None = None, **own: Any) -> list[Document]:
    options = RepositoryOptions(**{"order": "path", **own})
    return list(
        assemble(
            members, spec or SourceSpec(), options, doc_id="s:r", uri="r", seed=own.get("s", 0)
        )
    )


def rejections(*members: Member, **own: Any) -> list[tuple[str, str | None]]:
    return [(one.doc_id.removeprefix("s:r#"), one.reason) for one in documents(*members, **own)][
        :-1
    ]


def test_the_text() -> None:
    (made,) = documents(file("b.py", "b"), file("a.py", "a\r\n"), file("c.py", ""))
    assert made.text == "===== a.py =====\na\n===== b.py =====\nb\n===== c.py =====\n"
    assert (made.doc_id, made.uri, made.reason) == ("s:r", "r", None)


def test_what_would_fill_the_table_is_counted() -> None:
    pictures = [file(f"docs/{k}.png") for k in range(1200)]
    vendored = [file(f"go/vendor/{k}.go") for k in range(3)] + [file("vendor/x.png")]
    found = rejections(file(".env"), *pictures, file("a.so"), *vendored, file("a.py"), file("b"))
    assert found == [
        (".*", "hidden: 1 file"),
        ("*", "other_ending: 1,202 files (.png 1,200, .so 1, no ending 1)"),
        ("go/vendor/", "vendored: 3 files"),
        ("vendor/", "vendored: 1 file"),
    ]


def test_files_that_are_named() -> None:
    found = rejections(
        file("api_pb2.py"),
        file("b.py", b"b\0"),
        file("c.py", b"caf\xe9"),
        file("d.py", b"\xff\xfea"),
        file("e.py", "e" * 101),
        Member(path="f.py", size=101),
        Member(path="g.py", reason="link"),
        Member(path="h.py"),
        file("ok.py"),
        file("ok.py", "again"),
        max_file_bytes=100,
    )
    assert found == [
        ("api_pb2.py", "generated"),
        ("b.py", "binary"),
        ("c.py", "bad_utf8 at byte 3"),
        ("d.py", "utf16"),
        ("e.py", "too_large"),
        ("f.py", "too_large"),
        ("g.py", "link"),
        ("h.py", "missing_text"),
        ("ok.py~2", "duplicate"),
    ]


def test_names_are_one_line_of_valid_text_and_unique() -> None:
    members = [
        file("a\nb.py"),
        file("a\udcffb.py"),
        Member(path="c", reason="link"),
        Member(path="c", reason="device"),
        Member(path="c~2", reason="link"),
        Member(path="c", reason="link"),
    ]
    assert [name for name, _ in rejections(*members)] == [
        "a\\x0ab.py",
        "a\\udcffb.py",
        "c",
        "c~2",
        "c~2~2",
        "c~3",
    ]


@given(st.text())
def test_any_path_is_printable(path: str) -> None:
    assert printable(path).splitlines() in ([printable(path)], [])
    printable(path).encode("utf-8")


@given(st.lists(st.tuples(st.text(max_size=5), st.sampled_from([None, "link"])), max_size=12))
def test_ids_never_repeat(names: list[tuple[str, str | None]]) -> None:
    made = documents(*(file(path, reason=reason) for path, reason in names), suffixes=("",))
    assert len({one.doc_id for one in made}) == len(made)


def test_the_order_in_which_files_are_met_does_not_matter() -> None:
    members = [file(f"{k}.py", f"{k}\n") for k in range(9)]
    for order in ("random", "path"):
        assert documents(*members, order=order) == documents(*reversed(members), order=order)
    shuffled = documents(*members, order="random")[0].text
    assert shuffled != documents(*members)[0].text
    assert sorted(shuffled.splitlines()) == sorted(documents(*members)[0].text.splitlines())


def test_the_licence_is_the_nearest_that_is_stated() -> None:
    spec = SourceSpec(license="CC0")
    options = RepositoryOptions()

    def licences(*members: Member, licence: str | None = None) -> list[str | None]:
        made = assemble(members, spec, options, doc_id="s:r", uri="r", seed=0, licence=licence)
        return [one.license for one in made]

    mit, apache = file("a.py", licence="MIT"), file("b.py", licence="Apache-2.0")
    assert licences(mit, apache, file("c.py")) == ["Apache-2.0, MIT"]
    assert licences(mit, apache, licence="BSD") == ["BSD"]
    assert licences(file("c.py")) == ["CC0"]
    assert licences(file("c.py", b"\0", licence="MIT"), file("c.go")) == ["MIT", "CC0"]
    assert licences(file("c.py", b"\0"), licence="BSD") == ["BSD", "BSD"]


def test_bytes_are_replaced_by_policy_and_counted() -> None:
    spec = SourceSpec(bad_utf8="latin-1")
    made = documents(file("a.py", b"caf\xe9\n"), file("b.py", b"\xe9\xe9\n"), spec=spec)
    assert (made[0].text.splitlines()[1::2], made[0].num_replaced) == (["café", "éé"], 3)


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_a_repository_that_says_nothing(text: str) -> None:
    (made,) = documents(file("a.py", text))
    assert (made.text, made.reason) == ("", "empty")
    assert documents()[0].reason == "empty"


def test_what_need_not_be_read() -> None:
    options = RepositoryOptions(max_file_bytes=10, suffixes=(".R", "Makefile"))
    assert wanted("src/fit.r", 10, options)
    assert wanted("src/Makefile", 0, options)
    assert not wanted("src/fit.R", 11, options)
    assert counts("src/fit.R", options)
    assert not counts("vendor/fit.R", options)
    assert counts("vendor/fit.R", options.model_copy(update={"leave_out": ()}))
    assert not counts("fit.py", options)
    assert not counts("fit.py", RepositoryOptions(suffixes=()))


def test_too_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_repository, "MAX_MEMBERS", 2)
    two = [Member(path="a"), Member(path="b")]
    assert list(limited(two, "r")) == two
    with pytest.raises(BrokenFile, match="r: it has more than 2 files"):
        list(limited([*two, Member(path="c")], "r"))


def test_members_are_let_go() -> None:
    members = [Member(path="a"), Member(path="b")]
    stream = drained(members)
    assert next(stream).path == "a"
    assert len(members) == 1
    assert [member.path for member in stream] == ["b"]


def test_a_package_that_is_the_repository_imports_itself_by_its_name() -> None:
    """`from tool.b import x` in tool/a.py means the file b.py beside it."""
    texts = {"a.py": "from tool.b import x\n", "b.py": "x = 1\n"}
    members = [Member(path=path, data=text.encode(), size=9) for path, text in texts.items()]
    options = RepositoryOptions(order="dependency")
    *_, made = assemble(
        members, SourceSpec(), options, doc_id="code:repos/tool", uri="repos/tool", seed=0
    )
    assert made.text == "===== b.py =====\nx = 1\n===== a.py =====\nfrom tool.b import x\n"
