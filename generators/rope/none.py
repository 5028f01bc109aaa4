"""No scaling: the trained frequencies, read beyond the trained length.

    d 4, base 100 -> 1, 0.1 at every target

What every other method is compared with. All slow pairs meet unseen angles at the target.
"""

from generators.rope._rope import Rope, Scaled, frequencies, ratio
from schemas.knobs import Strict


class Options(Strict):
    """No keys."""


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return the trained frequencies. Raises RecipeError for a target below the trained length."""
    ratio(rope, target)
    return Scaled(
        name="none",
        inv_freq=frequencies(rope.dim, rope.base),
        attention_factor=1.0,
        config={"rope_type": "default", "rope_theta": float(rope.base)},
        max_positions=target,
    )
