"""A pattern takes what a person expects of it: a wildcard never crosses a folder or a dot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.files.patterns import select, split, wants_hidden
from schemas.errors import RecipeError

PATHS = [
    ".git/config",
    "a.txt",
    "b.md",
    "books/.hidden.txt",
    "books/a1.txt",
    "books/b2.txt",
    "books/old/c3.txt",
    "books/old/very/d[4].txt",
]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["a.txt", "b.md"]),
        ("**", [path for path in PATHS if "/." not in path and path[0] != "."]),
        ("**/*", [path for path in PATHS if "/." not in path and path[0] != "."]),
        (
            "**/*.txt",
            ["a.txt", "books/a1.txt", "books/b2.txt", "books/old/c3.txt", PATHS[-1]],
        ),
        ("books/*.txt", ["books/a1.txt", "books/b2.txt"]),
        ("books/?1.txt", ["books/a1.txt"]),
        ("books/[a-b]?.txt", ["books/a1.txt", "books/b2.txt"]),
        ("books/[!a]*.txt", ["books/b2.txt"]),
        ("books/**/c3.txt", ["books/old/c3.txt"]),
        ("*/old/*", ["books/old/c3.txt"]),
        ("**/d[[]4].txt", ["books/old/very/d[4].txt"]),
        ("books/.*", ["books/.hidden.txt"]),
        (".git/*", [".git/config"]),
        ("a?txt", ["a.txt"]),
        ("a+txt", []),
        ("./a.txt", ["a.txt"]),
    ],
)
def test_select_by_eye(pattern: str, found: list[str]) -> None:
    assert select(pattern, PATHS) == sorted(found)


def test_a_broken_class_is_a_sentence() -> None:
    with pytest.raises(RecipeError, match=r"files: '\[z-a\]' is no pattern"):
        select("[z-a]", PATHS)


@pytest.mark.parametrize(
    ("pattern", "start", "rest"),
    [
        ("books/*/a.txt", "books", "*/a.txt"),
        ("a/b/c.txt", "a/b", "c.txt"),
        ("a.txt", ".", "a.txt"),
        ("**/*", ".", "**/*"),
        ("a/b?/c", "a", "b?/c"),
    ],
)
def test_split_by_eye(pattern: str, start: str, rest: str) -> None:
    assert split(pattern) == (start, rest)


def test_a_dot_in_front_asks_for_hidden_names() -> None:
    assert wants_hidden("a/.b/*")
    assert not wants_hidden("a.b/*.txt")


@given(st.lists(st.text("ab[]*?!^-\\.", min_size=1), min_size=1, max_size=3))
def test_an_escaped_path_matches_itself_alone(parts: list[str]) -> None:
    """Each special character in brackets stands for itself."""
    parts = [part for part in parts if part not in {".", ".."}] or ["a"]
    path = "/".join(parts)
    literal = "".join(f"[{char}]" if char in "*?[" else char for char in path)
    assert select(literal, [path, f"{path}x"]) == [path]
