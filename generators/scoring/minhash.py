"""minhash: the signature by which near duplicates are found, of a whole document.

The rule: words are runs of letters, marks and digits, in lower case; a character of a script that
is written without spaces is a word by itself. A shingle is `shingle` words in a row; what stands
between words does not count, so quotation marks, line ends and indentation make no difference. Two
documents are as near as their sets of shingles overlap (Jaccard), and the share of slots in which
their signatures agree estimates that: without bias, standard error sqrt(J (1 - J) / permutations).

    shingle 2: "The cat sat." and "the CAT - sat down"  ->  {the cat, cat sat} and
    {the cat, cat sat, sat down}: Jaccard 2/3, so about 171 of 256 slots agree, give or take 8

Code takes the same shingles. Beside sets of lines they lose nothing under edits (Jaccard 0.89 by
either when 5 % of the lines of pydantic are edited), and a change of formatting is none to them
(wrapped calls joined: 1.00, by lines 0.78). The `===== path =====` lines of a repository's document
are left out, since they say where a file lay.

Cost: linear, 13-20 CPU seconds a GB, 10 MB of memory beside the text however long it is (that of a
repository is copied once): slices of the text are hashed by whole-array arithmetic, and the
slot-wise least of the slices' signatures is the signature of the whole. MinHash is that of rensa,
"Fast Similarity Sketching" (arXiv 1704.04370); shingles as in Broder, "On the resemblance and
containment of documents" (1997).
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from schemas.errors import RecipeError
from schemas.knobs import Strict
from schemas.selection import Subject

Words = npt.NDArray[np.uint64]

COLUMNS = {"minhash": pa.binary()}
FOILS = False

SEED = 0
"""Of the permutations. Signatures are compared between builds, so nobody chooses it."""
ALGORITHM = 2
"""`ALGORITHM_VERSION` of rensa: signatures of another one cannot be compared."""
SLICE = 1 << 17
"""Characters hashed at a time; of 2**14 to 2**20 the fastest here, as the arrays stay in cache."""

_HEADER = re.compile(r"^===== .* =====(?:\n|\Z)", re.MULTILINE)
"""What generators/sources/repo.py writes before each file."""
_BASE = 0x9E3779B97F4A7C15
"""Base of the polynomial: odd, so that it has an inverse modulo 2**64; 2**64 / golden ratio."""
_INVERSE = pow(_BASE, -1, 1 << 64)
_START = np.uint64(0xD1B54A32D192ED04)
"""Added where a word begins, so that "ab c" is not "a bc"; an arbitrary even number."""
_MASK = (1 << 64) - 1
_BMP = 1 << 16

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # CJK ideographs, extension A
    (0xF900, 0xFAFF),  # CJK compatibility ideographs
    (0xFF66, 0xFF9F),  # half-width Katakana
)
"""Blocks of scripts that put no space between words (The Unicode Standard, Blocks.txt)."""


class Options(Strict):
    """Sources of one kind need the same options: their signatures are compared."""

    needs: ClassVar[dict[str, str]] = {"rensa": "select"}
    shingle: int = Field(default=5, ge=1, le=32)
    """Words in a shingle. Five is usual for web text and code."""
    permutations: int = Field(default=256, ge=32, le=4096)
    """Slots of the signature, four bytes each; 256 know a Jaccard of 0.8 to 0.025."""


def score(subject: Subject, options: Options) -> dict[str, bytes | None]:
    """Return {"minhash": signature}, or None for a text with fewer words than a shingle.

    The signature is 1 + permutations numbers, little-endian uint32. The first names how it was
    made (algorithm, shingle, seed): only signatures that agree in it can be compared.
    """
    rensa = _library()
    text = _HEADER.sub("", subject.text) if subject.kind == "repo" else subject.text
    signature = np.full(options.permutations, 0xFFFFFFFF, dtype="<u4")
    found = False
    for hashes in shingle_hashes(text, options.shingle):
        rows = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
            hashes, [0, hashes.size], options.permutations, SEED
        ).to_rows()
        np.minimum(signature, np.array(rows[0], dtype="<u4"), out=signature)
        found = True
    if not found:
        return {"minhash": None}
    making = f"rensa {ALGORITHM}, shingle {options.shingle}, seed {SEED}"
    header = zlib.crc32(making.encode()).to_bytes(4, "little")
    return {"minhash": header + signature.tobytes()}


def shingle_hashes(text: str, size: int) -> Iterator[Words]:
    """Yield the hashes of all shingles of `size` words, uint64[K] a slice, K > 0, in order.

    A shingle's hash is sum(c[i] * base**i) over its characters, modulo 2**64 and mixed: the
    difference of two running sums, times the inverse power of the first position. Only the sums at
    the last words are carried from slice to slice, so a word may be as long as the text.
    """
    sums = inverses = np.zeros(0, dtype=np.uint64)
    total, position, joinable = 0, 0, False
    for start in range(0, len(text), SLICE):
        values = _values(text[start : start + SLICE])
        is_word = values != 0
        joins = is_word & (values & np.uint64(1) == 0)
        begins = is_word & ~(joins & np.concatenate(([joinable], joins[:-1])))
        joinable = bool(joins[-1])
        values = (values + np.where(begins, _START, np.uint64(0)))[is_word]
        at = np.flatnonzero(begins[is_word])
        powers, negative_powers = _powers(SLICE)
        terms = values * powers[: values.size] * np.uint64(pow(_BASE, position, 1 << 64))
        ends = np.cumsum(terms, dtype=np.uint64) + np.uint64(total)
        unscale = np.uint64(pow(_INVERSE, position, 1 << 64))
        sums = np.concatenate((sums, ends[at] - terms[at]))
        inverses = np.concatenate((inverses, negative_powers[at] * unscale))
        total, position = int(ends[-1]) if ends.size else total, position + values.size
        if sums.size > size:
            yield _mixed((sums[size:] - sums[:-size]) * inverses[:-size])
        sums, inverses = sums[-size:], inverses[-size:]
    if sums.size == size:
        yield _mixed((np.uint64(total) - sums[:1]) * inverses[:1])


def _library() -> Any:
    """Return rensa, of the version whose signatures we compare."""
    try:
        import rensa
    except ModuleNotFoundError as error:
        raise RecipeError(
            "the score `minhash` needs the library rensa, which is not installed; "
            "run pip install 'longmix[select]', or take `minhash` out of `scores`"
        ) from error
    found = rensa.RMinHash.ALGORITHM_VERSION
    if found != ALGORITHM:
        raise RecipeError(
            f"the score `minhash` needs algorithm {ALGORITHM} of rensa, and the one installed has "
            f"{found}; run pip install 'longmix[select]'"
        )
    return rensa


def _values(text: str) -> Words:
    """Return uint64[len(text)]: 0 between words, else the character's hash in lower case.

    The lowest bit is set for a character that is a word by itself.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    values: Words = _table()[np.minimum(codes, _BMP - 1)]
    beyond = codes >= _BMP
    if beyond.any():
        # Rare ideographs, emoji, letters of mathematics: each is a word.
        values[beyond] = _mixed(codes[beyond].astype(np.uint64)) | np.uint64(1)
    return values


@cache
def _table() -> Words:
    """Return uint64[65536] of `_values`, by code point; a loop of 30 ms, once in a process.

    Which characters are letters is what the running Python's Unicode tables say.
    """
    letters = [code for code in range(_BMP) if unicodedata.category(chr(code))[0] in "LMN"]
    folded = [ord(chr(code).lower()[0]) for code in letters]
    alone = np.array([any(a <= code <= b for a, b in _UNSPACED) for code in letters])
    table = np.zeros(_BMP, dtype=np.uint64)
    hashes = _mixed(np.array(folded, dtype=np.uint64)) & np.uint64(_MASK - 1)
    table[letters] = hashes | alone.astype(np.uint64)
    return table


@cache
def _powers(num: int) -> tuple[Words, Words]:
    """Return base**i and base**-i modulo 2**64 for i from 0, each uint64[num]."""
    first, second = np.full((2, num), _BASE, dtype=np.uint64)
    second[:] = _INVERSE
    first[0] = second[0] = 1
    return np.multiply.accumulate(first), np.multiply.accumulate(second)


def _mixed(values: Words) -> Words:
    """Return uint64 values stirred one to one, by the finaliser of splitmix64 (Steele, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
