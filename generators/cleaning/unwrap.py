"""unwrap: lines that were broken to fit a page become paragraphs again.

    It was the best of times, it was the worst of    It was the best of times, it was the worst of
    times, it was the age of wisdom, it was the  ->  times, it was the age of wisdom, it was the ...
    age of foolishness ...

A break is taken back only where the first word behind it would not have fitted on the line before
it: that is how prose is wrapped, and how verse, lists, code and headings are not. The width of the
page is measured: a document of which most lines are not full is returned as it is.

Kept whatever the width: breaks before or behind a blank line; before an indented line, an item of
a list or a mark such as # or >; in paragraphs with columns (three spaces, a tab, a bar), all in
capitals, or in which most lines begin with a capital (verse). Words never change: without white
space the text is the same, but for hyphens with `hyphens: join`.

What is returned has most of its text in long lines, and such a text is never unwrapped: so cleaning
twice is cleaning once. The numbers are our own choice, from ten novels and from source code. Cost:
whole-array operations on lines and bytes, about 12 bytes of memory for a byte of text.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from schemas.knobs import Strict
from schemas.selection import Cleaned

COUNTS = "unwrapped_lines"
"""Line breaks taken back."""

NARROW, WIDE = 40, 100
"""Widths of pages in characters: below are verse and tables, above are paragraphs in one line."""

_LONG_SHARE = 0.1
"""A text with this share of its characters in lines longer than WIDE is not wrapped."""

_FULL_SHARE = 0.6
"""Of a wrapped text, this share of the lines that others of their paragraph follow are full."""

_MIN_LINES = 12
"""Lines that others of their paragraph follow, from which a width can be measured."""

_PERCENTILE = 98
"""The width of a page is that of its longest lines, but for some that stick out."""

_SLACK = 0.15
"""A line lacking this share of the width is full too: texts were edited after they were wrapped."""

_VERSE_SHARE = 0.7
"""A paragraph in which more of the lines but the first begin with a capital is verse."""

_VERSE_LINES = 3
"""Lines behind its first from which a paragraph can be verse by its capitals: of prose,
few lines begin with one, and three of three hardly ever."""

_TRIM = 64
"""Spaces looked at behind a line; one with more is left alone."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


class Options(Strict):
    """The cleaner's own keys in a recipe."""

    width: int | None = Field(default=None, ge=NARROW, le=WIDE)
    """Width of the page in characters; null measures it."""
    verse: Literal["keep", "join"] = "keep"
    """Whether paragraphs whose lines begin with capitals keep their lines."""
    hyphens: Literal["keep", "join"] = "keep"
    """What happens to a hyphen at the end of a line, between small letters: `keep` gives
    "twenty-five", right for books whose makers rejoined words; `join` gives "twentyfive"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """The lines of a text, the last one too when nothing ends it; every array is of shape [L]."""

    starts: Ints
    """Byte of the first character."""
    ends: Ints
    """Byte behind the last character that is no space."""
    breaks: Ints
    """Byte of the line's end; for the last line the number of bytes."""
    widths: Ints
    """Characters from `starts` to `ends`."""
    words: Ints
    """Characters of the first word; 0 where the line is blank or indented."""


def clean(text: str, options: Options) -> Cleaned:
    """Return the text with its paragraphs in one line each; see the module."""
    if "\n" not in text:
        return Cleaned(text=text)
    # Zeros behind the end spare every look at the next bytes a special case.
    data = np.frombuffer(text.encode() + bytes(8), dtype=np.uint8)
    lines = _lines(data)
    total = max(int(lines.widths.sum()), 1)
    if lines.widths[lines.widths > WIDE].sum() >= _LONG_SHARE * total:
        return Cleaned(text=text)
    joined = _joined(data, lines, options)
    # The widths of the lines that are made: a line begins where the one before is not joined.
    first = np.flatnonzero(~np.concatenate([[False], joined[:-1]]))
    made = np.add.reduceat(lines.widths, first)
    if made[made > WIDE].sum() < _LONG_SHARE * total:
        return Cleaned(text=text)
    cleaned = _without_breaks(data, lines, np.flatnonzero(joined), options.hyphens == "join")
    return Cleaned(text=cleaned.decode(), count=int(joined.sum()))


