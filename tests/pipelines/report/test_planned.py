"""The plan says before any work what will be made, what is short and what is left out."""

import io
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pipelines.build.job import Options
from pipelines.build.mix import plan_mix
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress
from pipelines.report.planned import plan_facts, plan_text


@pytest.fixture(scope="module")
def facts(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    options = Options(out=str(tmp_path_factory.mktemp("plan") / "tiny"), executor="local")
    # More needles than the books have room for, so that something is short.
    recipe = load_recipe(str(recipe_file), ["tasks.needle.share=0.9", "tasks.needle.lengths=[500]"])
    with ExitStack() as stack:
        return plan_facts(plan_mix(recipe, options, Progress(io.StringIO()), stack))


def test_documents_are_counted_with_the_reasons_of_the_rejected(facts: dict[str, Any]) -> None:
    assert facts["documents"] == {"met": 7, "kept": 4}
    assert facts["rejected"] == [
        {"source": "books", "reason": "exact_duplicate", "documents": 1},
        {"source": "books", "reason": "short", "documents": 1},
        {"source": "notes", "reason": "bad_utf8", "documents": 1},
    ]


def test_each_stage_is_a_branch(facts: dict[str, Any]) -> None:
    short, long = facts["stages"]
    assert (short["stage"], short["seq_len"], long["stage"]) == ("short", 512, "long")
    assert short["rows"] <= 8
    assert facts["tokens"] == short["tokens"] + long["tokens"]
    for stage in (short, long):
        for task in stage["tasks"]:
            assert sum(task["depths"]) == task["samples"]
            assert len(task["depths"]) == 10
        natural = sum(source["tokens"] for source in stage["sources"].values())
        assert stage["tokens"] == natural + sum(task["tokens"] for task in stage["tasks"])


def test_the_text_shows_the_tree_and_what_is_short(facts: dict[str, Any]) -> None:
    text = plan_text(facts)
    assert text.startswith("tiny  about ")
    for words in (
        "└─ short  ",
        "└─ long  ",
        "├─ books",
        "├─ task:needle",
        "  depths ",
        "target depths, by tenths",
        "documents: 7 met, 4 kept",
        "1 of books rejected: short",
        "short: task:needle can give ",
        "disk: about ",
    ):
        assert words in text


def test_written_pairs_are_counted_with_the_reasons_of_the_rejected(facts: dict[str, Any]) -> None:
    assert facts["written"] == {}
    found = {"requests": 9, "pairs": 5, "unanswered": 1, "reasons": {"answer_long": 3}}
    text = plan_text({**facts, "written": {"asked": found}})
    assert "asked: 5 pairs of 9 requests, 1 unanswered\n    3 rejected: answer_long" in text


def test_what_was_quarantined_is_named(facts: dict[str, Any]) -> None:
    lost = [{"uri": "a.gz", "reason": "cut"}, {"doc_id": "books:b", "reason": "crash"}]
    text = plan_text({**facts, "quarantined": lost})
    assert "quarantined: a.gz: cut" in text
    assert "quarantined: books:b: crash" in text
