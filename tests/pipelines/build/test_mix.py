"""The machine as a whole on the tiny corpus: planned, built, resumed, and the same each time."""

import io
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pipelines.build import prepare as preparing
from pipelines.build import score as scoring
from pipelines.build.job import Options
from pipelines.build.mix import Built, Planned, build_mix, plan_mix, sample_mix
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


def plan(recipe_file: Path, store: Path, *overrides: str) -> list[str]:
    """Return the reasons of the documents, by name, as a plan over this store gives them."""
    options = Options(out=f"{store}.mix", store=str(store), executor="local", dry=True)
    with ExitStack() as stack:
        recipe = load_recipe(str(recipe_file), overrides)
        table = plan_mix(recipe, options, Progress(io.StringIO()), stack).documents.table
    lines = zip(table["uri"].to_pylist(), table["reason"].to_pylist(), strict=True)
    return [f"{uri}: {reason}" for uri, reason in lines if uri.startswith("books/")]


def units_done(store: Path) -> dict[str, int]:
    """Return when each unit of the store was finished."""
    return {str(path): path.stat().st_mtime_ns for path in store.rglob("done.json")}


SCORED = "sources.books.scores=[lines, compression]"


def test_changed_thresholds_read_nothing_again(
    recipe_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    before = plan(recipe_file, store, SCORED)
    assert before == [
        "books/bridge.txt: None",
        "books/garden-again.txt: None",
        "books/garden.txt: exact_duplicate",
        "books/leaflet.txt: short",
    ]
    done = units_done(store)

    def never(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a text was read again")

    monkeypatch.setattr(preparing, "_prepare_item", never)
    monkeypatch.setattr(scoring, "_subjects", never)
    rules = ["sources.books.min_tokens=1", "sources.books.keep={lines_letters: {min: 2}}"]
    assert plan(recipe_file, store, SCORED, *rules) == [
        "books/bridge.txt: low lines_letters",
        "books/garden-again.txt: low lines_letters",
        "books/garden.txt: low lines_letters",
        "books/leaflet.txt: None",  # too short to have such a score
    ]
    assert plan(recipe_file, store, SCORED) == before
    assert units_done(store) == done


def test_a_score_that_is_added_or_changed_is_the_only_one_measured(
    recipe_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    plan(recipe_file, store, SCORED)
    done = units_done(store)
    monkeypatch.setattr(preparing, "_prepare_item", lambda *a, **k: 1 // 0)
    more = "sources.books.scores=[lines, compression, {name: language, slices: 4}]"
    plan(recipe_file, store, more)
    added = {path: at for path, at in units_done(store).items() if path not in done}
    assert {**done, **added} == units_done(store)
    assert [Path(path).relative_to(store).parts[0] for path in added] == ["score"]


def test_a_sample_reads_as_many_inputs_of_a_source_as_it_needs(
    recipe_file: Path, tmp_path: Path
) -> None:
    options = Options(out=str(tmp_path / "tiny"), executor="local", dry=True)
    with ExitStack() as stack:
        recipe = load_recipe(str(recipe_file))
        found = sample_mix(recipe, options, Progress(io.StringIO()), stack, documents=2)
    read = {name: {item.uri for item in items} for name, items in found.items.items()}
    assert {name: len(uris) for name, uris in read.items()} == {"books": 2, "notes": 2}
    assert {*found.documents.table["uri"].to_pylist()} == read["books"] | read["notes"]
