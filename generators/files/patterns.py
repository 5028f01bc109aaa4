r"""Glob patterns over posix paths.

    books/*/[a-c]?.txt    one folder between, names of two characters
    books/**/*.txt        any number of folders between, none included
    books/**              everything below

A wildcard never stands for `/`, nor for the dot that begins a hidden name: write the dot.
"""

import posixpath
import re

from schemas.errors import RecipeError

_WILDCARD = re.compile(r"[*?\[]")
_GLYPH = re.compile(r"\*+|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)


def split(pattern: str) -> tuple[str, str]:
    """Return the folder that a pattern names outright ("." for none), and the rest of it.

    "books/*/a.txt" -> ("books", "*/a.txt"); "a.txt" -> (".", "a.txt").
    """
    parts = posixpath.normpath(pattern).split("/")
    wild = [k for k, part in enumerate(parts) if _WILDCARD.search(part)]
    first = wild[0] if wild else len(parts) - 1
    return "/".join(parts[:first]) or ".", "/".join(parts[first:])


def wants_hidden(pattern: str) -> bool:
    """Return whether some part of the pattern begins with a dot."""
    return any(part.startswith(".") for part in pattern.split("/"))


def select(pattern: str, paths: list[str]) -> list[str]:
    """Return the paths that match the whole pattern, sorted; RecipeError for a broken one."""
    try:
        wanted = re.compile(_expression(posixpath.normpath(pattern)), re.DOTALL)
    except re.error as error:
        raise RecipeError(
            f"files: '{pattern}' is no pattern ({error}). Use *, **, ?, [a-z] and [!a]."
        ) from error
    return sorted(path for path in paths if wanted.fullmatch(f"{path}/"))


def _expression(pattern: str) -> str:
    r"""Return the regular expression of a pattern, over `path + "/"`.

    "books/**/*.txt" -> "books/(?:(?!\.)[^/]+/)*(?!\.)[^/]*\.txt/"
    """
    expression = ""
    for part in pattern.split("/"):
        if part == "**":
            expression += r"(?:(?!\.)[^/]+/)*"
        else:
            visible = "" if part.startswith(".") else r"(?!\.)"
            expression += visible + _GLYPH.sub(_translate, part) + "/"
    return expression


def _translate(match: re.Match[str]) -> str:
    """Return the regular expression of `*`, `?`, a class, or one plain character."""
    glyph = match[0]
    if glyph.startswith("*"):
        return "[^/]*"
    if glyph == "?":
        return "[^/]"
    if len(glyph) == 1:
        return re.escape(glyph)
    members = re.sub(r"([\\\[\]^&~|])", r"\\\1", glyph[1:-1].removeprefix("!"))
    return f"(?!/)[{'^' if glyph[1] == '!' else ''}{members}]"
