"""The table of a schedule adds up, scales, and says what sources cannot supply."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.build.ahead import Ahead, look_ahead
from pipelines.build.job import Options
from pipelines.build.mix import Planned, plan_mix
from pipelines.plan.recipe import load_recipe
from pipelines.plan.resources import READ_SECONDS
from pipelines.progress import Progress
from pipelines.report.schedule import SUMS, schedule_facts, schedule_text
from schemas.draw import Supply


@pytest.fixture(scope="module")
def planned(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    options = Options(out=str(tmp_path_factory.mktemp("plan") / "tiny"), executor="local")
    with ExitStack() as stack:
        recipe = load_recipe(str(recipe_file))
        yield plan_mix(recipe, options, Progress(io.StringIO()), stack)


@pytest.fixture(scope="module")
def ahead(planned: Planned) -> Ahead:
    return look_ahead(planned)


@pytest.fixture(scope="module")
def facts(planned: Planned, ahead: Ahead) -> dict[str, Any]:
    return schedule_facts(planned, ahead)


def test_totals_are_the_sums_of_stages(facts: dict[str, Any]) -> None:
    assert [stage["stage"] for stage in facts["stages"]] == ["short", "long"]
    for name in SUMS:
        assert facts["totals"][name] == sum(stage[name] for stage in facts["stages"])
    for name in ("read", "weave", "write"):
        found = sum(stage["cpu_seconds"][name] for stage in facts["stages"])
        assert facts["totals"]["cpu_seconds"][name] == pytest.approx(found)
        assert found > 0


def test_a_stage_is_as_it_was_laid_out(ahead: Ahead, facts: dict[str, Any]) -> None:
    assert ahead.cost is not None
    assert ahead.layout is not None
    shards = ahead.layout.shards["stage"].to_pylist()
    for mine, cost in zip(facts["stages"], ahead.cost["stages"], strict=True):
        for name in ("seq_len", "claims", "rows", "tokens", "padding", "truncated", "fill"):
            assert mine[name] == cost[name]
        assert mine["shards"] == shards.count(mine["stage"])
        assert mine["disk_bytes"] == round(cost["rows"] * cost["seq_len"] * 1.6)
        assert mine["targets_unknown"] == ["task:needle"]


def test_counts_grow_by_the_factor_and_shares_do_not(
    planned: Planned, ahead: Ahead, facts: dict[str, Any]
) -> None:
    larger = schedule_facts(planned, replace(ahead, factor=10.0, scale=500_000))
    for mine, small in zip(larger["stages"], facts["stages"], strict=True):
        for name in ("rows", "tokens", "padding", "flops", "cut_documents"):
            assert mine[name] == pytest.approx(10 * small[name])
        assert mine["cpu_seconds"]["weave"] == pytest.approx(10 * small["cpu_seconds"]["weave"])
        assert mine["fill"] == small["fill"]
        assert mine["attention_share"] == small["attention_share"]
    for mine, small in zip(larger["sources"], facts["sources"], strict=True):
        assert mine["kept"] == small["kept"]
        assert mine["needed"] == pytest.approx(10 * small["needed"], abs=10)
        assert mine["passes"] == pytest.approx(10 * small["passes"], rel=0.01)


def test_reading_counts_rejected_text_too(planned: Planned, facts: dict[str, Any]) -> None:
    """All of both sources is used, about: the text that was met takes its seconds."""
    met = sum(planned.documents.table["num_bytes"].to_pylist())
    most = met / 1e9 * READ_SECONDS
    assert 0.5 * most < facts["totals"]["cpu_seconds"]["read"] <= most * 1.01


def test_what_is_needed_is_what_was_asked_and_haystacks(
    planned: Planned, facts: dict[str, Any]
) -> None:
    asked = sum(s.asked for s in planned.draw.supply if s.source in ("books", "notes"))
    haystacks = sum(p.stop - p.start for s in planned.draw.samples for p in s.pieces)
    assert sum(line["needed"] for line in facts["sources"]) == asked + haystacks
    kept = int(planned.documents.corpus.num_tokens.sum())
    assert sum(line["kept"] for line in facts["sources"]) == kept


def test_classes_of_length_are_told_apart(planned: Planned, ahead: Ahead) -> None:
    lines = [
        Supply(stage="short", source="books", asked=100, given=0, at_least=0, below=1000),
        Supply(stage="short", source="books", asked=9**9, given=50, at_least=1000, below=None),
        Supply(stage="long", source="replay:books", asked=7, given=7),
    ]
    draw = replace(ahead.draw, samples=(), supply=tuple(lines))
    facts = schedule_facts(planned, replace(ahead, draw=draw))
    short, long = facts["sources"]
    assert (short["needed"], short["kept"], short["passes"], short["short"]) == (100, 0, None, 100)
    assert (long["needed"], long["short"]) == (9**9, 9**9 - long["kept"])
    text = "\n".join(schedule_text(facts))
    assert "books below 1,000" in text
    assert "has none" in text
    assert "short of 387" in text


def test_the_text_has_a_line_a_stage_and_their_sum(facts: dict[str, Any]) -> None:
    heads, short, long, total, *_ = schedule_text(facts)
    assert heads.startswith("stage   rows of  claims")
    assert short.split()[:3] == ["short", "512", "512"]
    assert long.split()[:3] == ["long", "1,024", "1,024"]
    assert total.startswith("in all")


def test_a_mix_without_rows_has_no_stages(planned: Planned, ahead: Ahead) -> None:
    facts = schedule_facts(planned, replace(ahead, layout=None, cost=None, refused="no rows"))
    assert (facts["stages"], facts["totals"]["rows"]) == ([], 0)
    assert schedule_text(facts)
