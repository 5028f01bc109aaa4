"""BM25: how well each of many passages fits a few words, without a loop over words or passages.

    passages "a b b", "b c", "c c c d"     query "b"     scores 0.65, 0.54, 0

The score of passage D is the sum over the different words t of the query of

    idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * |D| / mean |D|))

with tf the times that t stands in D, idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5)), and n of the N
passages holding t: Okapi BM25 (Robertson, Walker, Jones, Hancock-Beaulieu and Gatford, "Okapi at
TREC-3", 1994; Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
2009), with 1 added inside the logarithm, as Lucene does, so that a word that most passages hold
counts for little and never against.

Cost: one look-up for each word of the passages, linear but for the logarithm of the query's length;
memory 16 bytes a word.
"""

import numpy as np
import numpy.typing as npt

K1 = 1.2
B = 0.75
"""The usual values (Manning, Raghavan and Schuetze, "Introduction to Information Retrieval",
section 11.4.3; the defaults of Lucene)."""


def scores(
    words: npt.NDArray[np.uint64],
    owners: npt.NDArray[np.int64],
    *,
    query: npt.NDArray[np.uint64],
    num_passages: int,
) -> npt.NDArray[np.float64]:
    """Return float64[num_passages], 0 or more: the higher, the better a passage fits the query.

    `words` (uint64[W]) are the words of all passages in any order, as hashes; `owners` (int64[W])
    the passage of each; `query` (uint64[Q]) the words to find, each of which counts once.
    """
    terms = np.unique(query)
    lengths = np.bincount(owners, minlength=num_passages)
    if not len(terms) or not len(words):
        return np.zeros(num_passages)
    at = np.minimum(np.searchsorted(terms, words), len(terms) - 1)
    hit = np.flatnonzero(terms[at] == words)
    # One number for each pair of passage and term, so that equal pairs can be counted.
    pairs, times = np.unique(owners[hit] * len(terms) + at[hit], return_counts=True)
    passage, term = np.divmod(pairs, len(terms))
    holders = np.bincount(term, minlength=len(terms))
    idf = np.log1p((num_passages - holders + 0.5) / (holders + 0.5))
    norm = K1 * (1 - B + B * lengths[passage] / lengths.mean())
    gain = idf[term] * times * (K1 + 1) / (times + norm)
    total = np.zeros(num_passages)
    np.add.at(total, passage, gain)
    return total
