"""A haystack ends where a word ends and the right number of tokens is saved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.tokens.tokenizer import Tokenizer
from generators.weaving.multiples import ends, few
from generators.weaving.places import ruler
from tests.generators.weaving.conftest import TEXTS

TEXT = "and the bells rang. By dawn the bridge was gone"


class Words:
    """A tokenizer of words, signs and empty lines."""

    def encode_batch(self, texts: list[str]) -> list[list[str]]:
        return [text.replace(".", " .").replace("\n\n", " % ").split() for text in texts]


def found(*saved: int, most: int = 11) -> list[str]:
    words = np.array([*(at for at, sign in enumerate(TEXT) if sign in " ."), len(TEXT)])
    places = ends(
        ruler(TEXT, words),
        (0, len(TEXT)),
        fits=lambda tokens: tokens in saved,
        most=most,
        tail=lambda begin, end: f"{TEXT[begin:end]}\n\nWho rang?",
        tokenizer=Words(),  # type: ignore[arg-type]
    )
    return [TEXT[:end].split()[-1] for end in places]


def test_every_word_is_one_token_less() -> None:
    assert [found(saved) for saved in (1, 2, 3, 10)] == [["was"], ["bridge"], ["the"], ["and"]]
    assert found(11) == found(0) == []


def test_the_end_of_a_sentence_comes_first_and_a_word_before_a_sign_last() -> None:
    assert found(1, 6, 7) == ["rang.", "was", "rang"]


def test_no_more_is_left_out_than_may_be() -> None:
    assert [found(3, most=most) for most in (2, 3)] == [[], ["the"]]


@pytest.mark.parametrize("kind", TEXTS)
def test_what_is_saved_is_counted_in_the_text_as_it_will_be(
    tokenizer: Tokenizer, kind: str
) -> None:
    text = tokenizer.normalise(TEXTS[kind])[:900]
    ids = tokenizer.encode(text)
    size = len(tokenizer.encode(f"{text}\n\nWho?"))
    for saved in (1, 2, 5, 12):
        for end in ends(
            ruler(text, tokenizer.byte_ends(ids, text)),
            (0, 900),
            fits=saved.__eq__,
            most=20,
            tail=lambda begin, end: f"{text[begin:end]}\n\nWho?",
            tokenizer=tokenizer,
        ):
            if kind != "one word":  # whose tokens hang together however far
                assert size - len(tokenizer.encode(f"{text[:end]}\n\nWho?")) == saved


def test_a_few_tokens_are_half_of_the_tolerance() -> None:
    assert [few(size) for size in (200, 8192, 32768, 10**6)] == [32, 40, 160, 160]


@given(st.integers(1, 10**7))
def test_a_few_tokens_are_never_more_than_may_be_missed(size: int) -> None:
    assert 0 < few(size) <= np.maximum(0.01 * size, 64) / 2
