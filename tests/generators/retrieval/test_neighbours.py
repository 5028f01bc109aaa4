"""The documents that share most with each document come first, without looking at all pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.retrieval import neighbours
from generators.retrieval.bm25 import K1, B
from generators.retrieval.neighbours import Terms, nearest


def terms_of(*documents, words=None):
    """Return the terms of texts, each a string of words; a word may stand several times."""
    counted = [
        {word: text.split().count(word) for word in dict.fromkeys(text.split())}
        for text in documents
    ]
    number = {word: at for at, word in enumerate(sorted(set(" ".join(documents).split())))}
    # Spread over all of 32 bits, as hashes are.
    hashes = [number[word] * 2654435761 % 2**32 for found in counted for word in found]
    return Terms(
        term=np.array(hashes, np.uint32),
        times=np.array([times for found in counted for times in found.values()], np.uint8),
        first=np.append(0, np.cumsum([len(found) for found in counted])),
        words=np.array(words or [len(text.split()) for text in documents], np.int64),
    )


def near(*documents, num=2, look=neighbours.LOOK, words=None):
    return nearest(terms_of(*documents, words=words), num=num, look=look).tolist()


def plain(documents):
    """The scores by the formula, one pair of texts after the other: {other: score} by document."""
    texts = [text.split() for text in documents]
    mean = max(sum(map(len, texts)) / max(len(texts), 1), 1)
    found = [{} for _ in texts]
    for own, query in enumerate(texts):
        for other, text in enumerate(texts):
            for word in set(query) & set(text) if other != own else ():
                holders = sum(word in each for each in texts)
                if holders <= max(len(texts) // 2, 2):
                    idf = np.log1p((len(texts) - holders + 0.5) / (holders + 0.5))
                    norm = K1 * (1 - B + B * len(text) / mean)
                    gain = idf * text.count(word) * (K1 + 1) / (text.count(word) + norm)
                    found[own][other] = found[own].get(other, 0) + gain
    return found


def test_neighbours_by_eye():
    found = near("whale ship", "whale harpoon", "ball carriage", "carriage ship ball")
    assert found == [[1, 3], [0, -1], [3, -1], [2, 0]]


def test_a_document_that_shares_nothing_has_no_neighbour():
    assert near("whale", "whale", "ball", "") == [[1, -1], [0, -1], [-1, -1], [-1, -1]]


def test_equal_scores_go_to_the_earlier_document():
    assert near("a b c d", "a", "b", "c", "d", "e", num=3)[0] == [1, 2, 3]


def test_what_stands_often_counts_more_and_what_stands_in_a_long_text_less():
    twice = ["whale", "whale sea", "whale whale", "a", "b", "c"]
    assert near(*twice)[0] == [2, 1]
    once = ["whale", "whale", "whale", "a", "b", "c"]
    assert near(*once)[0] == [1, 2]
    assert near(*once, words=[1, 9, 1, 1, 1, 1])[0] == [2, 1]


def test_a_term_that_more_than_half_hold_joins_nothing():
    assert near("the whale", "the ball", "the ship", num=1) == [[-1], [-1], [-1]]
    assert near("the whale", "the ball", "ship", "sea", num=1) == [[1], [0], [-1], [-1]]


def test_the_rarest_terms_are_looked_at_first_and_no_more_than_asked():
    texts = ["often rare", "rare", "often", "often", *"bcdefgh"]
    # rare has 2 entries, often 3: five are needed to see both
    assert near(*texts, num=3, look=5)[0] == [1, 2, 3]
    assert near(*texts, num=3, look=4)[0] == [1, -1, -1]
    assert near(*texts, num=3, look=4)[2] == [3, 0, -1]
    assert near(*texts, num=3, look=2)[2] == [-1, -1, -1]


@given(st.lists(st.text("abcdef ", max_size=12), max_size=9), st.integers(1, 4))
@settings(deadline=None)
def test_scores_are_those_of_the_formula(letters, num):
    texts = [" ".join(text.replace(" ", "")) for text in letters]
    for found, scores in zip(near(*texts, num=num), plain(texts), strict=True):
        others = [other for other in found if other >= 0]
        assert others == found[: len(others)]
        assert len(others) == min(num, len(scores))
        best = sorted(scores.values(), reverse=True)
        # Weights are rounded: two that hardly differ may change places.
        assert [scores[other] for other in others] == pytest.approx(best[: len(others)], abs=1e-3)


@pytest.mark.parametrize("block", [1, 64, 4096])
def test_blocks_make_no_difference(monkeypatch, block):
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{n}" for n in rng.zipf(1.5, 20) % 99) for _ in range(60)]
    whole = near(*texts, num=5, look=64)
    monkeypatch.setattr(neighbours, "_BLOCK", block)
    assert near(*texts, num=5, look=64) == whole


def test_planted_topics_are_found_again():
    """Twenty topics of fifty documents, each with words of its topic and words that all share."""
    rng = np.random.default_rng(0)
    topic = np.repeat(np.arange(20), 50)
    texts = [
        " ".join(
            [f"t{of}w{n}" for n in rng.integers(0, 40, 12)]
            + [f"all{n}" for n in rng.integers(0, 300, 20)]
        )
        for of in topic
    ]
    found = np.array(near(*texts, num=16))
    assert (found >= 0).all()
    assert np.mean(topic[found] == topic[:, None]) > 0.95  # by chance 0.05


def test_no_documents_have_no_neighbours():
    empty = np.zeros(0, np.int64)
    terms = Terms(
        term=empty.astype(np.uint32),
        times=empty.astype(np.uint8),
        first=np.zeros(1, int),
        words=empty,
    )
    assert nearest(terms, num=3).shape == (0, 3)
