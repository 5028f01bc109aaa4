"""Neighbours: the documents most like each document, by the terms that they share.

    terms    0: whale ship    1: whale harpoon    2: ball carriage    3: carriage ship ball
    nearest  0: [1 3]         1: [0 .]            2: [3 .]            3: [2 0]

A document is a query of its own terms, and the others are scored by BM25:

    sum over shared terms t of  idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * |D| / mean |D|))

with idf and the usual k1 and b of `bm25.py` (Robertson and Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009). Lists of such neighbours are what SPLiCe (arXiv 2312.17296) and
ICP (arXiv 2310.10638) fill contexts by.

To score all pairs would be quadratic. A term that one document holds joins nothing, and one that
most hold tells nothing; between them each document looks at its rarest terms first, until their
lists have `LOOK` entries together. So the cost is at most LOOK entries a document however many
there are, and what is left out are the terms that would have weighed least.

Weights are whole numbers of 16 bits and sums are exact, so that the same documents have the same
neighbours whatever the blocks; equal scores go to the earlier document. Cost: a sort of all terms,
and one of the entries looked at, some 70 ns each; memory about 28 bytes a term, 0.1 GB for a block.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators.retrieval.bm25 import K1, B

Int64 = npt.NDArray[np.int64]

LOOK = 2048
"""Entries of lists that a document looks at, at most. Our choice: measured in docs/related.md."""
_BLOCK = 1 << 21
"""Entries that are sorted together: 2 M of 8 bytes, and a few arrays of that size beside them."""
_WEIGHT_BITS = 16
_DOC_BITS = 32
"""Bits of a document's number; a sum has the other 31: 2**15 terms of the highest weight."""
_NONE = (1 << _DOC_BITS) - 1
_LOW = np.uint64((1 << 32) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of D documents, P in all, those of a document next to each other."""

    term: npt.NDArray[np.uint32]
    """uint32[P]: hashes; those of one document differ."""
    times: npt.NDArray[np.uint8]
    """uint8[P]: how often the term stands in the document, 1 or more."""
    first: Int64
    """int64[D + 1]: where each document's terms begin, and P."""
    words: Int64
    """int64[D]: words of each document, whatever terms were chosen of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """The inverted lists: which documents hold a term, and with how much weight."""

    start: Int64
    """int64[T + 1]: where each term's entries begin."""
    entry: Int64
    """int64[P]: a document << 16 | what the term adds to its score, 65,535 at most; a list's ascend
    by document. The same factor K1 + 1 of all is left out."""
    of: npt.NDArray[np.uint32]
    """uint32[P]: the list of each term of `Terms`, in the documents' order."""
    num_docs: int


def nearest(terms: Terms, *, num: int, look: int = LOOK) -> Int64:
    """Return int64[D, num]: the documents most like each, by falling score, -1 where none is left.

    A document is never its own neighbour, and one without a shared term has none. `look` bounds the
    entries of lists that a document looks at, 32,768 at most; a longer list is left out whole, and
    so is one that more than half of the documents stand in.
    """
    num_docs = len(terms.words)
    near = np.full((num_docs, num), -1, np.int64)
    if not len(terms.term):
        return near
    lists = _inverted(terms)
    look = min(look, 1 << (63 - _DOC_BITS - _WEIGHT_BITS))
    rows = max(_BLOCK // look, 1)
    for low in range(0, num_docs, rows):
        own = np.arange(low, min(low + rows, num_docs))
        row, which = _asked(terms.first[low : low + len(own) + 1], lists, look=look)
        near[own] = _best(_scored(row, which, lists, own=own), num=num)
    return near


def _inverted(terms: Terms) -> _Lists:
    """Return the lists of all terms."""
    num, num_docs = len(terms.term), len(terms.words)
    # Term and place in one number, no two equal: a sort of numbers takes a tenth of an argsort.
    keys = (terms.term.astype(np.uint64) << np.uint64(32)) | np.arange(num, dtype=np.uint64)
    keys.sort()
    place = (keys & _LOW).astype(np.uint32)
    keys >>= np.uint64(32)
    begins = np.append(True, keys[1:] != keys[:-1])
    del keys
    start = np.append(np.flatnonzero(begins), num)
    number = np.cumsum(begins, dtype=np.uint32) - np.uint32(1)
    of = np.empty(num, np.uint32)
    of[place] = number
    del begins, number
    owner = np.repeat(np.arange(num_docs, dtype=np.int32), np.diff(terms.first))
    holders = np.diff(start)
    # In single precision, since logarithms differ in their last bits from machine to machine.
    idf = np.log1p((num_docs - holders + 0.5) / (holders + 0.5)).astype(np.float32).astype(float)
    norm = K1 * (1 - B + B * terms.words / max(terms.words.mean(), 1))
    # A term that stands without end in a document would add K1 + 1 times its idf.
    scale = ((1 << _WEIGHT_BITS) - 1) / idf.max()
    entry = np.empty(num, np.int64)
    for low in range(0, num, _BLOCK):
        at = place[low : low + _BLOCK]
        doc, times = owner[at].astype(np.int64), terms.times[at]
        gain = idf[of[at]] * times / (times + norm[doc])
        entry[low : low + _BLOCK] = doc << _WEIGHT_BITS | np.rint(gain * scale).astype(np.int64)
    return _Lists(start=start, entry=entry, of=of, num_docs=num_docs)


def _asked(first: Int64, lists: _Lists, *, look: int) -> tuple[Int64, Int64]:
    """Return (row, list): the lists that each document of a block looks at, rarest first."""
    of = lists.of[first[0] : first[-1]].astype(np.int64)
    row = np.repeat(np.arange(len(first) - 1), np.diff(first))
    size = lists.start[of + 1] - lists.start[of]
    most = max(lists.num_docs // 2, 2)
    useful = np.flatnonzero((size > 1) & (size <= min(look, most)))
    row, of, size = row[useful], of[useful], size[useful]
    order = np.lexsort((of, size, row))
    row, of, size = row[order], of[order], size[order]
    seen = np.cumsum(size)
    begins = np.flatnonzero(np.append(True, row[1:] != row[:-1])[: len(row)])
    before = np.repeat((seen - size)[begins], np.diff(np.append(begins, len(row))))
    within = seen - before <= look
    return row[within], of[within]


def _scored(row: Int64, which: Int64, lists: _Lists, *, own: Int64) -> Int64:
    """Return int64[rows, most]: sum of weights << 32 | _NONE - document, for what each row meets.

    A document has one such number in its row, in no order; where there is none, and for the
    document `own` (int64[rows]) that asks, there is 0.
    """
    start, size = lists.start[which], lists.start[which + 1] - lists.start[which]
    at = np.arange(size.sum()) + np.repeat(start - np.cumsum(size) + size, size)
    met = np.bincount(row, size, len(own)).astype(np.int64)
    # Rows that are filled up are sorted each by itself, in a third of the time of one long sort.
    keys = np.full((len(own), max(int(met.max()), 1)), -1, np.int64)
    keys[np.arange(keys.shape[1]) < met[:, None]] = lists.entry[at]
    keys.sort(axis=1)
    doc = keys >> _WEIGHT_BITS
    begins = np.ones(keys.shape, np.bool_)
    np.not_equal(doc[:, 1:], doc[:, :-1], out=begins[:, 1:])
    keys &= (1 << _WEIGHT_BITS) - 1
    first = np.flatnonzero(begins)
    sums = np.diff(np.append(0, np.cumsum(keys))[np.append(first, keys.size)])
    begins &= (doc >= 0) & (doc != own[:, None])
    keys[:] = 0
    keys.ravel()[first] = sums
    keys <<= _DOC_BITS
    keys |= _NONE - doc
    keys *= begins
    return keys


def _best(keys: Int64, *, num: int) -> Int64:
    """Return int64[rows, num]: the documents of the highest numbers in each row, -1 for none."""
    some = min(num, keys.shape[1])
    best = np.sort(np.partition(keys, keys.shape[1] - some, axis=1)[:, -some:], axis=1)[:, ::-1]
    found = np.full((len(keys), num), -1, np.int64)
    found[:, :some] = np.where(best > 0, _NONE - (best & _NONE), -1)
    return found
