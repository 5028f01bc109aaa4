"""BM25: the scores of arrays are those of the formula, written out in plain loops."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.retrieval.bm25 import K1, B, scores


def fast(passages: list[list[int]], query: list[int]) -> list[float]:
    words = np.array([word for passage in passages for word in passage], np.uint64)
    owners = np.repeat(np.arange(len(passages)), [len(passage) for passage in passages])
    asked = np.array(query, np.uint64)
    found: list[float] = scores(words, owners, query=asked, num_passages=len(passages)).tolist()
    return found


def slow(passages: list[list[int]], query: list[int]) -> list[float]:
    mean = sum(map(len, passages)) / len(passages)
    totals = []
    for passage in passages:
        total = 0.0
        for term in set(query):
            holders = sum(term in other for other in passages)
            times = passage.count(term)
            if times:
                idf = math.log(1 + (len(passages) - holders + 0.5) / (holders + 0.5))
                norm = K1 * (1 - B + B * len(passage) / mean)
                total += idf * times * (K1 + 1) / (times + norm)
        totals.append(total)
    return totals


def test_scores_can_be_checked_by_hand() -> None:
    a, b, c, d = range(4)
    # ln(1 + 1.5 / 2.5) = 0.470; lengths 3, 2, 4 with mean 3; 2.2 * 2 / 3.2 = 1.375
    found = fast([[a, b, b], [b, c], [c, c, c, d]], [b])
    assert found == pytest.approx([0.470 * 1.375, 0.470 * 2.2 / 1.9, 0], abs=1e-3)
    assert found == pytest.approx([0.65, 0.54, 0], abs=0.01)


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=12), min_size=1, max_size=8),
    st.lists(st.integers(0, 12), max_size=6),
)
def test_scores_are_those_of_the_formula(passages: list[list[int]], query: list[int]) -> None:
    if any(passages):
        assert fast(passages, query) == pytest.approx(slow(passages, query))


def test_no_words_and_no_query_score_nothing() -> None:
    assert fast([[], []], [1]) == [0, 0]
    assert fast([[1], [2]], []) == [0, 0]


def test_the_order_of_words_and_repeats_in_the_query_do_not_matter() -> None:
    passages = [[1, 2, 3, 1], [2, 2], [5]]
    assert fast(passages, [1, 2, 2]) == fast([p[::-1] for p in passages], [2, 1])


def test_a_word_that_all_passages_hold_never_counts_against_one() -> None:
    assert min(fast([[1], [1, 2], [1, 3]], [1])) > 0
