"""What a changed recipe does again: counted in units and samples, over one store.

Without this, a change of one ratio would cost the night again: a mix of 20 B tokens has millions of
samples, of which it changed a few.
"""

import io
import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.build import weave as weaving
from pipelines.build.job import Options
from pipelines.build.mix import build_mix, plan_mix
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress
from schemas.draw import SampleDraw
from tests.end_to_end.runs import digests, make_corpus, prose, write_recipe

TASKS = {
    name: {"task": "needle", "share": 0.12, "lengths": [512, 768], **own}
    for name, own in {"one": {}, "two": {"keys": 2}, "crowd": {"distractors": 2}}.items()
}


@dataclass(frozen=True)
class Built:
    """A mix in a store that holds nothing else."""

    recipe: Path
    store: Path

    def draw(self, *changes: str) -> dict[str, SampleDraw]:
        """Return the samples of the changed recipe."""
        options = Options(out=f"{self.store}.dry", store=str(self.store), dry=True)
        with ExitStack() as stack:
            recipe = load_recipe(str(self.recipe), list(changes))
            planned = plan_mix(recipe, options, Progress(io.StringIO()), stack)
        return {sample.sample_id: sample for sample in planned.draw.samples}

    def build(self, out: Path, store: Path, *changes: str) -> dict[str, str]:
        """Build the changed recipe and return the sha256 of its files."""
        options = Options(out=str(out), store=str(store), executor="local")
        build_mix(load_recipe(str(self.recipe), list(changes)), options, Progress(io.StringIO()))
        return digests(out)


def units(store: Path, phase: str) -> dict[str, int]:
    """Return the finished units of a phase, and of each how many samples it wove or tried to."""
    markers = sorted(store.glob(f"{phase}/*/done.json"))
    results = {path.parent.name: json.loads(path.read_text())["result"] for path in markers}
    return {name: len(result.get("keys", ())) for name, result in results.items()}


@pytest.fixture(autouse=True)
def _small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weaving, "UNIT_TOKENS", 4000)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("changed")
    inputs = make_corpus(folder / "inputs")
    for k in range(24):
        (inputs / f"books/more{k}.txt").write_text(prose(300 + k, 1500), encoding="utf-8")
    recipe = write_recipe(folder / "recipe.yaml", inputs, tasks=TASKS, tokens=49_152)
    made = Built(recipe=recipe, store=folder / "store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weaving, "UNIT_TOKENS", 4000)
        made.build(folder / "mix", made.store)
    assert len(units(made.store, "weave")) > 2
    return made


RATIOS = [
    ["shares=[{kinds: [book], share: 0.7}]"],
    ["upsample={0: 0.5, 1024: 1}", "max_epochs=2"],
]
LAYOUTS = [
    ["packer=buckets", "shard_tokens=4096"],
    ["boundaries=none", "row_order=short_first"],
    ["cluster.ranks=2", "cluster.rows_per_step=4", "row_order=balanced"],
]
MORE = [["tasks.one.share=0.15"], ["tasks.more={task: needle, share: 0.06, lengths: [512]}"]]
OTHERS = [["tasks.one.lengths=[640]"], ["tasks.two.depths=middle"], ["seed=1"]]


@pytest.mark.parametrize("changes", [*RATIOS, *LAYOUTS, *MORE, *OTHERS])
def test_no_document_is_prepared_and_no_sample_woven_that_has_the_same_draw(
    first: Built, tmp_path: Path, changes: list[str]
) -> None:
    """And the mix is the same bytes as one whose samples were all woven for it."""
    old, new = first.draw(), first.draw(*changes)
    store = tmp_path / "store"
    shutil.copytree(first.store, store)
    made = first.build(tmp_path / "mix", store, *changes)
    before, after = units(first.store, "weave"), units(store, "weave")
    assert units(store, "prepare") == units(first.store, "prepare")
    woven = sum(size for name, size in after.items() if name not in before)
    assert woven == sum(old.get(name) != sample for name, sample in new.items())
    assert before.items() <= after.items()
    shutil.rmtree(store / "weave")
    assert first.build(tmp_path / "again", store, *changes) == made
    assert sum(units(store, "weave").values()) == len(new)


@pytest.mark.parametrize("changes", [*RATIOS, *LAYOUTS])
def test_ratios_and_layouts_change_no_draw_of_a_sample(first: Built, changes: list[str]) -> None:
    """Where the stage has a ceiling: without, more or less text makes more or fewer samples."""
    assert first.draw(*changes) == first.draw()


def test_depths_of_a_task_change_its_samples_alone(first: Built) -> None:
    old, new = first.draw(), first.draw("tasks.two.depths=middle")
    changed = {name for name, sample in new.items() if sample != old[name]}
    assert changed == {name for name, sample in old.items() if sample.use == "two"}


@pytest.mark.parametrize("changes", MORE)
def test_more_samples_of_a_task_move_few_haystacks_of_others(
    first: Built, changes: list[str]
) -> None:
    """Others lie where they lay but where a new one took the room of their document."""
    old, new = first.draw(), first.draw(*changes)
    assert len(new) > len(old)
    others = [name for name in old if old[name].use != "one"]
    assert [old[name].depths for name in others] == [new[name].depths for name in others]
    moved = [name for name in others if old[name].pieces != new[name].pieces]
    assert len(moved) <= len(others) / 3


def test_another_seed_changes_every_sample(first: Built) -> None:
    old, new = first.draw(), first.draw("seed=1")
    assert all(sample != old.get(name) for name, sample in new.items())


def test_a_unit_that_lost_a_file_is_woven_again_and_no_other(first: Built, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(first.store, store)
    lost = sorted(store.glob("weave/*"))[1]
    (lost / "mask.bin").unlink()
    times = {path: path.stat().st_mtime_ns for path in store.glob("weave/*/ids.bin")}
    first.build(tmp_path / "mix", store)
    assert units(store, "weave") == units(first.store, "weave")
    redone = [path for path, time in times.items() if path.stat().st_mtime_ns != time]
    assert redone == [lost / "ids.bin"]
