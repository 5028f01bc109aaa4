r"""Recurrence: whether what is rare in a document comes back far from where it stood first.

What holds a long text together is named again after pages: a person, a place, a function. In short
texts glued together the names of each stay where that text is.

    "Ahab" at 1,000, 20,000 and 90,000   an entity that reaches far: 89,000 > 32,768 characters
    "try_pots" at 5,000, 6,000, 6,500    an entity that does not
    "pekoe" at 7,000 and 60,000          a rare word that does; its gap is 53,000

`recurrence_far` is the share of the rare words, those used 2 to 10 times, whose first and last use
lie more than `distance` characters apart. `entities_far` is the same share of the entities: words
used three times or more of which half the uses at least begin with a capital in mid-sentence or are
spelt like an identifier (fetch_index, fetchIndex). `recurrence_reach` is the median distance from a
rare word's use to its next, divided by the length of the text.

Of 40 stretches of a book and 40 texts of pieces of ten books, 2-32 KB each, all of 320,000
characters, the stretch had the higher `entities_far` in 99.6 of 100 pairs; of a package and pieces
of many packages in 99.9. `recurrence_far` parts them in 96 and 94, `recurrence_reach` in 92 and 77.
All three grow with the length, so compare like with like.

In long texts words are sampled by their key: beyond 512 KiB about as many as a text of that
length has, each with all its uses.
Text of less than four times the distance, fewer than `LEAST_WORDS` such words: None. Where a script
has no capitals entities are known by spelling alone. Cost: 9 CPU s a GB; memory of some ten MB
besides the document.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pydantic import Field

from generators.scoring._blocks import blocks
from generators.scoring._codes import BoolArray, Codes, capitals, continues, small_letters, within
from generators.scoring._words import IntArray, Words, words
from schemas.knobs import Strict
from schemas.selection import Subject

if TYPE_CHECKING:
    from generators.scoring import Value

FOILS = False
COLUMNS = {
    "recurrence_far": pa.float64(),
    "recurrence_reach": pa.float64(),
    "entities_far": pa.float64(),
}

RAREST, LEAST_RARE = 2, 10
"""Uses of a rare word. Our choice: 3 to 10 and 5 to 30 part books from pieces as well."""
ENTITY_USES = 3
"""Least uses of an entity. With two, mentions in one breath outweigh those that come back."""
LEAST_WORDS = 20
"""Our choice: of 20 words a share is uncertain by a tenth."""
LEAST_DISTANCES = 4
"""Our choice: in a text of fewer distances little can be far from anything."""
SAMPLE_LOG = 19
"""Texts up to 512 KiB are read whole; of longer ones the sample is about as large. Our choice: a
novel's sample has a hundred entities."""
SHORTEST_WORD = 3
"""Bytes. Half of a text's words are shorter than four letters, hardly any of its rare ones."""

_SPACE, _COMMA, _UNDERSCORE = b" ,_"
_BEHIND = 4
"""Bytes before a word that say whether a sentence goes on."""


class Options(Strict):
    """What counts as far."""

    distance: int = Field(default=32_768, ge=256)
    """Characters. 32,768: about 8K tokens, what a model has seen before its long-context stage, and
    as far as gzip looks back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kinds:
    """K different words, with their U uses in the text's order."""

    first: IntArray
    """int64[K]: index of each word's first use in `place`."""
    uses: IntArray
    """int64[K]: how often each is used."""
    place: IntArray
    """int64[U]: the byte where each use stands, ascending for each word."""
    marked: IntArray
    """int64[K]: uses that look like an entity's."""


def score(subject: Subject, options: Options) -> dict[str, "Value"]:
    """Return two shares and a relative distance, each from 0 to 1."""
    data, num_chars = subject.data, len(subject.text)
    if num_chars < LEAST_DISTANCES * options.distance:
        return dict.fromkeys(COLUMNS)
    kinds = _kinds(data)
    # Characters are counted as if all were of the text's mean size.
    far = options.distance * len(data) / num_chars
    span = kinds.place[kinds.first + kinds.uses - 1] - kinds.place[kinds.first]
    rare = (kinds.uses >= RAREST) & (kinds.uses <= LEAST_RARE)
    entity = (kinds.uses >= ENTITY_USES) & (2 * kinds.marked >= kinds.uses)
    return {
        "recurrence_far": _share(span[rare] > far),
        "recurrence_reach": _reach(kinds, rare, len(data)),
        "entities_far": _share(span[entity] > far),
    }


