"""Where plants may stand in a haystack: near the wanted token, at the best natural boundary.

Wanted places come from target depths and token counts. Around each, within a reach that leaves the
depth in tolerance, the place is the nearest paragraph end; failing that the nearest sentence end at
a line end, and so on down to a space, or any place between two characters. In prose with hard line
breaks a sentence end inside a line is better than a line end inside a sentence; in code and tables
a line end is better.

Cost: one pass over a haystack that is not ASCII, and a few searches in 2,000 characters a plant.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators.weaving import Redraw

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

FARTHEST_BREAK = 256
"""Tokens: no natural boundary is looked for farther away than this."""
_MOST_CHARS = 1000
"""Farthest search on each side: two or three paragraphs of a novel."""
_NEAR = 64
"""Characters in which the end of a word is looked for, where tokens are left out one by one."""
_MARGIN = 8
"""Characters of a boundary: a full stop, two closing quotes, some spaces."""

_CLOSERS = r"""['"\u201d\u2019\u00bb)\]_*]*"""  # quotes, brackets, emphasis
_ABBREVIATIONS = r"(?<!\bMr)(?<!\bDr)(?<!\bSt)(?<!\bNo)(?<!\bMrs)(?<!\b[A-Z])"
_PARAGRAPH = re.compile(r"\n(?:[ \t]*\n)+")
_SENTENCE_AND_LINE = re.compile(rf"{_ABBREVIATIONS}[.!?\u2026\u3002\uff01\uff1f]{_CLOSERS}[ \t]*\n")
_SENTENCE = re.compile(
    rf"[\u3002\uff01\uff1f]{_CLOSERS}|{_ABBREVIATIONS}[.!?\u2026]{_CLOSERS}[ \t]+(?![a-z\s])"
)
_LINE = re.compile(r"\n")
_SPACE = re.compile(r"\s+")
_WORD_END = re.compile(r"\S(?=\s)|\w(?=[^\w\s'\u2019-])")
_PROSE = (_PARAGRAPH, _SENTENCE_AND_LINE, _SENTENCE, _LINE, _SPACE)
_CODE = (_PARAGRAPH, _SENTENCE_AND_LINE, _LINE, _SENTENCE, _SPACE)
_SYMBOL = re.compile(r"[=(){}\[\]<>#/\\_|*+]")
_COMMENT = re.compile(r"^[ \t]*(#|//|--)(?=[ \t]+\w)", re.MULTILINE)
_INDENT = re.compile(r"[ \t]*(?=\S)")
_CODE_SYMBOLS = 0.03
"""Share of symbols from which a window reads as code; novels have under 1 %, code over 5 %."""
_LEAD_BITS, _CONTINUES = 0xC0, 0x80
"""A UTF-8 byte 10xxxxxx continues a character; every other byte begins one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """Tells characters from token counts and back, for a text whose token ends are known."""

    text: str
    token_ends: Int64
    """int64[N]: where each token ends, in UTF-8 bytes of the text."""
    heads: npt.NDArray[np.int32] | None
    """int32[bytes]: characters begun up to and including each byte; None when all are ASCII."""

    def chars(self, counts: Int64) -> Int64:
        """Return the characters before the end of so many tokens; a cut character is counted."""
        ends = np.where(counts > 0, self.token_ends[np.maximum(counts, 1) - 1], 0)
        if self.heads is None:
            return ends
        return np.where(ends > 0, self.heads[np.maximum(ends, 1) - 1], 0).astype(np.int64)

    def tokens(self, char: int) -> int:
        """Return how many tokens end within so many characters."""
        byte = char if self.heads is None else np.searchsorted(self.heads, char + 1)
        return int(np.searchsorted(self.token_ends, byte, side="right"))


def ruler(text: str, token_ends: Int64) -> Ruler:
    """Return the ruler of a text: 'é.' in two tokens -> chars([0, 1, 2]) is [0, 1, 2]."""
    if text.isascii():
        return Ruler(text=text, token_ends=token_ends, heads=None)
    data = np.frombuffer(text.encode(), np.uint8)
    heads = np.cumsum((data & _LEAD_BITS) != _CONTINUES, dtype=np.int32)
    return Ruler(text=text, token_ends=token_ends, heads=heads)


def trim(measure: Ruler, room: int, *, starts_document: bool) -> tuple[int, int]:
    """Return the characters of the haystack to use: at most `room` tokens, whole sentences if near.

    A piece from the middle of a document begins at a natural boundary too, as far as the tokens
    that there is no room for anyway reach.
    """
    text, last = measure.text, len(measure.token_ends)
    if not last:
        raise Redraw("the haystack holds no whole token")
    begin = 0
    spare = min(last - room, FARTHEST_BREAK)
    if spare > 0 and not starts_document:
        begin = best_place(text, 0, window=(0, _char(measure, spare)))
    first = measure.tokens(begin)
    end = len(text)
    if last - first > room:
        reach = min(FARTHEST_BREAK, max(room // 100, 50), room // 2)
        high = _char(measure, first + room)
        end = best_place(text, high, window=(_char(measure, first + room - reach), high))
    end = begin + len(text[begin:end].rstrip())
    if begin == end:
        raise Redraw("the haystack is white space alone")
    return begin, end


def trim_end(
    measure: Ruler, used: tuple[int, int], room: int, *, words: bool = True
) -> tuple[int, int]:
    """Return characters [begin, end) cut to at most `room` tokens, where a word ends if near.

    Without `words` at the last whole character.

    Raises Redraw when nothing would be left.
    """
    begin, end = used
    last = min(measure.tokens(begin) + room, len(measure.token_ends))
    high = min(_char(measure, last), end)
    if high < end:
        near = word_ends(measure.text, max(begin, high - _NEAR), high + 1, words=words)
        high = near[0][0] if near else _whole_character(measure.text, high, end)
    text = measure.text[begin:high].rstrip()
    if not text:
        raise Redraw("the haystack is white space alone")
    return begin, begin + len(text)


def _char(measure: Ruler, count: int) -> int:
    return int(measure.chars(np.array([count]))[0])


def wanted_tokens(
    starts: Float64, sizes: Int64, *, fixed: npt.NDArray[np.bool_], room: int
) -> Int64:
    """Return int64[K]: how many haystack tokens stand before each plant.

    `starts` are the wanted first tokens of the plants, ascending, from the start of the haystack;
    `sizes` their own tokens. Where plants crowd, those that are not `fixed` make way, and fixed
    ones share the miss.

        starts [10, 12, 40], sizes [5, 5, 5]  ->  [10, 7, 30], which must not fall
        all fixed                             ->  [8, 8, 30]: the first two meet half way
        only the second fixed                 ->  [7, 7, 30]: the first makes way
    """
    before = starts - (np.cumsum(sizes) - sizes)
    pooled = _pool(before, np.where(fixed, 1.0, 1e-3))
    return np.clip(np.rint(pooled), 0, room).astype(np.int64)


def _pool(values: Float64, weights: Float64) -> Float64:
    """Return the nearest sequence that never falls, by weighted squares (pool adjacent violators).

    The least-squares rule of isotonic regression (Ayer et al., 1955).
    """
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, mass, count = value, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, other_mass, other_count = blocks.pop()
            mean = (mean * mass + other * other_mass) / (mass + other_mass)
            mass, count = mass + other_mass, count + other_count
        blocks.append((mean, mass, count))
    means = np.array([mean for mean, _, _ in blocks], np.float64)
    return np.repeat(means, [count for _, _, count in blocks])


def places(
    measure: Ruler, wanted: Int64, *, inside: tuple[int, int], reach: Int64
) -> tuple[int, ...]:
    """Return the character places of plants that want to stand behind `wanted` tokens of the text.

    `inside` are the first and last place allowed, both as good as a paragraph end; `reach` is
    int64[K], how many tokens each may be off. Places never fall, so plants keep their order.
    """
    last = len(measure.token_ends)
    windows = (np.clip(wanted + off, 0, last) for off in (-reach, 0, reach))
    lows, wants, highs = (np.clip(measure.chars(w), *inside).tolist() for w in windows)
    found: list[int] = []
    for low, want, high in zip(lows, wants, highs, strict=True):
        least = max(low, found[-1] if found else low)
        if least >= high:
            found.append(least)
            continue
        found.append(best_place(measure.text, max(want, least), window=(least, high), ends=inside))
    return tuple(found)


def best_place(text: str, want: int, *, window: tuple[int, int], ends: tuple[int, ...] = ()) -> int:
    """Return the best place for a break, a character index within the window (both included).

    The best kind of boundary wins, then the nearest to `want`. `ends` count as paragraph ends.
    """
    low, high = max(window[0], want - _MOST_CHARS), min(window[1], want + _MOST_CHARS)
    for rank, pattern in enumerate(_ranks(text, low, high)):
        # A boundary may begin before the window, and what follows it lies behind the window.
        breaks = pattern.finditer(text, max(low - _MARGIN, 0), high + _MARGIN)
        found = [at for match in breaks if low <= (at := match.end()) <= high]
        if rank == 0:
            found += [end for end in ends if low <= end <= high]
        if found:
            return min(found, key=lambda place: abs(place - want))
    return _whole_character(text, want, high)


def word_ends(text: str, low: int, high: int, *, words: bool = True) -> list[tuple[int, int]]:
    r"""Return where text may end, the last place first: places in (low, high), each with a rank.

    Rank 0 ends a paragraph, 1 a sentence or a line, 2 and 3 a word before white space or a sign;
    text of a single word, or any without `words`, has 4: behind a whole character.

        "One. Two\n\nThree, four"  ->  14 (3), 8 (0), 4 (1), 3 (3) and 15 (2)
    """
    found = []
    for word in _WORD_END.finditer(text, low, min(high + 1, len(text))):
        end = word.start() + 1
        if words and low < end < high and not _continues(text, end):
            line = text[end] == "\n" or _SENTENCE.match(text, end - 1)
            kinds = (_PARAGRAPH.match(text, end), line, text[end].isspace(), True)
            found.append((end, next(rank for rank, kind in enumerate(kinds) if kind)))
    if not found:
        found = [(at, 4) for at in range(low + 1, high) if not _continues(text, at)]
    return found[::-1]


def _ranks(text: str, low: int, high: int) -> tuple[re.Pattern[str], ...]:
    num_symbols = len(_SYMBOL.findall(text, low, high))
    return _CODE if num_symbols > _CODE_SYMBOLS * (high - low) else _PROSE


def comment_mark(text: str, place: int) -> str:
    """Return what opens a comment at this place: `    # ` in indented Python; nothing in prose.

    It is the sign that most comment lines around have, at the indent of the line that follows.
    """
    low, high = max(place - _MOST_CHARS, 0), min(place + _MOST_CHARS, len(text))
    if _ranks(text, low, high) is _PROSE:
        return ""
    signs = Counter(_COMMENT.findall(text, low, high))
    indent = _INDENT.match(text, place)
    return f"{indent[0] if indent else ''}{signs.most_common(1)[0][0]} " if signs else ""


def _whole_character(text: str, place: int, high: int) -> int:
    """Step over what belongs to the character before, as far as the window goes."""
    while 0 < place < high and _continues(text, place):
        place += 1
    return place


def _continues(text: str, place: int) -> bool:
    """Accents, joiners and skin tones continue a character."""
    here = text[place]
    joined = "\u200d" in text[place - 1 : place + 1]
    return joined or "\U0001f3fb" <= here <= "\U0001f3ff" or unicodedata.category(here)[0] == "M"
