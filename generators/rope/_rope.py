"""What a scaling takes and gives: a rotary embedding as trained, and the same one made longer.

    Rope(dim=128, base=5e5, trained=8192)     Llama-3: 64 dimension pairs
    ratio(rope, 131072)                    -> 16.0, the s of every formula in this room

A pair of dimensions i turns by f_i radians per token, f_i = base ** (-2i / dim): pair 0 is the
fastest, and the last the slowest. Every number here is float64; frameworks compute in float32, so
theirs agree to about one part in a million.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field

from schemas.errors import RecipeError

FloatArray = npt.NDArray[np.float64]

Factor = Annotated[float, Field(ge=1, allow_inf_nan=False)]
"""A factor of lengths; below 1 it would shorten, and transformers only warns of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rope:
    """A rotary embedding before any scaling. Raises RecipeError for what cannot be one."""

    dim: int
    """d: dimensions of a head that turn, int(head_dim * partial_rotary_factor); even."""
    base: float
    """b: `rope_theta`, above 1."""
    trained: int
    """L: tokens of the longest sequences that the model learned from."""

    def __post_init__(self) -> None:
        """Refuse an odd size, a base that is no base, and a length that is no length."""
        if self.dim <= 0 or self.dim % 2:
            raise RecipeError(
                f"the rotary size is {self.dim}; dimensions turn in pairs, so it is even and at "
                "least 2. It is int(head_dim * partial_rotary_factor)."
            )
        if not (1 < self.base < math.inf):
            raise RecipeError(f"the base (rope_theta) is {self.base}; a number above 1 is needed")
        if self.trained < 1:
            raise RecipeError(f"the trained length is {self.trained} tokens; at least 1 is needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """What a method makes of a rotary embedding at one target length."""

    name: str
    """The method's name: that of its module."""
    inv_freq: FloatArray
    """float64[d/2]: radians per token of each pair, the fastest first."""
    attention_factor: float
    """Multiplies cos and sin of queries and keys; so logits grow by its square. 1 changes none."""
    config: dict[str, Any] | None
    """Keys of `rope_scaling` and `rope_parameters` in transformers, `rope_type` and `rope_theta`
    among them; None where transformers has no such method."""
    max_positions: int
    """The `max_position_embeddings` that belongs beside `config`: the target, but for dynamic."""
    notes: tuple[str, ...] = ()
    """Sentences for the person who asked: what was chosen, and what a framework does otherwise."""


def ratio(rope: Rope, target: int) -> float:
    """Return s = target / trained. Raises RecipeError for a target below the trained length.

    1 is allowed, and leaves every method but a factor of one's own without effect.
    """
    if target < rope.trained:
        raise RecipeError(
            f"the target of {target} tokens is shorter than the trained {rope.trained}; a scaling "
            "makes the context longer"
        )
    return target / rope.trained


def factor_of(rope: Rope, target: int, given: float | None) -> tuple[float, tuple[str, ...]]:
    """Return the factor to scale by, and a note where it is another than target / trained.

    Published models do choose another: Llama-3.1 reads 16 times its 8192 tokens with a factor of 8.
    """
    s = ratio(rope, target)
    if given is None or given == s:
        return s, ()
    return float(given), (f"the factor is {given:g} as given; target / trained length is {s:g}",)


def frequencies(dim: int, base: float) -> FloatArray:
    """Return float64[dim / 2]: base ** (-2i / dim), in radians per token.

    Source: RoFormer (arXiv 2104.09864), section 3.2.2. dim 4, base 100 -> 1, 0.1.
    """
    turned: FloatArray = float(base) ** (-np.arange(0, dim, 2, dtype=np.float64) / dim)
    return turned