def _share(found: BoolArray) -> float | None:
    """Return the share of what is true, or None where there is too little."""
    return float(found.mean()) if len(found) >= LEAST_WORDS else None


def _reach(kinds: _Kinds, chosen: BoolArray, size: int) -> float | None:
    """Return the median gap between consecutive uses of the chosen words, by the text's bytes."""
    if np.count_nonzero(chosen) < LEAST_WORDS:
        return None
    gap = np.diff(kinds.place, append=0)
    inner = np.repeat(chosen, kinds.uses)
    inner[kinds.first + kinds.uses - 1] = False
    return float(np.median(gap[inner])) / size


def _kinds(data: bytes) -> _Kinds:
    """Return the words of the sample.

    A use is one number, its word's key, its place, its mark, from the top bits down: sorting the
    numbers gathers a word's uses in their order. Words whose keys share the remaining 36 bits or
    more are taken for one: not one pair among 100,000 words is expected to.
    """
    bits = np.uint64(len(data).bit_length() + 1)
    skip = np.uint64((1 << max(0, (len(data) - 1).bit_length() - SAMPLE_LOG)) - 1)
    parts = []
    for start, block in blocks(data):
        found = words(block, least=SHORTEST_WORD)
        # The low bits choose the sample, so the high ones still tell its words apart.
        chosen = np.flatnonzero((found.key & skip) == 0)
        use = 2 * (found.start[chosen] + start) + _marks(block, found, chosen)
        parts.append(((found.key[chosen] >> bits) << bits) | use.astype(np.uint64))
    packed = np.concatenate(parts)
    packed.sort()
    key = packed >> bits
    first = np.flatnonzero(np.concatenate((np.ones(min(1, len(key)), np.bool_), np.diff(key) != 0)))
    uses = np.diff(first, append=len(key))
    mark = (packed & np.uint64(1)).astype(np.int64)
    place = ((packed - (key << bits)) >> np.uint64(1)).astype(np.int64)
    marked = np.add.reduceat(mark, first) if len(first) else first
    return _Kinds(first=first, uses=uses, place=place, marked=marked)


def _marks(block: bytes, found: Words, chosen: IntArray) -> BoolArray:
    """Return bool[C]: which of the chosen words look like an entity's name."""
    codes = np.frombuffer(b"\n" * _BEHIND + block + b"\n", np.uint8)
    at = found.start[chosen] + _BEHIND
    name = _is_capital(codes[at], codes[at + 1]) & _goes_on(codes, at)
    return name | _is_identifier(codes[_BEHIND:], found)[chosen]


def _is_capital(first: Codes, second: Codes) -> BoolArray:
    """Say which words begin with a capital: Latin (to U+00DE), Greek or Cyrillic."""
    latin = within(first, 0xC3) & within(second, 0x80, 0x9E)
    greek = within(first, 0xCE) & within(second, 0x91, 0xA9)
    cyrillic = within(first, 0xD0) & within(second, 0x80, 0xAF)
    return capitals(first) | latin | greek | cyrillic


def _goes_on(codes: Codes, at: IntArray) -> BoolArray:
    """Say before which places a sentence goes on: a letter or a comma, then a space.

    A letter beyond ASCII has two bytes; closing quotation marks have three and may end a sentence.
    """
    before = codes[at - 2]
    letter = small_letters(before) | within(before, _COMMA)
    letter |= continues(before) & within(codes[at - 3], 0xC3, 0xDF)
    return letter & within(codes[at - 1], _SPACE)


def _is_identifier(codes: Codes, found: Words) -> BoolArray:
    """Return bool[W]: which words hold an underscore, or a capital behind a small letter."""
    hump = capitals(codes[1:]) & small_letters(codes[:-1])
    looks = np.zeros(len(found.start), np.bool_)
    if not len(looks):
        return looks
    places = np.flatnonzero(hump | within(codes[1:], _UNDERSCORE)) + 1
    word = np.searchsorted(found.start, places, side="right") - 1
    # A place in a word that was too short belongs to none of these.
    inside = (word >= 0) & (places < found.start[word] + found.size[word])
    looks[word[inside]] = True
    return looks
