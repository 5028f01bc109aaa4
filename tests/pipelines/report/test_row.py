"""One row in words: anyone can check by eye that the needle says what the mix claims."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.report.row import row_facts, row_of_sample, row_text
from pipelines.shards.mix import open_mix
from schemas.errors import RecipeError


@pytest.fixture(scope="module")
def row(mix: Path) -> dict[str, Any]:
    """The first row with a needle."""
    samples = open_mix(str(mix)).table("samples")
    return row_facts(str(mix), samples["row_id"][0].as_py())


def test_the_answer_stands_where_the_needle_says(row: dict[str, Any]) -> None:
    needle = row["needles"][0]
    assert needle["answer_text"].strip() == needle["answer"]
    assert needle["answer"] in needle["evidence_text"]


def test_spans_show_how_they_open_and_close(mix: Path) -> None:
    """The first shard's rows are full, so a later row of it is reached too."""
    row = row_facts(str(mix), 7)
    assert row["row_id"] == 7
    assert all(span["opens"] and span["closes"] for span in row["spans"])


def test_a_row_of_a_later_shard_is_found(mix: Path) -> None:
    assert row_facts(str(mix), 8)["stage"] == "long"


def test_the_text_marks_the_spans_of_each_needle(row: dict[str, Any]) -> None:
    text = row_text(row)
    assert text.startswith(f"row {row['row_id']} of stage ")
    for part in ("evidence", "question", "answer"):
        assert f"⟦{row['needles'][0][f'{part}_text']}⟧".replace("\n", "⏎") in text
    assert f"needle of {row['needles'][0]['sample_id']}: depth " in text


@pytest.mark.parametrize("number", [-1, 10**6])
def test_a_row_that_is_not_there_is_named_with_those_that_are(mix: Path, number: int) -> None:
    rows = open_mix(str(mix)).manifest["totals"]["rows"]
    with pytest.raises(RecipeError, match=rf"--row {number}: the rows of .* are 0 to {rows - 1}"):
        row_facts(str(mix), number)


def test_the_row_of_a_sample_is_found_by_its_id(mix: Path) -> None:
    row = row_facts(str(mix), row_of_sample(str(mix), "needle-short-384-000000"))
    assert "needle-short-384-000000" in {needle["sample_id"] for needle in row["needles"]}


def test_an_unknown_sample_is_answered_with_some_that_there_are(mix: Path) -> None:
    with pytest.raises(RecipeError, match=r"has no such sample; it has needle-"):
        row_of_sample(str(mix), "nedle-1")
