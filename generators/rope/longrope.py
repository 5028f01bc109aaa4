"""LongRoPE: a rescale factor for each pair, one list for long inputs and one for short ones.

    d 4, base 100, long_factor [1, 4] -> 1, 0.025 beyond the trained length
    attention factor sqrt(1 + ln s / ln L): 8192 -> 131072 gives 1.1435

Factors come from a search on the model itself; this method only applies them. The square of the
attention factor is ln(s L) / ln L: logits grow with the log of the length. Source: arXiv
2402.13753; `longrope` in transformers, which knows no positions that stay unscaled at the start of
an input (the n-hat of the paper), so a search is to be run with n-hat 0.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, model_validator

from generators.rope._factors import LONG, SHORT, checked_factors, read_factors
from generators.rope._rope import Factor, FloatArray, Rope, Scaled, factor_of, frequencies
from schemas.errors import RecipeError
from schemas.knobs import Strict

_SWITCH = (
    "transformers takes the short factors where the largest position is below {trained}, else the "
    "long ones, for the whole batch; the attention factor applies to both"
)


class Options(Strict):
    """The factors: as lists, or in a file."""

    long_factor: tuple[float, ...] | None = None
    """d/2 factors beyond the trained length; f is divided by them."""
    short_factor: tuple[float, ...] | None = None
    """d/2 factors up to the trained length; 1 each where they are left out."""
    factors: Path | None = None
    """A file that holds them: a config.json, an object, a list of the long ones."""
    factor: Factor | None = None
    """s of the attention factor; target / trained length where it is left out."""
    attention_factor: float | None = Field(None, gt=0, allow_inf_nan=False)
    """Taken as it is, instead of the formula."""

    @model_validator(mode="after")
    def _one_origin(self) -> "Options":
        if self.factors is not None and (self.long_factor or self.short_factor):
            raise ValueError("give the factors as lists or as a file, not both")
        return self


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return f / long_factor, or f / short_factor for a target of just the trained length.

    Raises RecipeError without factors, for a wrong number of them, and for a target below the
    trained length.
    """
    long, short = _given(rope, options)
    factor, notes = factor_of(rope, target, options.factor)
    divided = long if target > rope.trained else short
    given = options.attention_factor
    return Scaled(
        name="longrope",
        inv_freq=frequencies(rope.dim, rope.base) / divided,
        attention_factor=attention_factor(rope, factor) if given is None else given,
        config={
            "rope_type": "longrope",
            "factor": factor,
            LONG: long.tolist(),
            SHORT: short.tolist(),
            "original_max_position_embeddings": rope.trained,
            "rope_theta": float(rope.base),
            **({} if given is None else {"attention_factor": given}),
        },
        max_positions=target,
        notes=(*notes, _SWITCH.format(trained=rope.trained)),
    )


def attention_factor(rope: Rope, factor: float) -> float:
    """Return sqrt(1 + ln s / ln L). Raises RecipeError for a trained length of 1 token."""
    if rope.trained == 1:
        raise RecipeError("the trained length is 1 token; its logarithm is 0, no measure of length")
    return math.sqrt(1 + math.log(factor) / math.log(rope.trained))


def _given(rope: Rope, options: Options) -> tuple[FloatArray, FloatArray]:
    """Return the long and the short factors, float64[d/2] each."""
    found: dict[str, Sequence[float]] = {}
    if options.factors is not None:
        found.update(read_factors(options.factors))
    found |= {LONG: options.long_factor} if options.long_factor else {}
    found |= {SHORT: options.short_factor} if options.short_factor else {}
    if LONG not in found:
        raise RecipeError(
            f"longrope needs {rope.dim // 2} rescale factors that were searched on the model: give "
            "long_factor (and short_factor), or factors, a file that holds them"
        )
    long = checked_factors(found[LONG], rope, LONG)
    return long, checked_factors(found.get(SHORT, [1.0] * long.size), rope, SHORT)
