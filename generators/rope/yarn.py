"""YaRN: fast pairs stay, slow ones turn s times slower, a ramp lies between; logits are sharpened.

    d 64, base 1e4, trained 4096, s 4: pairs 0..10 stay, 23..31 are divided by 4
    attention factor 0.1 ln 4 + 1 = 1.1386, so logits grow 1.2965 times

The ramp is linear in the index of the pair, as in every implementation; the paper's equation is
linear in turns, and differs by up to 42 % in between (that one, with other ends, is `llama3`).
The temperature t of the paper is below 1, sqrt(1 / t) = 0.1 ln s + 1: it sharpens attention.
Source: arXiv 2309.00071 and jquesnelle/yarn; `yarn` in transformers.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from generators.rope._rope import Factor, FloatArray, Rope, Scaled, factor_of, frequencies
from schemas.errors import RecipeError
from schemas.knobs import Strict

_APART = 0.001
"""What parts two equal ends of the ramp; the number is that of the authors' code."""


class Options(Strict):
    """How far to scale, which pairs, and how much to sharpen."""

    factor: Factor | None = None
    """What slow pairs are slowed by; target / trained length where it is left out."""
    beta_fast: float = Field(32.0, gt=0, le=1e6)
    """Turns in the trained length at which the ramp begins: pairs with more stay."""
    beta_slow: float = Field(1.0, gt=0, le=1e6)
    """Turns at which it ends: pairs with fewer are slowed in full."""
    truncate: bool = True
    """Round the ends of the ramp outwards to whole pairs."""
    mscale: float | None = Field(None, ge=0, allow_inf_nan=False)
    """DeepSeek's weight of ln s; has an effect only together with `mscale_all_dim`."""
    mscale_all_dim: float | None = Field(None, ge=0, allow_inf_nan=False)
    """The weight that it is divided by; equal weights give an attention factor of 1."""
    attention_factor: float | None = Field(None, gt=0, allow_inf_nan=False)
    """Taken as it is, before any other rule."""

    @model_validator(mode="after")
    def _ends_in_order(self) -> "Options":
        if self.beta_fast < self.beta_slow:
            raise ValueError("beta_fast must not be below beta_slow")
        return self


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return f (1 - ramp) + f / s * ramp, and the attention factor.

    Raises RecipeError for a target below the trained length, and where the ramp lies outside of all
    pairs.
    """
    factor, notes = factor_of(rope, target, options.factor)
    trained, slowed = frequencies(rope.dim, rope.base), ramp(rope, options)
    return Scaled(
        name="yarn",
        inv_freq=trained * (1 - slowed) + trained / factor * slowed,
        attention_factor=attention_factor(factor, options),
        config=_config(rope, factor, options),
        max_positions=target,
        notes=notes + _notes(slowed, options),
    )


def ends(rope: Rope, options: Options) -> tuple[float, float]:
    """Return where the ramp begins and ends, as indices of pairs. Raises RecipeError for none.

    The pair with r turns has the index d ln(L / (2 pi r)) / (2 ln b). Indices are kept from 0 to
    d - 1 as in the authors' code, though there are but d / 2 pairs: where every pair turns more
    than beta_slow times, the last one is not slowed in full.
    """

    def index(times: float) -> float:
        turned = math.log(rope.trained / (times * 2 * math.pi))
        return rope.dim * turned / (2 * math.log(rope.base))

    first, last = index(options.beta_fast), index(options.beta_slow)
    if options.truncate:
        first, last = math.floor(first), math.ceil(last)
    first, last = max(first, 0), min(last, rope.dim - 1)
    if first > last:
        raise RecipeError(
            f"YaRN's ramp from {options.beta_fast:g} turns to {options.beta_slow:g} lies outside "
            f"of all pairs for a trained length of {rope.trained} and a base of {rope.base:g}"
        )
    return first, last


def ramp(rope: Rope, options: Options) -> FloatArray:
    """Return float64[d/2]: how much each pair is slowed, from 0 for not at all to 1 for in full."""
    first, last = ends(rope, options)
    width = last - first if last > first else _APART
    return np.clip((np.arange(rope.dim // 2) - first) / width, 0, 1)


def attention_factor(factor: float, options: Options) -> float:
    """Return the given one, or g(mscale) / g(mscale_all_dim), or g(1): g(m) = 0.1 m ln s + 1.

    The middle form holds where both weights are given and not 0, as in DeepSeek's models.
    """
    if options.attention_factor is not None:
        return options.attention_factor

    def grown(weight: float) -> float:
        return 0.1 * weight * math.log(factor) + 1

    if options.mscale and options.mscale_all_dim:
        return grown(options.mscale) / grown(options.mscale_all_dim)
    return grown(1.0)


def _config(rope: Rope, factor: float, options: Options) -> dict[str, Any]:
    """Return the keys of transformers; optional ones only where they say something."""
    config: dict[str, Any] = {
        "rope_type": "yarn",
        "factor": factor,
        # Left out, it would become the raised max_position_embeddings, and the ramp be wrong.
        "original_max_position_embeddings": rope.trained,
        "beta_fast": options.beta_fast,
        "beta_slow": options.beta_slow,
        "rope_theta": float(rope.base),
    }
    for key in ("mscale", "mscale_all_dim", "attention_factor"):
        if getattr(options, key) is not None:
            config[key] = getattr(options, key)
    return config if options.truncate else {**config, "truncate": False}


def _notes(slowed: FloatArray, options: Options) -> tuple[str, ...]:
    """Return what a reader of the numbers would stumble over."""
    notes = []
    if (options.mscale is None) != (options.mscale_all_dim is None):
        notes.append("only one of mscale and mscale_all_dim is given; alone it changes nothing")
    if not options.truncate:
        notes.append("truncate: false is not read by transformers in parameters per layer type")
    if slowed[-1] < 1:
        notes.append(
            "every pair turns often in the trained length, so the last is not slowed in full; "
            "OLMo-core ends the ramp at the last pair and differs here"
        )
    return tuple(notes)
