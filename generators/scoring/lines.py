r"""Lines: tables, lists, numbers and rubbish show in the shape of lines.

    "| 1 | 2 |\n- a\nand so on...\n"  ->  lines_pipes 1/3, lines_bullets 1/3, lines_ellipses 1/3

A line counts when it holds anything but white space; empty ones do not.

    lines_digits    mean over the lines of: digits 0-9 in the line / bytes of the line
    lines_pipes     share of lines with two "|" or more: rows of tables
    lines_bullets   share of lines that begin with -, *, + or a bullet, and a space
    lines_ellipses  share of lines that end with "..." or the one character for it
    lines_long      share of the bytes that stand in lines of more than 10,000 bytes
    lines_letters   share of letters among the characters that are no white space

Olmo 3 keeps PDF texts with digits below 0.2 of a line and pipes in less than 0.3 of the lines
(arXiv 2512.13961); bullets (0.9) and ellipses (0.3) are rules of Gopher (arXiv 2112.11446). A line
of more than a block (256 KiB) counts as several. Text below `LEAST_BYTES` gives None.
Cost: 4 CPU s a GB, about fifteen numpy passes over the bytes of a block.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from generators.scoring._blocks import blocks
from generators.scoring._codes import BoolArray, Codes, continues, digits, letters, within
from schemas.knobs import Strict
from schemas.selection import Subject

if TYPE_CHECKING:
    from generators.scoring import Value

FOILS = False
COLUMNS = {
    "lines_digits": pa.float64(),
    "lines_pipes": pa.float64(),
    "lines_bullets": pa.float64(),
    "lines_ellipses": pa.float64(),
    "lines_long": pa.float64(),
    "lines_letters": pa.float64(),
}

LEAST_BYTES = 200
"""Our choice: three lines of a book."""
LONG_BYTES = 10_000
"""Our choice: a paragraph on one line seldom has 5,000; minified code and base64 have far more."""
ROW_PIPES = 2
"""One pipe is also an "or" of code; a row of a table has two at least."""
DEEPEST_INDENT = 64
"""Our choice: what begins further right is no item of a list."""

_SPACE, _TAB, _LINE_END, _DOT, _PIPE = b" \t\n.|"
_MARKS = np.zeros(256, np.bool_)
_MARKS[list(b"-*+")] = True
_BULLET = "\u2022".encode()
_ELLIPSIS = "\u2026".encode()
_PAD = b"\n" * 4
"""Line ends behind a block, so that looking a few bytes ahead needs no check."""

IntArray = npt.NDArray[np.int64]


class Options(Strict):
    """No keys of its own."""


def score(subject: Subject, options: Options) -> dict[str, "Value"]:
    """Return six shares, each from 0 to 1."""
    if len(subject.data) < LEAST_BYTES:
        return dict.fromkeys(COLUMNS)
    sums = np.zeros(7)
    num_letters = ink = 0
    for _, block in blocks(subject.data):
        codes = np.frombuffer(block + _PAD, np.uint8)
        sums += _line_sums(codes, len(block))
        num_letters += _letters(codes)
        ink += int(np.count_nonzero((codes > _SPACE) & ~continues(codes)))
    num_lines, numerals, pipes, bullets, ellipses, long, size = sums.tolist()
    if not (num_lines and ink):
        return dict.fromkeys(COLUMNS)
    return {
        "lines_digits": numerals / num_lines,
        "lines_pipes": pipes / num_lines,
        "lines_bullets": bullets / num_lines,
        "lines_ellipses": ellipses / num_lines,
        "lines_long": long / size,
        "lines_letters": num_letters / ink,
    }


def _line_sums(codes: Codes, size: int) -> npt.NDArray[np.float64]:
    """Return float64[7]: lines, digits by line, rows, items, ellipses, bytes in long lines, bytes.

    `codes` is the block with its pad, `size` the bytes of the block.
    """
    ends = np.flatnonzero(codes[:size] == _LINE_END)
    if size and codes[size - 1] != _LINE_END:
        ends = np.append(ends, size)
    starts = np.concatenate(([0], ends[:-1] + 1))
    ink = _first_ink(codes, starts)
    inked = ink < ends
    starts, ends, ink = starts[inked], ends[inked], ink[inked]
    length = ends - starts
    numerals = _count_within(digits(codes), starts, ends)
    pipes = _count_within(codes == _PIPE, starts, ends)
    return np.array(
        [
            len(starts),
            (numerals / length).sum(),
            np.count_nonzero(pipes >= ROW_PIPES),
            np.count_nonzero(_is_item(codes, ink)),
            np.count_nonzero(_trails_off(codes, ends)),
            length[length > LONG_BYTES].sum(),
            length.sum(),
        ],
        np.float64,
    )


def _first_ink(codes: Codes, starts: IntArray) -> IntArray:
    """Return where each line's first character behind spaces and tabs stands."""
    at = starts.copy()
    rest = np.arange(len(at))
    for _ in range(DEEPEST_INDENT):
        here = codes[at[rest]]
        rest = rest[(here == _SPACE) | (here == _TAB)]
        if not len(rest):
            break
        at[rest] += 1
    return at


def _count_within(found: BoolArray, starts: IntArray, ends: IntArray) -> IntArray:
    """Return how many of the found bytes lie in each line."""
    places = np.flatnonzero(found)
    count: IntArray = np.searchsorted(places, ends) - np.searchsorted(places, starts)
    return count


def _is_item(codes: Codes, ink: IntArray) -> BoolArray:
    """Say which lines begin with a mark of a list and a space."""
    plain: BoolArray = _MARKS[codes[ink]] & (codes[ink + 1] == _SPACE)
    return plain | _spells(codes, ink, _BULLET + b" ")


def _trails_off(codes: Codes, ends: IntArray) -> BoolArray:
    """Say which lines end with an ellipsis."""
    at = np.maximum(ends - 3, 0)
    return _spells(codes, at, b"...") | _spells(codes, at, _ELLIPSIS)


def _spells(codes: Codes, at: IntArray, what: bytes) -> BoolArray:
    """Say at which places these bytes stand."""
    found: BoolArray = codes[at] == what[0]
    for step, byte in enumerate(what[1:], 1):
        found &= codes[at + step] == byte
    return found


def _letters(codes: Codes) -> int:
    """Return the letters: those of ASCII, and from U+00C0 on all characters of the lower plane.

    But for U+2000-2FFF and U+3000-303F (punctuation and symbols) and U+F000-FFFF (full-width and
    private forms), told by their first bytes. What lies beyond the lower plane is mostly emoji.
    """
    count = int(np.count_nonzero(letters(codes)))
    first = codes[within(codes, 0xC3, 0xEE)]
    if len(first):
        count += int(np.count_nonzero(~within(first, 0xE2)))
        count -= int(np.count_nonzero(within(codes[:-1], 0xE3) & within(codes[1:], 0x80)))
    return count
