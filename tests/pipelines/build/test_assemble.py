"""A shard is made again with the same bytes, and only when it is not there."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.build.assemble import AssembleContext, assemble, assemble_units, finished
from pipelines.files import open_folder
from pipelines.shards.mix import open_mix
from schemas.unit import Unit


@pytest.fixture
def copy(mix: Path, tmp_path: Path) -> Path:
    shutil.copytree(mix, tmp_path / "tiny")
    shutil.copytree(f"{mix}.work", tmp_path / "tiny.work")
    return tmp_path / "tiny"


def units_of(mix: Path) -> list[Unit]:
    opened = open_mix(str(mix))
    end = opened.manifest["tokenizer"]["eos_id"]
    form = {"extra_token": False, "eos_id": end, "bos_id": None, "pad_id": end}
    shards = opened.read("plan/shards.parquet")
    return assemble_units(shards, opened.manifest["mix_digest"], {**form, "continue_below": None})


def context_of(mix: Path) -> AssembleContext:
    return AssembleContext(
        store=f"{mix}.work/store",
        work=f"{mix}.work",
        mix=str(mix),
        tokenizer_sha256=open_mix(str(mix)).manifest["tokenizer"]["sha256"],
    )


def done(mix: Path, unit: Unit) -> dict[str, Any] | None:
    return finished(open_folder(f"{mix}.work"), open_folder(str(mix)), unit)


def test_there_is_a_unit_for_each_shard_and_all_are_done(copy: Path) -> None:
    shards = json.loads((copy / "manifest.json").read_text())["shards"]
    units = units_of(copy)
    assert [unit.description["shard"]["path"] for unit in units] == [s["path"] for s in shards]
    for unit, shard in zip(units, shards, strict=True):
        marker = done(copy, unit)
        assert marker is not None
        assert marker["rows"] == shard["rows"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_shard_that_is_gone_is_made_again_with_the_same_bytes(copy: Path, number: int) -> None:
    unit = units_of(copy)[number]
    path = copy / unit.description["shard"]["path"]
    before, marker = path.read_bytes(), done(copy, unit)
    path.unlink()
    assert done(copy, unit) is None
    assert assemble(context_of(copy), unit) == marker
    assert path.read_bytes() == before


def test_a_shard_is_described_by_the_numbering_of_its_own_stage(copy: Path) -> None:
    shards = open_mix(str(copy)).read("plan/shards.parquet")
    units = assemble_units(shards, "digest", {"numbering": {"long": {"scheme": "pose"}}})
    found = {unit.description["shard"]["stage"]: unit.description["numbering"] for unit in units}
    assert found == {"short": None, "long": {"scheme": "pose"}}


def test_a_shard_of_another_size_is_not_done(copy: Path) -> None:
    unit = units_of(copy)[0]
    path = copy / unit.description["shard"]["path"]
    path.write_bytes(path.read_bytes()[:-1])
    assert done(copy, unit) is None


def test_a_shard_without_its_marker_is_not_done(copy: Path) -> None:
    unit = units_of(copy)[0]
    shutil.rmtree(f"{copy}.work/markers")
    assert done(copy, unit) is None


def test_a_finished_shard_is_not_opened(copy: Path) -> None:
    """The store may be gone by then."""
    unit = units_of(copy)[0]
    shutil.rmtree(f"{copy}.work/store")
    assert assemble(context_of(copy), unit) == done(copy, unit)


def test_a_store_that_lost_ids_stops_the_shard_and_nothing_appears(copy: Path) -> None:
    unit = units_of(copy)[0]
    path = copy / unit.description["shard"]["path"]
    path.unlink()
    for ids in Path(f"{copy}.work/store").rglob("ids.bin"):
        ids.write_bytes(b"")
    with pytest.raises(EOFError, match=r"ids\.bin ends before byte"):
        assemble(context_of(copy), unit)
    assert not path.exists()
    assert list(Path(f"{copy}.work").glob("tmp/*")) == []
