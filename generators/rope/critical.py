"""The critical-dimension base: at it a pair of exactly one turn goes as far as it was trained.

    d 64, base 1e4, 4096 -> 16384: base' = 1e4 ** (ln(16384 / 2 pi) / ln(4096 / 2 pi)) = 71738

The pair that turns just once in the trained length turns just once in the target; slower ones are
slowed more than s, so none meets an unseen angle. As pairs are few, a slightly smaller base may do
as well. It is the upper of two bounds: NTK's base is the lower, and most published bases
lie between. Source: Liu et al., arXiv 2310.05209; LongRoPE2 (arXiv 2502.20082) calls it NTK.
"""

import math

from generators.rope._rope import Rope, Scaled, frequencies, ratio
from schemas.errors import RecipeError
from schemas.knobs import Strict

SHORTEST = 7
"""Tokens: the fastest pair turns once in 6.28, and below that no pair makes a turn."""


class Options(Strict):
    """No keys: the target decides."""


def base_for(rope: Rope, target: int) -> float:
    """Return b ** (ln(L' / 2 pi) / ln(L / 2 pi)). Raises RecipeError where no pair made a turn."""
    ratio(rope, target)
    if rope.trained < SHORTEST:
        raise RecipeError(
            f"the trained length is {rope.trained} tokens: no pair makes a full turn in it, so "
            f"there is no critical dimension. At least {SHORTEST} are needed."
        )
    return float(
        rope.base ** (math.log(target / (2 * math.pi)) / math.log(rope.trained / (2 * math.pi)))
    )


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return the frequencies of the critical base. Raises RecipeError as `base_for`."""
    base = base_for(rope, target)
    return Scaled(
        name="critical",
        inv_freq=frequencies(rope.dim, base),
        attention_factor=1.0,
        config={"rope_type": "default", "rope_theta": base},
        max_positions=target,
    )
