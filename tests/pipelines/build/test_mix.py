"""The machine as a whole on the tiny corpus: planned, built, resumed, and the same each time."""

import io
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.build.job import Options
from pipelines.build.mix import Built, Planned, build_mix, weave
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress


def build(recipe_file: Path, out: Path, **options: Any) -> Built:
    chosen = Options(out=str(out), executor="local", **options)
    return build_mix(load_recipe(str(recipe_file)), chosen, Progress(io.StringIO()))


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_plan_knows_samples_and_pieces_of_every_stage(planned: Planned) -> None:
    assert set(planned.draw.pieces) == {"short", "long"}
    assert {sample.stage for sample in planned.draw.samples} == {"short", "long"}
    assert len(planned.documents.table) == 7
    assert planned.quarantined == []


def test_weaving_says_where_each_sample_is_and_in_which_stage(planned: Planned) -> None:
    units, woven = weave(planned)
    assert len(units) == 1
    stage_of = {sample.sample_id: sample.stage for sample in planned.draw.samples}
    assert {sample.sample_id: sample.stage for sample in woven} == stage_of
    none = replace(planned, draw=replace(planned.draw, samples=()))
    assert weave(none) == ([], [])


def test_the_same_mix_in_another_folder_is_the_same_bytes(
    recipe_file: Path, mix: Path, tmp_path: Path
) -> None:
    built = build(recipe_file, tmp_path / "again")
    assert built.fresh
    assert contents(tmp_path / "again") == contents(mix)


def test_a_mix_without_its_manifest_is_finished_from_what_is_there(
    recipe_file: Path, mix: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(mix, copy)
    shutil.copytree(f"{mix}.work", f"{copy}.work")
    (copy / "manifest.json").unlink()
    shards = {path: path.stat().st_mtime_ns for path in copy.glob("data/*/*.parquet")}
    assert build(recipe_file, copy).fresh
    assert contents(copy) == contents(mix)
    assert {path: path.stat().st_mtime_ns for path in shards} == shards
    assert not build(recipe_file, copy).fresh


def test_a_shard_that_went_missing_is_made_again(
    recipe_file: Path, mix: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(mix, copy)
    shutil.copytree(f"{mix}.work", f"{copy}.work")
    (copy / "data/long/long-00000.parquet").unlink()
    assert build(recipe_file, copy).fresh
    assert contents(copy) == contents(mix)
