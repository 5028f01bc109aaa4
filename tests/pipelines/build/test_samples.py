"""WEAVE as a whole: every drawn sample is woven, or named with its reason and counted off."""

from dataclasses import replace
from typing import Any

import pytest

from generators.tasks import needle
from pipelines.build import weave as weaving
from pipelines.build.mix import Planned
from pipelines.build.samples import weave_samples
from schemas.errors import UnfitError


def test_weaving_says_where_each_sample_is_and_in_which_stage(planned: Planned) -> None:
    woven = weave_samples(planned.job, planned.draw, planned.documents)
    assert len(woven.units) == 1
    stage_of = {sample.sample_id: sample.stage for sample in planned.draw.samples}
    assert {sample.sample_id: sample.stage for sample in woven.samples} == stage_of
    assert woven.draw == planned.draw
    assert len(woven.unwoven) == 0


def test_without_samples_nothing_is_woven(planned: Planned) -> None:
    woven = weave_samples(planned.job, replace(planned.draw, samples=()), planned.documents)
    assert (woven.units, woven.samples, len(woven.depths)) == ((), [], 0)


def test_planted_evidence_came_to_lie_where_it_was_meant_to(planned: Planned) -> None:
    """A depth may cross the edge of a tenth, by a hundredth or 64 tokens."""
    table = weave_samples(planned.job, planned.draw, planned.documents).depths
    assert sum(table["expected"].to_pylist()) == sum(table["realised"].to_pylist())
    assert set(table["tenth"].to_pylist()) == set(range(10))


def test_a_sample_that_its_text_does_not_support_is_left_out_and_named(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = planned.draw.samples[0]

    def plan(*args: Any, **kwargs: Any) -> Any:
        if kwargs["depths"] == first.depths:
            raise UnfitError("the text is about nothing")
        return needle.plan(*args, **kwargs)

    task = replace(needle.TASK, plan=plan)
    monkeypatch.setattr(weaving.tasks, "load", lambda _: task)
    job = replace(planned.job, recipe=planned.job.recipe.model_copy(update={"seed": 77}))
    woven = weave_samples(job, planned.draw, planned.documents)
    assert woven.unwoven.to_pylist() == [
        {
            "stage": first.stage,
            "task": first.use,
            "sample_id": first.sample_id,
            "reason": "the text is about nothing",
        }
    ]
    assert [s.sample_id for s in woven.draw.samples] == [s.sample_id for s in woven.samples]
    given, less = (
        {(line.stage, line.source): line.given for line in drawn.supply}
        for drawn in (planned.draw, woven.draw)
    )
    mine = first.stage, f"task:{first.use}"
    assert given.pop(mine) - less.pop(mine) == first.length
    assert given == less
