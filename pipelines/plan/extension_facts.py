"""What is known of a longer context before training: each fact with formula, unit and label.

{"name": "entropy of even attention", "value": 2.77, "unit": "nats",
 "formula": "ln(target / trained)", "label": "exact", ...}
"""

import math
from typing import Any

from generators import rope as methods
from generators.rope import Rope
from pipelines.plan.model_config import ModelConfig
from pipelines.plan.model_size import Size, attention_width, flops_per_token, kv_bytes
from schemas.errors import RecipeError

EXACT = "exact"
RULE = "rule of thumb"
UNKNOWN = "unknown until measured"
TEN_TURNS = 10.0
BF16_BITS = 8
"""Bits of a bfloat16's significand, the hidden one included."""
GAMMAS = (0.5, 0.85)
"""The two values that the rule's own texts aim at."""
GAMMA_VERDICT = (
    "The gamma rule is an unvalidated hypothesis, printed because it was asked for. It depends on "
    "the base and a length alone: neither on the head size nor on any weight. For linear, NTK, "
    "YaRN and Llama-3 scaling its planner comes out at the unscaled model's own value, whatever "
    "the target, so it cannot tell methods apart; and over the published panel of its author it "
    "explains less than the mean does (R^2 -0.30). Nothing else in this plan uses it."
)


def fact(
    name: str, value: Any, unit: str, *, formula: str, label: str = EXACT, source: str | None = None
) -> dict[str, Any]:
    """Return one fact as JSON values; a rule of thumb names its source."""
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "formula": formula,
        "label": label,
        "source": source,
    }


def facts_of(
    model: ModelConfig, rope: Rope, target: int, size: Size | None
) -> list[dict[str, Any]]:
    """Return all facts that do not depend on the method."""
    return [
        *_geometry(rope, target),
        *_attention(rope, target),
        *_costs(model, rope, target, size),
        *_experience(),
        *_unknown(),
    ]


def _geometry(rope: Rope, target: int) -> list[dict[str, Any]]:
    trained = methods.frequencies(rope.dim, rope.base)
    slow = int(methods.slow(rope).sum())
    critical = methods.critical_dim(rope)
    ten = methods.critical_dim(rope, full_turns=TEN_TURNS)
    waves = methods.wavelengths(trained)
    return [
        fact("scale", target / rope.trained, "times", formula="s = target / trained"),
        fact("pairs", rope.dim // 2, "pairs", formula="rotary size / 2"),
        fact("slow pairs", slow, "pairs", formula="trained * f / 2 pi < 1"),
        fact("fastest wavelength", float(waves[0]), "tokens", formula="2 pi / f"),
        fact("slowest wavelength", float(waves[-1]), "tokens", formula="2 pi / f"),
        fact(
            "critical pair",
            critical,
            "index",
            formula="ceil(d/2 * ln(trained / 2 pi) / ln base): the first pair without a full turn",
        ),
        fact(
            "LongRoPE2's search range",
            [ten, critical],
            "indices",
            formula="pairs with 10 turns and with 1; it looks for the critical pair between them",
            source="arXiv 2502.20082",
        ),
        fact(
            "spacing of bfloat16 positions",
            2.0 ** max(math.floor(math.log2(target - 1)) - BF16_BITS + 1, 0),
            "tokens",
            formula="2^(floor(log2(target - 1)) - 7): keep positions whole and angles in float32",
        ),
    ]


def _attention(rope: Rope, target: int) -> list[dict[str, Any]]:
    ratio = math.log(target) / math.log(rope.trained) if rope.trained > 1 else None
    return [
        fact(
            "entropy of even attention",
            math.log(target / rope.trained),
            "nats more",
            formula="ln(target / trained), exact for heads whose logits stay alike; measure others",
        ),
        fact(
            "log-length factor of logits",
            ratio,
            "times",
            formula="ln target / ln trained, which would hold the entropy of such heads in place",
            label=RULE,
            source="arXiv 2202.12172",
        ),
    ]


def _costs(model: ModelConfig, rope: Rope, target: int, size: Size | None) -> list[dict[str, Any]]:
    lengths = (rope.trained, target)
    facts = [
        fact(
            f"KV cache at {length:,}",
            kv_bytes(model, length),
            "bytes",
            formula="2 bytes * 2 * key heads * head size * tokens, each layer up to its window; "
            "of one sequence, when generating: training keeps none",
        )
        for length in lengths
    ]
    if size is None:
        name = f"FLOPs per token of {model.family}"
        return [
            *facts,
            fact(name, None, "FLOPs", formula="its layers are not counted", label=UNKNOWN),
        ]
    facts.append(
        fact(
            "parameters at work",
            size.used,
            "parameters",
            formula="6 FLOPs each a token in training",
        )
    )
    for length in lengths:
        total = flops_per_token(model, size, length)
        share = 1 - 6 * size.used / total
        facts.append(
            fact(
                f"training at {length:,}",
                total,
                "FLOPs a token",
                formula=f"6 N + 12 * layers * {attention_width(model):g} * pairs / tokens, one "
                f"document a row; {share:.1%} of it attention",
            )
        )
    return facts


def _experience() -> list[dict[str, Any]]:
    return [
        fact(
            "tokens of training, ProLong",
            [20_000_000_000, 20_000_000_000],
            "tokens",
            formula="Llama-3-8B by a larger base: at 65,536, then at 524,288",
            label=RULE,
            source="arXiv 2410.02660",
        ),
        fact(
            "tokens of training, LongRoPE2",
            10_000_000_000,
            "tokens",
            formula="Llama-3-8B and Phi-3-mini at 131,072",
            label=RULE,
            source="arXiv 2502.20082",
        ),
        fact(
            "unseen pairs of a published model",
            13,
            "pairs",
            formula="ProLong at 65,536, up to 1.76 times past: unseen angles are no failure, and "
            "none unseen is no success",
            label=RULE,
            source="arXiv 2410.02660",
        ),
    ]


def _unknown() -> list[dict[str, Any]]:
    return [
        fact(name, None, unit, formula=how, label=UNKNOWN)
        for name, unit, how in (
            ("retrieval at depth", "share", "questions on needles, by depth and length"),
            ("loss on short text afterwards", "nats", "held-out text, before and after"),
            ("entropy of the model's own heads", "nats", "long rows against short ones"),
        )
    ]


def gamma_facts(rope: Rope, target: int) -> dict[str, Any]:
    """Return the numbers of the gamma rule, and why nothing should rest on them.

    gamma(base, n) = (2 base - n sqrt 2) / (2 base + n sqrt 2), and the base that it asks for,
    n sqrt 2 (1 + gamma) / (2 (1 - gamma)). Raises RecipeError for no length at all.
    """
    if target < 1:
        raise RecipeError(f"the gamma rule needs a length, not {target}")

    def gamma(tokens: int) -> float:
        reach = tokens * math.sqrt(2)
        return (2 * rope.base - reach) / (2 * rope.base + reach)

    return {
        "trained": gamma(rope.trained),
        "target": gamma(target),
        "bases": {
            f"{aim:g}": target * math.sqrt(2) * (1 + aim) / (2 * (1 - aim)) for aim in GAMMAS
        },
        "label": "unvalidated hypothesis",
        "verdict": GAMMA_VERDICT,
    }
