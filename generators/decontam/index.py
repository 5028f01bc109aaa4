r"""Index: the n-grams of benchmark prompts as sorted hashes, and whose they are.

    build([("quiz", "one two three four")], n=3, shortest=2)  ->  2 hashes, both of "quiz"

* A text of n units or more gives all its n-grams. A shorter one gives one gram of all its units
  when it has at least `shortest`, and is skipped and counted when it has not: any text says "the
  answer is yes" by chance.
* A gram that stands in a share of `common` or more of the texts of one benchmark, and in ten of
  them at least, is the benchmark's frame ("Answer the question based on ...") and not its content:
  it is left out and counted. A passage that some of the questions share stays.
* A hash that several benchmarks have stands once for each.

The published practice this follows: 13-grams of words, and for short examples their own length but
no less than 8 words (Brown et al., "Language models are few-shot learners", 2020, appendix C).

Cost: 16 bytes a gram, 12 of them in a file; a look-up is one access to a table of bits, two for one
gram in 16, and a binary search for one in 300.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from generators.decontam._grams import Speller, Unit, grams_of
from generators.ngrams.units import Hashes
from schemas.canonical import canonical_json
from schemas.errors import RecipeError

NGRAM = 13
SHORTEST = 8
"""Both from Brown et al. 2020, appendix C: N is the 5th percentile of an example's length in words,
at least 8 and at most 13."""

COMMON = 0.1
COMMON_TEXTS = 10
"""Share and number of a benchmark's texts from which a gram is its frame. Our choice: an
instruction stands in all prompts or in those of one of a handful of tasks; a passage of a book is
shared by a few per cent of the questions of a benchmark (6 of 351 in InfiniteBench's En.QA)."""

_MAGIC = b"longmix.grams/1\n"
_HEAD = (
    *("unit", "n", "sizes", "benchmarks", "tokenizer"),
    *("num_texts", "num_short", "num_common"),
)
BITS_PER_GRAM = 32
"""Of the sieve: one in 300 strangers passes both bits, so that the binary search, a microsecond in
a large index, is hardly ever made (measured: 99 ns a gram with 16 bits and one probe, 33 with 32
and two, in an index of 7 million)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Index:
    """The grams of some benchmarks. Made by `build` or `from_bytes`."""

    unit: Unit
    n: int
    sizes: tuple[int, ...]
    """Units in a gram: n, and the lengths of shorter texts; rising."""
    benchmarks: tuple[str, ...]
    """Names, sorted; `owners` counts them."""
    hashes: Hashes = field(repr=False)
    """uint64[P], sorted."""
    owners: npt.NDArray[np.int32] = field(repr=False)
    """int32[P]: whose each hash is; rising where hashes are equal."""
    tokenizer: str | None = None
    """For tokens: the sha256 of the tokenizer that made them."""
    num_texts: int = 0
    """Texts that gave grams."""
    num_short: int = 0
    """Texts that were too short to give any."""
    num_common: int = 0
    """Grams left out because they frame their benchmark."""
    _sieve: npt.NDArray[np.uint8] = field(repr=False)
    """uint8[S]: a Bloom filter of `hashes`."""

    @property
    def digest(self) -> str:
        """The hexadecimal sha256 of `to_bytes`."""
        return hashlib.sha256(to_bytes(self)).hexdigest()


def build(
    texts: Iterable[tuple[str, str]],
    *,
    n: int = NGRAM,
    unit: Unit = "word",
    tokenizer: Speller | None = None,
    shortest: int = SHORTEST,
    common: float | None = COMMON,
) -> Index:
    """Return the index of (benchmark, text) pairs; `common=None` keeps the frames of benchmarks.

    Raises RecipeError when n or `shortest` make no sense.
    """
    if not 1 <= shortest <= n:
        raise RecipeError(
            f"n-grams of {n}, the shortest {shortest}: the shortest must be 1 or more, and at most "
            "n. 13 and 8 are usual for words."
        )
    grams: dict[str, list[Hashes]] = {}
    counts: Counter[str] = Counter()
    sizes, num_short = {n}, 0
    for batch in grams_of(texts, n=n, shortest=shortest, unit=unit, tokenizer=tokenizer):
        grams.setdefault(batch.name, []).append(batch.hashes)
        counts[batch.name] += batch.num_texts
        num_short += batch.num_short
        sizes |= batch.sizes
    names = sorted(grams)
    kept = [_content(grams[name], counts[name], common) for name in names]
    hashes, owners = _sorted_pairs(kept)
    return Index(
        unit=unit,
        n=n,
        sizes=tuple(sorted(sizes)),
        benchmarks=tuple(names),
        hashes=hashes,
        owners=owners,
        tokenizer=tokenizer.sha256 if unit == "token" and tokenizer else None,
        num_texts=counts.total(),
        num_short=num_short,
        num_common=sum(left_out for _, left_out in kept),
        _sieve=_sieve(hashes),
    )


def _content(texts: list[Hashes], num_texts: int, common: float | None) -> tuple[Hashes, int]:
    """Return the different grams of a benchmark without its frame, and how many those were."""
    grams, counts = np.unique(np.concatenate(texts), return_counts=True)
    if common is None:
        return grams, 0
    is_frame = (counts >= COMMON_TEXTS) & (counts >= common * num_texts)
    return grams[~is_frame], int(is_frame.sum())


def _sorted_pairs(kept: list[tuple[Hashes, int]]) -> tuple[Hashes, npt.NDArray[np.int32]]:
    hashes = np.concatenate([np.zeros(0, np.uint64), *(grams for grams, _ in kept)])
    owners = np.repeat(np.arange(len(kept), dtype=np.int32), [len(grams) for grams, _ in kept])
    order = np.argsort(hashes, kind="stable")
    return hashes[order], owners[order]


def _bits_of(grams: Hashes, sieve: npt.NDArray[np.uint8]) -> tuple[Hashes, Hashes]:
    """Return two bits of the sieve for each gram, as its first bits and its last 32 say."""
    shift = np.uint64(64 - (8 * len(sieve) - 1).bit_length())
    return grams >> shift, (grams << np.uint64(32)) >> shift


def _sieve(hashes: Hashes) -> npt.NDArray[np.uint8]:
    """Return a Bloom filter of the grams, uint8[S]: two bits are set for each of them."""
    num_bits = 1 << min(32, max(10, (BITS_PER_GRAM * len(hashes) - 1).bit_length()))
    sieve = np.zeros(num_bits // 8, np.uint8)
    for bits in _bits_of(hashes, sieve):
        np.bitwise_or.at(sieve, (bits >> np.uint64(3)).view(np.int64), _masks(bits))
    return sieve


def _masks(bits: Hashes) -> npt.NDArray[np.uint8]:
    return np.uint8(1) << (bits & np.uint64(7)).astype(np.uint8)


def _is_set(sieve: npt.NDArray[np.uint8], bits: Hashes) -> npt.NDArray[np.int64]:
    """Return the places of the bits that are set, int64[H], rising."""
    return np.flatnonzero(sieve.take((bits >> np.uint64(3)).view(np.int64)) & _masks(bits))


def look_up(index: Index, grams: Hashes) -> npt.NDArray[np.int64]:
    """Return the places of the grams that the index has, int64[H], rising."""
    first, second = _bits_of(grams, index._sieve)
    maybe = _is_set(index._sieve, first)
    maybe = maybe[_is_set(index._sieve, second[maybe])]
    found = np.searchsorted(index.hashes, grams[maybe])
    inside = found < len(index.hashes)
    maybe, found = maybe[inside], found[inside]
    hits: npt.NDArray[np.int64] = maybe[index.hashes[found] == grams[maybe]]
    return hits


def owners_of(index: Index, grams: Hashes) -> tuple[str, ...]:
    """Return the names of the benchmarks that have one of these grams, sorted."""
    wanted = np.unique(grams)
    first = np.searchsorted(index.hashes, wanted, "left")
    last = np.searchsorted(index.hashes, wanted, "right")
    mine = np.zeros(len(index.hashes) + 1, np.int64)
    np.add.at(mine, first, 1)
    np.add.at(mine, last, -1)
    found = np.unique(index.owners[np.cumsum(mine[:-1]) > 0])
    return tuple(index.benchmarks[owner] for owner in found)


def to_bytes(index: Index) -> bytes:
    """Return the index as bytes, the same for the same index on every machine.

    A line that says what it is, one with the sha256 of the rest, one of JSON; then `hashes` and
    `owners`, little-endian.
    """
    head = {name: getattr(index, name) for name in _HEAD}
    rest = canonical_json(head) + b"\n" + index.hashes.astype("<u8").tobytes()
    rest += index.owners.astype("<i4").tobytes()
    return _MAGIC + hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def from_bytes(data: bytes, name: str = "index") -> Index:
    """Return the index that `to_bytes` wrote; RecipeError, naming it, for anything else."""
    sha256, _, rest = data.removeprefix(_MAGIC).partition(b"\n")
    if not data.startswith(_MAGIC) or sha256.decode("latin-1") != hashlib.sha256(rest).hexdigest():
        raise RecipeError(
            f"{name}: this is no whole index of n-grams. Build it again from the prompt files."
        )
    head_line, _, body = rest.partition(b"\n")
    head = json.loads(head_line)
    hashes = np.frombuffer(body, "<u8", len(body) // 12).astype(np.uint64)
    return Index(
        **head | {"sizes": tuple(head["sizes"]), "benchmarks": tuple(head["benchmarks"])},
        hashes=hashes,
        owners=np.frombuffer(body, "<i4", -1, 8 * len(hashes)).astype(np.int32),
        _sieve=_sieve(hashes),
    )
