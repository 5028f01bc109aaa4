"""The folded vocabulary: frequent ids stay themselves, the others share a few hundred.

A vocabulary of 100,000 takes a dozen times as long as one of 1,024 on a CPU, nearly all of it in
the last layer. Ids that share a place do no harm to recall: evidence and answer share it alike.

    counts 9 0 5 7, kept 2, size 5, end id 1   ->   0 -> 0, 3 -> 1, 2 -> bucket 2 or 3, 1 -> 4
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.canonical import digest

Int64 = npt.NDArray[np.int64]

_KNUTH = 2_654_435_761
"""2^32 over the golden ratio: multiples of it lie evenly in 32 bits (Knuth, TAOCP 3, 6.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Where each id of the tokenizer goes."""

    table: Int64
    """int64[ids of the tokenizer]: the folded id of each."""
    size: int
    """Folded ids; the last one is the end id."""
    kept: int
    """Folded ids below this stand for one id each."""
    coverage: float
    """Share of the counted tokens whose ids were kept."""

    @property
    def digest(self) -> str:
        """What a model trained with it depends on."""
        return digest([self.size, self.kept, self.table.tolist()])

    def fold(self, ids: npt.NDArray[np.integer]) -> Int64:
        """Return the folded ids, int64 of the shape of `ids`. Raises IndexError above the table."""
        folded: Int64 = self.table[ids]
        return folded


def fold_vocabulary(counts: Int64, *, size: int, kept: int, end_id: int | None) -> Vocabulary:
    """Return the vocabulary that keeps the ids met most often, by `counts` int64[ids].

    Of equal counts the lower id is kept. Raises ValueError when there is no room for buckets.
    """
    if not 0 < kept < size - 1:
        raise ValueError(f"{kept} kept ids of {size}: one at least, and two fewer than there are")
    ranked = counts.copy()
    if end_id is not None:
        ranked[end_id] = -1  # it has a place of its own
    order = np.argsort(-ranked, kind="stable")
    buckets = size - 1 - kept
    ids = np.arange(len(counts), dtype=np.uint64)
    table = kept + ((ids * _KNUTH % (1 << 32)) * buckets >> np.uint64(32)).astype(np.int64)
    table[order[:kept]] = np.arange(min(kept, len(counts)))
    if end_id is not None:
        table[end_id] = size - 1
    total = max(1, int(counts.sum()))
    covered = int(counts[order[:kept]].sum()) / total
    return Vocabulary(table=table, size=size, kept=kept, coverage=covered)
