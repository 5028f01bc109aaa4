"""Near duplicates: which documents are the same text but for details, and which of them stays.

The rule: two documents are one when their signatures agree in at least `threshold` of their slots;
so are documents that a chain of such pairs connects. Of each cluster the document with the most
tokens stays, the first in order among equals, and the others point at it.

    books 0, 1, 2 of 90, 100 and 100 tokens; 0 ~ 1 and 1 ~ 2 agree in 95 %, 0 ~ 2 in 75 %
    threshold 0.8  ->  1, -1, 1

Pairs are found by banding (Indyk and Motwani 1998; Leskovec et al., "Mining of Massive Datasets",
3.4): the P slots are cut into bands of r, and documents that agree in a whole band lie in one
bucket. A pair of Jaccard J shares no band with probability (1 - J**r) ** (P // r); `banding` takes
the largest r that misses less than 1 % at the threshold (for 256 slots and 0.8: r = 8, 32 bands,
0.28 %; at 0.9 less than one in 10**7). A bucket only proposes: every join is decided by the whole
signatures, so collisions alone never connect documents.

Cost: sorting N band keys in each band, and at most WINDOW comparisons a document and band, however
many share a bucket. In a bucket of up to WINDOW + 1 documents every pair is compared; in a larger
one each with its neighbours in the order of the next band, where near duplicates come together.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from generators.filters import IntArray
from schemas.errors import RecipeError

Slots = npt.NDArray[np.uint32]
Pairs = tuple[IntArray, IntArray]

WINDOW = 8
"""Neighbours that a document of a crowded bucket is compared with. Our choice: buckets of more than
nine documents are large clusters, which one chain of neighbours connects."""
MISS = 0.01
"""How often a pair at the threshold may share no band. Our choice: the estimate's own error is
larger, since half of such pairs are estimated below the threshold."""
_STEP = 1 << 14
"""Pairs compared at a time: 32 MB of signatures of 256 slots."""


def near_duplicates(
    signatures: Sequence[bytes | None] | pa.Array | pa.ChunkedArray,
    *,
    num_tokens: IntArray,
    threshold: float,
) -> IntArray:
    """Return for each document the one that it is a near duplicate of, int64[N]; -1 for none.

    `signatures` has N entries, None for a document that takes no part: little-endian uint32, first
    how the signature was made, then its slots (generators/scoring/minhash.py writes them).
    `num_tokens` is int64[N]. `threshold` is a Jaccard similarity, above 0, at most 1. Raises
    RecipeError for another threshold, and when signatures were not made alike.
    """
    if not 0 < threshold <= 1:
        raise RecipeError(
            f"near_duplicates: {threshold} is no threshold; give the least share of words that "
            "two documents have in common to be one, above 0 and at most 1 (0.8 is usual)"
        )
    if len(signatures) != num_tokens.size:
        raise ValueError(f"{len(signatures)} signatures and {num_tokens.size} lengths")
    documents, slots = _stack(signatures)
    labels = np.arange(documents.size)
    if documents.size > 1:
        least = int(np.ceil(threshold * slots.shape[1] - 1e-9))  # 0.55 * 100 is 55.00000000000001
        for keys, following in _keys(slots, threshold):
            for pairs in _candidates(keys, following):
                labels = _joined(labels, _alike(slots, _apart(pairs, labels), least))
    # Clusters side by side, the one that stays first; lexsort keeps the order among equals.
    order = np.lexsort((-num_tokens[documents], labels))
    first = np.flatnonzero(np.diff(labels[order], prepend=-1))
    stays = np.repeat(order[first], np.diff(first, append=order.size))
    found = np.full(num_tokens.size, -1, dtype=np.int64)
    found[documents[order]] = np.where(stays == order, -1, documents[stays])
    return found


def banding(num_slots: int, threshold: float) -> tuple[int, int]:
    """Return (bands, rows): the most rows a band with which fewer than MISS pairs are missed."""
    rows = num_slots
    while rows > 1 and (1 - threshold**rows) ** (num_slots // rows) >= MISS:
        rows -= 1
    return num_slots // rows, rows


def _stack(signatures: Any) -> tuple[IntArray, Slots]:
    """Return the documents that have a signature, int64[M], and their slots, uint32[M, P]."""
    if not isinstance(signatures, pa.Array | pa.ChunkedArray):
        signatures = pa.array(signatures, pa.large_binary())
    present = np.flatnonzero(signatures.is_valid().to_numpy(zero_copy_only=False))
    chunks = signatures.chunks if isinstance(signatures, pa.ChunkedArray) else [signatures]
    tables = []
    for chunk in chunks:
        values = chunk.drop_null().cast(pa.large_binary())
        if not len(values):
            continue
        sizes = pc.binary_length(values).to_numpy(zero_copy_only=False)
        size = int(sizes[0])
        if (sizes != size).any() or size < 8 or size % 4:  # noqa: PLR2004 - two numbers at least
            raise _unlike()
        start = np.frombuffer(values.buffers()[1], dtype=np.int64)[values.offset]
        numbers = np.frombuffer(values.buffers()[2], "<u4", sizes.sum() // 4, offset=int(start))
        tables.append(numbers.reshape(len(values), size // 4))
    if not tables:
        return present, np.zeros((0, 1), dtype=np.uint32)
    if len({table.shape[1] for table in tables}) > 1:
        raise _unlike()
    # One chunk is read where it lies; a million signatures are a GB.
    table = tables[0] if len(tables) == 1 else np.concatenate(tables)
    if (table[:, 0] != table[0, 0]).any():
        raise _unlike()
    return present, table[:, 1:]


def _unlike() -> RecipeError:
    return RecipeError(
        "near_duplicates: the signatures of the documents were not made alike, so they cannot be "
        "compared; give the score `minhash` the same options in all sources of one kind"
    )


def _keys(
    slots: Slots, threshold: float
) -> Iterator[tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]]:
    """Yield each band's keys and those of the band after it, uint64[M]; the last's is the first."""
    bands, rows = banding(slots.shape[1], threshold)
    keys = _key(slots[:, :rows])
    for band in range(1, bands + 1):
        start = band % bands * rows
        following = _key(slots[:, start : start + rows])
        yield keys, following
        keys = following


def _key(band: Slots) -> npt.NDArray[np.uint64]:
    """Return one number for each row of a band; unlike rows get the same one in 2**64 or so."""
    key = np.zeros(len(band), dtype=np.uint64)
    for column in band.T:
        key = (key + column) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(32)
    return key


def _candidates(keys: npt.NDArray[np.uint64], following: npt.NDArray[np.uint64]) -> Iterator[Pairs]:
    """Yield the pairs of one band: each document with the next in its bucket, and so on."""
    order = np.argsort(keys, kind="stable")
    same = np.diff(keys[order]) == 0
    order = order[np.append(same, False) | np.append(False, same)]  # most lie alone
    if not order.size:
        return
    order = order[np.lexsort((following[order], keys[order]))]
    keys = keys[order]
    for step in range(1, WINDOW + 1):
        at = np.flatnonzero(keys[step:] == keys[:-step])
        yield order[at], order[at + step]


def _apart(pairs: Pairs, labels: IntArray) -> Pairs:
    """Return the pairs that are not in one cluster yet."""
    left, right = pairs
    apart = labels[left] != labels[right]
    return left[apart], right[apart]


def _alike(slots: Slots, pairs: Pairs, least: int) -> Pairs:
    """Return the pairs that agree in `least` slots or more."""
    left, right = pairs
    alike = np.zeros(left.size, dtype=np.bool_)
    for start in range(0, left.size, _STEP):
        part = slice(start, start + _STEP)
        equal = slots[left[part]] == slots[right[part]]
        alike[part] = np.count_nonzero(equal, axis=1) >= least
    return left[alike], right[alike]


def _joined(labels: IntArray, pairs: Pairs) -> IntArray:
    """Return the labels, int64[M], after joining pairs: a cluster's least member is its label.

    Each round hangs roots below lesser roots and then flattens all paths, whole arrays at a time:
    a logarithmic number of rounds (Liu and Tarjan, "Simple concurrent labeling", 2019).
    """
    if pairs[0].size:
        labels = labels.copy()
    while (pairs := _apart(pairs, labels))[0].size:
        left, right = labels[pairs[0]], labels[pairs[1]]
        np.minimum.at(labels, np.maximum(left, right), np.minimum(left, right))
        while ((flatter := labels[labels]) != labels).any():
            labels = flatter
    return labels
