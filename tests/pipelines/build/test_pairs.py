"""The files of a recipe's paired tasks: their bytes decide the mix, each pair serves once."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from pipelines.build.pairs import (
    fields_of_samples,
    pair_files,
    rejected_responses,
    written_pairs,
)
from pipelines.plan.recipe import TaskUse, check_recipe, task_uses
from schemas.draw import Draw, SampleDraw
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from tests.pipelines.build.test_written import requests, sound, write


class Plain:
    """A tokenizer whose normal form is the text itself."""

    def normalise(self, text: str) -> str:
        return text


def recipe_of(first: str, second: str) -> tuple[Recipe, tuple[TaskUse, ...]]:
    written = {"requests": first, "responses": second, "distractors": 1}
    recipe = check_recipe(
        {
            "inputs": ".",
            "tokenizer": "train",
            "sources": {"books": {}},
            "tasks": {"needle": {}, "asked": {"task": "written", **written}},
        },
        "r.yaml",
    )
    return recipe, task_uses(recipe)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    asked = requests(6)
    return write(tmp_path, asked, [sound(one, n) for n, one in enumerate(asked)])


def test_both_files_belong_to_the_identity(files: tuple[str, str]) -> None:
    _, uses = recipe_of(*files)
    assert pair_files(uses) == {
        path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in files
    }


def test_a_recipe_that_names_no_file_is_refused() -> None:
    with pytest.raises(RecipeError, match="requests: name the file"):
        pair_files(recipe_of("", "")[1])


def test_every_sample_gets_a_pair_of_its_own_and_other_tasks_get_none(
    files: tuple[str, str],
) -> None:
    recipe, uses = recipe_of(*files)
    tokenizer: Any = Plain()
    written = written_pairs(uses, tokenizer)
    assert {name: len(found.pairs) for name, found in written.items()} == {"asked": 6}
    samples = [
        SampleDraw(sample_id=f"{use}-{n}", use=use, stage="main", length=9, depths=())
        for use in ("needle", "asked")
        for n in range(3)
    ]
    drawn = Draw(samples=tuple(samples), pieces={}, supply=())
    fields = fields_of_samples(
        recipe, drawn, lambda _: ["books:0", "books:1"], uses=uses, written=written
    )
    assert sorted(fields) == ["asked-0", "asked-1", "asked-2"]
    given = [mine["pair"] for mine in fields.values() if mine]
    assert {pair["doc_id"] for pair in given} == {"books:2"}
    assert len({pair["id"] for pair in given}) == len(given) == 2
    assert [mine is None for mine in fields.values()] == [False, False, True]


def test_what_is_no_pair_is_written_down_with_its_reason(tmp_path: Path) -> None:
    files = write(tmp_path, requests(1), ["Sure! Here it is:"])
    tokenizer: Any = Plain()
    written = written_pairs(recipe_of(*files)[1], tokenizer)
    assert rejected_responses(written).to_pylist() == [
        {"task": "asked", "id": "line 1", "reason": "broken_json"}
    ]
