"""Mentions: files of a repository's text, names as whole words, and lines that bind them."""

import pytest

from generators.syntax.mentions import binds, mentions, repository

TEXT = "the end of some file\n===== a/b.py =====\nx = 1\n===== c.md =====\nword\n"


def test_files_follow_their_paths() -> None:
    found = repository(TEXT)
    assert [file.path for file in found.files] == ["", "a/b.py", "c.md"]
    assert [TEXT[file.body : file.stop] for file in found.files] == [
        "the end of some file\n", "x = 1\n", "word\n",
    ]  # fmt: skip
    assert "".join(TEXT[file.start : file.stop] for file in found.files) == TEXT
    assert found.file_at(TEXT.index("x = 1")).path == "a/b.py"
    assert found.file_at(0).path == ""
    start, stop = found.line_at(TEXT.index("= 1"))
    assert TEXT[start:stop] == "x = 1"


@pytest.mark.parametrize(("text", "paths"), [("", [""]), ("x", [""]), ("===== a =====", ["a"])])
def test_small_texts_have_one_file(text: str, paths: list[str]) -> None:
    assert [file.path for file in repository(text).files] == paths


def test_names_are_whole_words() -> None:
    assert mentions("cut, cutter, re_cut (cut) cut", "cut", most=9) == [0, 21, 26]
    assert mentions("cut, cutter, re_cut (cut) cut", "cut", most=2) is None
    assert mentions("", "cut", most=2) == []


@pytest.mark.parametrize(
    ("line", "bound"),
    [
        ("def cut(sheet):", True),
        ("  async def cut(sheet):", True),
        ("class cut:", True),
        ("fn cut() {", True),
        ("cut = 3", True),
        ("  cut: int = 3", True),
        ("self.cut = press", True),
        ("press(a, cut=True)", True),
        ("cut, more = 1, 2", True),
        ("import x as cut", True),
        ("for cut in sheets:", True),
        ("const cut = 1", True),
        ("cut(sheet, 3)", False),
        ("left = cut(sheet)", False),
        ("if cut == 3:", False),
        ("from tools import cut", False),
        ("define_cut(x)", False),
        ("def cut_sheet(x):", False),
    ],
)
def test_lines_that_bind(line: str, bound: bool) -> None:
    assert binds(line, "cut") == bound
