"""illustrations: the marks that transcribers put where a book had a picture.

    He rose.                                             He rose.

    [Illustration: The whale [see p. 3]                  She fell.
    seen from the deck]                     ->

    She fell.                                            1 mark

A mark is a bracket that begins with "Illustration" (or "Illustrations", "Frontispiece"), up to the
bracket that closes it, brackets inside included. One that no bracket closes within 4,000 characters
stays. A mark that has its lines to itself goes with the blank lines above it; one inside a line
goes with one space. `captions: keep` leaves the words of the caption; `notes: drop` also takes
blocks that begin with "Transcriber's note" (or "Editor's note" of a Project Gutenberg edition).

Cost: one search for "[Illustration" where there is none; else brackets are paired for the whole
text at once by their depth, in arrays. Rules and numbers are our own choice.
"""

import re
from typing import Literal

import numpy as np

from schemas.knobs import Strict
from schemas.selection import Cleaned

COUNTS = "illustrations"
"""Marks removed, notes included."""

LONGEST = 4_000
"""Bytes of the longest mark: captions quote half a page at most."""

_MARKS = re.compile(rb"\[[ _*]{0,3}(?:Illustrations?|ILLUSTRATIONS?|Frontispiece|FRONTISPIECE)\b")
_NOTES = re.compile(
    rb"\[[ _*]{0,3}(?:(?:Transcriber|Project Gutenberg Editor|PG Editor)(?:'|\xe2\x80\x99)?s?"
    rb"(?:'|\xe2\x80\x99)?[ _]notes?|TN|T\.[ ]?N\.)\b",
    re.IGNORECASE,
)
_CAPTION = re.compile(rb"\[[ _*]{0,3}\w+[ _*]{0,3}[:.,;]?(?:--)?\s*(.*?)\s*\]", re.DOTALL)
_BEGINNINGS = ("[Illustration", "[ILLUSTRATION", "[Frontispiece", "[FRONTISPIECE", "[_Illus")


class Options(Strict):
    """The cleaner's own keys in a recipe."""

    captions: Literal["drop", "keep"] = "drop"
    """Whether the words of a caption go with the mark, or stay without its brackets."""
    notes: Literal["keep", "drop"] = "keep"
    """Whether bracketed notes of transcribers go too."""


def clean(text: str, options: Options) -> Cleaned:
    """Return the text without marks of illustrations; see the module."""
    notes = options.notes == "drop" and "[" in text
    if not notes and not any(beginning in text for beginning in _BEGINNINGS):
        return Cleaned(text=text)
    data = text.encode()
    found = [(match.start(), True) for match in _MARKS.finditer(data)]
    if notes:
        found += [(match.start(), False) for match in _NOTES.finditer(data)]
    pieces, kept, count = [], 0, 0
    for (start, is_mark), end in sorted(zip(found, _closing(data, found), strict=True)):
        if end < 0 or start < kept:  # not closed, or inside the mark before
            continue
        caption = options.captions == "keep" and is_mark and _CAPTION.fullmatch(data[start:end])
        words = caption.group(1) if caption else b""
        first, after = (start, end) if words else _alone(data, start, end)
        pieces += [data[kept:first], words]
        kept, count = after, count + 1
    if count == 0:
        return Cleaned(text=text)
    cleaned = b"".join([*pieces, data[kept:]])
    if not pieces[0]:
        cleaned = cleaned.lstrip(b"\n")
    return Cleaned(text=cleaned.decode(), count=count)


def _closing(data: bytes, found: list[tuple[int, bool]]) -> list[int]:
    """Return for each mark found the byte behind the bracket that closes it, or -1.

    Sorted by (depth, place), an opening bracket stands directly before the one that closes it.
    """
    starts = np.array([start for start, _ in found], dtype=np.int64)
    array = np.frombuffer(data, dtype=np.uint8)
    places = np.flatnonzero((array == ord("[")) | (array == ord("]")))
    opens = array[places] == ord("[")
    depth = np.cumsum(np.where(opens, 1, -1)) + ~opens  # of a pair, both have the same
    order = np.argsort(depth, kind="stable")
    follows = np.full(len(places), -1, dtype=np.int64)
    pairs = opens[order[:-1]] & ~opens[order[1:]] & (depth[order[:-1]] == depth[order[1:]])
    follows[order[:-1][pairs]] = places[order[1:][pairs]] + 1
    ends = follows[np.searchsorted(places, starts)]
    closed: list[int] = np.where(ends - starts <= LONGEST, ends, -1).tolist()
    return closed


def _alone(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return what goes with a mark: the blank lines above its own lines, or a space beside it."""
    far = max(start - LONGEST, 0)
    line = data.rfind(b"\n", far, start) + 1
    stop = data.find(b"\n", end, end + LONGEST)
    stop = min(end + LONGEST, len(data)) if stop < 0 else stop
    if (line > 0 or far == 0) and not data[line:start].strip() and not data[end:stop].strip():
        return far + len(data[far:line].rstrip(b"\n")), stop
    doubled = data[start - 1 : start] in (b"", b" ", b"\n") and data[end : end + 1] == b" "
    return start, end + doubled
