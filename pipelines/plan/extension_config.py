"""The keys that tell a trainer or a server about a scaling: config.json, vLLM, Megatron.

transformers 4 reads `rope_theta` and `rope_scaling`; 5 reads `rope_parameters` and writes no other.
A file with only the new form loads in 4 as base 10000 without scaling, and nothing says so. So both
forms are written, with the same values:

    {"max_position_embeddings": 131072, "rope_theta": 500000.0,
     "rope_scaling":    {"rope_type": "linear", "factor": 16.0},
     "rope_parameters": {"rope_type": "linear", "factor": 16.0, "rope_theta": 500000.0}}
"""

import json
from dataclasses import dataclass
from typing import Any

from generators.rope import Scaled
from pipelines.plan.model_config import UNREAD_BASE, ModelConfig
from pipelines.plan.model_rope import FULL, LOCAL, ORIGINAL

PLAIN, LONGROPE = "default", "longrope"
OLD_BASE = "rotary_emb_base"
"""GPT-NeoX's own name of the base."""
PHI3 = "phi3"
STRICT = ("olmo", "olmo2")
"""Families for which transformers 4 takes two keys, `type` and `factor`, and no other."""
PLACES = ("rope_theta", "partial_rotary_factor")
"""Keys of rope_parameters that stand at the top in version 4."""
LLAMA3_FIXED = {ORIGINAL: 8192, "low_freq_factor": 1, "high_freq_factor": 4}
"""What Megatron's --use-rope-scaling has written into its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Keys or flags, or why there are none."""

    keys: Any
    """None where there are none."""
    reason: str | None = None
    notes: tuple[str, ...] = ()


def config_keys(model: ModelConfig, scaled: Scaled) -> Written:
    """Return the keys to merge into config.json, right in transformers 4 and 5."""
    if scaled.config is None:
        return Written(keys=None, reason="transformers has no such method")
    if model.family in UNREAD_BASE:
        return Written(keys=None, reason=f"transformers reads no base for {model.family}")
    full = dict(scaled.config)
    kind = full["rope_type"]
    if model.family == PHI3 and (reason := _not_phi3(model, scaled)):
        return Written(keys=None, reason=reason)
    keys: dict[str, Any] = {"max_position_embeddings": scaled.max_positions}
    if kind == LONGROPE:
        # 4 reads this place alone; without it, it takes the short factors at every length.
        keys[ORIGINAL] = model.rope.trained
        if full.get("factor") != scaled.max_positions / model.rope.trained:
            full["attention_factor"] = scaled.attention_factor  # 4 has a factor of its own
    elif kind != PLAIN and ORIGINAL in model.values:
        keys[ORIGINAL] = model.rope.trained  # at the top it goes before the one in the block
    if model.rope.partial != 1:
        keys["partial_rotary_factor"] = full["partial_rotary_factor"] = model.rope.partial
    old, notes = _old_form(model, full)
    keys |= {"rope_theta": full["rope_theta"], "rope_scaling": old}
    if OLD_BASE in model.values:  # version 4 takes it before rope_theta
        keys[OLD_BASE] = full["rope_theta"]
    if model.rope.kinds:
        keys, some = _by_kind(model, keys, full)
        notes += some
    else:
        keys["rope_parameters"] = full
    return Written(keys={model.inside: keys} if model.inside else keys, notes=notes)


def _not_phi3(model: ModelConfig, scaled: Scaled) -> str | None:
    """Return why Phi-3 cannot have a scaling: its two classes of config take few."""
    config = scaled.config or {}
    kind = config["rope_type"]
    if kind not in (PLAIN, LONGROPE):
        return f"transformers takes {PLAIN} and {LONGROPE} alone for Phi-3, not {kind}"
    own = config.get("factor", 1) != scaled.max_positions / model.rope.trained
    if kind == LONGROPE and (own or config.get("attention_factor") is not None):
        return "transformers 4 takes no factor and no attention_factor for Phi-3"
    return None