def _lines(data: Bytes) -> _Lines:
    """Return the lines of a text in UTF-8 that 8 zeros follow."""
    size = len(data) - 8
    breaks = np.append(np.flatnonzero(data[:size] == ord("\n")), size)
    starts = np.concatenate([[0], breaks[:-1] + 1])
    ends = breaks.copy()
    open_ends = np.arange(len(ends))
    for _ in range(_TRIM):
        open_ends = open_ends[ends[open_ends] > starts[open_ends]]
        open_ends = open_ends[data[ends[open_ends] - 1] <= ord(" ")]
        if len(open_ends) == 0:
            break
        ends[open_ends] -= 1
    spaces = np.append(np.flatnonzero(data[:size] == ord(" ")), size)
    word_ends = np.minimum(spaces[np.searchsorted(spaces, starts)], ends)
    return _Lines(
        starts=starts,
        ends=ends,
        breaks=breaks,
        widths=_characters(data, starts, ends),
        words=_characters(data, starts, word_ends),
    )


def _characters(data: Bytes, starts: Ints, ends: Ints) -> Ints:
    """Return int64[L], characters from each start to its end; a byte 10xxxxxx continues one."""
    marks = ((data & 0xC0) == 0x80).view(np.uint8)  # noqa: PLR2004 - RFC 3629, section 3
    if not marks.any():
        return ends - starts
    pairs = np.stack([starts, ends], axis=1).ravel()
    # Of an empty slice, reduceat gives the element instead of 0.
    inside = np.add.reduceat(marks, pairs, dtype=np.int64)[::2]
    return np.where(ends > starts, ends - starts - inside, 0)


