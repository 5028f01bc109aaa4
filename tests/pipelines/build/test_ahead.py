"""What is laid out before weaving is near what is built, and a scale is met from like documents."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.build import ahead as module
from pipelines.build.ahead import drawn_tokens, look_ahead, scale_ahead, used_tokens
from pipelines.build.mix import Planned
from schemas.draw import Draw, Piece, Pieces, SampleDraw, Supply
from schemas.errors import RecipeError
from tests.pipelines.plan.corpora import documents_of, recipe_of


def test_a_plan_counts_what_the_build_counts(planned: Planned, mix: Path) -> None:
    """Samples stand in at their greatest length, so a few tokens of text change places."""
    ahead = look_ahead(planned)
    built = json.loads((mix / "manifest.json").read_text())["accounting"]
    assert ahead.cost is not None
    for mine, theirs in zip(ahead.cost["stages"], built["stages"], strict=True):
        assert mine["rows"] == pytest.approx(theirs["rows"], abs=1)
        assert mine["tokens"] == pytest.approx(theirs["tokens"], rel=0.02)
        assert mine["training"]["flops"] == pytest.approx(theirs["training"]["flops"], rel=0.02)
        assert mine["by_source"]["task:needle"]["targets"] is None
    assert (ahead.factor, ahead.scale) == (1.0, None)


def test_no_rows_are_told_and_no_error(planned: Planned) -> None:
    empty = {name: _none() for name in planned.draw.pieces}
    ahead = look_ahead(replace(planned, draw=Draw(samples=(), pieces=empty, supply=())))
    assert (ahead.layout, ahead.cost) == (None, None)
    assert ahead.refused is not None
    assert ahead.refused.startswith("the mix would have no rows")


def _none() -> Pieces:
    nothing = np.zeros(0, np.int64)
    return Pieces(doc=nothing, start=nothing, stop=nothing, epoch=nothing)


def test_a_scale_is_met_by_documents_that_are_drawn_again(planned: Planned) -> None:
    ahead = scale_ahead(planned, 300_000)
    assert ahead.cost is not None
    assert sum(stage["tokens"] for stage in ahead.cost["stages"]) == pytest.approx(3e5, rel=0.02)
    assert ahead.factor == pytest.approx(1, rel=0.01)
    assert ahead.scale == 300_000
    assert len(ahead.documents.kept) > len(planned.documents.kept)
    assert sum(stage["repeated"] for stage in ahead.cost["stages"]) == 0
    again = scale_ahead(planned, 300_000)
    assert again.cost == ahead.cost


def test_what_is_too_much_to_lay_out_is_in_proportion(planned: Planned, monkeypatch) -> None:
    monkeypatch.setattr(module, "PLAN_TOKENS", 100_000)
    monkeypatch.setattr(module, "TRIAL_TOKENS", 50_000)
    ahead = scale_ahead(planned, 5_000_000)
    assert ahead.factor == pytest.approx(50, rel=0.01)
    monkeypatch.setattr(module, "PLAN_DOCUMENTS", 20)
    assert scale_ahead(planned, 5_000_000).factor > 50


def test_a_scale_needs_a_document(planned: Planned) -> None:
    kept = np.zeros(0, np.int64)
    none = replace(planned.documents, kept=kept)
    with pytest.raises(RecipeError, match="no document was kept"):
        scale_ahead(replace(planned, documents=none), 1000)


def test_tokens_are_added_up_over_rows_of_both_kinds_and_haystacks() -> None:
    documents = documents_of(recipe_of(), a=10, b=30)
    sample = SampleDraw(
        sample_id="n",
        use="needle",
        stage="main",
        length=9,
        depths=(),
        pieces=(Piece(doc=1, start=0, stop=8),),
    )
    drawn = Draw(
        samples=(sample,), pieces={"main": _piece(0, 7)}, original={"main": _piece(1, 4)}, supply=()
    )
    assert drawn_tokens(drawn) == {"main": 7 + 4 + 9}
    assert used_tokens(drawn, documents).tolist() == [7 + 4 + 8]


def _piece(doc: int, size: int) -> Pieces:
    of = {"doc": doc, "start": 0, "stop": size, "epoch": 0}
    return Pieces(**{name: np.array([value], np.int64) for name, value in of.items()})


def test_a_source_with_a_share_grows_alone(planned: Planned) -> None:
    """Notes have a tenth of the text and are asked for half of it."""
    recipe = planned.job.recipe
    sources = {**recipe.sources, "notes": recipe.sources["notes"].model_copy(update={"share": 0.5})}
    changed = recipe.model_copy(update={"sources": sources, "tasks": {}})
    job = replace(planned.job, recipe=changed, uses=())
    like = scale_ahead(replace(planned, job=job), 400_000)
    assert like.cost is not None
    tokens: Counter[str] = Counter()
    for stage in like.cost["stages"]:
        tokens.update({name: part["tokens"] for name, part in stage["by_source"].items()})
    assert tokens["notes"] / tokens.total() == pytest.approx(0.5, abs=0.02)
    before, after = (
        np.bincount(d.corpus.source, d.corpus.num_tokens)
        for d in (planned.documents, like.documents)
    )
    assert after[1] / before[1] > 2 * after[0] / before[0]


def test_shares_of_rare_lengths_are_met_by_drawing_more() -> None:
    """Half of what was asked needs twice as much text and a little more; what is not, nothing."""

    def line(source: str, asked: int, given: int, at_least: int = 0) -> Supply:
        return Supply(stage="s", source=source, asked=asked, given=given, at_least=at_least)

    drawn = Draw(
        samples=(),
        pieces={},
        supply=(
            line("a", 100, 100),
            line("a", 100, 50, at_least=9),
            line("b", 100, 99),
            line("c", 100, 0),
            line("d", 1000, 1),
            line("task:x", 100, 1),
            line("replay:b", 100, 1),
        ),
    )
    assert module._times_as_much(drawn, ("a", "b", "c", "d")).tolist() == [2.3, 1, 1, 8]
