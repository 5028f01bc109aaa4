"""gutenberg: the licence and the notes that Project Gutenberg puts around a book.

    The Project Gutenberg EBook of X     |
    *** START OF THIS PROJECT ...X ***   |  header: all up to the last of such lines
    Produced by A. Volunteer             |  and the credits directly below it
    Chapter I ... The end.                  stays, byte for byte, but for blank lines at its ends
    End of Project Gutenberg's X         |
    *** END OF THIS PROJECT ...X ***     |  footer: all from the first of such lines

Only marks decide, and only near the ends: a START line, or the end of the "small print" of the
1990s, in the first 40,000 characters; an END line in the last 40,000. A book that speaks of Project
Gutenberg anywhere else loses nothing, and a text without marks is returned as it is. A document of
which nothing remains is rejected as `only_gutenberg`: a licence is not a book.

The forms of the marks are those found in Project Gutenberg's own files from 1991 to today. Cost: a
search for the word, and then of the two ends, whatever the length of the text.
"""

import re

from schemas.knobs import Strict
from schemas.selection import Cleaned

COUNTS = "gutenberg_chars"
"""Characters removed."""

REACH = 40_000
"""Characters at either end in which marks are looked for. Our choice: twice what header and footer
of ten books have together, 19,300 to 20,100 characters."""

_CREDITS = 1_200
"""Characters of the longest paragraph taken for credits. Our choice: fifteen lines."""

_NOTES = 8_000
"""Characters of the longest transcriber's notes below a book. Our choice: a hundred lines."""

_WORDS = ("utenberg", "UTENBERG", "SMALL PRINT", "Small Print")
"""A text without these has no mark; looking for them is ten times as fast as for marks."""

