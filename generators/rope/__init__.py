"""Frequency scalings of rotary embeddings: one method a file, its file name its name.

    rope = Rope(dim=64, base=1e4, trained=4096)
    method = load("linear")
    method.scale(rope, 16384, method.Options()).inv_freq[0]    -> 0.25: four times slower

A method is a module with `Options`, a strict model of its own keys, and `scale`. Nothing is
registered anywhere: adding a file adds a method. Numbers are float64 and need numpy alone.
"""

from typing import Any, Protocol, cast

from generators import discovery
from generators.rope._geometry import (
    Figures,
    compression,
    critical_dim,
    first_negative,
    measured,
    over_range,
    slow,
    turns,
    unseen,
    wavelengths,
)
from generators.rope._rope import Factor, FloatArray, Rope, Scaled, frequencies, ratio
from schemas.errors import RecipeError
from schemas.knobs import Strict

__all__ = [
    "Factor",
    "Figures",
    "FloatArray",
    "Method",
    "Rope",
    "Scaled",
    "check_trainable",
    "compression",
    "critical_dim",
    "first_negative",
    "frequencies",
    "load",
    "measured",
    "names",
    "over_range",
    "ratio",
    "slow",
    "trainable",
    "turns",
    "unseen",
    "wavelengths",
]


class Method(Protocol):
    """A module of this folder."""

    Options: type[Strict]
    """The method's own keys; all of them may be left out, unless its page says otherwise."""

    def scale(self, rope: Rope, target: int, options: Any) -> Scaled:
        """Return the embedding at `target` tokens. Raises RecipeError for what cannot be."""


def names() -> tuple[str, ...]:
    """Return the names of all methods, sorted; imports none of them."""
    return discovery.names(__name__)


def load(name: str) -> Method:
    """Return the method of this name. Raises RecipeError with the nearest name for any other."""
    return cast(Method, discovery.load(__name__, name, what="RoPE scaling"))


def trainable(name: str) -> bool:
    """Say whether a model can be trained under a method; `TRAINABLE = False` says it cannot."""
    return bool(getattr(load(name), "TRAINABLE", True))


def check_trainable(name: str) -> None:
    """Raise RecipeError for a method whose frequencies change with the length of each input."""
    if not trainable(name):
        raise RecipeError(
            f"the RoPE scaling {name!r} is for inference only: its frequencies follow the length "
            "of each input, so a model would learn another embedding in every batch. Train with "
            "ntk, base, yarn or llama3."
        )
