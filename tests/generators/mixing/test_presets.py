"""Published mixtures can hold, fill what a recipe leaves out, and say where they come from."""

import numpy as np
import pytest

from generators.mixing.cells import Cell, bounds_of
from generators.mixing.presets import PRESETS, with_preset
from generators.mixing.shares import proportions
from schemas.errors import RecipeError
from schemas.recipe import Recipe

SOURCES = {"b": {"kind": "book"}, "r": {"kind": "repo"}, "p": {"kind": "page"}}


def recipe_of(**changes: object) -> Recipe:
    basis = {"inputs": ".", "tokenizer": "train", "sources": SOURCES, "seq_len": 65536}
    return Recipe.model_validate({**basis, **changes})


def test_the_names_are_those_that_are_documented() -> None:
    assert list(PRESETS) == ["prolong", "olmo3", "fu", "qwen", "llama3"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_hold_and_speaks_for_itself(name: str) -> None:
    recipe = with_preset(recipe_of(preset=name))
    cells = [
        Cell(source=source, low=low, high=high, pools=())
        for source in SOURCES
        for low, high in zip(
            bounds_of(recipe, source), [*bounds_of(recipe, source)[1:], None], strict=True
        )
    ]
    (stage,) = recipe.resolved_stages()
    parts = proportions(recipe, stage, cells, np.full(len(cells), 1000))
    assert parts.sum() == pytest.approx(1)
    long = sum(p for p, cell in zip(parts, cells, strict=True) if cell.low >= 4096)
    expected = {"prolong": 0.63, "olmo3": 0.34, "fu": 1 / 1.1, "qwen": 0.75, "llama3": 0}
    assert long == pytest.approx(expected[name], abs=1e-4)
    assert len(PRESETS[name].source) > 20
    assert len(PRESETS[name].trade_off) > 20


def test_shares_of_a_recipe_come_before_those_of_its_preset() -> None:
    own = recipe_of(preset="qwen", shares=[{"kinds": ["book"], "share": 0.9}])
    assert with_preset(own) == own
    assert with_preset(recipe_of()) == recipe_of()


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(RecipeError, match="preset: 'gpt' is none of prolong, olmo3, fu, qwen"):
        with_preset(recipe_of(preset="gpt"))
