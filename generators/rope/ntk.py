"""NTK-aware scaling: a larger base, chosen so that the slowest pair turns exactly s times slower.

    d 4, base 100, s 4: base' = 100 * 4 ** (4 / 2) = 1600 -> 1, 0.025

The fastest pair keeps its frequency, and pair i is slowed s ** (2i / (d - 2)) times. So fast pairs
are scaled less than slow ones, and slow pairs before the last less than s: those still meet unseen
angles. That is why it is often run with a factor above target / trained.
Source: YaRN (arXiv 2309.00071), section 3.1. transformers has no type of this name: the base is
written into `rope_theta`, and the type stays `default`.
"""

from generators.rope._rope import Factor, Rope, Scaled, factor_of, frequencies
from schemas.errors import RecipeError
from schemas.knobs import Strict


class Options(Strict):
    """How far to scale."""

    factor: Factor | None = None
    """What the slowest pair is slowed by; target / trained length where it is left out."""


def base_for(rope: Rope, factor: float) -> float:
    """Return b * factor ** (d / (d - 2)). Raises RecipeError for a rotary size of 2.

    d 64, b 1e4, factor 4 -> 41829.37.
    """
    if rope.dim // 2 == 1:
        raise RecipeError(
            "the rotary size is 2: its one pair is the fastest and the slowest, so no base slows "
            "the one and keeps the other. Take linear."
        )
    return float(rope.base * factor ** (rope.dim / (rope.dim - 2)))


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return the frequencies of the larger base. Raises RecipeError as `base_for` and `ratio`."""
    factor, notes = factor_of(rope, target, options.factor)
    base = base_for(rope, factor)
    return Scaled(
        name="ntk",
        inv_freq=frequencies(rope.dim, base),
        attention_factor=1.0,
        config={"rope_type": "default", "rope_theta": base},
        max_positions=target,
        notes=notes,
    )
