"""Sketches: of every row group a few n-grams and fingerprints, to be held against all others.

    rows "a b c d e", "x b c d y" of two documents, n = 3
    ->  the run "b c d" stands in both: share 1/3 of each row

An n-gram is kept when its hash is among the lowest 1 / rate of all: the same text is kept or left
out wherever it stands, so what two rows share of their sketches estimates, without bias, what they
share of their n-grams ("0 mod p" of Manber, "Finding similar files in a large file system", 1994;
the sampling of Schleimer, Wilkerson and Aiken, "Winnowing", 2003, without its windows). Of w kept
n-grams a share p is off by sqrt(p (1 - p) / w): 128 of a row give a share of one half within 0.09,
19 times of 20.

Only natural text is sketched, and no n-gram that reaches over the end of a span: samples share
their templates and their haystack by intent.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pipelines.verify.tensors.arrays import Array, Arrays, IntArray
from pipelines.verify.tensors.checks import Uploaded
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.hashes import (
    SECOND_BASE,
    SECOND_SALT,
    Sums,
    fingerprints,
    sums_of,
)
from schemas.row import BoolArray

Part = TypeVar("Part", "Grams", "Prints")

SIZES = (50, 13)
"""Tokens of an n-gram. 50: what Lee et al., "Deduplicating training data makes language models
better" (2022), take for a copy. 13: the usual run of decontamination (Brown et al. 2020, appendix
C), here of tokens: turns of phrase and boilerplate."""
LEAST_RATE = 64
"""At most one n-gram in 64: 128 of a row of 8,192."""
MOST_GRAMS = 1 << 22
"""n-grams of a size that a sketch of a whole mix holds, about: 28 bytes each, 120 MB."""
SHORTEST = 64
"""Tokens of the shortest span that is fingerprinted: the least fragment by default."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grams:
    """Kept n-grams of one size, G in all."""

    hashes: IntArray
    """int64[G]."""
    rows: IntArray
    """int64[G]: row_id."""
    documents: IntArray
    """int64[G]: the key of the document, or of a sample."""
    places: npt.NDArray[np.int32]
    """int32[G]: the first token, from the start of the row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prints:
    """Fingerprints of whole rows or of spans, K in all."""

    prints: npt.NDArray[np.int64]
    """int64[K, 2]."""
    rows: IntArray
    """int64[K]: row_id."""
    documents: IntArray
    """int64[K]: the document's key; of a row that of the first span's."""
    epochs: npt.NDArray[np.int16]
    """int16[K]: the pass; of a row that of its first span."""
    places: npt.NDArray[np.int32]
    """int32[K]: the first token, from the start of the row."""
    sizes: npt.NDArray[np.int32]
    """int32[K]: tokens."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sketch:
    """What is kept of some row groups."""

    rate: int
    """One n-gram in so many is kept; of spans one in rate / LEAST_RATE."""
    grams: dict[int, Grams]
    """By n, as in SIZES."""
    rows: Prints
    spans: Prints
    num_tokens: int
    """Tokens of natural text that were read."""


def rate_for(num_tokens: int) -> int:
    """Return the rate for a mix of so many tokens: 64, or the power of two that keeps it small."""
    rate = LEAST_RATE
    while num_tokens > rate * MOST_GRAMS:
        rate *= 2
    return rate


