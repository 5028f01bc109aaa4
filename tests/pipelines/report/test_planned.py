"""The plan says before any work what will be made, what is short and what is left out."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.build.ahead import Ahead, look_ahead, scale_ahead
from pipelines.build.job import Options
from pipelines.build.mix import Planned, plan_mix
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress
from pipelines.report.planned import plan_facts, plan_text, scale_facts, scale_text
from schemas.positions_spec import PositionsSpec


@pytest.fixture(scope="module")
def planned(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    options = Options(out=str(tmp_path_factory.mktemp("plan") / "tiny"), executor="local")
    # More needles than the books have room for, so that something is short.
    recipe = load_recipe(str(recipe_file), ["tasks.needle.share=0.9", "tasks.needle.lengths=[500]"])
    with ExitStack() as stack:
        yield plan_mix(recipe, options, Progress(io.StringIO()), stack)


@pytest.fixture(scope="module")
def facts(planned: Planned) -> dict[str, Any]:
    return plan_facts(planned, look_ahead(planned))


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
        "short: task:needle gives ",
        "disk: about ",
        "rows, with samples at their greatest lengths:",
        "attention: ",
        "in all  ",
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


def test_rows_are_those_that_were_laid_out(planned: Planned, facts: dict[str, Any]) -> None:
    layout = look_ahead(planned).layout
    assert layout is not None
    rows = sum(stage["rows"] for stage in facts["stages"])
    assert rows == sum(layout.shards["num_rows"].to_pylist())
    assert [s["rows"] for s in facts["stages"]] == [s["rows"] for s in facts["schedule"]["stages"]]


def test_a_mix_without_rows_says_why_and_shows_what_was_met(planned: Planned) -> None:
    none = Ahead(
        recipe=planned.job.recipe,
        documents=planned.documents,
        draw=planned.draw,
        layout=None,
        cost=None,
        refused="the mix would have no rows",
    )
    text = plan_text(plan_facts(planned, none))
    assert "documents: 7 met, 4 kept" in text
    assert "the mix would have no rows" in text


def test_another_scale_is_said_to_be_one(planned: Planned) -> None:
    ahead = scale_ahead(planned, 200_000)
    facts = scale_facts(planned, ahead)
    text = scale_text(facts)
    assert text.startswith("tiny  at 200,000 tokens, from documents like the 4 that were kept\n")
    assert "in proportion" not in text
    assert "passes: " not in text
    larger = {**facts["schedule"], "factor": 20.0}
    assert "5.00% of it, and the rest is in proportion" in scale_text({**facts, "schedule": larger})


def test_a_preset_is_shown_with_its_source(facts: dict[str, Any]) -> None:
    preset = {"name": "theirs", "source": "them", "trade_off": "this and that"}
    assert "preset theirs: them\n  this and that" in plan_text({**facts, "preset": preset})


def test_a_scheme_of_positions_shows_which_distances_it_trains(planned: Planned) -> None:
    recipe = planned.job.recipe.model_copy(
        update={"positions": PositionsSpec(scheme="randpos"), "pos_target_len": 8192}
    )
    stages = tuple(stage.model_copy(update={"rope_mode": "rescaled"}) for stage in recipe.stages)
    recipe = recipe.model_copy(update={"stages": stages})
    changed = replace(planned, job=replace(planned.job, recipe=recipe))
    facts = plan_facts(changed, look_ahead(planned))
    assert [entry["stage"] for entry in facts["coverage"]] == [stage.name for stage in stages]
    assert "randpos" in plan_text(facts)
