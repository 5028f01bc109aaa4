"""What is published says exactly what is there, and says it last."""

import hashlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.tokens.load import load_tokenizer
from pipelines.build.job import Options
from pipelines.build.mix import build_mix
from pipelines.files import Folder
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress
from schemas.canonical import digest
from schemas.document import DOCUMENTS
from schemas.sample import SAMPLES


@pytest.fixture(scope="module")
def manifest(mix: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((mix / "manifest.json").read_text())
    return found


@pytest.fixture(scope="module")
def rows(mix: Path, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    tables = [pq.read_table(mix / shard["path"]) for shard in manifest["shards"]]
    return [row for table in tables for row in table.to_pylist()]


def test_every_file_but_the_manifest_is_listed_with_its_size_and_sha256(mix, manifest) -> None:
    listed = {file["path"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    found = {}
    for path in mix.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            data = path.read_bytes()
            name = str(path.relative_to(mix))
            found[name] = (len(data), hashlib.sha256(data).hexdigest())
    assert listed == found
    lines = sorted(f"{sha256}  {path}\n" for path, (_, sha256) in found.items())
    assert manifest["content_digest"] == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_totals_are_those_of_the_rows(rows, manifest) -> None:
    totals = manifest["totals"]
    by_source: Counter[str] = Counter()
    for row in rows:
        for span in row["spans"]:
            by_source[span["source"]] += span["length"]
    assert totals["rows"] == len(rows)
    assert totals["tokens"] == sum(len(row["input_ids"]) for row in rows)
    assert totals["targets"] == sum(row["num_targets"] for row in rows)
    assert totals["pad"] == sum(row["num_pad"] for row in rows)
    assert totals["by_source"] == by_source
    assert totals["by_task"] == {"needle": by_source["task:needle"]}
    assert totals["tokens"] == totals["pad"] + sum(by_source.values())
    for stage, numbers in totals["by_stage"].items():
        assert numbers["rows"] == sum(row["stage"] == stage for row in rows)


def test_the_accounting_is_that_of_the_rows(rows, manifest) -> None:
    stages = manifest["accounting"]["stages"]
    targets = [part["targets"] for stage in stages for part in stage["by_source"].values()]
    assert sum(targets) == manifest["totals"]["targets"]
    tokens: Counter[str] = Counter()
    for stage in stages:
        mine = [row for row in rows if row["stage"] == stage["stage"]]
        assert stage["rows"] == len(mine)
        assert stage["padding"] == sum(row["num_pad"] for row in mine)
        assert stage["attention"]["squares"] == sum(row["attn_cost"] for row in mine)
        assert stage["original_rows"] == sum(row["rope_mode"] == "original" for row in mine)
        for name, part in stage["by_source"].items():
            tokens[name] += part["tokens"]
    assert tokens == manifest["totals"]["by_source"]


def test_rows_are_numbered_through_all_stages(rows) -> None:
    assert [row["row_id"] for row in rows] == list(range(len(rows)))


def test_the_recipe_is_shown_whole_without_a_path_of_this_machine(manifest, corpus: Path) -> None:
    recipe = manifest["recipe"]
    assert recipe["inputs"] == corpus.name
    assert str(corpus) not in json.dumps(manifest)
    assert recipe["min_fragment"] == 64
    assert recipe["tasks"]["needle"]["keys"] == 1
    assert manifest["recipe_digest"] == digest(recipe)


def test_inputs_are_listed_by_their_content(manifest, corpus: Path) -> None:
    for entry in manifest["inputs"]:
        data = (corpus / entry["uri"]).read_bytes()
        assert entry["bytes"] == len(data)
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert len(manifest["inputs"]) == 7


def test_samples_say_where_their_answer_stands(mix: Path, rows) -> None:
    tokenizer = load_tokenizer((mix / "tokenizer" / "tokenizer.json").read_bytes())
    table = pq.read_table(mix / "samples")
    assert table.schema == SAMPLES
    for sample in table.to_pylist():
        row = rows[sample["row_id"]]
        span = row["spans"][sample["segment"]]
        assert (span["doc_id"], span["length"]) == (sample["sample_id"], sample["num_tokens"])
        ids = row["input_ids"][sample["answer_start"] : sample["answer_end"]]
        assert tokenizer.decode(np.array(ids, np.int32)).strip() == sample["gold"]


def test_the_documents_table_has_the_columns_of_the_format(mix: Path) -> None:
    table = pq.read_table(mix / "documents")
    assert table.schema.equals(DOCUMENTS)
    assert len(table) == 7


def test_the_manifest_comes_last_and_a_mix_without_samples_has_their_file(
    recipe_file: Path, mix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    create = Folder.create

    def recorded(self: Folder, name: str, **options: Any) -> Any:
        names.append(name)
        return create(self, name, **options)

    monkeypatch.setattr(Folder, "create", recorded)
    options = Options(out=str(tmp_path / "mix"), store=f"{mix}.work/store", executor="local")
    recipe = load_recipe(str(recipe_file), ["tasks={}"])
    built = build_mix(recipe, options, Progress(io.StringIO()))
    assert names[-1] == "manifest.json"
    assert not any(name.startswith("prepare/") for name in names)
    samples = pq.read_table(tmp_path / "mix" / "samples")
    assert samples == SAMPLES.empty_table()
    assert built.manifest["totals"]["by_task"] == {}
    assert (
        pa.compute.sum(pq.read_table(tmp_path / "mix/plan/ledger.parquet")["haystack"]).as_py() == 0
    )


def test_a_shard_of_an_earlier_plan_is_not_published(
    recipe_file: Path, mix: Path, tmp_path: Path
) -> None:
    """The card selects files by pattern, so a reader would take it for part of the mix."""
    options = Options(out=str(tmp_path / "mix"), store=f"{mix}.work/store", executor="local")
    recipe = load_recipe(str(recipe_file))
    build_mix(recipe, options, Progress(io.StringIO()))
    before = sorted((tmp_path / "mix/data").rglob("*.parquet"))
    (tmp_path / "mix/manifest.json").unlink()
    before[0].with_name("main-00099.parquet").write_bytes(b"PAR1")
    build_mix(recipe, options, Progress(io.StringIO()))
    assert sorted((tmp_path / "mix/data").rglob("*.parquet")) == before
