"""Seconds of phases, by hand."""

import pytest

from generators import tasks
from pipelines.plan.resources import (
    READ_SECONDS,
    SAMPLE_SECONDS,
    WEAVE_SPEED,
    read_seconds,
    weave_seconds,
    write_seconds,
)
from schemas.draw import SampleDraw
from tests.pipelines.plan.corpora import recipe_of


def test_cleaners_and_scores_come_on_top_of_reading() -> None:
    source = {"clean": ["unwrap"], "scores": ["compression", "lines"]}
    recipe = recipe_of(sources={"books": source, "plain": {}})
    found = read_seconds(recipe, {"books": 2e9, "plain": 1e9})
    assert found == pytest.approx(2 * (READ_SECONDS + 13.6 + 7.3 + 3.7) + READ_SECONDS)


def test_a_sample_costs_its_bytes_and_a_little_more() -> None:
    """1,000,000 tokens of 4 bytes at 1.8 MB a second, and 9.1 for what nobody measured."""
    of = {"stage": "main", "length": 1_000_000, "depths": ()}
    samples = [SampleDraw(sample_id=use, use=use, **of) for use in ("mine", "other")]
    found = weave_seconds(samples, {"mine": "reorder", "other": "new"}, 4.0)
    assert found == pytest.approx(2 * SAMPLE_SECONDS + 4 / 1.8 + 4 / 9.1)


def test_writing_counts_tokens_and_documents() -> None:
    assert write_seconds(1e9, 1e6) == pytest.approx(50 + 1.2)


def test_tasks_that_were_measured_exist() -> None:
    assert set(WEAVE_SPEED) <= {*tasks.names()}
