"""Everything that is told about a piece of evidence is held against the tokens.

The tables of depths that people choose recipes by come from these numbers, and a value that stands
elsewhere too can be answered without the evidence.
"""

import numpy as np
import pytest

from pipelines.verify.needles import LOOKS_RANDOM
from tests.pipelines.verify.broken import (
    Breach,
    Breaches,
    Broken,
    Row,
    has_sample,
    overwrite,
    sample,
)
from tests.pipelines.verify.conftest import Variant, needle_task

NEEDLES = Breaches()


@NEEDLES.of("needle.depth", row=has_sample)
def depth_wrong(row: Row) -> None:
    row["needles"][0]["depth"] += 0.01


@NEEDLES.of("needle.distance", row=has_sample)
def distance_wrong(row: Row) -> None:
    row["needles"][0]["distance"] += 1


@NEEDLES.of("needle.target", row=has_sample)
def target_missed(row: Row) -> None:
    needle = row["needles"][0]
    needle["target_depth"] = (needle["depth"] + 0.5) % 1


@NEEDLES.of("needle.target", row=has_sample)
def target_of_planted_evidence_left_out(row: Row) -> None:
    row["needles"][0]["target_depth"] = None


@NEEDLES.of("needle.role", row=has_sample)
def role_that_is_none(row: Row) -> None:
    row["needles"][0]["role"] = "found"


@NEEDLES.of("needle.question", row=has_sample)
def question_that_lacks_its_last_token(row: Row) -> None:
    row["needles"][0]["question_end"] -= 2


@NEEDLES.of("needle.question", row=has_sample)
def question_that_begins_a_word_late(row: Row) -> None:
    needle, start = row["needles"][0], sample(row)["start"]
    needle["question_start"] += 2
    needle["depth"] = (needle["evidence_start"] - start) / (needle["question_start"] - start)


@NEEDLES.of("needle.order", "sample.unique", "sample.unique_tokens", row=has_sample)
def evidence_after_the_answer(row: Row) -> None:
    needle = row["needles"][0]
    needle["evidence_start"], needle["evidence_end"] = (
        needle["answer_end"] - 1,
        needle["answer_end"],
    )


@NEEDLES.of("needle.answer_place", "needle.answer", "needle.distance", row=has_sample)
def answer_before_the_samples_own(row: Row) -> None:
    row["needles"][0]["answer_start"] -= 2


@NEEDLES.of("needle.overlap", row=has_sample)
def evidence_that_holds_other_evidence(row: Row) -> None:
    needle = row["needles"][0]
    less = {"evidence_end": needle["evidence_end"] - 1, "distance": needle["distance"] + 1}
    row["needles"].append({**needle, **less, "extractive": False})


@pytest.mark.parametrize("breach", NEEDLES)
def test_needle_that_breaks_a_rule_is_named_by_it_and_by_nothing_else(
    mix: Broken, breach: Breach
) -> None:
    mix.edit_rows(breach.row, breach.change)
    assert mix.failures() - breach.also == breach.checks


def test_value_that_leaks_into_the_haystack_is_found(mix: Broken) -> None:
    overwrite(mix, lambda _, value: f" {value} ")
    unique = {"sample.unique", "sample.unique_tokens"}
    assert mix.failures() - {"haystack.text"} == {*unique, "sample.solved"}


def test_evidence_that_says_something_else_no_longer_supports_the_answer(mix: Broken) -> None:
    def change(row: Row) -> None:
        needle = row["needles"][0]
        start, stop = needle["evidence_start"], needle["evidence_end"]
        row["input_ids"][start:stop] = [77] * (stop - start)

    mix.edit_rows(has_sample, change)
    assert mix.failures() == {"needle.extractive", "sample.solved"}


def test_random_value_that_is_a_target_where_it_is_stated_is_found(variant: Variant) -> None:
    mix = variant(tasks=needle_task(loss="all"))

    def change(row: Row) -> None:
        needle = row["needles"][0]
        evidence = slice(needle["evidence_start"], needle["evidence_end"])
        row["target_mask"][evidence] = [True] * (evidence.stop - evidence.start)
        row["num_targets"] = int(np.sum(row["target_mask"]))

    def is_random(row: Row) -> bool:
        return has_sample(row) and LOOKS_RANDOM.search(row["needles"][0]["answer"]) is not None

    mix.edit_rows(is_random, change)
    assert mix.failures() == {"needle.hidden", "totals.targets"}
