"""Targets by eye: firsts of segments and start ids are none, samples are as their loss says."""

import numpy as np

from pipelines.plan.targets import UNKNOWN, span_targets, stated_targets
from schemas.draw import SampleDraw
from tests.pipelines.plan.corpora import recipe_of
from tests.pipelines.plan.test_cost import placed


def test_a_token_that_opens_a_segment_and_a_start_id_are_no_targets() -> None:
    spans = placed("a0-3 b0-3+a3-5 n4").spans
    begin = np.array([False, False, True, False])
    column = spans.schema.get_field_index("begin")
    spans = spans.set_column(column, "begin", [begin])
    opens = np.array([True, True, False, True])
    assert span_targets(spans, opens, {"n-0": 2}).tolist() == [2, 2, 1, 2]
    assert span_targets(spans, opens, {}).tolist() == [2, 2, 1, UNKNOWN]


def test_what_a_recipe_states_of_samples() -> None:
    """`all` is all, `answer` is what `targets` says, and nothing where it does not."""
    uses = {
        "needle": {"loss": "all"},
        "some": {"task": "needle", "loss": "answer+context"},
        "told": {"task": "needle", "targets": 10},
        "more": {"task": "needle", "targets": 1000},
        "unknown": {"task": "needle"},
    }
    recipe = recipe_of(seq_len=512, tasks={k: {"share": 0.1, **v} for k, v in uses.items()})
    samples = [
        SampleDraw(sample_id=use, use=use, stage="main", length=100, depths=()) for use in uses
    ]
    assert stated_targets(recipe, samples) == {"needle": 100, "some": 100, "told": 10, "more": 100}
