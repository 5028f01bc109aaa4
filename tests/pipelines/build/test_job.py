"""An open job: what workers are told, what a failing unit says, and what a dry run leaves."""

import io
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.build.job import Options, open_job, run_units
from pipelines.build.mix import Planned
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress
from schemas.errors import IdentityError, LongmixError, RecipeError
from schemas.unit import Unit

UNITS = [Unit(phase="weave", index=index, description={"n": index}) for index in range(3)]


def test_workers_are_told_where_things_are_in_absolute_paths(
    planned: Planned, monkeypatch: pytest.MonkeyPatch, corpus: Path
) -> None:
    monkeypatch.chdir(corpus.parent)
    near = replace(planned.job, recipe=planned.job.recipe.model_copy(update={"inputs": "here"}))
    assert near.context.inputs == str(corpus.parent / "here")
    assert Path(near.context.store).is_absolute()
    far = planned.job.recipe.model_copy(update={"inputs": "s3://bucket/books"})
    assert replace(planned.job, recipe=far).context.inputs == "s3://bucket/books"


def test_results_come_by_the_number_of_their_unit(planned: Planned) -> None:
    results = run_units(planned.job, lambda unit: {"n": unit.index}, UNITS, lambda result: "")
    assert results == {0: {"n": 0}, 1: {"n": 1}, 2: {"n": 2}}


def test_a_unit_that_fails_stops_the_build_after_the_others_are_done(planned: Planned) -> None:
    done: list[int] = []

    def work(unit: Unit) -> dict[str, Any]:
        if unit.index == 1:
            raise ValueError("no such thing")
        done.append(unit.index)
        return {}

    with pytest.raises(
        LongmixError, match=r"weave: 1 of 3 units failed.*unit 1: ValueError: no such thing"
    ):
        run_units(planned.job, work, UNITS, lambda result: "")
    assert done == [0, 2]


def test_a_second_driver_is_refused_while_the_first_is_open(
    recipe_file: Path, mix: Path, tmp_path: Path
) -> None:
    recipe = load_recipe(str(recipe_file))
    out = str(tmp_path / "tiny")
    options = Options(out=out, store=f"{mix}.work/store", executor="local")
    with ExitStack() as first, ExitStack() as second:
        open_job(recipe, options, Progress(io.StringIO()), first)
        with pytest.raises(IdentityError, match="another longmix is building"):
            open_job(recipe, options, Progress(io.StringIO()), second)


def test_a_dry_run_begins_nothing(recipe_file: Path, mix: Path, tmp_path: Path) -> None:
    options = Options(
        out=str(tmp_path / "tiny"), store=f"{mix}.work/store", executor="local", dry=True
    )
    with ExitStack() as stack:
        open_job(load_recipe(str(recipe_file)), options, Progress(io.StringIO()), stack)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("override", ["inputs=/nowhere", "tokenizer=/nowhere.json"])
def test_overwriting_with_a_misspelt_recipe_throws_nothing_away(
    recipe_file: Path, tmp_path: Path, override: str
) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/manifest.json").write_text('{"schema": "longmix.manifest/1"}')
    recipe = load_recipe(str(recipe_file), [override])
    options = Options(out=str(tmp_path / "tiny"), overwrite=True, executor="local")
    with ExitStack() as stack, pytest.raises(RecipeError, match="/nowhere"):
        open_job(recipe, options, Progress(io.StringIO()), stack)
    assert (tmp_path / "tiny/manifest.json").exists()


def test_a_tokenizer_that_is_refused_has_begun_nothing(recipe_file: Path, tmp_path: Path) -> None:
    """So the next try, with the right file, is not refused as the build of something else."""
    (tmp_path / "tokenizer.json").write_text("{}")
    recipe = load_recipe(str(recipe_file), [f"tokenizer={tmp_path}/tokenizer.json"])
    options = Options(out=str(tmp_path / "tiny"), executor="local")
    with ExitStack() as stack, pytest.raises(RecipeError, match="tokenizer"):
        open_job(recipe, options, Progress(io.StringIO()), stack)
    assert not (tmp_path / "tiny.work/identity.json").exists()
