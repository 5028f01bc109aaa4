import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.decontam import _grams as module
from generators.decontam._grams import blocks, grams_of
from generators.ngrams.units import rolling
from generators.ngrams.words import words
from schemas.errors import RecipeError


def made(texts: list[tuple[str, str]], n: int, shortest: int) -> dict[str, list[int]]:
    """Return the sorted grams of each benchmark."""
    found: dict[str, list[int]] = {}
    for batch in grams_of(texts, n=n, shortest=shortest, unit="word", tokenizer=None):
        found[batch.name] = sorted(found.get(batch.name, []) + batch.hashes.tolist())
    return found


def test_no_gram_lies_across_two_texts() -> None:
    texts = [("quiz", "a b c d"), ("quiz", "a b"), ("quiz", "e")]
    batch, *others = grams_of(texts, n=3, shortest=2, unit="word", tokenizer=None)
    whole = rolling(words("a b c d").hashes, 3).tolist()
    assert others == []
    assert sorted(batch.hashes.tolist()) == sorted(
        [*whole, *rolling(words("a b").hashes, 2).tolist()]
    )
    assert (batch.sizes, batch.num_texts, batch.num_short) == ({2, 3}, 2, 1)


TEXT = st.text("ab .\n\u0301漢", max_size=12)


@given(st.lists(st.tuples(st.sampled_from("pq"), TEXT), max_size=6))
def test_batches_change_nothing(texts: list[tuple[str, str]]) -> None:
    by_hand: dict[str, list[int]] = {}
    for name, text in texts:
        hashes = words(text).hashes
        size = min(3, len(hashes))
        own = np.unique(rolling(hashes, size)).tolist() if size >= 2 else []
        by_hand[name] = sorted(by_hand.get(name, []) + own)
    assert made(texts, 3, 2) == by_hand
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BATCH_CHARS", 1)
        assert made(texts, 3, 2) == by_hand


def test_tokens_need_a_tokenizer() -> None:
    with pytest.raises(RecipeError, match="need a tokenizer"):
        blocks("x", "token", None)
