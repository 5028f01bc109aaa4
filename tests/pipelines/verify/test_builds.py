"""Whatever a recipe may ask for, the mix that comes of it passes; and what only it has can break.

One small build for every switch of the recipe that changes rows: a check that is too strict for one
of them would send people home with a good mix.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.verify.needles import LOOKS_RANDOM
from tests.pipelines.verify.broken import END, Broken, Row, has_sample
from tests.pipelines.verify.conftest import RECIPE, build

NEEDLE = RECIPE["tasks"]["needle"]
SOURCES = RECIPE["sources"]
START = END - 1
"""Any token will do as start id."""
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
    "question first": {"tasks": {"needle": {**NEEDLE, "question": "first"}}},
    "question twice": {"tasks": {"needle": {**NEEDLE, "question": "both", "lengths": [384]}}},
    "loss of the context": {"tasks": {"needle": {**NEEDLE, "loss": "answer+context"}}},
    "loss of all": {"tasks": {"needle": {**NEEDLE, "loss": "all"}}},
    "two answers": {"tasks": {"needle": {**NEEDLE, "values": 2, "distractors": 0}}},
    "no filler": {"sources": {**SOURCES, "letters": {"files": "letters/*"}}},
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


def mix_of(texts: Path, folder: Path, name: str) -> Broken:
    out = build(texts, folder / "mix", **BUILDS[name])
    return Broken(out, str(folder / "mix.work/store"))


@pytest.mark.parametrize("name", BUILDS)
def test_what_a_recipe_may_ask_for_passes_with_and_without_a_store(
    texts: Path, tmp_path: Path, name: str
) -> None:
    mix = mix_of(texts, tmp_path, name)
    assert mix.verdict()["defects"] == []
    assert mix.verdict(store=str(tmp_path / "nothing"))["defects"] == []


def test_second_pass_that_repeats_rows_is_told_and_is_no_defect(
    texts: Path, tmp_path: Path
) -> None:
    verdict = mix_of(texts, tmp_path, "two passes").verdict()
    notes = {entry["check"]: entry["note"] for entry in verdict["checks"] if entry["warned"]}
    assert "are the same as in an earlier pass" in notes["mix.repeated"]


def test_third_pass_is_one_more_than_the_recipe_allows(texts: Path, tmp_path: Path) -> None:
    mix = mix_of(texts, tmp_path, "two passes")

    def change(row: Row) -> None:
        for span in row["spans"]:
            span["epoch"] = 2

    mix.edit_rows(lambda row: all(span["epoch"] == 1 for span in row["spans"]), change)
    assert mix.failures() == {"span.epoch"}


def goes_on(row: Row) -> bool:
    return row["position_ids"] is not None


def test_positions_that_should_go_on_and_restart_are_found(texts: Path, tmp_path: Path) -> None:
    mix = mix_of(texts, tmp_path, "positions that go on")
    mix.edit_rows(goes_on, lambda row: row.update(position_ids=None))
    assert mix.failures() == {"row.positions"}


def test_positions_beyond_the_bound_are_found(texts: Path, tmp_path: Path) -> None:
    mix = mix_of(texts, tmp_path, "positions that go on")

    def change(row: Row) -> None:
        row["position_ids"][-1] = 4096

    mix.edit_rows(goes_on, change)
    assert mix.failures() == {"row.positions"}


def test_positions_that_fall_inside_a_segment_are_found(texts: Path, tmp_path: Path) -> None:
    mix = mix_of(texts, tmp_path, "positions that go on")

    def change(row: Row) -> None:
        row["position_ids"][4:6] = reversed(row["position_ids"][4:6])

    mix.edit_rows(goes_on, change)
    assert mix.failures() == {"row.positions"}


def test_start_id_that_is_missing_is_found(texts: Path, tmp_path: Path) -> None:
    mix = mix_of(texts, tmp_path, "start id of a row")

    def change(row: Row) -> None:
        row["input_ids"][0] = 77

    mix.edit_rows(lambda row: not has_sample(row), change)
    assert "span.start" in mix.failures()


def test_sample_without_its_start_id_is_found(texts: Path, tmp_path: Path) -> None:
    mix = mix_of(texts, tmp_path, "start id of a document")

    def change(row: Row) -> None:
        row["input_ids"][row["spans"][-1]["start"]] = 77

    mix.edit_rows(lambda row: row["spans"][-1]["source"] == "task:needle", change)
    assert "sample.start" in mix.failures()


def test_random_value_that_is_a_target_where_it_is_stated_is_found(
    texts: Path, tmp_path: Path
) -> None:
    mix = mix_of(texts, tmp_path, "loss of all")

    def change(row: Row) -> None:
        needle = row["needles"][0]
        evidence = slice(needle["evidence_start"], needle["evidence_end"])
        row["target_mask"][evidence] = [True] * (evidence.stop - evidence.start)
        row["num_targets"] = int(np.sum(row["target_mask"]))

    def is_random(row: Row) -> bool:
        return has_sample(row) and LOOKS_RANDOM.search(row["needles"][0]["answer"]) is not None

    mix.edit_rows(is_random, change)
    assert mix.failures() == {"needle.hidden", "totals.targets"}


def test_planted_statement_is_no_target_of_the_context(texts: Path, tmp_path: Path) -> None:
    mix = mix_of(texts, tmp_path, "loss of the context")

    def change(row: Row) -> None:
        row["target_mask"][row["needles"][0]["evidence_start"] + 1] = True
        row["num_targets"] = int(np.sum(row["target_mask"]))

    mix.edit_rows(has_sample, change)
    assert {"sample.loss", "totals.targets"} <= mix.failures()


def test_whole_document_is_proved_by_its_sha256_where_the_store_is_gone(
    texts: Path, tmp_path: Path
) -> None:
    mix = mix_of(texts, tmp_path, "no samples")
    sizes = {line["doc_id"]: line["num_tokens"] for line in mix.lines("documents")}

    def is_whole(row: Row) -> bool:
        first = row["spans"][0]
        return first["doc_offset"] == 0 and first["length"] == sizes[first["doc_id"]] + 1

    def change(row: Row) -> None:
        row["input_ids"][3] = 77

    mix.edit_rows(is_whole, change)
    assert mix.failures(store=str(tmp_path / "nothing")) == {"span.text"}
