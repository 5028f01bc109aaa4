"""Which language a name speaks of, and the sentence when its parser is not there."""

import sys

import pytest

from generators.syntax.languages import ENDINGS, Language, grammar, language, languages, parser
from schemas.errors import RecipeError


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/app.py", "python"),
        ("types.pyi", "python"),
        ("A.TSX", "tsx"),
        ("a.b.ts", "typescript"),
        ("kernel.cu", "cpp"),
        ("README.md", None),
        ("Makefile", None),
        (".py", None),
        ("py", None),
    ],
)
def test_the_ending_says_the_language(path: str, expected: str | None) -> None:
    assert language(path) == expected


def test_headers_are_c_until_one_file_can_only_be_cpp() -> None:
    assert languages(["a.h", "b/c.c"]) == {"a.h": "c", "b/c.c": "c"}
    assert languages(["a.h", "b/c.c", "d/e.cc"]) == {"a.h": "cpp", "b/c.c": "c", "d/e.cc": "cpp"}


@pytest.mark.parametrize("name", sorted(set(ENDINGS.values())))
def test_every_language_has_a_parser_that_is_made_once(name: Language) -> None:
    known = parser(name)
    assert known is parser(name)
    assert known.parse(b"").root_node.end_byte == 0


def test_a_missing_wheel_is_a_sentence_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter_go", None)
    grammar.cache_clear()
    try:
        with pytest.raises(RecipeError, match=r"go needs .* tree-sitter-go.*longmix\[code\]"):
            grammar("go")
    finally:
        grammar.cache_clear()
