"""What each cell is asked for adds up to what the stage wants, by shares and by supply."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.mixing.cells import Cell
from generators.mixing.shares import largest_mix, proportions, quotas
from schemas.errors import RecipeError
from schemas.recipe import Recipe

KINDS = {"a": "book", "b": "repo", "c": "page"}


def recipe_of(of_source: dict[str, float | None] | None = None, **changes: Any) -> Recipe:
    given = dict.fromkeys("abc") if of_source is None else of_source
    sources = {name: {"kind": KINDS[name], "share": share} for name, share in given.items()}
    basis = {"inputs": ".", "tokenizer": "train", "seq_len": 1024}
    return Recipe.model_validate({**basis, "sources": sources, **changes})


def parts_of(recipe: Recipe, supply: dict[tuple[str, int, int | None], int]) -> list[float]:
    cells = [Cell(source=s, low=low, high=high, pools=()) for s, low, high in supply]
    stage = recipe.resolved_stages()[0]
    found = proportions(recipe, stage, cells, np.array(list(supply.values())))
    return np.round(found, 6).tolist()


def test_sources_without_a_share_divide_by_supply() -> None:
    recipe = recipe_of({"a": None, "b": None})
    assert parts_of(recipe, {("a", 0, None): 75, ("b", 0, None): 25}) == [0.75, 0.25]


def test_a_source_with_a_share_has_it_and_the_others_the_rest() -> None:
    recipe = recipe_of({"a": 0.5, "b": None, "c": None})
    supply = {("a", 0, None): 10, ("b", 0, None): 30, ("c", 0, None): 10}
    assert parts_of(recipe, supply) == [0.5, 0.375, 0.125]


def test_shares_by_kind_and_by_length_hold_together() -> None:
    """Books of a row .3, code of a row .3, whatever is shorter .4: ProLong in short."""
    recipe = recipe_of(
        shares=[
            {"kinds": ["book"], "at_least": "row", "share": 0.3},
            {"kinds": ["repo"], "at_least": "row", "share": 0.3},
            {"below": "row", "share": 0.4},
        ]
    )
    lengths = ((0, 1024), (1024, None))
    supply = {(name, *ends): 10 for name in "abc" for ends in lengths}
    third = round(0.4 / 3, 6)
    assert parts_of(recipe, supply) == [third, 0.3, third, 0.3, third, 0.0]


def test_upsampling_keeps_the_ratios_of_sources() -> None:
    """Fu et al.: a tenth of the documents below 4,096; sources keep their parts of 80 and 20."""
    recipe = recipe_of({"a": None, "b": None}, upsample={0: 0.1, 4096: 1})
    supply = {("a", 0, 4096): 40, ("a", 4096, None): 40, ("b", 0, 4096): 20, ("b", 4096, None): 0}
    short, long, *b = parts_of(recipe, supply)
    assert (short + long, sum(b)) == (pytest.approx(0.8), pytest.approx(0.2))
    assert long / short == pytest.approx(10, rel=1e-4)


def test_a_share_without_supply_is_asked_for_so_that_it_shows_as_missing() -> None:
    recipe = recipe_of({"a": None, "b": None}, shares=[{"at_least": 1024, "share": 0.6}])
    supply = {("a", 0, 1024): 50, ("a", 1024, None): 0, ("b", 0, 1024): 50, ("b", 1024, None): 0}
    short_a, long_a, short_b, long_b = parts_of(recipe, supply)
    assert long_a + long_b == pytest.approx(0.6)
    assert short_a == short_b == pytest.approx(0.2)


def test_rows_with_original_positions_raise_the_part_of_short_documents_where_they_must() -> None:
    stage = {"name": "s", "seq_len": 1024, "original": {"share": 0.3, "window": 101}}
    recipe = recipe_of({"a": None, "b": None}, stages=[stage])  # 100 tokens and an end id fit
    supply = {("a", 0, 101): 10, ("a", 101, None): 90}
    assert parts_of(recipe, supply) == [0.3, 0.7]
    assert parts_of(recipe, {("a", 0, 101): 50, ("a", 101, None): 50}) == [0.5, 0.5]


def test_shares_that_cannot_all_hold_are_named() -> None:
    books = {"kinds": ["book"], "share": 0.7}
    recipe = recipe_of(shares=[books, {"kinds": ["repo"], "share": 0.6}])
    with pytest.raises(RecipeError, match=r"shares\[1\]: 60.0% cannot hold beside the other"):
        parts_of(recipe, {(name, 0, None): 10 for name in "abc"})


def test_nothing_is_asked_of_nothing() -> None:
    assert parts_of(recipe_of({"a": None}), {("a", 0, None): 0}) == [0.0]
    assert quotas(np.zeros(2), 100).tolist() == [0, 0]


def test_the_scarcest_cell_decides_how_large_a_mix_can_be() -> None:
    assert largest_mix(np.array([0.5, 0.5]), np.array([100, 30])) == 60
    assert largest_mix(np.array([0.1, 0.9]), np.array([100, 30])) == 33
    assert largest_mix(np.array([100 / 130, 30 / 130]), np.array([100, 30])) == 130
    assert largest_mix(np.zeros(2), np.array([0, 0])) == 0


def test_more_than_there_is_is_asked_all_the_same_so_that_the_shortfall_shows() -> None:
    assert quotas(np.array([1.0]), 500).tolist() == [500]


def test_whole_tokens_sum_to_what_is_wanted() -> None:
    assert quotas(np.array([1, 1, 1]) / 3, 100).tolist() == [34, 33, 33]
    assert quotas(np.array([0.75, 0.25]), 64).tolist() == [48, 16]


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=9), st.integers(0, 10**12))
def test_quotas_are_within_one_token_of_the_proportions(supply, natural) -> None:
    parts = np.array(supply) / sum(supply)
    asked = quotas(parts, natural)
    assert int(asked.sum()) == natural
    assert (np.abs(asked - parts * natural) <= 1 + 1e-3).all()


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=9))
def test_all_that_there_is_can_be_asked_for(supply) -> None:
    """Proportions of the supply itself: the largest mix is all of it, to the token."""
    parts = np.array(supply) / sum(supply)
    whole = largest_mix(parts, np.array(supply))
    assert whole == sum(supply)
    assert quotas(parts, whole).tolist() == supply


@pytest.mark.parametrize(
    "shares", [{"a": 0.5}, {"a": 0.7, "b": 0.7}, {"a": 0.9, "b": 0.2, "c": None}]
)
def test_shares_of_sources_that_do_not_add_up_are_refused(shares) -> None:
    with pytest.raises(RecipeError, match="the shares add up to"):
        parts_of(recipe_of(shares), {(name, 0, None): 100 for name in shares})
