"""A mix is opened by its manifest: without one there is none."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.shards.mix import SHOWN, open_mix
from schemas.errors import IdentityError, VerificationError
from schemas.manifest import MANIFEST_SCHEMA
from schemas.row import ROWS
from schemas.sample import SAMPLES


def test_tables_are_read_by_kind_and_by_path(mix: Path) -> None:
    opened = open_mix(str(mix))
    samples = opened.table("samples")
    assert samples.schema == SAMPLES
    assert len(samples) > 0
    path = opened.manifest["shards"][0]["path"]
    assert opened.read(path).schema.equals(ROWS)
    assert opened.read(path, ["row_id"]).column_names == ["row_id"]


def test_a_file_that_the_manifest_does_not_list_is_not_seen(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    for name in ("listed", "stray"):
        pq.write_table(SAMPLES.empty_table(), tmp_path / "samples" / f"{name}.parquet")
    (tmp_path / "samples" / "stray.parquet").write_bytes(b"no Parquet at all")
    files = [{"path": "samples/listed.parquet", "kind": "samples"}]
    manifest = {"schema": MANIFEST_SCHEMA} | dict.fromkeys(SHOWN) | {"files": files}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert len(open_mix(str(tmp_path)).table("samples")) == 0


def test_a_folder_without_manifest_is_no_mix(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match=r"there is no manifest\.json.*build it first"):
        open_mix(str(tmp_path / "mix"))


@pytest.mark.parametrize("text", ["[]", "{}", '{"schema": "npm", "name": "x"}'])
def test_the_manifest_of_another_program_is_no_mix(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(IdentityError, match="not that of a whole longmix mix"):
        open_mix(str(tmp_path))


def test_a_manifest_that_was_cut_is_damage(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"schema": "longm')
    with pytest.raises(VerificationError, match=r"its manifest\.json is damaged"):
        open_mix(str(tmp_path))


def test_a_damaged_table_is_named(mix: Path, tmp_path: Path) -> None:
    shutil.copytree(mix, tmp_path / "mix")
    (tmp_path / "mix/plan/ledger.parquet").write_bytes(b"PAR1")
    with pytest.raises(VerificationError, match=r"plan/ledger\.parquet: cannot be read"):
        open_mix(str(tmp_path / "mix")).read("plan/ledger.parquet")


def test_a_mix_that_was_begun_says_so(tmp_path: Path) -> None:
    (tmp_path / "mix.work").mkdir()
    (tmp_path / "mix.work" / "identity.json").write_text("{}")
    with pytest.raises(IdentityError, match="it was begun and is not finished"):
        open_mix(str(tmp_path / "mix"))


def test_the_hub_library_reads_every_configuration(mix: Path, tmp_path: Path, monkeypatch) -> None:
    """What a user does first; the first stage is what comes without naming a configuration."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    rows = {}
    for name in ("short", "long", "documents", "samples", None):
        loaded = datasets.load_dataset(str(mix), name, split="train", cache_dir=str(tmp_path))
        rows[name] = len(loaded)
    stages = open_mix(str(mix)).manifest["totals"]["by_stage"]
    assert rows["short"] == rows[None] == stages["short"]["rows"]
    assert rows["long"] == stages["long"]["rows"]
    assert rows["documents"] == 7
    assert rows["samples"] > 0
