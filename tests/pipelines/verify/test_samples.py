"""A sample is decoded and solved again, and its place, answer and targets are held against it.

A sample that lies about its answer, or that can be answered in two ways, teaches the wrong lesson.
"""

from typing import Any

import numpy as np
import pytest

from pipelines.verify.findings import Findings
from pipelines.verify.needles import Placed
from pipelines.verify.samples import _check_refusal
from schemas.task import Problem
from tests.pipelines.verify.broken import (
    START,
    Breach,
    Breaches,
    Broken,
    Change,
    Row,
    has_sample,
    of_a_book,
    overwrite,
    sample,
)
from tests.pipelines.verify.conftest import Variant, needle_task

SAMPLES = Breaches()


def _placed(line: dict[str, Any]) -> Placed:
    """Return a sample of which nothing matters but its line of the table."""
    none: Any = None
    empty = np.zeros(0, bool)
    return Placed(
        line=line, row=none, start=0, stop=0, targets=empty, needles=[], where="row 0 sample a"
    )


def follows_one_text(row: Row) -> bool:
    return has_sample(row) and len(row["spans"]) == 2 and row["spans"][1] is sample(row)


@SAMPLES.of("sample.answer", "needle.answer", row=has_sample)
def answer_token_changed(row: Row) -> None:
    row["input_ids"][row["needles"][0]["answer_start"]] = 77


@SAMPLES.of("sample.end", row=has_sample)
def end_id_changed(row: Row) -> None:
    span = sample(row)
    row["input_ids"][span["start"] + span["length"] - 1] = 77


@SAMPLES.of("sample.answer_is_target", "totals.targets", row=has_sample)
def answer_that_is_no_target(row: Row) -> None:
    row["target_mask"][row["needles"][0]["answer_start"]] = False
    row["num_targets"] -= 1


@SAMPLES.of("sample.end_is_target", "totals.targets", row=has_sample)
def end_id_that_is_no_target(row: Row) -> None:
    span = sample(row)
    row["target_mask"][span["start"] + span["length"] - 1] = False
    row["num_targets"] -= 1


@SAMPLES.of("sample.loss", "totals.targets", row=has_sample)
def question_a_target(row: Row) -> None:
    row["target_mask"][row["needles"][0]["question_start"]] = True
    row["num_targets"] += 1


@SAMPLES.of("sample.span", row=has_sample)
def sample_in_a_second_pass(row: Row) -> None:
    sample(row)["epoch"] = 1


@SAMPLES.of("needle.segment", "sample.evidence", row=has_sample)
def needle_in_another_segment(row: Row) -> None:
    row["needles"][0]["segment"] = 1 - row["needles"][0]["segment"]


@SAMPLES.of("needle.sample", row=has_sample)
def needle_of_another_sample(row: Row) -> None:
    row["needles"][0]["sample_id"] = "needle-main-256-999999"


@SAMPLES.of("sample.place", "sample.placed", row=has_sample)
def sample_of_another_name(row: Row) -> None:
    sample(row)["doc_id"] = "needle-main-256-999999"


@SAMPLES.of(
    *("sample.num_tokens", "sample.end", "sample.end_is_target", "sample.answer_place"),
    "sample.place",
    row=has_sample,
)
def sample_in_two_segments(row: Row) -> None:
    first = row["spans"].index(sample(row))
    span = row["spans"][first]
    row["seq_lengths"][first : first + 1] = [100, span["length"] - 100]
    rest = {"start": span["start"] + 100, "length": span["length"] - 100}
    row["spans"].insert(first + 1, {**span, **rest})
    span["length"] = 100
    for number, entry in enumerate(row["spans"]):
        entry["segment"] = number
    row["num_docs"], row["max_doc_len"] = len(row["spans"]), max(row["seq_lengths"])
    row["attn_cost"] = sum(length**2 for length in row["seq_lengths"])


