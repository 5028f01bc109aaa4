"""Noise reads like text: sentences of words, some common and most of them rare."""

import re
from collections import Counter

import numpy as np

from generators.weaving.noise import noise


def test_noise_is_paragraphs_of_sentences() -> None:
    text = noise(np.random.default_rng(1), 300)
    for paragraph in text.split("\n\n"):
        assert re.fullmatch(r"([A-Z][a-z]+( [a-z]+)*\.( |$)){1,6}", paragraph)
    assert len(text.split()) == 301


def test_the_commonest_word_stands_about_twice_as_often_as_the_next() -> None:
    counts = Counter(re.findall(r"[a-z]+", noise(np.random.default_rng(2), 60_000).lower()))
    (_, first), (_, second) = counts.most_common(2)
    assert 1.8 < first / second < 2.2


def test_other_streams_give_other_words() -> None:
    one, other = (set(noise(np.random.default_rng(seed), 50).split()) for seed in (1, 2))
    assert len(one & other) < 5
