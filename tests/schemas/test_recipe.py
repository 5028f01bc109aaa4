"""A recipe is data with defaults; what nobody reads is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.recipe import Bounds, DecontaminateSpec, Part, Recipe, SourceSpec
from schemas.task_spec import TaskSpec

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


def test_a_source_gathers_the_keys_of_its_reader() -> None:
    source = SourceSpec.model_validate({"reader": "repo", "order": "path"})
    assert (source.reader, source.fields) == ("repo", {"order": "path"})


def test_a_part_is_a_name_or_a_mapping_with_keys_of_its_own() -> None:
    assert Part.model_validate("unwrap") == Part(name="unwrap")
    part = Part.model_validate({"name": "secrets", "policy": "drop"})
    assert (part.name, part.fields) == ("secrets", {"policy": "drop"})


@pytest.mark.parametrize(
    "rule",
    [{"min": 0}, {"max": 0}, {"min": 1, "max": 1}, {"percentiles": [0, 50]}, {"among": ["en"]}],
)
def test_a_rule_says_what_a_column_must_be_like(rule: dict[str, Any]) -> None:
    shown = Bounds.model_validate(rule).model_dump(mode="json")
    assert {name: value for name, value in shown.items() if value is not None} == rule
    assert Bounds.model_validate(shown) == Bounds.model_validate(rule)


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({}, "give min, max or percentiles for a column of numbers, or among"),
        ({"min": None}, "give min, max or percentiles"),
        ({"among": []}, "give min, max or percentiles"),
        ({"among": ["en"], "percentiles": [1, 99]}, "give min, max or percentiles"),
        ({"min": 2, "max": 1}, "min is more than max"),
        ({"percentiles": [99, 1]}, "two rising numbers of 0 to 100"),
        ({"percentiles": [1, 101]}, "two rising numbers of 0 to 100"),
        ({"percentiles": [-1, 50]}, "two rising numbers of 0 to 100"),
    ],
)
def test_a_rule_that_nothing_can_meet_is_refused(rule: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Bounds.model_validate(rule)


def test_decontamination_asks_for_the_built_in_list_by_default() -> None:
    spec = DecontaminateSpec()
    assert (spec.files, spec.known, spec.ngram, spec.shortest) == ((), True, 13, 8)


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"known": False}, "give files of prompts, or leave `known` on"),
        ({"ngram": 7}, "shortest must not be more than ngram"),
    ],
)
def test_decontamination_that_finds_nothing_is_refused(spec: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        DecontaminateSpec.model_validate(spec)


@pytest.mark.parametrize(
    "changes",
    [
        {"sed": 1},
        {"sources": {}},
        {"sources": {"a/b": {}}},
        {"sources": {"books": {"share": 1.5}}},
        {"sources": {"books": {"min_tokens": 0}}},
        {"sources": {"books": {"fields": 3}}},
        {"sources": {"books": {"overlap": 0.9}}},
        {"near_duplicates": {"book": 0}},
        {"near_duplicates": {"novel": 0.8}},
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
