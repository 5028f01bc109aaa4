import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.tokens import cuts
from generators.tokens.cuts import pieces, rule_pattern, safe_cut
from generators.tokens.engines import load_oracle, oracle_ids


def encoder(data):
    oracle = load_oracle(data)
    return (lambda text: oracle_ids(oracle, text)), oracle.get_vocab()


def test_the_two_places_of_a_cut():
    text = "The end.\nThen 1 was,\n\nit  seems\n- a café au lait"
    places = [found.start() for found in rule_pattern().finditer(text)]
    marked = "".join("|" * (i in places) + char for i, char in enumerate(text))
    assert marked == "The| end.\n|Then 1 was,\n\nit  seems\n- a| café au| lait"


def test_pieces_join_to_the_text_and_are_no_shorter_than_asked(monkeypatch):
    monkeypatch.setattr(cuts, "PIECE_CHARS", 5)
    assert list(pieces("one two three four", rule_pattern())) == ["one two", " three", " four"]
    assert list(pieces("one two three four", None)) == ["one two three four"]
    assert list(pieces("", rule_pattern())) == [""]


@pytest.mark.parametrize("name", ["plain", "neox"])
def test_both_rules_are_proved_on_the_usual_splitting_regexes(name, request):
    encode, vocabulary = encoder(request.getfixturevalue(name))
    assert safe_cut(encode, vocabulary).pattern == rule_pattern().pattern


def test_a_vocabulary_that_reaches_over_a_cut_forbids_it(plain):
    encode, vocabulary = encoder(plain)
    only_newline = safe_cut(encode, [*vocabulary, "theĠcat"])
    assert [m.start() for m in only_newline.finditer("a b\nc d")] == [4]
    assert safe_cut(encode, [*vocabulary, "theĠcat", ".ĊThe"]) is None


def test_an_encoder_that_looks_over_a_cut_forbids_it():
    # One id for the whole text: no place to cut gives the same.
    assert safe_cut(lambda text: np.array([len(text)], dtype=np.int32), ["a"]) is None


def test_a_prefix_space_forbids_the_newline_but_not_the_space(unigram):
    encode, vocabulary = encoder(unigram)
    cut = safe_cut(encode, vocabulary)
    assert [m.start() for m in cut.finditer("the cat\nthe cat")] == [3, 11]


WORDS = st.sampled_from(
    [
        "the",
        " cat",
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        "I'll",
        "'s",
        "12",
        ".",
        "é",
        "e\u0301",
        "漢",
        "ж",
        "\r\n",
    ]
)


@settings(deadline=None, max_examples=300)
@pytest.mark.parametrize("name", ["plain", "neox"])
@given(words=st.lists(WORDS))
def test_every_cut_of_any_text_is_exact(encoders, name, words):
    encode = encoders[name]
    text = "".join(words)
    places = [0, *(found.start() for found in re.finditer(rule_pattern(), text)), len(text)]
    parts = [encode(text[a:b]) for a, b in pairwise(places)]
    assert np.concatenate(parts).tolist() == encode(text).tolist()


@pytest.fixture(scope="session")
def encoders(plain, neox):
    return {"plain": encoder(plain)[0], "neox": encoder(neox)[0]}
