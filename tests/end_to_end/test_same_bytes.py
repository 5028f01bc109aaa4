"""What a mix is depends on its recipe and its inputs; not on the machine, the folder or the day.

Without this, two people who build the same recipe could not tell whether they hold the same data.
"""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.end_to_end.conftest import Reference
from tests.end_to_end.runs import built, digests, longmix, manifest, times, write_recipe


def rows(mix: Path) -> pa.Table:
    """Return all rows of a mix in the order of its shards, without their footers."""
    parts = [pq.read_table(path) for path in sorted(mix.glob("data/main/*.parquet"))]
    return pa.concat_tables(parts).replace_schema_metadata(None)


def test_hash_seed_locale_and_time_zone_change_nothing(
    reference: Reference, tmp_path: Path
) -> None:
    machines = [
        {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "Asia/Kathmandu"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "RAYON_NUM_THREADS": "1"},
    ]
    for number, env in enumerate(machines):
        place = tmp_path / str(number)
        built(reference.recipe, "--out", place / "mix", env=env)
        assert digests(place) == reference.bytes


def test_another_folder_another_store_and_a_copy_of_the_inputs_change_nothing(
    reference: Reference, tmp_path: Path
) -> None:
    inputs = tmp_path / "elsewhere" / "inputs"
    shutil.copytree(reference.inputs, inputs)  # new times, new inodes, the same bytes
    recipe = write_recipe(tmp_path / "copied.yaml", inputs)
    store = tmp_path / "a store"
    built(recipe, "--out", "other name", "--store", store, cwd=tmp_path)
    assert digests(tmp_path / "other name") == reference.mix_bytes
    assert not (tmp_path / "other name.work" / "store").exists()


def test_smaller_units_and_shards_make_another_mix_of_the_same_rows(
    reference: Reference, tmp_path: Path
) -> None:
    sizes = ("unit_bytes=3000", "shard_tokens=4096")
    built(reference.recipe, "--out", tmp_path / "mix", *sizes)
    mine, theirs = manifest(tmp_path / "mix"), manifest(reference.mix)
    assert mine["mix_digest"] != theirs["mix_digest"]
    assert len(mine["shards"]) > len(theirs["shards"]) > 1
    assert rows(tmp_path / "mix").equals(rows(reference.mix))
    for table in ("documents/documents-00000.parquet", "samples/samples-00000.parquet"):
        assert digests(tmp_path / "mix")[table] == reference.mix_bytes[table]


def test_a_finished_mix_is_left_alone_by_the_same_command(
    reference: Reference, tmp_path: Path
) -> None:
    shutil.copytree(reference.mix.parent, tmp_path / "built")
    mix, work = tmp_path / "built/mix", tmp_path / "built/mix.work"
    before = times(mix, work / "store", work / "markers", work / "plan")
    done = built(reference.recipe, "--out", mix)
    assert "nothing to do" in done.stderr
    assert '"phase"' not in done.stderr
    assert times(mix, work / "store", work / "markers", work / "plan") == before


def test_another_recipe_over_the_same_texts_prepares_nothing_again(
    reference: Reference, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(reference.mix.with_name("mix.work") / "store", store)
    prepared = times(store / "prepare", store / "train", store / "tokenizers")
    assert len(prepared) > 4
    mix = tmp_path / "longer"
    built(reference.recipe, "--out", mix, "--store", store, "seq_len=2048", "name=longer")
    assert times(store / "prepare", store / "train", store / "tokenizers") == prepared
    assert {len(ids) for ids in rows(mix)["input_ids"].to_pylist()} == {2048}
    verdict = longmix("verify", mix, "--store", store)
    assert verdict.returncode == 0, verdict.stdout
