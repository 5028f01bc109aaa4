r"""Where a text may be cut: the tokens at which lines, paragraphs and sections begin.

    "Once.\n\nCHAPTER I\n\nIt rained.\nA lot.\n\nThen it stopped."
              ^ section    ^ paragraph ^ line   ^ paragraph

A paragraph begins after a blank line. A section is a paragraph that opens with a heading: a short
line that begins as headings do (`#`, `=====`, CHAPTER, IV., 3.2 ...). Lines are given only where a
paragraph is longer than LONG_PARAGRAPH, since nobody cuts at them otherwise. A break stands at the
first token that begins at or after the line's first byte.

Cost: a few passes over the bytes, taken in blocks of whole lines, so that memory is that of the
breaks; a regular expression over the few lines that may be headings.
"""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]

LINE, PARAGRAPH, SECTION = 0, 1, 2
LONG_PARAGRAPH = 512
"""Tokens; our choice: a row of 8,192 loses 6 % at most when it ends at a paragraph of this size."""
LONGEST_HEADING = 100
"""Bytes; our choice: longer lines are sentences."""
BLOCK_BYTES = 1 << 20
"""Bytes taken at once. Our choice: the arrays of a line's places stay in a core's cache."""

_HEADING = re.compile(
    rb"#{1,6} \S|={3,} \S|(?i:(chapter|book|part|section|act|scene|canto|letter|volume|appendix)"
    rb"\s+([ivxlc]+|\d+|the|one|two|three|four|five|six|seven|eight|nine|ten)\b)"
    rb"|(?i:(prologue|epilogue|introduction|preface|conclusion|abstract|references)\W*$)"
    rb"|[IVXLC]+\.?\s*$|\d+(\.\d+)*\.?\s+[A-Z]"
)
_OPENERS = np.zeros(256, bool)
_OPENERS[list(b"#=IVXLC0123456789" + b"cbpsalveirCBPSALVEIR")] = True
"""First bytes of what _HEADING matches: nine lines in ten are passed over without it."""


def find_breaks(data: bytes, ends: Int64) -> Int64:
    """Return int64[K], rising: token * 4 + level of each break but the text's own start.

    `data` is the text in UTF-8, `ends` (int64[T]) where each token ends, in bytes.
    """
    packed = _highest(np.concatenate([np.zeros(0, np.int64), *_by_block(data, ends)]))
    return packed[(packed & 3 > LINE) | _in_long_paragraphs(packed, len(ends))]


def _by_block(data: bytes, ends: Int64) -> Iterator[Int64]:
    """Yield the breaks of each block of lines, those of all lines."""
    for starts, level in _lines(data):
        token = np.searchsorted(ends, starts) + 1
        inside = (starts > 0) & (token < len(ends))
        yield _highest(token[inside] * 4 + level[inside])


def _lines(data: bytes) -> Iterator[tuple[Int64, Int64]]:
    """Yield the first bytes of lines that say something, and the levels of their breaks."""
    behind_blank = np.zeros(1, np.bool_)
    for start, stop in _blocks(data):
        raw = np.frombuffer(data, np.uint8, stop - start, start)
        newlines = np.flatnonzero(raw == ord("\n"))
        starts = np.append(0, newlines + 1)
        starts = starts[starts < len(raw)]
        stops = np.append(newlines, len(raw))[: len(starts)]
        said = np.maximum.reduceat(raw, starts) > ord(" ")
        behind_blank = np.append(behind_blank[-1:], ~said)
        after_blank = behind_blank[:-1]
        level = np.where(after_blank, PARAGRAPH, LINE)
        may_head = said & (after_blank | (raw[starts] == ord("=")))
        short = np.flatnonzero(may_head & (stops - starts <= LONGEST_HEADING))
        for index in short[_OPENERS[_first_said(raw, starts[short])]].tolist():
            if _HEADING.match(raw[starts[index] : stops[index]].tobytes().strip()):
                level[index] = SECTION
        yield starts[said] + start, level[said]


def _blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield [start, stop) of blocks of whole lines: BLOCK_BYTES each, or one longer line."""
    start = 0
    while start < len(data):
        limit = start + BLOCK_BYTES
        stop = data.rfind(b"\n", start, limit) + 1 or data.find(b"\n", limit) + 1
        stop = stop if limit < len(data) and stop else len(data)
        yield start, stop
        start = stop


def _first_said(raw: npt.NDArray[np.uint8], starts: Int64) -> npt.NDArray[np.uint8]:
    """Return the first byte of each line that is no white space; every line has one."""
    at = starts.copy()
    while (blank := raw[at] <= ord(" ")).any():
        at += blank
    return raw[at]


def _highest(packed: Int64) -> Int64:
    """Return the breaks sorted, of several in one token the highest. Most are sorted already."""
    packed.sort(kind="stable")
    is_last = np.ones(len(packed), np.bool_)
    is_last[:-1] = packed[1:] >> 2 != packed[:-1] >> 2
    return packed[is_last]


def _in_long_paragraphs(packed: Int64, num_tokens: int) -> npt.NDArray[np.bool_]:
    """Say which breaks lie in a paragraph of more than LONG_PARAGRAPH tokens."""
    begins = np.flatnonzero(packed & 3 > LINE)
    edges = np.concatenate([[0], packed[begins] >> 2, [num_tokens]])
    counts = np.diff(begins, prepend=0, append=len(packed))
    return np.repeat(np.diff(edges) > LONG_PARAGRAPH, counts)
