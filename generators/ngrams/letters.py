"""Letters: what each character is to a word, as two tables over all of Unicode.

    É -> e     ß -> ß     _ -> break     漢 -> a word by itself     U+0301 -> nothing

* Case: a character stands for its case folding where that is one character, else for its lower
  case.
* Accents: a letter that decomposes canonically into a letter and marks of U+0300-036F stands for
  that letter, and those marks alone stand for nothing; so composed, decomposed and missing accents
  are the same word. Marks of other scripts (vowel signs) are part of their word.
* Letters and digits (`str.isalnum`) make words. Everything else ends a word.
* Scripts that put no space between words (Han, kana, Thai, Lao, Khmer, Burmese): every letter is a
  word by itself.
* Soft hyphen, joiners and the byte order mark stand for nothing.

One character in, one character out: places in a text need no translation. The tables follow the
Unicode version of the running Python (`unicodedata.unidata_version`); versions differ only in
characters that the older one does not know. Cost: 0.1 s once, and 10 MB.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from generators.ngrams.units import Hashes, mixed

BREAK, LETTER, ALONE, NOTHING = range(4)
"""Ends a word, is part of one, is one by itself, is not there."""

_NUM_CODES = 0x110000
_TABLED = 0x20000
"""Characters below are looked at one by one; the planes above hold Han, and then no letters."""
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x40000))
_HANGUL = (0xAC00, 0xD7A4)
_KANA = ((0x3041, 0x3100), (0x31F0, 0x3200), (0xFF66, 0xFFA0), (0x1AFF0, 0x1B170))
_SPACELESS = ((0x0E00, 0x0F00), (0x1000, 0x10A0), (0x1780, 0x1800), (0xA9E0, 0xAA00))
"""Thai and Lao; Burmese; Khmer; Burmese extended. Blocks of the Unicode standard."""
_ACCENTS = (0x0300, 0x0370)
_UNSEEN = (0x00AD, 0x200C, 0x200D, 0x2060, 0xFEFF)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Letters:
    """The two tables, by code point."""

    kinds: npt.NDArray[np.uint8] = field(repr=False)
    """uint8[0x110000]: BREAK, LETTER, ALONE or NOTHING."""
    weights: Hashes = field(repr=False)
    """uint64[0x110000]: a well-mixed number for each folded character; 0 where it is no letter."""


@cache
def letters() -> Letters:
    """Return the tables, made when they are first wanted."""
    folded = np.arange(_NUM_CODES, dtype=np.uint64)
    kinds = np.zeros(_NUM_CODES, np.uint8)
    for start, stop in _HAN:
        kinds[start:stop] = ALONE
    kinds[slice(*_HANGUL)] = LETTER
    for code in range(_TABLED):
        if not kinds[code]:
            _place(code, folded, kinds)
    kinds[slice(*_ACCENTS)] = NOTHING
    kinds[list(_UNSEEN)] = NOTHING
    weights = mixed(folded + np.uint64(1))
    weights[(kinds == BREAK) | (kinds == NOTHING)] = 0
    return Letters(kinds=kinds, weights=weights)


def _place(code: int, folded: Hashes, kinds: npt.NDArray[np.uint8]) -> None:
    """Write what one character is into the tables."""
    character = chr(code)
    if character.isalnum():
        kinds[code] = ALONE if _stands_alone(code) else LETTER
        folded[code] = ord(_fold(character))
    elif unicodedata.category(character) in {"Mn", "Mc"}:
        kinds[code] = NOTHING if _stands_alone(code) else LETTER


def _stands_alone(code: int) -> bool:
    return any(start <= code < stop for start, stop in (*_HAN, *_KANA, *_SPACELESS))


def _fold(character: str) -> str:
    """Return the one character that this one stands for."""
    for way in (str.casefold, str.lower):
        if len(way(character)) == 1:
            character = way(character)
            break
    base, *marks = list(unicodedata.normalize("NFD", character))
    accents = range(*_ACCENTS)
    return base if base.isalpha() and all(ord(mark) in accents for mark in marks) else character
