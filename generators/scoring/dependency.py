"""Dependency: how much more a text needs what stands far before it than it needs another text.

For blocks spread over a document, the bytes that zstandard saves because it sees the far context,
less the bytes that it saves because it sees as much of other documents instead (the foils), both
behind the same near context, as a part of the block's bytes behind the near context alone:

    16 KiB behind 16 KiB: 6,600 bytes; + own far: 5,500; + foils: 6,200  ->  700 / 6,600 = 0.106

Most of the plain gain, 1,100 / 6,600, is what any text of the kind would save; what the foils do
not save are names, terms and phrases of this document. A block of which the own far context saves
more than half is a copy; it adds nothing, and is counted apart: one passage again and again is no
dependency. How well this tells long documents from composed ones, and where it does not (pieces of
2 KiB), stands in docs/dependency.md.

Cost: bounded for a document: five compressions of 16 KiB behind at most 400 KiB for each of at most
eight blocks, about 0.07 CPU s; so a GB of documents of 0.5 MB costs four times a GB of documents of
2 MB. Source: the contrast, the mixture of foils and the defaults are ours; they were chosen on one
half of the works and validated on the other by benchmarks/dependency.py.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import zstandard
from pydantic import Field

from generators.scoring import Value
from schemas.knobs import Strict
from schemas.selection import Subject

COLUMNS = {
    "dependency": pa.float64(),
    "dependency_64k": pa.float64(),
    "dependency_copies": pa.float64(),
}
FOILS = True

FARTHER = 64 * 1024
"""What is near for `dependency_64k`: about 16,000 tokens. Our choice: pieces of 128 KiB, one after
another, look like one document from 16 KiB on and like many from here on."""
LEAST_FAR = 64 * 1024
"""With less far context there is no value. Our choice: four blocks, without which there is hardly a
far context to speak of."""
COPY = 0.5
"""A block of which the own far context saves more than this part is a copy. Our choice: documents
save .07-.20, on the mean of their blocks; a repeated passage saves .99."""

_LAZY2 = 5
"""The number of `ZSTD_lazy2` (zstd.h), which fills its tables with 400 KiB in 2 ms; the optimal
parser (`ZSTD_btopt`) took twelve times as long: on the first half of the works it told pieces of
8 KiB from manuals better (AUC .70, not .52, behind 64 KiB), and nothing else."""
_SEARCH_LOG, _MIN_MATCH, _TARGET_LENGTH = 5, 6, 64
"""32 candidates a place; a match shorter than 6 bytes costs as much as it saves this far away."""


class Options(Strict):
    """How much is read of a document, and at how many places."""

    block: int = Field(default=16 * 1024, ge=1024, le=128 * 1024)
    """Bytes of a block."""
    near: int = Field(default=16 * 1024, ge=1024, le=FARTHER)
    """Bytes before a block that are near: what they save is no far dependency. With 4096,
    pieces of 8 KiB are told apart better, since what helps from 4 KiB on counts too."""
    reach: int = Field(default=400 * 1024, ge=FARTHER + LEAST_FAR, le=16 * 1024 * 1024)
    """Bytes before a block that are looked at, near and far together. 204800 costs two thirds, and
    asks less of the text: 400 KiB is 100,000 tokens."""
    blocks: int = Field(default=8, ge=1, le=1024)
    """The most blocks of a document; they never overlap."""


def score(subject: Subject, options: Options) -> dict[str, Value]:
    """Return the contrast beyond `near` and beyond 64 KiB, and the part of blocks that are copies.

    `dependency` is None for a document shorter than block + near + 64 KiB (96 KiB), or whose foils
    together hold less than 64 KiB; `dependency_64k` for one shorter than block + 128 KiB (144 KiB),
    or whose foils hold too little for that. 0: other documents help as much as its own far context.
    """
    costs = block_costs(subject.data, subject.foils, options)
    if costs is None:
        return dict.fromkeys(COLUMNS)
    near, own = costs[:, 0, 0], costs[:, 0, 1]
    return {
        "dependency": contrast(costs[:, 0]),
        "dependency_64k": contrast(costs[:, 1]),
        "dependency_copies": float(np.mean(_copies(near, own))),
    }


def contrast(costs: npt.NDArray[np.int64]) -> float | None:
    """Return the sum of foil - own over the sum of near, of int64[K, 3]: near, own, foil.

    [[6600, 5500, 6200], [6600, 200, 6300]] -> 700 / 13200: the second block is a copy. The sums are
    divided, not the blocks, since a block of nothing but blanks has few bytes to divide by. A block
    that stands in a foil is left out: a second edition among the foils says nothing of it.
    """
    near, own, foil = costs[~_copies(costs[:, 0], costs[:, 2])].T
    if not near.any():
        return None
    gained = np.where(_copies(near, own), 0, foil - own)
    return float(gained.sum() / near.sum())


def _copies(near: npt.NDArray[np.int64], far: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return bool[K]: which blocks a far context, own or foil, gives nearly whole."""
    return near - far > COPY * near


