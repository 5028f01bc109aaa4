"""What only all rows together can show: sums, passes, samples left out and rows that come twice."""

from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.pipelines.verify.broken import Broken, Change, Row, has_sample, natural
from tests.pipelines.verify.conftest import Variant

TWO_PASSES = {"max_epochs": 2, "tokens": 30720}


def notes(verdict: dict[str, Any]) -> dict[str, str]:
    """Return what a verdict warns of, by check."""
    return {entry["check"]: entry["note"] for entry in verdict["checks"] if entry["warned"]}


def of_pass(epoch: int, row: Row) -> bool:
    """Say whether a row holds natural text of this pass alone."""
    return not has_sample(row) and all(span["epoch"] == epoch for span in row["spans"])


MANIFEST: list[tuple[str, Change, set[str]]] = [
    ("rows", lambda m: m["totals"].update(rows=1), {"totals.rows"}),
    ("tokens", lambda m: m["totals"].update(tokens=1), {"totals.tokens"}),
    ("targets", lambda m: m["totals"].update(targets=1), {"totals.targets"}),
    ("pad", lambda m: m["totals"].update(pad=1), {"totals.pad"}),
    ("by source", lambda m: m["totals"]["by_source"].update(books=1), {"totals.by_source"}),
    ("by task", lambda m: m["totals"].update(by_task={}), {"totals.by_task"}),
    ("by stage", lambda m: m["totals"].update(by_stage={}), {"totals.by_stage"}),
]


@pytest.mark.parametrize(("change", "checks"), [pytest.param(c, k, id=n) for n, c, k in MANIFEST])
def test_total_that_is_not_what_the_rows_come_to_is_named(
    mix: Broken, change: Change, checks: set[str]
) -> None:
    mix.edit_manifest(change)
    assert mix.failures() == checks


def test_sample_that_no_row_holds_is_missed(mix: Broken) -> None:
    mix.edit_table("samples", lambda lines: lines.append({**lines[0], "sample_id": "another"}))
    assert "sample.placed" in mix.failures()


def test_pass_that_the_recipe_does_not_allow_is_found(mix: Broken) -> None:
    mix.edit_rows(natural, lambda row: row["spans"][0].update(epoch=1))
    assert mix.failures() == {"span.epoch"}


def test_third_pass_is_one_more_than_the_recipe_allows(variant: Variant) -> None:
    mix = variant(**TWO_PASSES)

    def change(row: Row) -> None:
        for span in row["spans"]:
            span["epoch"] = 2

    mix.edit_rows(lambda row: of_pass(1, row), change)
    assert mix.failures() == {"span.epoch"}


def test_row_that_is_there_twice_is_found_and_so_is_its_text(mix: Broken) -> None:
    path = mix.shards[0]
    rows = pq.read_table(path).to_pylist()
    first, second = [k for k, row in enumerate(rows) if len(row["spans"]) == 1][:2]
    rows[second] = {**rows[first], "row_id": second}
    mix.write_rows(path, rows)
    assert {"row.unique", "span.overlap"} <= mix.failures()


def test_second_pass_is_cut_at_other_places_and_repeats_no_row(variant: Variant) -> None:
    verdict = variant(**TWO_PASSES).verdict()
    assert verdict["passed"]
    assert "mix.repeated" not in notes(verdict)


def test_row_that_a_later_pass_repeats_is_told_and_is_no_row_twice(variant: Variant) -> None:
    mix = variant(**TWO_PASSES)
    first = next(row for row in mix.lines("data") if of_pass(0, row))

    def repeat(row: Row) -> None:
        spans = [{**span, "epoch": 1} for span in first["spans"]]
        row.update({**first, "row_id": row["row_id"], "spans": spans})

    mix.edit_rows(lambda row: of_pass(1, row), repeat)
    verdict = mix.verdict()
    assert notes(verdict)["mix.repeated"] == "1 rows are the same as in an earlier pass"
    assert not {"mix.repeated", "row.unique"} & {defect["check"] for defect in verdict["defects"]}


def test_padding_before_the_last_row_is_told_and_is_no_defect(mix: Broken) -> None:
    path = mix.shards[-1]
    rows = pq.read_table(path).to_pylist()
    first = rows[0]["row_id"]
    rows = [{**row, "row_id": first + k} for k, row in enumerate([rows[-1], *rows[1:-1], rows[0]])]
    mix.write_rows(path, rows)
    verdict = mix.verdict()
    assert notes(verdict)["mix.padding"].startswith("padding in 1 rows")
    assert "mix.padding" not in {defect["check"] for defect in verdict["defects"]}