def sketch_group(uploaded: Uploaded, rate: int, arrays: Arrays) -> Sketch:
    """Return the sketch of a group whose spans are sound. `rate` is a power of two.

    Cost: two running sums and, for each size, three passes over the tokens.
    """
    group, spans = uploaded.group, uploaded.group.spans
    first = sums_of(uploaded.ids, arrays)
    second = sums_of(uploaded.ids, arrays, base=SECOND_BASE, salt=SECOND_SALT)
    natural = ~spans.starts_with("source", "task:")
    keys = document_keys(group)
    grams = {n: _grams(group, first, n, rate=rate, natural=natural, keys=keys) for n in SIZES}
    begins = group.ids.offsets[:-1]
    opening = spans.offsets[:-1]
    return Sketch(
        rate=rate,
        grams=grams,
        rows=Prints(
            prints=fingerprints(first, second, begins, begins + group.body),
            rows=group.scalars["row_id"],
            documents=keys[opening],
            epochs=spans["epoch"][opening],
            places=np.zeros(len(group), np.int32),
            sizes=group.body.astype(np.int32),
        ),
        spans=_spans(group, first, second, natural=natural, keys=keys, rate=rate // LEAST_RATE),
        num_tokens=int(spans["length"][natural].sum()),
    )


def document_keys(group: TensorGroup) -> IntArray:
    """Return 64 bits of sha256 of each span's doc_id, int64[P]."""
    encoded = group.spans.texts["doc_id"].dictionary_encode()
    digests = [hashlib.sha256(name.encode()).digest() for name in encoded.dictionary.to_pylist()]
    named = np.frombuffer(b"".join(digest[:8] for digest in digests), "<i8").astype(np.int64)
    keys: IntArray = named[encoded.indices.to_numpy()]
    return keys


def _grams(
    group: TensorGroup, sums: Sums, n: int, *, rate: int, natural: BoolArray, keys: IntArray
) -> Grams:
    """Return the kept n-grams of natural spans."""
    spans, arrays = group.spans, sums.arrays
    runs = sums.runs(n)
    at = arrays.places(_kept(runs, rate))
    begins = group.ids.offsets[spans.rows] + spans["start"]
    # A token of padding falls to the span before it, and so is beyond its end.
    owner = np.searchsorted(begins, at, side="right") - 1
    inside = natural[owner] & (at + n <= begins[owner] + spans["length"][owner])
    at, owner = at[inside], owner[inside]
    row = spans.rows[owner]
    return Grams(
        hashes=arrays.take(runs, at),
        rows=group.scalars["row_id"][row],
        documents=keys[owner],
        places=(at - group.ids.offsets[row]).astype(np.int32),
    )


def _kept(hashes: Array, rate: int) -> Array:
    """Say which hashes are among the lowest 1 / rate, seen as unsigned: their first bits are 0.

    The first bits of a polynomial modulo 2^64 depend on all of its units, the last ones on little.
    """
    bits = rate.bit_length() - 1
    return (hashes >> (64 - bits)) == 0 if bits else hashes == hashes  # noqa: PLR0124 - all


def _spans(
    group: TensorGroup, first: Sums, second: Sums, *, natural: BoolArray, keys: IntArray, rate: int
) -> Prints:
    """Return the fingerprints of natural spans, one in `rate`."""
    spans = group.spans
    chosen = np.flatnonzero(natural & (spans["length"] >= SHORTEST))
    begins = (group.ids.offsets[spans.rows] + spans["start"])[chosen]
    prints = fingerprints(first, second, begins, begins + spans["length"][chosen])
    kept = _kept(prints[:, 0], max(1, rate))
    chosen = chosen[kept]
    return Prints(
        prints=prints[kept],
        rows=group.scalars["row_id"][spans.rows[chosen]],
        documents=keys[chosen],
        epochs=spans["epoch"][chosen],
        places=spans["start"][chosen],
        sizes=spans["length"][chosen],
    )


def join(sketches: Sequence[Sketch]) -> Sketch:
    """Return one sketch of many, in the order of rows; all of one rate, one at least."""
    return Sketch(
        rate=sketches[0].rate,
        grams={n: _joined([sketch.grams[n] for sketch in sketches]) for n in SIZES},
        rows=_joined([sketch.rows for sketch in sketches]),
        spans=_joined([sketch.spans for sketch in sketches]),
        num_tokens=sum(sketch.num_tokens for sketch in sketches),
    )


def _joined(parts: Sequence[Part]) -> Part:
    """Return the columns of all parts, sorted by row and place: whoever read them, and when."""
    kind = type(parts[0])
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(kind)
    }
    order = np.lexsort((columns["places"], columns["rows"]))
    return kind(**{name: column[order] for name, column in columns.items()})
