"""Both forms of transformers are read, by kind of layer too; what contradicts itself is refused."""

import pytest

from pipelines.plan.model_rope import ModelRope, read_rope
from schemas.errors import RecipeError

YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024}


def read(values: dict, *, limit: int | None = 4096, **asked) -> ModelRope:
    asked = {"trained": None, "from_scaled": True, **asked}
    return read_rope({"model_type": "llama", "head_dim": 64, **values}, limit=limit, **asked)


@pytest.mark.parametrize(
    "values",
    [
        {"rope_theta": 5e5, "rope_scaling": YARN},
        {"rope_parameters": {**YARN, "rope_theta": 5e5}},
        {"rope_theta": 5e5, "rope_scaling": YARN, "rope_parameters": {**YARN, "rope_theta": 5e5}},
        {"rope_theta": 5e5, "rope_scaling": {"type": "yarn", **YARN}},
        {"rope_parameters": {"full_attention": {**YARN, "rope_theta": 5e5}, "other": None}},
    ],
)
def test_all_forms_say_the_same(values) -> None:
    rope = read(values)
    assert (rope.dim, rope.base, rope.trained, rope.limit) == (64, 5e5, 1024, 4096)
    assert rope.scaling == YARN


def test_the_older_type_key_and_names() -> None:
    found = read({"rope_scaling": {"type": "linear", "factor": 2.0}}, trained=2048)
    assert found.scaling == {"rope_type": "linear", "factor": 2.0}
    su = {"type": "su", "long_factor": [1], "short_factor": [1]}
    original = {"original_max_position_embeddings": 2048}
    found = read({"rope_scaling": su, **original})
    assert found.scaling == {"rope_type": "longrope", "long_factor": [1], "short_factor": [1]}
    assert found.trained == 2048


def test_default_blocks_scale_nothing() -> None:
    rope = read({"rope_parameters": {"rope_type": "default", "rope_theta": 7e4}}, from_scaled=False)
    assert (rope.scaling, rope.base, rope.trained) == (None, 7e4, 4096)


def test_layers_of_two_kinds_in_the_older_keys() -> None:
    rope = read({"rope_theta": 1e6, "rope_local_base_freq": 1e4})
    assert rope.kinds == {
        "full_attention": {"rope_type": "default", "rope_theta": 1e6},
        "sliding_attention": {"rope_type": "default", "rope_theta": 1e4},
    }


def test_a_part_of_the_head_turns() -> None:
    assert read({"partial_rotary_factor": 0.5}).dim == 32
    assert read({"rope_parameters": {"rope_theta": 1e4, "partial_rotary_factor": 0.25}}).dim == 16
    assert read({"rotary_dim": 24}).dim == 24


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"rope_scaling": {"rope_type": "yarn", "type": "linear", "factor": 2}},
            "rope_type 'yarn' and type 'linear'",
        ),
        ({"rope_theta": 1e4, "rope_parameters": {"rope_theta": 5e5}}, "rope_theta is 10000.0"),
        (
            {"partial_rotary_factor": 1, "rope_parameters": {"partial_rotary_factor": 0.5}},
            "partial_rotary_factor is 1 at the top",
        ),
        ({"rope_parameters": {"sliding_attention": {"rope_theta": 1e4}}}, "lacks full_attention"),
        (
            {"rope_scaling": YARN, "rope_parameters": {**YARN, "beta_fast": 16}},
            "differ in beta_fast",
        ),
    ],
)
def test_contradictions(values, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        read(values)


def test_a_factor_that_is_not_the_ratio_of_lengths_is_told() -> None:
    """Llama-3.1 is published so: 8, and 16 times the length."""
    (note,) = read({"rope_scaling": {**YARN, "factor": 2.0}}).notes
    assert "factor is 2, but 4,096 / 1,024 tokens is 4" in note


def test_dynamic_scaling_was_trained_for_all_that_the_file_allows() -> None:
    assert read({"rope_scaling": {"rope_type": "dynamic", "factor": 2.0}}).trained == 4096


def test_the_two_forms_of_longrope_may_differ_in_what_follows_from_lengths() -> None:
    """Phi-3's older form has three keys, and transformers 4 takes no fourth."""
    lists = {"long_factor": [2], "short_factor": [1]}
    old = {"type": "longrope", **lists}
    new = {"rope_type": "longrope", "factor": 4.0, **lists}
    rope = read({"rope_scaling": old, "rope_parameters": new}, trained=1024)
    assert rope.scaling == new
    with pytest.raises(RecipeError, match="differ in long_factor"):
        read({"rope_scaling": old, "rope_parameters": {**new, "long_factor": [3]}}, trained=1024)
