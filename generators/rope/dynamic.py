"""Dynamic NTK: the base follows the length of each input. For inference only.

    n tokens, L trained: base' = b * (factor * n / L - (factor - 1)) ** (d / (d - 2)), n >= L
    factor 1: NTK at n / L, the method of the paper
    factor 4: n = 4 L is scaled by 13, not by 4

So `factor` is no ratio of lengths, as it is elsewhere: at n = factor * L the scale is factor ** 2 -
factor + 1. A model cannot be trained under it, and keys that were cached at one length do not fit
queries of another. Source: YaRN (arXiv 2309.00071), section 3.3; `dynamic` in transformers.
"""

from generators.rope import ntk
from generators.rope._rope import Factor, Rope, Scaled, frequencies, ratio
from schemas.knobs import Strict

TRAINABLE = False


class Options(Strict):
    """How steeply the base grows with the length."""

    factor: Factor = 1.0
    """The `factor` of transformers; 1 is the paper's method."""


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return the frequencies for an input of exactly `target` tokens.

    Raises RecipeError for a target below the trained length, where nothing would change, and for a
    rotary size of 2. `max_positions` is the trained length: transformers takes it for L.
    """
    s = ratio(rope, target)
    grown = options.factor * s - (options.factor - 1)
    return Scaled(
        name="dynamic",
        inv_freq=frequencies(rope.dim, ntk.base_for(rope, grown)),
        attention_factor=1.0,
        config={
            "rope_type": "dynamic",
            "factor": float(options.factor),
            "rope_theta": float(rope.base),
        },
        max_positions=rope.trained,
        notes=(
            f"frequencies are those of an input of {target} tokens, scaled by {grown:g}",
            f"max_position_embeddings stays {rope.trained}: transformers scales only beyond it",
        ),
    )
