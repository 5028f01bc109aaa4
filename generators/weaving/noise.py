"""Noise: sentences of invented words, a haystack for sanity checks that holds nothing to read.

    Tovel rasko ny gratu velmar. Quist ay tovel.

Words come from a vocabulary of VOCABULARY invented ones, the k-th about 1/k as often as the first
(Zipf's law), so that noise has common and rare words as text has.
"""

import numpy as np

from generators.lexicon import word

VOCABULARY = 512
_SENTENCE = (4, 16)
_PARAGRAPH = 6


def noise(rng: np.random.Generator, num_tokens: int) -> str:
    """Return text of at least `num_tokens` tokens of any tokenizer: as many words or more."""
    words = np.array([word(rng) for _ in range(VOCABULARY)])
    weight = 1 / np.arange(1, VOCABULARY + 1)
    drawn = words[rng.choice(VOCABULARY, size=num_tokens + 1, p=weight / weight.sum())]
    sizes = rng.integers(*_SENTENCE, size=len(drawn) // _SENTENCE[0] + 1)
    stops = np.cumsum(sizes)
    cuts = np.split(drawn, stops[stops < len(drawn)])
    sentences = [" ".join(cut.tolist()).capitalize() + "." for cut in cuts]
    return "\n\n".join(
        " ".join(sentences[at : at + _PARAGRAPH]) for at in range(0, len(sentences), _PARAGRAPH)
    )
