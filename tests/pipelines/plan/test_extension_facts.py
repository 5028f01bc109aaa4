"""Facts have a formula and one of three labels; the gamma rule is never more than a hypothesis."""

import math

import pytest

from generators.rope import Rope
from pipelines.plan.extension_facts import EXACT, RULE, UNKNOWN, facts_of, gamma_facts
from pipelines.plan.model_config import read_model
from pipelines.plan.model_size import model_size
from schemas.errors import RecipeError
from tests.pipelines.plan.models import model, values

LLAMA_3 = Rope(dim=128, base=5e5, trained=8192)


def facts(name: str = "llama-3-8b", target: int = 131072) -> dict:
    found = model(name)
    rope = Rope(dim=found.rope.dim, base=found.rope.base, trained=found.rope.trained)
    return {fact["name"]: fact for fact in facts_of(found, rope, target, model_size(found))}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scale", 16),
        ("pairs", 64),
        ("slow pairs", 29),
        ("critical pair", 35),
        ("LongRoPE2's search range", [24, 35]),
        ("slowest wavelength", pytest.approx(2_559_196, abs=1)),
        ("spacing of bfloat16 positions", 512),
        ("entropy of even attention", pytest.approx(math.log(16))),
        ("log-length factor of logits", pytest.approx(17 / 13)),
        ("KV cache at 131,072", 16 * 2**30),
        ("training at 8,192", pytest.approx(5.147e10, rel=5e-4)),
        ("training at 131,072", pytest.approx(1.481e11, rel=5e-4)),
    ],
)
def test_facts_of_llama_3(name: str, value) -> None:
    assert facts()[name]["value"] == value


@pytest.mark.parametrize(
    ("name", "slow", "search"),
    [
        ("llama-2-7b", 18, [30, 46]),
        ("qwen2.5-7b", 24, [29, 40]),
    ],
)
def test_slow_pairs_of_other_models(name: str, slow: int, search: list[int]) -> None:
    found = facts(name, 1 << 20)
    assert found["slow pairs"]["value"] == slow
    assert found["LongRoPE2's search range"]["value"] == search


def test_every_fact_is_labelled_and_rules_of_thumb_name_their_source() -> None:
    for fact in facts().values():
        assert fact["label"] in {EXACT, RULE, UNKNOWN}
        assert fact["formula"]
        assert fact["unit"]
        assert (fact["label"] == UNKNOWN) == (fact["value"] is None)
        if fact["label"] == RULE:
            assert fact["source"]


def test_costs_of_an_unknown_family_are_unknown() -> None:
    odd = read_model({**values("llama-3-8b"), "model_type": "falcon"})
    named = {f["name"]: f for f in facts_of(odd, LLAMA_3, 16384, model_size(odd))}
    assert named["FLOPs per token of falcon"]["label"] == UNKNOWN


def test_the_gamma_rule_is_told_with_what_is_wrong_with_it() -> None:
    gamma = gamma_facts(LLAMA_3, 131072)
    reach = 8192 * math.sqrt(2)
    assert gamma["trained"] == pytest.approx((1e6 - reach) / (1e6 + reach))
    assert gamma["bases"]["0.5"] == pytest.approx(278_046, abs=1)
    assert gamma["bases"]["0.85"] == pytest.approx(1.143e6, rel=1e-3)
    assert gamma["label"] == "unvalidated hypothesis"
    assert "R^2 -0.30" in gamma["verdict"]


def test_the_gamma_rule_does_not_know_the_head() -> None:
    """Which is one reason to distrust it: a head of 64 has other angles than one of 128."""
    half = Rope(dim=64, base=5e5, trained=8192)
    assert gamma_facts(half, 131072) == gamma_facts(LLAMA_3, 131072)
    with pytest.raises(RecipeError):
        gamma_facts(half, 0)
