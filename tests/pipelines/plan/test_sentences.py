"""What a person mistypes comes back as a sentence: file, key, what is wrong, the nearest name."""

from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.plan.sentences import nearest, placed, sentences
from schemas.errors import RecipeError
from schemas.recipe import Recipe

LEAST = {"inputs": ".", "tokenizer": "train", "sources": {"books": {}}}


def told(**changes: Any) -> list[str]:
    """Return what is said about a recipe with these changes."""
    with pytest.raises(ValidationError) as caught:
        Recipe.model_validate({**LEAST, **changes})
    return sentences(caught.value, "r.yaml")


def books(**keys: Any) -> dict[str, Any]:
    return {"sources": {"books": keys}}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sed": 1}, "sed: no such key. Did you mean 'seed'?"),
        ({"train": {"vocab": 600}}, "train.vocab: no such key. Did you mean 'vocab_size'?"),
        (
            {"stages": [{"name": "a", "seq_len": 512, "token": 1}]},
            "stages.0.token: no such key. Did you mean 'tokens'?",
        ),
        (
            books(keep={"x": {"mni": 1}}),
            "sources.books.keep.x.mni: no such key. Did you mean 'min'?",
        ),
        (
            {"decontaminate": {"polcy": "cut"}},
            "decontaminate.polcy: no such key. Did you mean 'policy'?",
        ),
        (
            {"stages": [{"name": "a", "seq_len": 512, "zzz": 1}]},
            "stages.0.zzz: no such key. Known keys: name, seq_len, tokens, share, claims, "
            "rope_mode, original, positions, shares, upsample, replay, tasks.",
        ),
    ],
)
def test_a_key_that_nobody_knows_gets_the_nearest_or_the_list(
    changes: dict[str, Any], sentence: str
) -> None:
    assert told(**changes) == [f"r.yaml: {sentence}"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seq_len": 8}, "seq_len: Input should be greater than or equal to 256, not 8"),
        ({"seq_len": "long"}, "seq_len: Input should be a valid integer, not 'long'"),
        (
            {"tasks": {"needle": {"share": 2}}},
            "tasks.needle.share: Input should be less than or equal to 1, not 2",
        ),
        (
            {"near_duplicates": {"book": 0}},
            "near_duplicates.book: Input should be greater than 0, not 0",
        ),
        (
            {"near_duplicates": {"boook": 0.8}},
            "near_duplicates.boook: Input should be 'book', 'repo', 'conversation' or 'page', not "
            "'boook'",
        ),
        (
            books(keep={"x": {"percentiles": [99, 1]}}),
            "sources.books.keep.x: percentiles must be two rising numbers of 0 to 100",
        ),
        (books(clean=[{"policy": "drop"}]), "sources.books.clean.0.name: must be given"),
    ],
)
def test_a_value_that_cannot_be_is_shown(changes: dict[str, Any], sentence: str) -> None:
    assert told(**changes) == [f"r.yaml: {sentence}"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tasks": "al"}, "tasks: must be a mapping of keys, not 'al'"),
        ({"decontaminate": True}, "decontaminate: must be a mapping of keys, not True"),
        (books(clean="unwrap"), "sources.books.clean: must be a list, not 'unwrap'"),
        (books(clean=[3]), "sources.books.clean.0: must be a mapping of keys, not 3"),
        (books(scores={"lines": {}}), "sources.books.scores: must be a list"),
        (books(keep={"x": 0.5}), "sources.books.keep.x: must be a mapping of keys, not 0.5"),
        (books(fields=3), "sources.books.fields: must be a mapping of keys, not 3"),
    ],
)
def test_shapes_are_called_by_the_words_of_yaml(changes: dict[str, Any], sentence: str) -> None:
    assert told(**changes) == [f"r.yaml: {sentence}"]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        Recipe.model_validate({"inputs": ".", "sources": {"books": {}}, "sed": 1})
    assert sentences(caught.value, "r.yaml") == [
        "r.yaml: tokenizer: must be given",
        "r.yaml: sed: no such key. Did you mean 'seed'?",
    ]


def test_a_module_s_faults_stand_below_its_place_with_its_own_names() -> None:
    with pytest.raises(ValidationError) as caught:
        Recipe.model_validate({**LEAST, "blok": 1})
    assert sentences(caught.value, "r.yaml", ("scores", "x"), ["block", "near"]) == [
        "r.yaml: scores.x.blok: no such key. Did you mean 'block'?"
    ]


def test_the_nearest_name_or_none() -> None:
    assert nearest("sed", ["seed", "seq_len"]) == " Did you mean 'seed'?"
    assert nearest("zzz", ["seed", "seq_len"]) == ""


def test_an_error_gets_its_place() -> None:
    with (
        pytest.raises(RecipeError, match=r"^r\.yaml: packer: none such$"),
        placed("r.yaml: packer"),
    ):
        raise RecipeError("none such")
