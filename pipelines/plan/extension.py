"""Plans a longer context: what each scaling does to a model's frequencies, and what is not known.

    Llama-3-8B (rotary size 128, base 500000, trained 8192) to 131072
    none    29 slow pairs go up to 16 times past the angles that training showed
    ntk     28, up to 3.43 times; the slowest pair turns 16 times slower
    yarn     0; fast pairs as they were, attention logits times 1.631

Every number carries one of three labels. `exact`: geometry or counting. `rule of thumb`: somebody's
experience or proposal, with its source. `unknown until measured`: what no config.json can tell. No
number here says whether a model will work: published ones do with unseen angles, after training.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import yaml
from pydantic import ValidationError

from generators import rope as methods
from generators.rope import Rope, Scaled
from pipelines.plan.extension_config import config_keys, megatron_flags, vllm_flags
from pipelines.plan.extension_facts import EXACT, RULE, UNKNOWN, facts_of, gamma_facts
from pipelines.plan.model_config import ModelConfig
from pipelines.plan.model_rope import ORIGINAL
from pipelines.plan.model_size import model_size, stage_flops
from pipelines.plan.sentences import sentences
from schemas.errors import RecipeError

FURTHEST = 2**31 - 1
UNSAID = ("rope_type", "rope_theta", ORIGINAL, "partial_rotary_factor")
"""Keys of a scaling in config.json that a method takes from the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to plan."""

    target: int
    """Tokens of the longer context."""
    methods: tuple[str, ...] = ()
    """Names of scalings; empty for all that need nothing but the model."""
    options: Mapping[str, Mapping[str, Any]]
    """Keys of methods, by name."""
    inference: bool = False
    """Whether the model is only to run: allows what cannot be trained."""
    gamma: bool = False
    stages: Sequence[Mapping[str, Any]] = ()
    """`accounting.stages` of a mix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """The scaling of a model that has one."""

    scaled: Scaled
    limit: int
    """Tokens that its file allows."""


