"""Llama-3's scaling: fast pairs stay, slow ones turn s times slower, those between are blended.

    turns in the trained length    > 4    4 .. 1      < 1
    frequency                      f      blended     f / s

The blend is linear in turns, so this is YaRN's NTK-by-parts as its paper has it, with other ends
and without a temperature. Source: Llama-3.1's reference code; `llama3` in transformers.
"""

import numpy as np
from pydantic import Field, model_validator

from generators.rope._geometry import turns
from generators.rope._rope import Factor, Rope, Scaled, factor_of, frequencies
from schemas.knobs import Strict


class Options(Strict):
    """How far to scale, and which pairs."""

    factor: Factor | None = None
    """What slow pairs are slowed by; target / trained length where it is left out."""
    low_freq_factor: float = Field(1.0, gt=0, allow_inf_nan=False)
    """Pairs with fewer turns are slowed in full. 1 in Llama-3.1."""
    high_freq_factor: float = Field(4.0, gt=0, allow_inf_nan=False)
    """Pairs with more turns stay as they are. 4 in Llama-3.1."""

    @model_validator(mode="after")
    def _ends_in_order(self) -> "Options":
        if self.high_freq_factor <= self.low_freq_factor:
            raise ValueError("high_freq_factor must be above low_freq_factor")
        return self


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return (1 - g) f / s + g f, g = the turns' place between the two ends, within 0..1.

    Raises RecipeError for a target below the trained length.
    """
    factor, notes = factor_of(rope, target, options.factor)
    trained = frequencies(rope.dim, rope.base)
    low, high = options.low_freq_factor, options.high_freq_factor
    kept = np.clip((turns(trained, rope.trained) - low) / (high - low), 0, 1)
    return Scaled(
        name="llama3",
        inv_freq=(1 - kept) * trained / factor + kept * trained,
        attention_factor=1.0,
        config={
            "rope_type": "llama3",
            "factor": factor,
            "low_freq_factor": low,
            "high_freq_factor": high,
            "original_max_position_embeddings": rope.trained,
            "rope_theta": float(rope.base),
        },
        max_positions=target,
        notes=notes,
    )
