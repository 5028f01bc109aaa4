"""Related: which documents are like which, and the same for the pieces that are packed.

    documents  0 near 1, 2    1 near 0    2 near 0        pieces  0, 0, 1, 2 (two chunks of 0)
    pieces     0 near 2, 3    1 near 2, 3    2 near 0       3 near 0

Likeness is that of the terms that the score `topics` keeps (generators/scoring/topics.py), by BM25
(generators/retrieval/neighbours.py). Where documents lie in several pieces, or are passed over more
than once, their first pieces are near each other, their second ones, and so on, from the beginning
again for the document with fewer: a piece is near to one piece of another document.
"""

import numpy as np
import pyarrow as pa

from generators.retrieval.neighbours import Terms, nearest
from generators.scoring import topics
from pipelines.plan.documents import Documents
from schemas.draw import Int64

NEIGHBOURS = 16
"""Of a document. Our choice: of 8, 16 and 32 it gathers the like best (docs/related.md)."""


def document_neighbours(documents: Documents, *, among: Int64 | None = None) -> Int64:
    """Return int64[D, 16]: the kept documents most like each, nearest first, -1 behind the last.

    Numbers are corpus indices. With `among` (int64[A], any order) only those documents have and are
    neighbours: what is not in a stage should not take the places of what is. Cost: see
    generators/retrieval/neighbours.py. Raises KeyError where documents were judged for a packer
    that does not ask what is like what.
    """
    num_docs = len(documents.kept)
    chosen = np.arange(num_docs) if among is None else np.unique(among)
    mask = np.zeros(len(documents.table), np.bool_)
    mask[documents.kept[chosen]] = True
    # A filter goes chunk by chunk; one array of all sketches could be too large for its offsets.
    found = topics.read(documents.table["topics"].filter(pa.array(mask)))
    near = nearest(
        Terms(
            term=found.term,
            times=found.times,
            first=np.append(0, np.cumsum(found.num_terms)),
            words=found.num_words,
        ),
        num=NEIGHBOURS,
    )
    whole = np.full((num_docs, NEIGHBOURS), -1, np.int64)
    whole[chosen] = np.where(near >= 0, chosen[near], -1) if len(chosen) else near
    return whole


def piece_neighbours(near: Int64, doc: Int64, *, epoch: Int64 | None = None) -> Int64:
    """Return int64[N, K]: the pieces most like each piece, nearest first, -1 behind the last.

    `near` is int64[D, K] of `document_neighbours`, `doc` int64[N]: the document of each piece, in
    the order of the text where it has several. Pieces of one document are not near each other; but
    where `epoch` (int64[N]) tells passes apart, a piece to which nothing else is near has the next
    of its document in the same pass, or the one before.
    """
    order = np.argsort(doc, kind="stable")
    count = np.bincount(doc, minlength=len(near))
    first = np.cumsum(count) - count
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order)) - first[doc[order]]
    found = np.full((len(doc), near.shape[1]), -1, np.int64)
    for column in range(near.shape[1]):
        other = near[doc, column]
        here = np.flatnonzero((other >= 0) & (count[other] > 0))
        other = other[here]
        found[here, column] = order[first[other] + rank[here] % count[other]]
    # Neighbours without a piece leave places that those behind them take.
    found = np.take_along_axis(found, np.argsort(found < 0, axis=1, kind="stable"), axis=1)
    if epoch is not None and near.shape[1]:
        alone = np.flatnonzero(found[:, 0] < 0)
        found[alone, 0] = _beside(doc, epoch)[alone]
    return found


def _beside(doc: Int64, epoch: Int64) -> Int64:
    """Return int64[N]: the next piece of the same document and pass, or the one before, or -1."""
    order = np.lexsort((epoch, doc))
    same = (np.diff(doc[order]) == 0) & (np.diff(epoch[order]) == 0)
    beside = np.full(len(doc), -1, np.int64)
    beside[order[1:][same]] = order[:-1][same]
    beside[order[:-1][same]] = order[1:][same]
    return beside
