"""LongRoPE2: the space of its search, and what the search found."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.rope.longrope2 import (
    SEARCH_RECIPE,
    initial_factors,
    mutated,
    ntk_left,
    search_range,
)
from generators.seeds import rng_for
from schemas.errors import RecipeError
from tests.generators.rope.oracle import Rope, assert_same, scaled

SMALL = Rope(dim=4, base=100, trained=10)
LLAMA3 = Rope(dim=128, base=5e5, trained=8192)
PHI3 = Rope(dim=96, base=1e4, trained=2048)


def test_the_search_begins_at_ten_turns_and_ends_at_one():
    assert search_range(LLAMA3) == (24, 35)
    assert search_range(PHI3) == (19, 31)


def test_a_model_without_slow_pairs_has_nothing_to_search():
    with pytest.raises(RecipeError, match="nothing for LongRoPE2 to search"):
        search_range(Rope(dim=4, base=4, trained=100_000))


def test_all_pairs_may_be_slow_and_none_be_critical():
    assert search_range(Rope(dim=4, base=100, trained=5)) == (0, 0)
    assert ntk_left(0, 16).tolist() == []


def test_factors_left_of_the_critical_pair_by_eye():
    assert ntk_left(2, 16).tolist() == [1, 4]
    factors = ntk_left(30, 17)
    np.testing.assert_allclose(factors[:3], [1, 1.099044, 1.207897], rtol=1e-6)
    assert factors[-1] == pytest.approx(15.467993, rel=1e-7)


def test_they_are_those_of_one_larger_base():
    """Base' is chosen so that pair 30 is slowed 17 times."""
    base = LLAMA3.base * 17 ** (LLAMA3.dim / 60)
    pairs = np.arange(30)
    slowed = (base / LLAMA3.base) ** (2 * pairs / LLAMA3.dim)
    np.testing.assert_allclose(ntk_left(30, 17), slowed)


def test_initial_candidates_are_one_for_each_pair_of_the_range():
    candidates = initial_factors(rng_for(0, "test"), LLAMA3, 131072)
    assert candidates.shape == (12, 64)
    for critical, factors in enumerate(candidates, start=24):
        assert 16 <= factors[critical] <= 32
        assert np.unique(factors[critical:]).size == 1
        np.testing.assert_array_equal(factors[:critical], ntk_left(critical, factors[critical]))
        assert factors[critical - 1] < factors[critical]


@given(seed=st.integers(0, 10**6), critical=st.integers(0, 31), s=st.floats(2, 64))
def test_a_mutant_stays_within_the_space_of_the_search(seed, critical, s):
    rng = rng_for(seed, "test")
    factors = np.concatenate((ntk_left(critical, s), np.full(32 - critical, s)))
    for _ in range(5):
        factors = mutated(rng, factors, critical=critical, scale=s)
        assert np.all(np.diff(factors) >= 0)
        assert np.all((factors[critical:] >= s) & (factors[critical:] <= 2 * s))
        np.testing.assert_array_equal(factors[:critical], ntk_left(critical, factors[critical]))


def test_three_of_ten_slow_pairs_are_drawn_anew():
    rng, factors = rng_for(0, "test"), np.full(1000, 16.0)
    changed = [(mutated(rng, factors, critical=0, scale=16) != 16).mean() for _ in range(20)]
    assert np.mean(changed) == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("critical", [-1, 4])
def test_a_critical_pair_that_is_none(critical):
    with pytest.raises(ValueError, match=r"pairs are 0\.\.3"):
        mutated(rng_for(0, "test"), np.ones(4), critical=critical, scale=2)


def test_what_was_found_is_applied_to_long_inputs_alone(tmp_path):
    made = scaled("longrope2", SMALL, 40, factors=[1, 5])
    assert made.name == "longrope2"
    assert made.inv_freq.tolist() == [1, 0.02]
    assert made.config["rope_type"] == "longrope"
    assert made.config["short_factor"] == [1, 1]
    assert scaled("longrope2", SMALL, 10, factors=[1, 5]).inv_freq.tolist() == [1, 0.1]
    (tmp_path / "found.json").write_text(json.dumps([1, 5]))
    again = scaled("longrope2", SMALL, 40, factors=str(tmp_path / "found.json"))
    assert again.config == made.config


def test_a_candidate_in_transformers():
    factors = initial_factors(rng_for(0, "test"), LLAMA3, 131072)[6].tolist()
    made = scaled("longrope2", LLAMA3, 131072, factors=factors)
    assert_same(made, head=128, length=131072)


def test_without_factors_the_recipe_of_the_search_is_named():
    with pytest.raises(RecipeError, match=SEARCH_RECIPE):
        scaled("longrope2", LLAMA3, 131072)


def test_factors_outside_of_the_space_are_told():
    notes = scaled("longrope2", SMALL, 40, factors=[3, 2]).notes
    assert any("fall with the pair" in note for note in notes)
    assert any("searches from 4 to 8" in note for note in notes)
