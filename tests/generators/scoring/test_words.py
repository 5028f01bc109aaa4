"""Words and their keys, against a plain regular expression and a dictionary."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generators.scoring._words import mix, words


def spelt(text: str, *, least: int = 1) -> list[str]:
    data = text.encode()
    found = words(data, least=least)
    pairs = zip(found.start.tolist(), found.size.tolist(), strict=True)
    return [data[start : start + size].decode() for start, size in pairs]


def test_words_are_runs_of_letters_and_digits() -> None:
    assert spelt("No, _no_: 5_a __init__ a__b") == ["No", "no", "5_a", "init", "a", "b"]
    assert spelt("") == []
    assert spelt(" \n—…\u00a0。") == []


def test_words_beyond_ascii() -> None:
    assert spelt("“Ça” c\u2019est l'été…") == ["Ça", "c", "est", "l", "été"]
    assert spelt("漢字a漢。ひ\uff01x😀y") == ["漢", "字", "a", "漢", "ひ", "x", "y"]
    assert spelt("Война и мир, 한국어") == ["Война", "и", "мир", "한국어"]


def test_short_words_can_be_left_out() -> None:
    assert spelt("I am the_one é 漢", least=3) == ["the_one", "漢"]


@given(st.text(alphabet="abZ09_ .\n", max_size=200))
def test_words_are_those_of_a_regular_expression(text: str) -> None:
    assert spelt(text) == re.findall(r"[a-zA-Z0-9]+(?:_[a-zA-Z0-9]+)*", text)


@given(st.lists(st.text(alphabet="ab", min_size=1, max_size=40), max_size=30))
def test_keys_are_equal_for_equal_words_alone(names: list[str]) -> None:
    """Up to 32 bytes; longer ones would need the same ends and length to be confused."""
    key = words(" ".join(names).encode()).key.tolist()
    seen: dict[str, int] = {}
    for name, value in zip(names, key, strict=True):
        assert seen.setdefault(name, value) == value
    assert len(set(seen.values())) == len(seen)


def test_a_key_knows_neither_case_nor_place() -> None:
    one = words(b"Whale").key[0]
    assert (words(b"  the whale, WHALE").key[1:] == one).all()


def test_words_of_every_length_up_to_32_bytes_have_their_own_key() -> None:
    lengths = range(1, 33)
    for place in range(32):
        longer = [n for n in lengths if n > place]
        changed = [b"x" * place + b"y" + b"x" * (n - place - 1) for n in longer]
        keys = words(b" ".join(b"x" * n for n in longer) + b" " + b" ".join(changed)).key
        assert len(set(keys.tolist())) == 2 * len(longer)


def test_mix_is_splitmix64() -> None:
    """The published first outputs of the generator that starts at 0 with this step."""
    step = 0x9E3779B97F4A7C15
    states = np.array([step, 2 * step % 2**64, 3 * step % 2**64], np.uint64)
    assert [hex(key) for key in mix(states).tolist()] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]
