"""A sample is decoded and solved again, and everything that is told about it is held against it.

A sample that lies about its evidence, its answer or its depth teaches the wrong lesson, and the
tables of depths that people choose recipes by would be wrong too.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from generators.tokens.load import load_tokenizer
from tests.pipelines.verify.broken import Breach, Breaches, Broken, Row, has_sample

SAMPLES = Breaches()


def sample(row: Row) -> dict[str, Any]:
    """Return the span of the row's sample."""
    return next(span for span in row["spans"] if span["source"].startswith("task:"))


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


@SAMPLES.of("needle.depth", row=has_sample)
def depth_wrong(row: Row) -> None:
    row["needles"][0]["depth"] += 0.01


@SAMPLES.of("needle.distance", row=has_sample)
def distance_wrong(row: Row) -> None:
    row["needles"][0]["distance"] += 1


@SAMPLES.of("needle.target", row=has_sample)
def target_missed(row: Row) -> None:
    needle = row["needles"][0]
    needle["target_depth"] = (needle["depth"] + 0.5) % 1


@SAMPLES.of("needle.target", row=has_sample)
def target_of_planted_evidence_left_out(row: Row) -> None:
    row["needles"][0]["target_depth"] = None


@SAMPLES.of("needle.role", row=has_sample)
def role_that_is_none(row: Row) -> None:
    row["needles"][0]["role"] = "found"


@SAMPLES.of("needle.order", "sample.unique", row=has_sample)
def evidence_after_the_answer(row: Row) -> None:
    needle = row["needles"][0]
    needle["evidence_start"], needle["evidence_end"] = (
        needle["answer_end"] - 1,
        needle["answer_end"],
    )


@SAMPLES.of("needle.answer_place", "needle.answer", "needle.distance", row=has_sample)
def answer_before_the_samples_own(row: Row) -> None:
    row["needles"][0]["answer_start"] -= 2


@SAMPLES.of("needle.overlap", row=has_sample)
def evidence_that_holds_other_evidence(row: Row) -> None:
    needle = row["needles"][0]
    less = {"evidence_end": needle["evidence_end"] - 1, "distance": needle["distance"] + 1}
    row["needles"].append({**needle, **less, "extractive": False})


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


def follows_one_text(row: Row) -> bool:
    return has_sample(row) and len(row["spans"]) == 2 and row["spans"][1] is sample(row)


@SAMPLES.of("sample.atomic", "sample.place", row=follows_one_text)
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


def room(row: Row) -> tuple[int, int]:
    """Return the longer of the two runs of tokens before and after the first evidence."""
    span, needle = sample(row), row["needles"][0]
    before = (span["start"], needle["evidence_start"])
    after = (needle["evidence_end"], needle["question_start"])
    return max(before, after, key=lambda run: run[1] - run[0])


def roomy(row: Row) -> bool:
    return has_sample(row) and room(row)[1] - room(row)[0] > 120


def overwrite(mix: Broken, words: Callable[[str, str], str]) -> None:
    """Put words, made from the evidence's text and the answer, in the middle of the haystack."""
    tokenizer = load_tokenizer((mix.path / "tokenizer/tokenizer.json").read_bytes())

    def change(row: Row) -> None:
        needle, (start, stop) = row["needles"][0], room(row)
        evidence = row["input_ids"][needle["evidence_start"] : needle["evidence_end"]]
        text = words(tokenizer.decode(np.array(evidence)).strip(), needle["answer"])
        ids = tokenizer.encode(text).tolist()
        first = (start + stop - len(ids)) // 2
        row["input_ids"][first : first + len(ids)] = ids

    mix.edit_rows(roomy, change)


def test_second_statement_with_another_value_makes_the_question_unfair(mix: Broken) -> None:
    other = str.maketrans("0123456789abcdefghijklmnopq", "1234567890bcdefghijklmnopqa")
    overwrite(mix, lambda text, value: f"\n{text.replace(value, value.translate(other))}\n")
    assert mix.failures() - {"haystack.text"} == {"sample.solved"}


def test_value_that_leaks_into_the_haystack_is_found(mix: Broken) -> None:
    overwrite(mix, lambda _, value: f" {value} ")
    assert mix.failures() - {"haystack.text"} == {"sample.unique", "sample.solved"}


def test_evidence_that_says_something_else_no_longer_supports_the_answer(mix: Broken) -> None:
    def change(row: Row) -> None:
        needle = row["needles"][0]
        start, stop = needle["evidence_start"], needle["evidence_end"]
        row["input_ids"][start:stop] = [77] * (stop - start)

    mix.edit_rows(has_sample, change)
    assert mix.failures() == {"needle.extractive", "sample.solved"}


Change = Callable[[dict[str, Any]], Any]

LINES: list[tuple[str, Change, set[str]]] = [
    ("moved", lambda s: s.update(row_id=s["row_id"] + 1), {"sample.place"}),
    ("another segment", lambda s: s.update(segment=7), {"sample.place"}),
    ("longer", lambda s: s.update(num_tokens=s["num_tokens"] + 1), {"sample.num_tokens"}),
    ("held out", lambda s: s.update(split="held-out", template="00000000"), {"sample.split"}),
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
    ("loss unknown", lambda s: s.update(loss="some"), {"sample.values"}),
    ("params broken", lambda s: s.update(params="{"), {"sample.params"}),
    ("task unknown", lambda s: s.update(task="neddle"), {"sample.task"}),
    ("spread untold", lambda s: s.update(depth_kind="spread"), {"sample.spread"}),
    ("nulls", lambda s: s.update(gold=None), {"sample.values"}),
    ("no licence", lambda s: s.update(licenses=[]), {"haystack.license"}),
    (
        "beyond its document",
        lambda s: s["haystack"][0].update(end=10**6),
        {"haystack.range", "haystack.text"},
    ),
    ("unknown document", lambda s: s["haystack"][0].update(doc_id="books:x"), {"haystack.range"}),
]


@pytest.mark.parametrize(("change", "checks"), [pytest.param(c, k, id=n) for n, c, k in LINES])
def test_line_of_the_samples_table_that_is_wrong_is_named(
    mix: Broken, change: Change, checks: set[str]
) -> None:
    mix.edit_table("samples", lambda lines: change(of_a_book(lines)))
    assert mix.failures() == checks


def of_a_book(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the first sample whose haystack is a book, which has a licence."""
    return next(line for line in lines if line["haystack"][0]["doc_id"].startswith("books:"))


def test_sample_that_no_row_holds_is_missed(mix: Broken) -> None:
    mix.edit_table("samples", lambda lines: lines.append({**lines[0], "sample_id": "another"}))
    assert "sample.placed" in mix.failures()


def test_two_samples_of_one_name_are_found(mix: Broken) -> None:
    mix.edit_table("samples", lambda lines: lines.append(lines[-1]))
    assert mix.failures() == {"sample.unique_id"}


def test_template_is_of_one_split_alone(mix: Broken) -> None:
    def change(lines: list[dict[str, Any]]) -> None:
        lines[0] |= {"template": lines[1]["template"], "split": "held-out"}

    mix.edit_table("samples", change)
    assert mix.failures() == {"sample.template", "sample.split"}


def test_haystack_that_is_said_to_be_elsewhere_is_not_the_samples_text(mix: Broken) -> None:
    def change(lines: list[dict[str, Any]]) -> None:
        of_a_book(lines)["haystack"][0] |= {"start": 0, "end": 9000}

    mix.edit_table("samples", change)
    assert mix.failures() == {"haystack.text", "haystack.use"}
