"""How many samples a stage wants, of which lengths, and how deep."""

from typing import Any

import numpy as np
import pytest

from generators.mixing.framing import frame
from generators.mixing.wanted import Use, give_depths, sample_lengths, uses_in, wanted_samples
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.task_spec import TaskSpec


def recipe_of(**changes: Any) -> Recipe:
    basis = {"inputs": ".", "tokenizer": "train", "seq_len": 256, "min_fragment": 16}
    return Recipe.model_validate({**basis, "sources": {"books": {}}, **changes})


def use_of(name: str = "needle", **spec: Any) -> Use:
    return Use(name=name, spec=TaskSpec.model_validate(spec), num_evidence=1)


def test_sample_lengths_leave_room_for_two_fragments() -> None:
    recipe = recipe_of(seq_len=32768, min_fragment=64)
    stage = recipe.resolved_stages()[0]
    framing = frame(recipe, stage)
    assert sample_lengths(use_of(), stage, framing) == (4096, 8192, 16384, 32640)
    named = use_of(lengths=[40000, 100])
    assert sample_lengths(named, stage, framing) == (100, 32640)


def test_sample_lengths_are_multiples_where_segments_are() -> None:
    recipe = recipe_of(seq_len=32768, min_fragment=64, segment_multiple=24)
    stage = recipe.resolved_stages()[0]
    # 32768 - 2 * 72 = 32,624 tokens, rounded down to multiples of 24.
    assert sample_lengths(use_of(), stage, frame(recipe, stage)) == (4080, 8184, 16368, 32616)
    with pytest.raises(RecipeError, match="20 tokens are fewer than a segment"):
        sample_lengths(use_of(lengths=[20]), stage, frame(recipe, stage))


def test_lengths_have_equal_tokens() -> None:
    recipe = recipe_of(tokens=2560)
    use = use_of(share=0.5, lengths=[64, 128])
    samples = wanted_samples(recipe, recipe.resolved_stages()[0], [use], 2560)
    assert [sample.length for sample in samples] == [128] * 5 + [64] * 10
    assert samples[-1].sample_id == "needle-main-64-000009"


def test_a_stage_may_change_shares_and_depths_of_a_task() -> None:
    changes = {"needle": {"share": 0.3, "depths": [0.25]}}
    stages = [{"name": "a", "seq_len": 256, "tokens": 2560, "tasks": changes}]
    recipe = recipe_of(stages=stages)
    (stage,) = recipe.resolved_stages()
    (use,) = uses_in(recipe, stage, [use_of(share=0.1, lengths=[64])])
    assert use.spec.share == 0.3
    samples = wanted_samples(recipe, stage, [use_of(share=0.1, lengths=[64])], 2560)
    assert len(samples) == 12
    deep = give_depths(recipe, samples, [use_of(share=0.1, lengths=[64])])
    assert {sample.depths for sample in deep} == {(0.25,)}


def test_depths_are_stratified_over_all_samples_of_a_length() -> None:
    recipe = recipe_of(tokens=25600)
    use = use_of(share=0.5, lengths=[64])
    samples = wanted_samples(recipe, recipe.resolved_stages()[0], [use], 25600)
    depths = [sample.depths[0] for sample in give_depths(recipe, samples, [use])]
    assert np.histogram(depths, 10, (0, 1))[0].tolist() == [20] * 10
