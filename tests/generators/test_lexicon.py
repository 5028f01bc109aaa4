"""Invented values: in no haystack, in no other value, and hidden when nobody could guess them."""

import re
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators import lexicon
from generators.lexicon import Kind, Taken, fresh, looks_random, near

SHAPES = {
    "number": r"[1-9]\d{6}",
    "code": r"[A-Z]{2}\d-\d{2}[A-Z]\d",
    "date": r"([1-9]|1\d|2[0-8]) [A-Z][a-z]+ [2-9]\d{3}",
    "name": r"[A-Z][a-z]+ [A-Z][a-z]+",
    "place": r"[A-Z][a-z]+ [A-Z][a-z]+",
    "identifier": r"[a-z]+_[a-z]+_[a-z]+|[a-z]+[A-Z][a-z]+[A-Z][a-z]+",
    "phrase": r"[A-Z][a-z]+ [a-z]+",
}


@pytest.mark.parametrize("kind", get_args(Kind))
@given(seed=st.integers(0, 2**32))
def test_values_have_the_shape_of_their_kind(kind: Kind, seed: int) -> None:
    value = fresh(np.random.default_rng(seed), kind, taken=(), haystack="")
    assert re.fullmatch(SHAPES[kind], value)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_seed_decides_the_value(kind: Kind) -> None:
    draws = [fresh(np.random.default_rng(seed), kind, taken=(), haystack="") for seed in (3, 3, 4)]
    assert draws[0] == draws[1] != draws[2]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_value_of_the_haystack_is_drawn_again(kind: Kind) -> None:
    first = fresh(np.random.default_rng(7), kind, taken=(), haystack="")
    second = fresh(np.random.default_rng(7), kind, taken=(), haystack=f"so {first}, they said")
    assert first not in second


def test_nothing_taken_stands_in_a_value_or_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter(["KX4", "KX4-90Q7-1", "KX4-90Q7", "QX4-90Q7"])
    monkeypatch.setitem(lexicon.DRAW, "code", lambda rng: next(draws))
    taken = ["KX4-90Q7"]
    assert fresh(np.random.default_rng(0), "code", taken=taken, haystack="") == "QX4-90Q7"


def test_a_space_that_is_used_up_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lexicon.DRAW, "number", lambda rng: "1234567")
    with pytest.raises(ValueError, match="no unused value of kind 'number' in 1000 draws"):
        fresh(np.random.default_rng(0), "number", taken=["1234567"], haystack="")


@pytest.mark.parametrize("kind", get_args(Kind))
@given(seed=st.integers(0, 2**32))
def test_a_near_value_differs_in_one_or_two_letters(kind: Kind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    value = fresh(rng, kind, taken=(), haystack="")
    other = near(rng, value, taken=[value], haystack="")
    assert len(other) == len(value)
    assert sum(a != b for a, b in zip(value, other, strict=True)) in (1, 2)


@pytest.mark.parametrize("kind", get_args(Kind))
@given(seed=st.integers(0, 2**32))
def test_a_near_value_is_as_well_formed_as_a_drawn_one(kind: Kind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    other = near(rng, fresh(rng, kind, taken=(), haystack=""), taken=(), haystack="")
    assert re.fullmatch(SHAPES[kind], other)
    if kind == "date":
        assert 2400 <= int(other[-4:]) < 9900


@pytest.mark.parametrize("value", ["1000000", "1 May 2400", "28 March 9899", "10 June 3000"])
def test_no_slip_makes_a_leading_zero_or_a_day_that_is_none(value: str) -> None:
    made = [near(np.random.default_rng(n), value, taken=(), haystack="") for n in range(300)]
    kind = "date" if " " in value else "number"
    assert all(re.fullmatch(SHAPES[kind], one) for one in made)


@pytest.mark.parametrize("value", ["fetchVelmarIndex", "fetch_velmar_index"])
def test_a_near_identifier_keeps_the_words_that_everybody_knows(value: str) -> None:
    made = [near(np.random.default_rng(n), value, taken=(), haystack="") for n in range(100)]
    assert all(one.startswith("fetch") and one.endswith(value[-5:]) for one in made)


@given(st.lists(st.text("ab\u00e9", min_size=1, max_size=4)), st.text("ab\u00e9", min_size=1))
def test_what_is_taken_meets_its_parts_and_what_holds_it(values: list[str], value: str) -> None:
    whole, grown = Taken(values), Taken()
    assert [grown.add(one) for one in values] == values
    expected = any(value in one or one in value for one in values)
    assert whole.meets(value) == grown.meets(value) == expected


@given(seed=st.integers(0, 2**32))
def test_a_near_phrase_keeps_the_thing(seed: int) -> None:
    other = near(np.random.default_rng(seed), "Velmar lantern", taken=["Velmar"], haystack="")
    assert other.endswith(" lantern")


def test_what_looks_random_is_hidden() -> None:
    hidden = ["4021", "1234567", "KX4-90Q7", "14 March 6184", "deadbeef", "a1"]
    guessable = ["Velmar Tosqui", "Port Velmar", "fetch_velmar_index", "Velmar lantern", "407"]
    assert [looks_random(value) for value in hidden] == [True] * len(hidden)
    assert [looks_random(value) for value in guessable] == [False] * len(guessable)


@pytest.mark.parametrize("kind", ["number", "code", "date"])
@given(seed=st.integers(0, 2**32))
def test_numbers_codes_and_dates_are_hidden(kind: Kind, seed: int) -> None:
    assert looks_random(fresh(np.random.default_rng(seed), kind, taken=(), haystack=""))
