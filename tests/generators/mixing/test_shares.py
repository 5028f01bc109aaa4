"""What each source is asked for adds up to what the stage wants, by shares or by supply."""

import pytest

from generators.mixing.shares import largest_mix, quotas
from schemas.errors import RecipeError
from schemas.recipe import Recipe, StageSpec


def recipe_of(**shares: float | None) -> Recipe:
    sources = {name: {"share": share} for name, share in shares.items()}
    return Recipe.model_validate({"inputs": ".", "tokenizer": "train", "sources": sources})


def stage(tokens: int | None) -> StageSpec:
    return StageSpec(name="main", seq_len=16, tokens=tokens)


def test_the_scarcest_source_decides_how_large_a_mix_can_be() -> None:
    assert largest_mix(recipe_of(a=0.5, b=0.5), {"a": 100, "b": 30}) == 60
    assert largest_mix(recipe_of(a=0.1, b=None), {"a": 100, "b": 30}) == 33
    assert largest_mix(recipe_of(a=None, b=None), {"a": 100, "b": 30}) == 130


def test_without_a_ceiling_shares_hold() -> None:
    asked = quotas(recipe_of(a=0.5, b=0.5), stage(None), {"a": 100, "b": 30}, 130)
    assert asked == {"a": 30, "b": 30}


def test_sources_without_a_share_divide_by_supply() -> None:
    asked = quotas(recipe_of(a=None, b=None), stage(65), {"a": 100, "b": 30}, 65)
    assert asked == {"a": 50, "b": 15}


def test_more_than_there_is_is_asked_all_the_same_so_that_the_shortfall_shows() -> None:
    assert quotas(recipe_of(a=None), stage(500), {"a": 100}, 500) == {"a": 500}


@pytest.mark.parametrize(
    "shares", [{"a": 0.5}, {"a": 0.7, "b": 0.7}, {"a": 0.9, "b": 0.2, "c": None}]
)
def test_shares_that_do_not_add_up_are_refused(shares: dict[str, float | None]) -> None:
    with pytest.raises(RecipeError, match="the shares add up to"):
        quotas(recipe_of(**shares), stage(100), dict.fromkeys(shares, 100), 100)
