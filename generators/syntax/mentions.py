"""Mentions: the files of a repository's text, and where in them a name stands.

    ===== app.py =====              app.py         a call of `cut`, in the line cut(sheet, 3)
    cut(sheet, 3)
    ===== tools/press.py =====      tools/press.py a binding of `cut`
    def cut(sheet, times): ...

Text before the first line with a path belongs to a file whose path is not known. Names are found as
whole words, in comments and strings too. Cost: a search in the text.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_HEADER = re.compile(r"\n===== (\S.*) =====$", re.MULTILINE)
_WORDS_THAT_BIND = (
    "as|class|const|def|define|enum|fn|for|func|function|interface|let|record|static|struct|trait"
    "|type|val|var"
)
_BOUND_BEFORE = re.compile(rf"\b(?:{_WORDS_THAT_BIND})[ \t]+\Z")
_SET_BEFORE = re.compile(r"(?:^|[.,])[ \t]*\Z")
_SET_AFTER = re.compile(r"[ \t]*(?::[^=\n]*|,[^=(\n]*)?:?=(?!=)")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file, in characters of the repository's text."""

    path: str
    """Empty where the text begins in the middle of a file."""
    start: int
    """Of the line with the path; `body` is where the text after it begins, `stop` its end."""
    body: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The text of a repository, or a piece of it, and its files in order."""

    text: str
    files: tuple[File, ...]
    starts: npt.NDArray[np.int64]
    """int64[F]: where each file starts."""

    def file_at(self, place: int) -> File:
        """Return the file that a character belongs to."""
        return self.files[int(np.searchsorted(self.starts, place, side="right")) - 1]

    def line_at(self, place: int) -> tuple[int, int]:
        """Return where the line of a character starts and ends, its break left out."""
        stop = self.text.find("\n", place)
        return self.text.rfind("\n", 0, place) + 1, len(self.text) if stop < 0 else stop


def repository(text: str) -> Repository:
    """Return the files of a repository's text, at least one; together they are the text."""
    # With a break in front a header begins where its break does, and no line must be looked for.
    headers = list(_HEADER.finditer(f"\n{text}"))
    stops = [*(header.start() for header in headers), len(text)]
    files = [File(path="", start=0, body=0, stop=stops[0])] if stops[0] or not headers else []
    for header, stop in zip(headers, stops[1:], strict=True):
        body = min(header.end(), stop)
        files.append(File(path=header[1], start=header.start(), body=body, stop=stop))
    starts = np.array([file.start for file in files], np.int64)
    return Repository(text=text, files=tuple(files), starts=starts)


def mentions(text: str, name: str, *, most: int) -> list[int] | None:
    """Return where a name or value stands as whole words; None when it stands more than `most`."""
    found: list[int] = []
    place = text.find(name)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(name) : place + len(name) + 1]
        if not (_is_word(before) or _is_word(after)):
            found.append(place)
            if len(found) > most:
                return None
        place = text.find(name, place + 1)
    return found


def binds(line: str, name: str) -> bool:
    """Say whether a line gives this name a meaning, in any language: defines it or assigns to it.

    `fn cut(`, `self.cut = press`, and also `cut=True,` of a call: strict, so that what is left
    binds nothing.
    """
    return any(
        _BOUND_BEFORE.search(line, 0, place)
        or (_SET_AFTER.match(line, place + len(name)) and _SET_BEFORE.search(line, 0, place))
        for place in mentions(line, name, most=len(line)) or ()
    )


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
