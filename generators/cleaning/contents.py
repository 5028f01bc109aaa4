"""contents: tables of contents and lists of illustrations before a book begins.

    CONTENTS                |
                            |
    CHAPTER I. The Boy      |  removed: a heading, and the entries below it
    CHAPTER II. The Sea     |
    CHAPTER III. Home       |


    CHAPTER I               stays: first repeat of the first entry, or the text behind
                            the widest gap before the first paragraph of prose
    The boy was ...

A list is removed only if all of this holds: its heading stands in the first 40,000 characters; at
least three entries follow; half of its lines look like entries (numbered, with a page number, in
capitals) or come again as a line of the book; a wide gap or a repeat shows where it ends. When in
doubt it stays: a list that is left costs little, a first chapter that is lost costs much.

The rules and numbers are our own, found on ten novels from different hands. Cost: a search of
the first 40,000 characters; where there is a list, its paragraphs one by one, to 100,000.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.knobs import Strict
from schemas.selection import Cleaned

COUNTS = "contents_chars"
"""Characters removed."""

_HEADING_REACH = 40_000
"""Characters in which the heading must stand: prefaces before it are shorter."""

_LIST_REACH = 100_000
"""Characters of the longest list, in which the book must begin.
The longest of ten novels has 6,600."""

_BODY_REACH = 2_000_000
"""Characters of the book in which entries are looked for as lines."""

_LISTS = 6
"""Lists of one book: contents, illustrations, maps, and the same of a second volume."""

_MIN_ENTRIES = 3
_WIDE = 2
"""Blank lines of a gap that can end a list."""

_PROSE_LINE = 50
"""The first line of a paragraph of prose is at least this long."""

_SMALL = 0.6
"""Prose has more words with a small initial than this; a title in capitals has about a third."""

_HEADING = re.compile(
    r"^[ \t_=*]{0,60}(?:(?:table[ \t]of[ \t])?contents|contents[ \t]of[ \t][^\n]{1,30}|"
    r"(?:list[ \t]of[ \t])?(?:illustrations|plates|maps|figures)|table[ \t]des[ \t]mati[èe]res|"
    r"inhalt(?:sverzeichnis)?|[íi]ndice|indice|inhoud)[ \t_=*]{0,20}[.:]?[ \t_=*]*$",
    re.MULTILINE | re.IGNORECASE,
)
_HEADING_WORDS = (
    *("contents", "illustrations", "plates", "maps", "figures", "table des", "inhalt", "ndice"),
    "inhoud",
)
"""A text whose opening has none of these has no heading; they are found faster than headings."""

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_NUMBER = r"(?:\d{1,3}|[ivxlc]{1,9}|one|two|three|four|five|six|seven|eight|nine|ten|the|first)\b"
_ENTRY = re.compile(
    r"[ \t_*]*(?:(?:chapter|chap\.?|book|part|volume|vol\.?|section|canto|act|scene|letter|stave|"
    r"chapitre|livre|partie|tome|kapitel|buch|teil|cap[íi]tulo|capitolo|parte|libro|hoofdstuk|"
    rf"plate|fig(?:ure)?\.?|map)[ \t]+{_NUMBER}"
    r"|(?-i:[IVXLC]{1,9})(?:[.):]|[ \t]*$|[ \t]{2,})|\d{1,3}(?:[.):]|[ \t]*$|[ \t]{2,}))",
    re.IGNORECASE,
)
_PAGE = re.compile(r"(?:[ .\t]{2,}|[ ])(?:\d{1,4}|[ivxlc]{1,7})[ \t]*$")
_WORDS = re.compile(r"[^\W_]+")


class Options(Strict):
    """None: the cleaner has no keys of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paragraph:
    """Lines without a blank one between them."""

    start: int
    """Its first character in the text."""
    gap: int
    """Blank lines before it."""
    lines: tuple[str, ...]

    @property
    def key(self) -> str:
        """The words of its first line, for finding it again."""
        return _key(self.lines[0])


def clean(text: str, options: Options) -> Cleaned:
    """Return the text without its lists of contents and illustrations; see the module."""
    opening = text[:_HEADING_REACH].lower()
    if not any(word in opening for word in _HEADING_WORDS):
        return Cleaned(text=text)
    before = len(text)
    start = 0
    for _ in range(_LISTS):
        heading = _HEADING.search(text, start, _HEADING_REACH)
        if heading is None:
            break
        end = _end_of_list(text, heading)
        if end is None:
            start = heading.end()
        else:
            start = heading.start()
            text = text[:start] + text[end:]
    return Cleaned(text=text, count=before - len(text))


def _end_of_list(text: str, heading: re.Match[str]) -> int | None:
    """Return where the book goes on behind the list under a heading; None when in doubt."""
    entries: list[_Paragraph] = []
    for paragraph in _paragraphs(text, heading.end()):
        repeat = len(entries) > 0 and paragraph.key == entries[0].key != ""
        other = _HEADING.fullmatch(paragraph.lines[0]) is not None
        if repeat or other or _is_prose(paragraph):
            break
        entries.append(paragraph)
    else:
        return None
    widest = max(range(len(entries)), key=lambda at: (at > 0) * entries[at].gap, default=0)
    if other or not entries or paragraph.gap > entries[widest].gap or widest == 0:
        widest = len(entries)
    places = [*entries, paragraph]
    for at in (widest, len(entries)):
        sure = repeat or other if at == len(entries) else False
        wide = places[at].gap >= _WIDE
        if (sure or wide) and _is_list(entries[:at], text[places[at].start :][:_BODY_REACH]):
            return places[at].start
    return None


def _paragraphs(text: str, start: int) -> Iterator[_Paragraph]:
    """Yield the paragraphs behind `start`, until lists are no longer looked for."""
    last = start
    for match in _PARAGRAPH.finditer(text, start, start + _LIST_REACH):
        gap = max(text.count("\n", last, match.start()) - 1, 0)
        yield _Paragraph(start=match.start(), gap=gap, lines=tuple(match.group().split("\n")))
        last = match.end()


def _key(line: str) -> str:
    return " ".join(_WORDS.findall(line.casefold()))


def _is_prose(paragraph: _Paragraph) -> bool:
    """Say whether a paragraph tells something: a long line, small initials, no entry's look."""
    first = paragraph.lines[0]
    if len(first.strip()) < _PROSE_LINE or _ENTRY.match(first) or _PAGE.search(first):
        return False
    words = _WORDS.findall(first)
    num_small: int = sum(word[0].islower() for word in words)
    return num_small > _SMALL * len(words)


def _is_list(entries: list[_Paragraph], body: str) -> bool:
    """Say whether these are entries: enough of them, half of them looking so or met again."""
    lines = [line for entry in entries for line in entry.lines]
    if len(lines) < _MIN_ENTRIES:
        return False
    look = [bool(_ENTRY.match(line) or _PAGE.search(line)) or line.isupper() for line in lines]
    if 2 * sum(look) >= len(lines):
        return True
    met = set(map(_key, body.split("\n")))
    again = [seen or _key(line) in met for seen, line in zip(look, lines, strict=True)]
    return 2 * sum(again) >= len(lines)
