"""Segments that break what the recipe says of them are named; sound ones of every mode pass."""

from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipelines.verify.findings import Findings
from pipelines.verify.rows import Row, Rules
from pipelines.verify.segments import check_segments
from tests.pipelines.verify.broken import Broken, recount
from tests.pipelines.verify.broken import Row as Line
from tests.pipelines.verify.conftest import Variant

ORIGINAL = {"rope_mode": "rescaled", "original": {"share": 0.3, "window": 8}}


def row_of(*segments: str, rope_mode: str = "rescaled", pad: int = 0) -> Row:
    """Return a row; "aab" is a segment of two tokens of document a and one of b."""
    spans = []
    for number, text in enumerate(segments):
        for doc_id in dict.fromkeys(text):
            spans.append({"segment": number, "doc_id": doc_id, "length": text.count(doc_id)})
    lengths = [len(text) for text in segments] + [pad] * (pad > 0)
    none: dict[str, Any] = {"mask": None, "positions": None, "needles": []}
    return Row(
        where="row 0",
        ids=np.zeros(sum(lengths), np.int32),
        lengths=np.array(lengths, np.int32),
        spans=spans,
        scalars={"num_pad": pad, "stage": "main", "rope_mode": rope_mode},
        **none,
    )


def failed(row: Row, stage: dict[str, Any] | None = None, **recipe: Any) -> set[str]:
    rules = Rules(
        recipe=recipe,
        eos_id=None,
        bos_id=None,
        pad_id=None,
        valid=np.ones(1, bool),
        special=np.zeros(1, bool),
        stages={"main": stage or {"rope_mode": "rescaled", "original": None}},
        sentinels={},
    )
    findings = Findings()
    check_segments(row, rules, findings)
    return {entry["check"] for entry in findings.verdict()["checks"] if entry["failed"]}


@pytest.mark.parametrize(
    ("segments", "recipe", "checks"),
    [
        (["aaaa", "bbbbbbbb"], {"segment_multiple": 4}, set()),
        (["aaaa", "bbbbbb"], {"segment_multiple": 4}, {"row.multiple"}),
        (["aaaa", "bbbbbb"], {}, set()),
        (["aaabb"], {}, {"row.documents"}),
        (["aaabb"], {"boundaries": "document"}, {"row.documents"}),
        (["aaabb"], {"boundaries": "none"}, set()),
        (["aaabb"], {"boundaries": "related"}, set()),
    ],
)
def test_segments_by_the_recipe(
    segments: list[str], recipe: dict[str, Any], checks: set[str]
) -> None:
    assert failed(row_of(*segments), **recipe) == checks


def test_padding_is_of_any_length() -> None:
    assert failed(row_of("aaaa", pad=3), segment_multiple=4) == set()


def test_rows_of_original_hold_no_segment_beyond_the_window() -> None:
    assert failed(row_of("a" * 8, rope_mode="original"), ORIGINAL) == set()
    assert failed(row_of("a" * 9, rope_mode="original"), ORIGINAL) == {"row.window"}
    assert failed(row_of("a" * 9), ORIGINAL) == set()


def test_rows_of_original_keep_documents_apart_whatever_the_recipe_says() -> None:
    """Together they would be longer than the model's native context."""
    row = row_of("aabb", rope_mode="original")
    assert failed(row, ORIGINAL, boundaries="none") == {"row.documents"}


def test_a_stage_whose_rows_are_all_original_has_no_window() -> None:
    stage = {"rope_mode": "original", "original": None}
    assert failed(row_of("a" * 9, rope_mode="original"), stage) == set()


def join_two(row: Line) -> None:
    """Make one segment of the first two."""
    first, second, *rest = row["seq_lengths"]
    row["seq_lengths"] = [first + second, *rest]
    for span in row["spans"]:
        span["segment"] -= int(span["segment"] > 0)
    row["num_targets"] += 1
    recount(row)


def two_documents(row: Line) -> bool:
    """A row without samples, whose first two segments are of two documents."""
    ids = [span["doc_id"] for span in row["spans"]]
    return not row["needles"] and len(ids) > 1 and ids[0] != ids[1] and not row["num_pad"]


def test_a_boundary_that_is_gone_is_found_in_a_mix(mix: Broken) -> None:
    mix.edit_rows(two_documents, join_two)
    assert {"row.documents"} <= mix.failures()


@pytest.mark.parametrize("packer", ["best_fit", "concatenate"])
def test_naive_packing_passes_and_joins_documents(variant: Variant, packer: str) -> None:
    mix = variant(boundaries="none", packer=packer)
    assert mix.verdict()["defects"] == []
    rows = [row for path in mix.shards for row in pq.read_table(path).to_pylist()]
    assert any(two_documents(row) and row["num_docs"] == 1 for row in rows)


def test_segments_of_a_multiple_pass_and_one_that_is_none_is_found(variant: Variant) -> None:
    mix = variant(segment_multiple=16, tasks={})
    assert mix.verdict()["defects"] == []

    def move(row: Line) -> None:
        row["seq_lengths"][0] += 1
        row["seq_lengths"][1] -= 1
        recount(row)

    mix.edit_rows(lambda row: len(row["seq_lengths"]) > 1 and not row["num_pad"], move)
    assert "row.spans" in mix.failures()
