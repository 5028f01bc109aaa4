"""Position interpolation: every pair turns s times slower, as if positions were divided by s.

    d 4, base 100, s 4 -> 0.25, 0.025

No angle is unseen, at the price of the fast pairs: neighbours stand s times closer together.
Source: Chen et al., arXiv 2306.15595. `linear` in transformers.
"""

from generators.rope._rope import Factor, Rope, Scaled, factor_of, frequencies
from schemas.knobs import Strict


class Options(Strict):
    """How far to interpolate."""

    factor: Factor | None = None
    """Frequencies are divided by it; target / trained length where it is left out."""


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return f / factor. Raises RecipeError for a target below the trained length."""
    factor, notes = factor_of(rope, target, options.factor)
    return Scaled(
        name="linear",
        inv_freq=frequencies(rope.dim, rope.base) / factor,
        attention_factor=1.0,
        # No original_max_position_embeddings: transformers calls it an unrecognised key here.
        config={"rope_type": "linear", "factor": factor, "rope_theta": float(rope.base)},
        max_positions=target,
        notes=notes,
    )