def block_costs(
    data: bytes, foils: Sequence[bytes], options: Options
) -> npt.NDArray[np.int64] | None:
    """Return int64[K, 2, 3]: for each block, behind `near` and behind 64 KiB, its compressed bytes.

    The three are: behind the near context alone, with the own far context, with as much of the
    foils. They are zero behind 64 KiB where too little stands before that. None when no block has
    far context, or the foils are too short to stand for it.
    """
    reach = min(options.reach, options.near + sum(map(len, foils)))
    starts = _starts(len(data), reach, options)
    if reach < options.near + LEAST_FAR or not len(starts):
        return None
    parameters = _parameters(options)
    costs = np.zeros((len(starts), 2, 3), np.int64)
    for k, start in enumerate(starts.tolist()):
        block = data[start : start + options.block]
        begin = max(0, start - reach)
        own = _size(block, data[begin:start], parameters)
        for row, near in enumerate((options.near, FARTHER)):
            num_far = start - near - begin
            if num_far < LEAST_FAR:
                continue
            context = data[start - near : start]
            other = _mixture(foils, num_far, (k + 0.5) / len(starts))
            costs[k, row] = (
                _size(block, context, parameters),
                own,
                _size(block, other + context, parameters),
            )
    return costs


def _starts(length: int, reach: int, options: Options) -> npt.NDArray[np.int64]:
    """Return int64[K], rising: where blocks begin, evenly from the first with enough before it.

    Enough is the whole reach, or half of a document that is too short for that. 1 MiB, with the
    defaults -> from 400 KiB to 1,008 KiB in seven steps of 86.9 KiB.
    """
    last = length - options.block
    least = options.near + LEAST_FAR
    if last < least:
        return np.zeros(0, np.int64)
    first = min(reach, max(least, (last + options.near) // 2), last)
    count = min(options.blocks, (last - first) // options.block + 1)
    # One block alone stands at the end, where most is before it.
    return np.linspace(first if count > 1 else last, last, count).astype(np.int64)


def _mixture(foils: Sequence[bytes], num_bytes: int, place: float) -> bytes:
    """Return `num_bytes` of the foils, as equal parts as their lengths allow, each from `place`.

    Lengths 10, 100 and 100, 90 bytes wanted -> 10, 40 and 40. `place` is 0 for the beginnings of
    the foils, 1 for their ends: another block sees other parts of them. A mixture, not the
    best of the foils: it costs one compression instead of four, and on the first half separated at
    least as well, being as varied as what it must stand up to: a document that is a mixture itself.
    """
    parts: list[bytes] = []
    for left, foil in zip(range(len(foils), 0, -1), sorted(foils, key=len), strict=True):
        size = min(num_bytes // left, len(foil))
        begin = int((len(foil) - size) * place)
        parts.append(foil[begin : begin + size])
        num_bytes -= size
    return b"".join(parts)


def _parameters(options: Options) -> zstandard.ZstdCompressionParameters:
    """Return parameters that are all explicit: a level would choose others by the input's size.

    The window and the tables cover reach and block, so no far byte is out of sight.
    """
    log = (options.reach + options.block - 1).bit_length()
    return zstandard.ZstdCompressionParameters(
        strategy=_LAZY2,
        window_log=log,
        hash_log=log,
        chain_log=log,
        search_log=_SEARCH_LOG,
        min_match=_MIN_MATCH,
        target_length=_TARGET_LENGTH,
        enable_ldm=False,
    )


def _size(block: bytes, prefix: bytes, parameters: zstandard.ZstdCompressionParameters) -> int:
    """Return the bytes of the block, compressed behind the prefix."""
    before = zstandard.ZstdCompressionDict(prefix, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    compressor = zstandard.ZstdCompressor(dict_data=before, compression_params=parameters)
    return len(compressor.compress(block))
