import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.progress import Progress
from pipelines.shards.mix import Mix, open_mix
from pipelines.verify.smoke.corpus import InconclusiveError
from pipelines.verify.smoke.rebuild import Rebuilt, rebuild
from tests.pipelines.verify.broken import Broken
from tests.pipelines.verify.conftest import Variant
from tests.pipelines.verify.smoke.small import SMALL


def build(mix: str | Path, folder: Path, **options: Any) -> Rebuilt:
    options = {"store": None, "settings": SMALL, **options}
    return rebuild(
        open_mix(str(mix)), folder=str(folder), progress=Progress(io.StringIO()), **options
    )


@pytest.fixture(scope="module")
def rebuilt(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Rebuilt:
    return build(sound, tmp_path_factory.mktemp("rebuilt"))


def names(made: Rebuilt) -> list[str]:
    return [made.mix, made.control, made.text, made.base_text, *made.audits.values()]


def rows(mix: Mix) -> list[dict[str, Any]]:
    return [row for shard in mix.manifest["shards"] for row in mix.read(shard["path"]).to_pylist()]


def sound_mixes(made: Rebuilt) -> None:
    """Only audits have held-out wordings, which no mix for training may have."""
    store = str(Path(made.mix).parent / "store")
    for name in names(made):
        wrong = {"sample.split"} if name in made.audits.values() else set()
        assert Broken(Path(name), store).failures() == wrong, name


def test_every_rebuilt_mix_is_sound(rebuilt: Rebuilt) -> None:
    sound_mixes(rebuilt)


def test_rows_are_as_short_as_asked_and_enough(rebuilt: Rebuilt) -> None:
    for name, length, least in (
        (rebuilt.mix, 512, 20),
        (rebuilt.control, 512, 20),
        (rebuilt.text, 256, 4),
        (rebuilt.base_text, 256, 12),
    ):
        found = rows(open_mix(name))
        assert {row["seq_len"] for row in found} == {length}
        assert len(found) >= least
    assert rebuilt.factor == 2


def test_half_of_the_tokens_is_planted(rebuilt: Rebuilt) -> None:
    for name in (rebuilt.mix, rebuilt.control):
        totals = open_mix(name).manifest["totals"]
        assert totals["by_task"]["cloze"] / totals["tokens"] == pytest.approx(0.5, abs=0.12)


def test_audits_are_held_out_in_text_and_wording(rebuilt: Rebuilt) -> None:
    trained = {line["doc_id"] for line in open_mix(rebuilt.mix).table("documents").to_pylist()}
    for length, count in SMALL.audits:
        mix = open_mix(rebuilt.audits[length])
        samples = mix.table("samples").to_pylist()
        assert {line["split"] for line in samples} == {"held-out"}
        assert len(samples) >= count
        assert all(0.5 * length < line["num_tokens"] <= length for line in samples)
        assert not trained & {line["doc_id"] for line in mix.table("documents").to_pylist()}


def test_the_users_samples_are_for_training(rebuilt: Rebuilt) -> None:
    samples = open_mix(rebuilt.mix).table("samples").to_pylist()
    assert {line["split"] for line in samples} == {"train"}
    assert {json.loads(line["params"])["keys"] for line in samples} == {1, 2} & {
        json.loads(line["params"])["keys"] for line in samples
    }
    assert all(line["sample_id"].startswith("needle-smoke-") for line in samples)


def test_run_again_it_finds_everything(rebuilt: Rebuilt, sound: Path) -> None:
    folder = Path(rebuilt.mix).parent
    before = {name: (Path(name) / "manifest.json").stat() for name in names(rebuilt)}
    assert build(sound, folder) == rebuilt
    after = {name: (Path(name) / "manifest.json").stat() for name in names(rebuilt)}
    assert {n: s.st_mtime_ns for n, s in before.items()} == {
        n: s.st_mtime_ns for n, s in after.items()
    }


def test_other_settings_replace_what_is_there(sound: Path, tmp_path: Path) -> None:
    few = replace(SMALL, audits=((256, 1),), in_mix=0, long=replace(SMALL.long, steps=4))
    first = build(sound, tmp_path, settings=few)
    again = build(sound, tmp_path, settings=replace(few, planted=0.25))
    assert first == again
    planted = open_mix(again.mix).manifest["recipe"]["tasks"]["needle"]["share"]
    assert planted == 0.25


def test_a_mix_without_its_store_is_rebuilt_from_its_rows(mix: Broken, tmp_path: Path) -> None:
    made = build(mix.path, tmp_path / "smoke")
    sound_mixes(made)


def test_natural_text_alone_is_rebuilt_only_when_asked(variant: Variant, tmp_path: Path) -> None:
    plain = variant(tasks={})
    with pytest.raises(InconclusiveError, match="no task that plants"):
        build(plain.path, tmp_path / "smoke")
    made = build(plain.path, tmp_path / "smoke", natural=True)
    assert open_mix(made.mix).manifest["totals"]["by_task"] == {}
    assert open_mix(made.control).manifest["totals"]["by_task"]["cloze"] > 0


def test_the_users_packing_and_positions_come_along(variant: Variant, tmp_path: Path) -> None:
    own = variant(packer="concatenate", boundaries="none", positions="pose", pos_target_len=4 * 512)
    made = build(own.path, tmp_path / "smoke")
    assert made.factor == 8
    found = rows(open_mix(made.mix))
    assert max(max(row["position_ids"]) for row in found) > 512
    assert any(len({s["doc_id"] for s in row["spans"]}) > row["num_docs"] for row in found)
    assert all(row["position_ids"] is None for row in rows(open_mix(made.control)))
