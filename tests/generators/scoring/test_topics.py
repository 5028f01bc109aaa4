"""What a document is about: its terms counted over the whole text, ranked, and read back."""

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.scoring import load, topics
from generators.scoring._words import words
from generators.scoring.topics import Options, read, score
from schemas.selection import Subject


def sketch(text, **options):
    subject = Subject(text=text, kind="page", data=text.encode(), ids=np.zeros(0, np.int32))
    return score(subject, Options(**options))["topics"]


def sketches(*texts, **options):
    return read(pa.chunked_array([[sketch(text, **options) for text in texts]], pa.binary()))


def hash_of(word):
    return int(words(word.encode()).key[0] >> np.uint64(32))


def shown(text, vocabulary, **options):
    """Return {word: times} of a text's sketch, by the words that it may hold, best first."""
    names = {hash_of(word): word for word in vocabulary}
    found = sketches(text, **options)
    return dict(zip([names[term] for term in found.term.tolist()], found.times, strict=True))


WHALE = "The whale! The whale, the ship; a harpoon."


def test_it_is_found_as_a_score():
    assert load("topics") is topics


def test_times_and_length_rank_a_term():
    found = shown(WHALE, ["whale", "the", "harpoon", "ship", "a"])
    assert found == {"whale": 2, "the": 3, "harpoon": 1, "ship": 1}
    assert list(found) == ["whale", "the", "harpoon", "ship"]
    assert list(shown(WHALE, found, terms=2)) == ["whale", "the"]


def test_words_are_those_of_the_whole_text_short_ones_too():
    assert sketches(WHALE).num_words.tolist() == [8]


def test_a_word_that_is_longer_than_eight_bytes_counts_as_eight():
    text = "incomprehensibilities whale whale"
    assert list(shown(text, text.split())) == ["whale", "incomprehensibilities"]


def test_of_terms_that_rank_the_same_those_with_the_lowest_hashes_are_chosen():
    one, other = "abcd efgh ijkl mnop", "mnop qrst ijkl uvwx"
    for text in (one, other):
        assert sketches(text, terms=2).term.tolist() == sorted(map(hash_of, text.split()))[:2]


def test_a_thousand_times_are_written_as_255():
    assert shown("whale " * 1000, ["whale"]) == {"whale": 255}
    assert sketches("whale " * 1000).num_words.tolist() == [1000]


@pytest.mark.parametrize("text", ["", "a b c", "... !", "it is so"])
def test_a_text_without_a_term_has_none(text):
    assert sketch(text) is None


def test_an_ideograph_is_a_term():
    assert sketches("吾輩は猫である").num_terms.tolist() == [7]


@given(st.lists(st.sampled_from(["whale", "ship", "sea", "is", "Ship", "x1y"]), max_size=60))
def test_counts_are_those_of_plain_python(text):
    counted = Counter(word for word in map(str.lower, text) if len(word) >= 3)
    assert shown(" ".join(text), {word.lower() for word in text}) == counted if counted else True


@pytest.mark.parametrize("at_once", [1, 50])
def test_blocks_and_the_joining_of_words_make_no_difference(monkeypatch, at_once):
    rng = np.random.default_rng(0)
    text = " ".join(f"word{number}" for number in rng.zipf(1.3, 3000) % 400)
    whole = sketch(text)
    blocks = topics.blocks
    monkeypatch.setattr(topics, "blocks", lambda data: blocks(data, size=200))
    monkeypatch.setattr(topics, "_AT_ONCE", at_once)
    assert sketch(text) == whole
    assert len(re.findall(r"\w+", text)) == 3000


@given(st.lists(st.none() | st.integers(1, 70), max_size=9), st.integers(0, 9))
def test_sketches_of_any_size_are_read_back_with_those_that_are_missing(sizes, cut):
    made = [
        None if size is None else sketch(" ".join(f"word{n}" for n in range(size)))
        for size in sizes
    ]
    column = pa.chunked_array([made[:cut], made[cut:]], pa.binary()).slice(min(1, len(made)))
    found = read(column)
    numbers = [size or 0 for size in sizes[1:]]
    assert found.num_words.tolist() == numbers
    assert found.num_terms.tolist() == [min(number, 64) for number in numbers]
    assert found.times.tolist() == [1] * sum(found.num_terms.tolist())
    start = 0
    for number in numbers:
        mine = found.term[start : start + min(number, 64)].tolist()
        start += min(number, 64)
        assert set(mine) <= {hash_of(f"word{n}") for n in range(number)}
        assert len(set(mine)) == len(mine)


def test_no_column_gives_no_terms():
    assert read(pa.chunked_array([], pa.binary())).num_terms.tolist() == []


@pytest.mark.parametrize("wrong", [{"terms": 0}, {"terms": 5000}, {"seed": 1}])
def test_options_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValidationError):
        Options(**wrong)
