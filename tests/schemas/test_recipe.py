"""A recipe is data with defaults; what nobody reads is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.recipe import Recipe, TaskSpec

LEAST = {"inputs": ".", "tokenizer": "train", "sources": {"books": {}}}


def test_a_recipe_without_stages_has_one_of_its_own_length_and_ceiling() -> None:
    recipe = Recipe.model_validate({**LEAST, "seq_len": 512, "tokens": 9999})
    (stage,) = recipe.resolved_stages()
    assert (stage.name, stage.seq_len, stage.tokens) == ("main", 512, 9999)
    assert stage.rope_mode == "rescaled"


def test_named_stages_stand_in_their_order() -> None:
    stages = [{"name": "b", "seq_len": 512}, {"name": "a", "seq_len": 1024}]
    recipe = Recipe.model_validate({**LEAST, "stages": stages})
    assert [stage.name for stage in recipe.resolved_stages()] == ["b", "a"]


def test_a_task_gathers_the_keys_that_are_its_own() -> None:
    task = TaskSpec.model_validate({"share": 0.1, "keys": 4, "fields": {"near": 1}})
    assert (task.share, task.fields) == (0.1, {"near": 1, "keys": 4})


@pytest.mark.parametrize(
    "changes",
    [
        {"sed": 1},
        {"sources": {}},
        {"sources": {"a/b": {}}},
        {"sources": {"books": {"share": 1.5}}},
        {"sources": {"books": {"reeder": "text"}}},
        {"stages": [{"name": "a", "seq_len": 0}]},
        {"tokens": 0},
        {"seq_len": 100},
        {"bos": "always"},
        {"max_epochs": 0},
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Recipe.model_validate({**LEAST, **changes})


def test_a_recipe_does_not_change_once_it_is_checked() -> None:
    recipe = Recipe.model_validate(LEAST)
    with pytest.raises(ValidationError, match="frozen"):
        recipe.seed = 1


def test_every_key_has_a_sentence_or_speaks_for_itself() -> None:
    """Editors show these; keys of one plain word need none."""
    silent = [
        name
        for name, part in Recipe.model_json_schema()["properties"].items()
        if "description" not in part
    ]
    assert set(silent) <= {"name", "seed", "sources", "stages", "train", "bos", "bos_id"}