@SAMPLES.of("sample.atomic", "sample.place", "row.documents", row=follows_one_text)
def sample_in_the_segment_of_a_text(row: Row) -> None:
    row["seq_lengths"] = [512]
    for entry in [*row["spans"], *row["needles"]]:
        entry["segment"] = 0
    row["num_docs"], row["max_doc_len"], row["attn_cost"] = 1, 512, 512**2


@pytest.mark.parametrize("breach", SAMPLES)
def test_sample_that_breaks_a_rule_is_named_by_it_and_by_nothing_else(
    mix: Broken, breach: Breach
) -> None:
    mix.edit_rows(breach.row, breach.change)
    assert mix.failures() - breach.also == breach.checks


def test_second_statement_with_another_value_makes_the_question_unfair(mix: Broken) -> None:
    other = str.maketrans("0123456789abcdefghijklmnopq", "1234567890bcdefghijklmnopqa")
    overwrite(mix, lambda text, value: f"\n{text.replace(value, value.translate(other))}\n")
    assert mix.failures() - {"haystack.text"} == {"sample.solved"}


LINES: list[tuple[str, Change, set[str]]] = [
    ("moved", lambda s: s.update(row_id=s["row_id"] + 1), {"sample.place"}),
    ("another segment", lambda s: s.update(segment=7), {"sample.place"}),
    ("longer", lambda s: s.update(num_tokens=s["num_tokens"] + 1), {"sample.num_tokens"}),
    ("another gold", lambda s: s.update(gold="KX4-90Q7"), {"sample.answer", "sample.solved"}),
    (
        "answer one token late",
        lambda s: s.update(answer_start=s["answer_start"] + 1),
        {"sample.answer", "needle.answer_place", "sample.loss"},
    ),
    ("answer outside", lambda s: s.update(answer_end=4096), {"sample.answer_place"}),
    ("unanswerable", lambda s: s.update(answerable=False), {"sample.answerable", "sample.solved"}),
    ("loss of all", lambda s: s.update(loss="all"), {"sample.loss"}),
    ("loss of the context", lambda s: s.update(loss="answer+context"), {"sample.loss"}),
    ("spread untold", lambda s: s.update(depth_kind="spread"), {"sample.spread"}),
]


@pytest.mark.parametrize(("change", "checks"), [pytest.param(c, k, id=n) for n, c, k in LINES])
def test_line_that_does_not_fit_its_sample_is_named(
    mix: Broken, change: Change, checks: set[str]
) -> None:
    mix.edit_table("samples", lambda lines: change(of_a_book(lines)))
    assert mix.failures() == checks


def test_sample_without_its_start_id_is_found(variant: Variant) -> None:
    mix = variant(bos="document", bos_id=START)

    def change(row: Row) -> None:
        row["input_ids"][row["spans"][-1]["start"]] = 77

    mix.edit_rows(lambda row: row["spans"][-1]["source"] == "task:needle", change)
    assert "sample.start" in mix.failures()


def test_planted_statement_is_no_target_of_the_context(variant: Variant) -> None:
    mix = variant(tasks=needle_task(loss="answer+context"))

    def change(row: Row) -> None:
        row["target_mask"][row["needles"][0]["evidence_start"] + 1] = True
        row["num_targets"] = int(np.sum(row["target_mask"]))

    mix.edit_rows(has_sample, change)
    assert {"sample.loss", "totals.targets"} <= mix.failures()


@pytest.mark.parametrize(
    ("text", "question", "told"),
    [
        ("It rained.\n\nWho came? Say: not stated.\nAnswer: ", "last", True),
        ("Who came? Say: not stated.\n\nIt rained.\n\nAnswer: ", "first", True),
        ("It is not stated.\n\nWho came?\nAnswer: ", "last", False),
        ("Who came?\n\nIt is not stated.\n\nAnswer: ", "first", False),
    ],
)
def test_a_question_without_an_answer_says_what_to_say(
    text: str, question: str, told: bool
) -> None:
    findings = Findings()
    line = {"gold": "not stated"}
    problem = Problem(text=text, params={"question": question})
    _check_refusal(_placed(line), problem, findings)
    assert (findings.failed == {}) is told