def options_of(words: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the keys of methods from `yarn.beta_fast=64`. Raises RecipeError for other words."""
    found: dict[str, dict[str, Any]] = {}
    for word in words:
        place, _, value = word.partition("=")
        name, dot, key = place.partition(".")
        if not dot or name not in methods.names():
            raise RecipeError(
                f"{word!r}: write METHOD.KEY=VALUE; methods: {', '.join(methods.names())}"
            )
        try:
            found.setdefault(name, {})[key] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise RecipeError(f"{word!r}: the value is not YAML: {error}") from error
    return found


def plan_extension(model: ModelConfig, request: Request) -> dict[str, Any]:
    """Return the plan as JSON values.

    Raises RecipeError for a target that is not longer than the training, and for a named method
    that cannot be; methods that nobody named stand in `left_out` with the reason.
    """
    rope = Rope(dim=model.rope.dim, base=model.rope.base, trained=model.rope.trained)
    target = request.target
    if target > FURTHEST:
        raise RecipeError(
            f"--target {target:,}: positions are whole numbers of 32 bits, {FURTHEST:,} at most"
        )
    if target <= rope.trained:
        raise RecipeError(
            f"--target {target:,}: the model was trained for {rope.trained:,} tokens; a target "
            "must be longer"
        )
    now = _now(model, rope)
    scaled, left_out = _scaled(rope, request)
    size = model_size(model)
    return {
        "model": {**_model_values(model, target), "parameters": size and asdict(size)},
        "target": target,
        "facts": facts_of(model, rope, target, size),
        "dimensions": _dimensions(rope, target),
        "present": now and _present(rope, now, target),
        "methods": [
            {
                **_figures(rope, one, target),
                **_keys(model, one, target),
                **({"worst_of_present": _worst(rope, one, target, now)} if now else {}),
            }
            for one in scaled
        ],
        "left_out": left_out,
        "mix": [stage_flops(model, size, stage) for stage in request.stages] if size else [],
        "gamma": gamma_facts(rope, target) if request.gamma else None,
        "labels": {
            "inv_freq, unseen, worst, fast, last, attention_factor, logits": EXACT,
            "cosines_negative_from": f"{RULE} (Men et al., arXiv 2405.14591)",
            "whether the model then reads its context": UNKNOWN,
        },
    }


def _scaled(rope: Rope, request: Request) -> tuple[list[Scaled], dict[str, str]]:
    """Return what each method makes of the frequencies, and why others are left out."""
    made, left_out = [], {}
    strange = set(request.options) - set(request.methods or methods.names())
    if strange:
        raise RecipeError(f"keys of {', '.join(sorted(strange))}, which --methods does not name")
    for name in request.methods or _in_order():
        try:
            if not request.inference:
                methods.check_trainable(name)
            made.append(_scale(rope, request.target, name, request.options.get(name, {})))
        except RecipeError as error:
            if name in request.methods or name in request.options:
                raise
            left_out[name] = str(error)
    return made, left_out


def _in_order() -> list[str]:
    """Return all methods, from the plainest on."""
    order = ("none", "linear", "ntk", "base", "critical", "yarn", "llama3")
    return sorted(methods.names(), key=lambda n: (order.index(n) if n in order else len(order), n))


def _scale(rope: Rope, target: int, name: str, given: Mapping[str, Any]) -> Scaled:
    method = methods.load(name)
    try:
        options = method.Options.model_validate(dict(given))
    except ValidationError as error:
        known = list(method.Options.model_fields)
        raise RecipeError("\n".join(sentences(error, name, known=known))) from None
    return method.scale(rope, target, options)


def _now(model: ModelConfig, rope: Rope) -> _Now | None:
    """Return what a scaled model has at present; None for plain frequencies."""
    scaling = model.rope.scaling
    if not scaling:
        return None
    kind = str(scaling["rope_type"])
    if kind not in methods.names():
        raise RecipeError(f"rope_type {kind!r} is not known; it cannot be undone")
    known = methods.load(kind).Options.model_fields
    given = {name: value for name, value in scaling.items() if name not in UNSAID}
    limit = max(model.rope.limit, rope.trained)
    kept = {name: value for name, value in given.items() if name in known}
    return _Now(scaled=_scale(rope, limit, kind, kept), limit=limit)


def _present(rope: Rope, now: _Now, target: int) -> dict[str, Any]:
    return {"limit": now.limit, **_figures(rope, now.scaled, target)}


def _figures(rope: Rope, scaled: Scaled, target: int) -> dict[str, Any]:
    """Return a method's numbers. Angles are compared with those of the training before scaling."""
    factor = scaled.attention_factor
    figures = methods.measured(rope, scaled.inv_freq, target, attention_factor=factor)
    unseen = methods.unseen(rope, scaled.inv_freq, target)
    return {
        "name": scaled.name,
        "inv_freq": scaled.inv_freq.tolist(),
        "attention_factor": factor,
        **asdict(figures),
        "unseen_pairs": unseen.nonzero()[0].tolist(),
        "cosines_negative_from": methods.first_negative(scaled.inv_freq, target),
    }


def _keys(model: ModelConfig, scaled: Scaled, target: int) -> dict[str, Any]:
    """Return what to write for transformers, vLLM and Megatron, or why there is nothing."""
    keys = config_keys(model, scaled)
    flags = megatron_flags(model, scaled, target)
    return {
        "config": keys.keys,
        "config_reason": keys.reason,
        "vllm": vllm_flags(keys, target).keys,
        "megatron": flags.keys,
        "megatron_reason": flags.reason,
        "notes": [*scaled.notes, *keys.notes],
    }


def _worst(rope: Rope, scaled: Scaled, target: int, now: _Now) -> float:
    """Return how far slow pairs go past the angles that a scaled model shows at its own limit.

    The smaller number, and the right one if the model was trained there: its file does not say.
    """
    trained = rope.trained * methods.frequencies(rope.dim, rope.base)
    shown = np.maximum(now.limit * now.scaled.inv_freq, trained)
    reach = target * scaled.inv_freq / shown
    return float(reach[methods.slow(rope)].max(initial=0.0))


def _dimensions(rope: Rope, target: int) -> dict[str, Any]:
    trained = methods.frequencies(rope.dim, rope.base)
    return {
        "wavelengths": methods.wavelengths(trained).tolist(),
        "turns_trained": methods.turns(trained, rope.trained).tolist(),
        "turns_target": methods.turns(trained, target).tolist(),
        "slow": methods.slow(rope).tolist(),
    }


def _model_values(model: ModelConfig, target: int) -> dict[str, Any]:
    narrow = [window for window in model.windows if window is not None and window < target]
    return {
        "family": model.family,
        "layers": model.num_layers,
        "heads": model.heads,
        "kv_heads": model.kv_heads,
        "head_dim": model.head_dim,
        "rotary_dim": model.rope.dim,
        "base": model.rope.base,
        "trained": model.rope.trained,
        "limit": model.rope.limit,
        "windowed_layers": len(narrow),
        "windows": sorted(set(narrow)),
        "scaling": dict(model.rope.scaling) if model.rope.scaling else None,
        "notes": list(model.rope.notes),
    }