def _old_form(
    model: ModelConfig, full: dict[str, Any]
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Return `rope_scaling` as transformers 4 takes it, which checks some families strictly."""
    kind = full["rope_type"]
    if kind == PLAIN:
        return None, ()
    if model.family == PHI3:
        return {"type": kind, **{name: full[name] for name in ("short_factor", "long_factor")}}, ()
    if model.family in STRICT and kind in ("linear", "dynamic") and full["factor"] > 1:
        return {"type": kind, "factor": full["factor"]}, ()
    note = f"transformers 4 refuses this {kind} for {model.family}, with an error; 5 takes it"
    notes = (note,) if model.family in STRICT else ()
    return {name: value for name, value in full.items() if name not in PLACES}, notes


def _by_kind(
    model: ModelConfig, keys: dict[str, Any], full: dict[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Scale the layers that see everything; those with a window keep what they have."""
    kinds = {name: dict(part) for name, part in (model.rope.kinds or {}).items() if name != FULL}
    if LOCAL in kinds:
        keys["rope_local_base_freq"] = kinds[LOCAL]["rope_theta"]
    notes: tuple[str, ...] = (
        f"only layers of {FULL} are scaled; the others keep their frequencies",
    )
    if full.get("truncate") is False:
        notes = (
            *notes,
            "transformers ignores truncate where layers differ (seen in 5.23)",
        )
    return {**keys, "rope_parameters": {FULL: full, **kinds}}, notes


def vllm_flags(keys: Written, target: int) -> Written:
    """Return the arguments of `vllm serve`; the keys of config.json serve it as overrides."""
    if keys.keys is None:
        return keys
    overrides = json.dumps(keys.keys, separators=(",", ":"))
    return Written(keys=["--max-model-len", str(target), "--hf-overrides", overrides])


def megatron_flags(model: ModelConfig, scaled: Scaled, target: int) -> Written:
    """Return Megatron-LM's arguments for a method, or why it has none."""
    if model.rope.kinds:
        return Written(keys=None, reason="Megatron has one rotary base for all layers")
    if scaled.config is None:
        return Written(keys=None, reason="Megatron has no such method")
    if model.values.get("qk_rope_head_dim"):
        reason = "Megatron's latent attention reads keys of its own, and none of these flags"
        return Written(keys=None, reason=reason)
    given = scaled.config
    kind, base = given["rope_type"], float(given["rope_theta"])
    if abs(round(base) - base) > base * 1e-6:
        return Written(keys=None, reason=f"--rotary-base takes whole numbers, not {base:g}")
    common = ["--seq-length", str(target), "--max-position-embeddings", str(target)]
    common += ["--rotary-base", str(round(base))]
    if model.rope.partial != 1:
        common += ["--rotary-percent", f"{model.rope.partial:g}"]
    flags = {"default": _plain, "linear": _linear, "llama3": _llama3, "yarn": _yarn}
    if kind not in flags:
        return Written(keys=None, reason=f"Megatron has no {kind}")
    own = flags[kind](model, given)
    return Written(keys=None, reason=own) if isinstance(own, str) else Written(keys=common + own)


def _plain(model: ModelConfig, given: dict[str, Any]) -> list[str] | str:
    return ["--position-embedding-type", "rope"]


def _linear(model: ModelConfig, given: dict[str, Any]) -> list[str] | str:
    factor = float(given["factor"])
    if factor != round(factor):
        return f"--rotary-seq-len-interpolation-factor takes whole numbers, not {factor:g}"
    flag = "--rotary-seq-len-interpolation-factor"
    return ["--position-embedding-type", "rope", flag, str(round(factor))]


def _llama3(model: ModelConfig, given: dict[str, Any]) -> list[str] | str:
    if any(given[name] != value for name, value in LLAMA3_FIXED.items()):
        fixed = ", ".join(f"{name} {value}" for name, value in LLAMA3_FIXED.items())
        return f"--use-rope-scaling is fixed to {fixed}"
    factor = f"{given['factor']:g}"
    return [
        *("--position-embedding-type", "rope"),
        *("--use-rope-scaling", "--rope-scaling-factor", factor),
    ]


def _yarn(model: ModelConfig, given: dict[str, Any]) -> list[str] | str:
    if model.rope.partial != 1:
        return "Megatron's YaRN turns whole heads and ignores --rotary-percent"
    if given.get("attention_factor") is not None:
        return "Megatron's YaRN has --mscale and --mscale-all-dim, and no attention factor"
    scale, all_dims = given.get("mscale") or 0, given.get("mscale_all_dim") or 0
    if not (scale and all_dims):  # one alone counts as none in transformers
        scale, all_dims = 1, 0
    rounding = [] if given.get("truncate", True) else ["--no-yarn-correction-range-round-to-int"]
    return [
        *("--position-embedding-type", "yarn"),
        *("--rotary-scaling-factor", f"{given['factor']:g}"),
        *("--yarn-original-max-position-embeddings", str(given[ORIGINAL])),
        *("--yarn-beta-fast", f"{given.get('beta_fast', 32):g}"),
        *("--yarn-beta-slow", f"{given.get('beta_slow', 1):g}"),
        *("--mscale", f"{scale:g}", "--mscale-all-dim", f"{all_dims:g}"),
        *rounding,
    ]
