"""Whatever a recipe may ask for, the mix that comes of it passes; what it lacks ends the reading.

One small build for every switch of the recipe that changes rows: a check that is too strict for one
of them would send people home with a good mix.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.verify.findings import Findings
from pipelines.verify.mix import verdict_text
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
    assert json.loads(json.dumps(mix.verdict())) == mix.verdict()


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


def test_damage_to_a_shard_is_missed_by_a_sample_that_leaves_it_out(mix: Broken) -> None:
    rows = pq.read_table(mix.shards[1]).to_pylist()
    rows[0]["attn_cost"] = 0
    mix.write_rows(mix.shards[1], rows)
    assert mix.failures(share=0.01) == set()
    assert mix.failures(share=1.0) == {"row.attn_cost"}


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5])
def test_share_of_nothing_or_more_than_all_is_refused(mix: Broken, share: float) -> None:
    with pytest.raises(RecipeError, match="a share is above 0 and at most 1"):
        mix.verdict(share=share)


def test_verdict_for_a_terminal_marks_what_failed_and_what_is_only_told() -> None:
    findings = Findings()
    findings.equal("row.length", 3, 4, "row 7")
    findings.equal("row.length", 4, 4, "row 8")
    findings.need("row.ids", True, "row 7", "ids of the tokenizer")
    findings.warn("mix.padding", False, "padding in 1 rows")
    assert verdict_text({"mix": "small", **findings.verdict()}).splitlines() == [
        "warn mix.padding            1  (padding in 1 rows)",
        "ok   row.ids                1",
        "FAIL row.length             1 of 2",
        "  row.length: row 7: expected 4, found 3",
        "small: FAILED, 3 checks",
    ]