def _joined(data: Bytes, lines: _Lines, options: Options) -> Bools:
    """Return bool[L], whether the break behind each line is taken back."""
    nothing = np.zeros(len(lines.widths), dtype=np.bool_)
    solid = lines.widths > 0
    inner = solid & np.append(solid[1:], False)  # a line of the same paragraph follows
    if inner.sum() < _MIN_LINES:
        return nothing
    ranked = np.sort(lines.widths[inner])
    width = options.width or int(ranked[_PERCENTILE * (len(ranked) - 1) // 100])
    after = np.append(lines.words[1:], 0)
    full = (lines.widths + 1 + after > width) | (lines.widths >= (1 - _SLACK) * width)
    if not NARROW <= width <= WIDE or full[inner].mean() < _FULL_SHARE:
        return nothing
    paragraphs: Ints = np.cumsum(~solid, dtype=np.int64)
    num_inner = np.bincount(paragraphs[inner], minlength=paragraphs[-1] + 1)
    prose = np.bincount(paragraphs[inner & full], minlength=len(num_inner)) * 2 >= num_inner
    prose &= ~_in_columns(data, lines, paragraphs) & ~_in_capitals(data, lines, paragraphs)
    if options.verse == "keep":
        capital = np.append(_capital(data, lines.starts)[1:], False)
        num_capital = np.bincount(paragraphs[inner & capital], minlength=len(num_inner))
        prose &= (num_inner < _VERSE_LINES) | (num_capital <= _VERSE_SHARE * num_inner)
    goes_on = np.append(_goes_on(data, lines.starts)[1:], False)
    joined: Bools = inner & full & goes_on & prose[paragraphs] & (lines.widths <= WIDE)
    return joined


def _in_columns(data: Bytes, lines: _Lines, paragraphs: Ints) -> Bools:
    """Return bool[P], whether a line of the paragraph has three spaces, a tab or a bar inside."""
    space = data == ord(" ")
    gaps = space[1:-2] & space[2:-1] & space[3:] & (data[:-3] > ord(" "))
    marks = (data == ord("|")) | (data == ord("\t"))
    places = np.concatenate([np.flatnonzero(gaps) + 1, np.flatnonzero(marks)])
    line = np.searchsorted(lines.breaks, places)
    line = line[(line < len(lines.ends))]
    inside = places[: len(line)] < lines.ends[line]
    found: Bools = np.bincount(paragraphs[line[inside]], minlength=paragraphs[-1] + 1) > 0
    return found


def _in_capitals(data: Bytes, lines: _Lines, paragraphs: Ints) -> Bools:
    """Return bool[P], whether no letter of the paragraph is small, as in headings.

    Letters beyond ASCII, which two bytes spell, count as small.
    """
    small = ((data >= ord("a")) & (data <= ord("z"))) | ((data >= 0xC3) & (data <= 0xDF))  # noqa: PLR2004
    counts = np.add.reduceat(small.view(np.uint8), lines.starts, dtype=np.int64)
    sums = np.bincount(paragraphs, weights=counts, minlength=paragraphs[-1] + 1)
    found: Bools = sums == 0
    return found


def _among(values: Bytes, characters: str) -> Bools:
    """Return whether each byte is one of these ASCII characters; a table of 256 decides."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(characters.encode())] = True
    found: Bools = table[values]
    return found


def _capital(data: Bytes, starts: Ints) -> Bools:
    """Return whether lines begin with a capital (Latin, Greek, Cyrillic), quoted or not."""
    at = starts + _among(data[starts], "\"'_([")
    at = at + 3 * ((data[at] == 0xE2) & (data[at + 1] == 0x80))  # noqa: PLR2004 - typographic quotes
    lead, next_byte = data[at], data[at + 1]
    latin = (lead == 0xC3) & (next_byte <= 0x9E)  # noqa: PLR2004 - U+00C0..U+00DE
    greek = (lead == 0xCE) & (next_byte <= 0xA9)  # noqa: PLR2004 - U+0391..U+03A9
    cyrillic = (lead == 0xD0) & (next_byte <= 0xAF)  # noqa: PLR2004 - U+0410..U+042F
    capital: Bools = _among(lead, _LETTERS.upper()) | latin | greek | cyrillic
    return capital


def _goes_on(data: Bytes, starts: Ints) -> Bools:
    """Return whether a line can continue one: it begins with a word, and is no item of a list.

    Scripts without spaces (lead bytes E3..E9, U+3000..U+9FFF) are left alone: a space would be
    wrong there.
    """
    b0, b1, b2, b3 = (data[starts + offset] for offset in range(4))
    word = _among(b0, _LETTERS + _LETTERS.upper() + _DIGITS + "\"'([_$&-.")
    word |= (b0 >= 0xC2) & ~((b0 >= 0xE3) & (b0 <= 0xE9))  # noqa: PLR2004
    bullet = _among(b0, "-") & _among(b1, " -") & (_among(b1, " ") | _among(b2, " "))
    bullet |= (b0 == 0xE2) & (b1 == 0x80) & (b2 == 0xA2)  # noqa: PLR2004 - U+2022
    one, two = _among(b0, _DIGITS), _among(b0, _DIGITS) & _among(b1, _DIGITS)
    item = (one & _among(b1, ".)") & _among(b2, " ")) | (two & _among(b2, ".)") & _among(b3, " "))
    found: Bools = word & ~bullet & ~item
    return found


def _without_breaks(data: Bytes, lines: _Lines, joined: Ints, drop_hyphens: bool) -> bytes:
    """Return the text with a space for each break, or nothing where a hyphen or dash stands."""
    made = data[:-8].copy()
    stays = np.ones(len(made), dtype=np.bool_)
    ends, breaks, nexts = lines.ends[joined], lines.breaks[joined], lines.starts[joined + 1]
    made[breaks] = ord(" ")
    hyphen = data[ends - 1] == ord("-")
    dash = (data[ends - 1] == 0x94) & (data[ends - 2] == 0x80) & (data[ends - 3] == 0xE2)  # noqa: PLR2004
    mark = np.where(dash, 3, 1) + (hyphen & (data[ends - 2] == ord("-")))
    glued = (hyphen | dash) & (data[ends - mark - 1] > ord(" "))
    glued |= (data[nexts] == ord("-")) & (data[nexts + 1] == ord("-"))
    stays[breaks[glued]] = False
    if drop_hyphens:
        small = _among(data[ends - 2], _LETTERS) & _among(data[nexts], _LETTERS)
        stays[ends[hyphen & small] - 1] = False
    for offset in range(_TRIM):
        trailing = ends + offset < breaks
        stays[ends[trailing] + offset] = False
        if not trailing.any():
            break
    return made[stays].tobytes()
