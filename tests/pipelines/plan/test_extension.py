"""The table of methods for Llama-3 from 8,192 to 131,072 tokens, and what is refused."""

import json
from typing import Any

import numpy as np
import pytest

from pipelines.plan.extension import Request, options_of, plan_extension
from schemas.errors import RecipeError
from tests.pipelines.plan.models import TARGETS, model


def plan(name: str = "llama-3-8b", *words: str, asked: dict | None = None, **request: Any) -> dict:
    request = {"target": 131072, **request}
    return plan_extension(
        model(name, **(asked or {})), Request(options=options_of(words), **request)
    )


def row(found: dict, name: str) -> dict:
    return next(method for method in found["methods"] if method["name"] == name)


@pytest.mark.parametrize(
    ("name", "words", "figures"),
    [
        ("none", [], (29, 16.0, 1.0, 1.0, 1.0)),
        ("linear", [], (0, 1.0, 16.0, 16.0, 1.0)),
        ("ntk", [], (28, 3.43, 2.21, 16.0, 1.0)),
        ("base", ["base.base=8e6"], (29, 3.51, 2.18, 15.3, 1.0)),
        ("base", ["base.base=5e7"], (4, 1.29, 3.65, 93.1, 1.0)),
        ("critical", [], (0, 1.0, 4.16, 147.4, 1.0)),
        ("yarn", [], (0, 1.0, 1.0, 16.0, 1.631)),
        ("llama3", [], (0, 1.0, 1.0, 16.0, 1.0)),
        ("llama3", ["llama3.factor=8"], (29, 2.0, 1.0, 8.0, 1.0)),
    ],
)
def test_methods_on_llama_3(name: str, words: list[str], figures) -> None:
    found = row(plan("llama-3-8b", *words), name)
    unseen, *others = figures
    assert found["unseen"] == unseen == len(found["unseen_pairs"])
    shown = [found[key] for key in ("worst", "fast", "last", "logits")]
    assert shown == pytest.approx(others, rel=4e-3)


def test_the_critical_base_of_llama_3() -> None:
    assert row(plan(), "critical")["config"]["rope_theta"] == pytest.approx(7.976e7, rel=1e-4)


@pytest.mark.parametrize("name", TARGETS)
def test_every_model_gets_a_plan_of_json_values(name: str) -> None:
    asked = {**TARGETS[name]}
    found = plan(name, asked=asked, target=asked.pop("target"))
    assert json.loads(json.dumps(found)) == found
    assert [method["name"] for method in found["methods"]][:3] == ["none", "linear", "ntk"]
    pairs = len(found["dimensions"]["slow"])
    for method in found["methods"]:
        assert len(method["inv_freq"]) == pairs
        assert (method["config"] is None) == (method["config_reason"] is not None)
        assert (method["megatron"] is None) == (method["megatron_reason"] is not None)


def test_turns_and_wavelengths_belong_together() -> None:
    dimensions = plan()["dimensions"]
    turns, waves = (np.array(dimensions[key]) for key in ("turns_trained", "wavelengths"))
    np.testing.assert_allclose(turns * waves, 8192)
    assert dimensions["slow"] == (turns < 1).tolist()


def test_what_needs_more_than_the_model_is_left_out_with_a_reason() -> None:
    left_out = plan()["left_out"]
    assert set(left_out) == {"dynamic", "longrope", "longrope2"}
    assert "inference only" in left_out["dynamic"]
    assert "recipes/longrope2.yaml" in left_out["longrope2"]
    assert "dynamic" not in plan(inference=True)["left_out"]


@pytest.mark.parametrize(
    ("words", "request_", "sentence"),
    [
        ([], {"target": 8192}, "trained for 8,192 tokens"),
        ([], {"methods": ("dynamic",)}, "inference only"),
        ([], {"methods": ("longrope",)}, "rescale factors"),
        ([], {"methods": ("yran",)}, "Did you mean 'yarn'"),
        (["yarn.beta=3"], {}, "yarn: beta: no such key"),
        (["yarn.factor=0.5"], {}, "yarn: factor"),
        (["ntk.factor=2"], {"methods": ("yarn",)}, "keys of ntk"),
    ],
)
def test_what_cannot_be_planned(words, request_, sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        plan("llama-3-8b", *words, **request_)


@pytest.mark.parametrize("word", ["yarn", "yarn=3", "other.key=1", "yarn.factor=[1"])
def test_words_that_are_no_keys_of_methods(word: str) -> None:
    with pytest.raises(RecipeError):
        options_of([word])


def test_a_scaled_model_starts_again_and_shows_what_it_has() -> None:
    """Llama-3.1: factor 8 for 16 times the length, so 2 times past the angles of training."""
    found = plan("llama-3.1-8b", asked={"from_scaled": True}, methods=("none", "llama3"))
    present = found["present"]
    assert (present["name"], present["limit"], present["unseen"]) == ("llama3", 131072, 29)
    assert present["worst"] == pytest.approx(2)
    again = row(found, "llama3")
    assert (again["config"]["rope_scaling"]["factor"], again["worst"]) == (16, pytest.approx(1))
    assert again["worst_of_present"] == pytest.approx(0.5)
    assert row(found, "none")["worst_of_present"] == pytest.approx(8)


def test_a_scaling_that_nobody_knows_cannot_be_undone() -> None:
    odd = {"rope_type": "spiral", "factor": 2, "original_max_position_embeddings": 4096}
    from pipelines.plan.model_config import read_model
    from tests.pipelines.plan.models import values

    scaled = read_model({**values("llama-3-8b"), "rope_scaling": odd}, from_scaled=True)
    with pytest.raises(RecipeError, match="'spiral' is not known"):
        plan_extension(scaled, Request(target=131072, options={}))


def test_a_mix_is_costed_and_gamma_is_only_shown_on_demand() -> None:
    stage = {"stage": "a", "seq_len": 8, "tokens": 16, "attention": {"squares": 64}}
    found = plan(stages=[stage], gamma=True)
    assert found["mix"][0]["flops_per_token"] == pytest.approx(6 * 7504658432 + 6 * 32 * 4096 * 4)
    assert found["gamma"]["label"] == "unvalidated hypothesis"
    assert plan()["gamma"] is None


def test_a_target_that_no_position_can_number_is_refused() -> None:
    with pytest.raises(RecipeError, match="32 bits, 2,147,483,647 at most"):
        plan_extension(model("llama-3-8b"), Request(target=10**12, options={}))


def test_a_key_of_a_method_without_keys_is_refused_as_one() -> None:
    request = Request(target=16384, options={"critical": {"x": 1}})
    with pytest.raises(RecipeError, match=r"critical: x: no such key\. There are none here"):
        plan_extension(model("llama-3-8b"), request)