_HEADER = re.compile(
    r"^[ \t]{0,20}(?:\*{2,9}[ \t]?START[ \t]OF[ \t](?:THE|THIS)[ \t]PROJECT[ \t]GUTENBERG"
    r"|\*{1,9}[ \t]?END[ \t]?\*?[ \t]?(?:OF[ \t])?THE[ \t]SMALL[ \t]PRINT)",
    re.MULTILINE | re.IGNORECASE,
)
_FOOTER = re.compile(
    r"^[ \t]{0,20}\*{2,9}[ \t]?END[ \t]OF[ \t](?:THE|THIS)[ \t]PROJECT[ \t]GUTENBERG",
    re.MULTILINE | re.IGNORECASE,
)
_SPOKEN_FOOTER = re.compile(
    r"^[ \t]{0,20}(?:This[ \t]is[ \t]the[ \t])?End[ \t]of[ \t](?:(?:the|this)[ \t])?"
    r"Project[ \t]Gutenberg(?:['\u2019]s|[ \t]e-?(?:book|text))[^\n]*(?:\n[^\n]+){0,3}$",
    re.MULTILINE | re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:\[?(?:(?:this|the)[ \t](?:e-?(?:text|book)|file|text|html[ \t]edition)[ \t]was[ \t])?"
    r"(?:first[ \t])?(?:produced|prepared|scanned|transcribed|proofed|digiti[sz]ed|typed|"
    r"html[ \t]version|updated|e-?text[ \t](?:produced|prepared|scanned))[ \t](?:by|from)\b"
    r"|(?:[^\n]*,[ \t](?:and[ \t])?)?(?:an[ \t])?anonymous[ \t](?:project[ \t]gutenberg[ \t])?"
    r"volunteers?\b|[^\n]*\bdistributed[ \t]proofread|(?:and[ \t])?david[ \t]widger\b)",
    re.IGNORECASE,
)
_EDITOR_NOTE = re.compile(r"\n\[Project[ \t]Gutenberg[^\]]{0,1200}\]\n", re.IGNORECASE)
_NOTE_HEADING = re.compile(
    r"^[ \t]{0,40}(?:original[ \t])?transcriber['\u2019]?s?['\u2019]?[ \t]notes?[ \t]?[:.]?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_NOTE_WORDS = re.compile(
    r"\b(?:e-?texts?|e-?books?|transcri|proofread|project gutenberg|typograph|scanned)",
    re.IGNORECASE,
)


class Options(Strict):
    """None: the cleaner has no keys of its own."""


def clean(text: str, options: Options) -> Cleaned:
    """Return the book without what Project Gutenberg put around it; see the module."""
    if not any(word in text for word in _WORDS):
        return Cleaned(text=text)
    footer, header = _ends(text)
    if header == 0 and footer == len(text):
        return Cleaned(text=text)
    body = text[header:footer].strip("\n")
    if header > 0:
        body = _without_note(_without_credits(body))
    if footer < len(text):
        body = _without_last_notes(body)
    body = body.rstrip()
    if not body:
        return Cleaned(text=text, reason="only_gutenberg")
    body = body.lstrip("\n") + "\n"
    return Cleaned(text=body, count=len(text) - len(body))


def _ends(text: str) -> tuple[int, int]:
    """Return where the footer begins (or the text's length) and where the header ends (or 0)."""
    headers = [match for match in _HEADER.finditer(text, 0, REACH) if _is_header(text, match)]
    first = headers[0].end() if headers else 0
    footer = _footer(text, max(len(text) - REACH, first), known=bool(headers))
    # Small print that stands below the book belongs to the footer.
    inside = [match for match in headers if match.start() < footer]
    return footer, _mark_end(text, inside[-1]) if inside else 0


def _is_header(text: str, mark: re.Match[str]) -> bool:
    """Say whether a mark follows a header, or opens the text: a quoted mark does neither."""
    before = text[: mark.start()]
    return not before.strip() or "project gutenberg" in before.lower()


def _mark_end(text: str, mark: re.Match[str]) -> int:
    """Return the end of a mark's last line: a long title breaks it, its stars end it."""
    stop = text.find("\n\n", mark.end())
    stop = len(text) if stop < 0 else stop
    stars = text.find("*\n", mark.end(), min(stop + 1, mark.end() + 600))
    line = text.find("\n", mark.end())
    return stars + 1 if stars >= 0 else (len(text) if line < 0 else line)


def _footer(text: str, start: int, *, known: bool) -> int:
    """Return where the footer begins. `known`: there is a header, so this is such a book."""
    mark = _FOOTER.search(text, start)
    end = mark.start() if mark else len(text)
    for spoken in _SPOKEN_FOOTER.finditer(text, start, end):
        alone = text[: spoken.start()].endswith("\n\n") or spoken.start() == start
        last = not text[spoken.end() : end].strip()
        if alone and (last or (known and mark is None)):
            return spoken.start()
    return end


def _without_credits(body: str) -> str:
    """Return the book without the paragraphs at its top that say who made the file."""
    while _CREDIT.match(body):
        end = body.find("\n\n")
        if not 0 <= end <= _CREDITS:
            break
        body = body[end:].lstrip("\n")
    return body


def _without_note(body: str) -> str:
    """Return the book without an editor's note, or transcriber's notes, among its first pages."""
    note = _EDITOR_NOTE.search(body, 0, REACH)
    if note:
        body = body[: note.start()].rstrip("\n") + "\n" * 3 + body[note.end() :].lstrip("\n")
    heading = _NOTE_HEADING.search(body, 0, REACH)
    if not heading:
        return body
    rest = body[heading.end() :].lstrip("\n")
    end = rest.find("\n\n")
    if not 0 <= end <= _CREDITS or not _NOTE_WORDS.search(rest, 0, end):
        return body
    return body[: heading.start()] + rest[end:].lstrip("\n")


def _without_last_notes(body: str) -> str:
    """Return the book without transcriber's notes below its end."""
    heading = _NOTE_HEADING.search(body, max(len(body) - _NOTES, 0))
    if not heading or not _NOTE_WORDS.search(body, heading.end()):
        return body
    return body[: heading.start()]
