"""Languages: which language a file name speaks of, and the parser for it.

    src/app.py -> python     ui/View.tsx -> tsx     README.md -> None
    core/list.h -> c, or cpp when any file of the repository has an ending of C++ alone

The rule is the ending of the name, lower-cased. A `.h` belongs to two languages; a repository with
one `.cc`, `.cpp`, `.cu` or `.hpp` is read as C++ throughout, since the grammar of C++ reads C as
well, but not the other way round.

Parsers come from tree-sitter's own wheels, one a language (extra `code`). They are loaded when
first asked for and kept for the life of the process; loading one takes milliseconds.
"""

import importlib
import posixpath
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Literal

from schemas.errors import RecipeError

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Parser

Language = Literal["python", "javascript", "typescript", "tsx", "c", "cpp", "java", "go", "rust"]

ENDINGS: dict[str, Language] = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".c": "c",
    ".h": "c",
    ".cc": "cpp",
    ".cpp": "cpp",
    ".cxx": "cpp",
    ".cu": "cpp",
    ".cuh": "cpp",
    ".hh": "cpp",
    ".hpp": "cpp",
    ".hxx": "cpp",
    ".java": "java",
    ".go": "go",
    ".rs": "rust",
}
"""Endings of source, as the languages' own tools use them; CUDA is read as C++."""

_GRAMMARS: dict[Language, tuple[str, str]] = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "java": ("tree_sitter_java", "language"),
    "go": ("tree_sitter_go", "language"),
    "rust": ("tree_sitter_rust", "language"),
}
"""The module of each grammar, and its function that returns it."""

PACKAGES = ("tree_sitter", *sorted({name for name, _ in _GRAMMARS.values()}))
"""Everything that reading all languages needs."""


def language(path: str) -> Language | None:
    """Return the language of one file by its name alone; None for any other, docs and data too."""
    return ENDINGS.get(_ending(path))


def languages(paths: Iterable[str]) -> dict[str, Language | None]:
    """Return the language of each file of one repository, in the order given."""
    found = {path: language(path) for path in paths}
    if "cpp" in found.values():
        headers = [path for path in found if _ending(path) == ".h"]
        found.update(dict.fromkeys(headers, "cpp"))
    return found


@cache
def grammar(language: Language) -> "Grammar":
    """Return the grammar of a language, for queries and parsers.

    Raises RecipeError when its wheel is not installed.
    """
    name, function = _GRAMMARS[language]
    try:
        import tree_sitter

        return tree_sitter.Language(getattr(importlib.import_module(name), function)())
    except ImportError as error:
        raise RecipeError(
            f"reading {language} needs the package {name.replace('_', '-')}, which cannot be"
            f" imported here ({error}). Install it with: pip install 'longmix[code]'"
        ) from error


@cache
def parser(language: Language) -> "Parser":
    """Return this process's parser of a language: always the same one, for one thread at a time.

    Raises RecipeError when its wheel is not installed.
    """
    known = grammar(language)
    import tree_sitter

    return tree_sitter.Parser(known)


def _ending(path: str) -> str:
    return posixpath.splitext(path)[1].lower()
