"""Whatever a recipe may ask for, the mix that comes of it passes; what it lacks ends the reading.

One small build for every switch of the recipe that changes rows: a check that is too strict for one
of them would send people home with a good mix.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generators.decontam.index import build
from pipelines.files import open_folder
from pipelines.store.texts import StoredTexts
from pipelines.verify import device, known
from schemas.errors import IdentityError, RecipeError
from tests.pipelines.verify.broken import START, Broken, natural
from tests.pipelines.verify.conftest import RECIPE, Variant, needle_task

STAGES = [
    {"name": "short", "seq_len": 512, "tokens": 6144, "rope_mode": "original"},
    {"name": "long", "seq_len": 1024},
]

BUILDS: dict[str, dict[str, Any]] = {
    "no samples": {"tasks": {}},
    "no end ids": {"eos": False},
    "start id of a document": {"bos": "document", "bos_id": START},
    "start id of a row": {"bos": "row", "bos_id": START},
    "padding of its own": {"pad_id": 7},
    "a token more": {"extra_token": True},
    "end ids on fragments": {"eos_on_fragments": True},
    "positions that go on": {"fragment_positions": "continue", "pos_target_len": 1024},
    "shared haystacks": {"haystack_reuse": "shared"},
    "two passes": {"max_epochs": 2, "tokens": 30720},
    "two stages": {"stages": STAGES},
    "question first": {"tasks": needle_task(question="first")},
    "question twice": {"tasks": needle_task(question="both", lengths=[384])},
    "loss of the context": {"tasks": needle_task(loss="answer+context")},
    "loss of all": {"tasks": needle_task(loss="all")},
    "two answers": {"tasks": needle_task(values=2, distractors=0)},
    "no filler": {"sources": {**RECIPE["sources"], "letters": {"files": "letters/*"}}},
    "any fragment": {"min_fragment": 1},
    "everything at once": {
        "bos": "document",
        "bos_id": START,
        "extra_token": True,
        "eos_on_fragments": True,
        "fragment_positions": "continue",
        "pos_target_len": 2048,
        "stages": STAGES,
    },
}


@pytest.mark.parametrize("name", BUILDS)
def test_what_a_recipe_may_ask_for_passes_with_and_without_a_store(
    variant: Variant, tmp_path: Path, name: str
) -> None:
    mix = variant(**BUILDS[name])
    assert mix.verdict()["defects"] == []
    assert mix.verdict(store=str(tmp_path / "nothing"))["defects"] == []


def test_sound_mix_passes_every_check(mix: Broken) -> None:
    verdict = mix.verdict()
    assert verdict["passed"]
    assert verdict["defects"] == []
    assert verdict["rows"] == mix.manifest["totals"]["rows"]


def test_verdict_is_json(mix: Broken) -> None:
    verdict = mix.verdict()
    assert json.loads(json.dumps(verdict)) == verdict


def test_folder_without_a_manifest_is_no_mix(mix: Broken) -> None:
    (mix.path / "manifest.json").unlink()
    with pytest.raises(IdentityError, match=r"no manifest\.json"):
        mix.verdict()


def test_missing_table_ends_the_checks_that_need_it(mix: Broken) -> None:
    (mix.path / "samples/samples-00000.parquet").unlink()
    assert {"files.bytes", "files.readable"} <= mix.failures()


@pytest.mark.parametrize("kind", ["documents", "samples"])
def test_truncated_table_that_the_manifest_agrees_to_is_named(mix: Broken, kind: str) -> None:
    path = mix.path / kind / f"{kind}-00000.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    mix.seal()
    assert mix.failures() == {"files.readable"}


def test_shard_with_a_row_less_than_the_manifest_says_is_named(mix: Broken) -> None:
    rows = pq.read_table(mix.shards[-1]).to_pylist()
    mix.write_rows(mix.shards[-1], rows[:-1])
    assert mix.failures() == {"shard.rows"}


def test_row_of_another_stage_than_its_shard_is_found(mix: Broken) -> None:
    mix.edit_rows(natural, lambda row: row.update(stage="later"))
    assert mix.failures() == {"row.stage", "row.seq_len", "row.rope_mode", "totals.by_stage"}


def test_row_id_that_is_not_the_next_is_found(mix: Broken) -> None:
    mix.edit_rows(natural, lambda row: row.update(row_id=row["row_id"] + 100))
    assert mix.failures() == {"row.row_id"}


def test_damage_to_a_shard_is_missed_by_a_draw_that_leaves_it_out(mix: Broken) -> None:
    found = []
    for path in mix.shards:
        whole = path.read_bytes()
        rows = pq.read_table(path).to_pylist()
        rows[0]["attn_cost"] = 0
        mix.write_rows(path, rows)
        found.append(mix.failures(share=0.01))
        assert mix.failures(share=1.0) == {"row.attn_cost"}
        path.write_bytes(whole)
        mix.seal()
    assert sorted(found, key=len) == [set()] * (len(found) - 1) + [{"row.attn_cost"}]


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5])
def test_share_of_nothing_or_more_than_all_is_refused(mix: Broken, share: float) -> None:
    with pytest.raises(RecipeError, match="a share is above 0 and at most 1"):
        mix.verdict(share=share)


def test_what_cannot_be_drawn_is_refused(mix: Broken) -> None:
    with pytest.raises(RecipeError, match="--sample-by page: what is drawn is one of shard, row"):
        mix.verdict(share=0.5, by="page")


def test_drawn_rows_are_read_and_no_others(mix: Broken) -> None:
    verdict = mix.verdict(share=0.25, by="row")
    total = mix.manifest["totals"]["rows"]
    assert verdict["passed"]
    assert verdict["rows"] == verdict["sampling"]["checked"] == round(total / 4)
    assert verdict["sampling"]["of"] == total
    assert verdict["tokens"] == 512 * verdict["rows"]
    made = {entry["check"] for entry in verdict["checks"]}
    assert "span.text" in made
    assert not {"totals.rows", "sample.placed", "mix.padding"} & made


def test_drawn_samples_are_solved_again_and_every_row_is_checked(mix: Broken) -> None:
    verdict = mix.verdict(share=0.5, by="sample")
    total = len(mix.lines("samples"))
    checked = {entry["check"]: entry["checked"] for entry in verdict["checks"]}
    assert verdict["passed"]
    assert verdict["rows"] == mix.manifest["totals"]["rows"]
    assert checked["sample.solved"] == verdict["samples"] == round(total / 2)
    assert verdict["sampling"]["checked"] == round(total / 2)
    assert checked["sample.atomic"] == total
    assert checked["totals.rows"] == 1


def test_text_that_two_documents_share_is_told(mix: Broken) -> None:
    """One page of one book stands in another row as a page of another book: both are named."""
    figures = mix.verdict()["overlap"]
    assert figures["spans"] == figures["rows"] == {"count": 0, "pairs": []}
    rows = [row for path in mix.shards for row in pq.read_table(path).to_pylist()]
    books = [row for row in rows if len(row["spans"]) == 1]
    first = books[0]
    other = next(r for r in books if r["spans"][0]["doc_id"] != first["spans"][0]["doc_id"])
    mix.edit_rows(
        lambda row: row["row_id"] == other["row_id"],
        lambda row: row.update(input_ids=first["input_ids"]),
    )
    verdict = mix.verdict()
    notes = {entry["check"]: entry["note"] for entry in verdict["checks"] if entry["warned"]}
    assert verdict["overlap"]["spans"]["count"] == 1
    assert notes["rows.same_span"] == "1 spans are the text of another document"


def test_prompts_of_benchmarks_are_told_and_are_no_defect(
    mix: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = StoredTexts(open_folder(mix.store)).read(mix.lines("documents")[0]["sha256"])
    words = text.decode().split()[:40]
    index = build([("quiz", " ".join(words))], n=13, common=None)
    monkeypatch.setattr(known, "open_indices", lambda *_: (index,))
    verdict = mix.verdict()
    (found,) = verdict["contamination"]
    assert found["doc_id"] == mix.lines("documents")[0]["doc_id"]
    assert found["benchmarks"] == ["quiz"]
    assert verdict["passed"]
    notes = {entry["check"]: entry["note"] for entry in verdict["checks"] if entry["warned"]}
    assert notes["mix.contamination"].startswith("1 documents hold n-grams of benchmarks: ")


@pytest.mark.parametrize("by", ["shard", "row", "sample"])
def test_a_draw_is_the_same_every_time(mix: Broken, by: str) -> None:
    first, second = (mix.verdict(share=0.4, by=by) for _ in range(2))
    assert {**first, "run": None} == {**second, "run": None}


def test_defects_are_written_to_a_file_with_their_rows(mix: Broken, tmp_path: Path) -> None:
    mix.edit_rows(natural, lambda row: row.update(attn_cost=0))
    mix.edit_manifest(lambda manifest: manifest["totals"].update(rows=1))
    mix.verdict(defects=str(tmp_path / "out/defects.parquet"))
    of_the_row, of_the_mix = pq.read_table(tmp_path / "out/defects.parquet").to_pylist()
    assert of_the_row["check"] == "row.attn_cost"
    shards = mix.manifest["shards"]
    first = sum(shard["rows"] for shard in shards if shard["path"] < of_the_row["shard"])
    assert of_the_row["where"] == f"{of_the_row['shard']} row {of_the_row['row_id'] - first}"
    assert (of_the_mix["check"], of_the_mix["row_id"]) == ("totals.rows", None)


def test_file_for_defects_of_no_known_kind_is_refused_before_anything_is_read() -> None:
    with pytest.raises(RecipeError, match=r"one of \.parquet, \.csv, \.jsonl"):
        Broken(Path("nowhere"), "").verdict(defects="defects.txt")


def test_device_that_is_not_there_is_refused_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device, "num_gpus", lambda: 0)
    with pytest.raises(RecipeError, match="--device cuda"):
        Broken(Path("nowhere"), "").verdict(device="cuda")


def test_plain_verify_does_not_import_torch_or_ray(mix: Broken) -> None:
    code = (
        "import sys\n"
        "from pipelines.cli import main\n"
        f"code = main(['verify', {str(mix.path)!r}, '--store', {mix.store!r}])\n"
        "print(code, [name for name in ('torch', 'ray') if name in sys.modules], file=sys.stderr)\n"
    )
    hidden = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=hidden
    )
    assert done.stderr.splitlines()[-1] == "0 []"
