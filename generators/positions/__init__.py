"""Position schemes: which numbers the tokens of a segment carry, so that short text trains far.

    8 tokens, target 32     restart  0 1 2 3  4  5  6  7
                            pose     0 1 2 17 18 19 20 21        two runs, one jump
                            cream    0 1 12 13 14 15 30 31       head, middle, tail
                            randpos  0 3 4 9 15 16 24 30

A model with rotary positions sees distances alone. Jumps put distances up to the target into text
that is much shorter; the text itself stays as it is, without a gap.

A scheme is a module of this folder with `Options` (a pydantic model of its own keys), `positions`
and `fits`; its file name is its name in a recipe, and nothing is registered anywhere. Whatever a
scheme draws starts at 0, rises strictly and stays below the target: boundaries are never read off
positions, but trainers that do read them look for a 0 or a fall, and find none inside a segment.
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from generators import discovery
from generators.positions._coverage import Coverage, coverage
from schemas.knobs import Strict

__all__ = ["Coverage", "Scheme", "coverage", "draw", "load", "names", "options_of", "restarts"]

Int32 = npt.NDArray[np.int32]


class Scheme(Protocol):
    """What a module of this folder has."""

    Options: type[Strict]

    def positions(self, rng: np.random.Generator, length: int, target: int, options: Any) -> Int32:
        """Return int32[length]: from 0, strictly rising, below `target`."""

    def fits(self, length: int, target: int, options: Any) -> bool:
        """Say whether a segment of this length can have such positions."""


def names() -> tuple[str, ...]:
    """Return the names of all schemes, sorted; imports none of them."""
    return discovery.names(__name__)


def load(name: str) -> ModuleType:
    """Return a scheme's module. Raises RecipeError with the nearest name for any other."""
    return discovery.load(__name__, name, what="position scheme")


def options_of(name: str, fields: Mapping[str, Any]) -> Any:
    """Return the checked keys of a scheme. Raises pydantic's ValidationError."""
    return load(name).Options.model_validate(dict(fields))


def draw(rng: np.random.Generator, name: str, length: int, *, target: int, options: Any) -> Int32:
    """Return int32[length], the positions of one segment: the scheme's, or 0, 1, 2, ...

    A segment restarts where the scheme does not fit it: too short for its parts, or as long as the
    target. `rng` is then not asked.
    """
    scheme = load(name)
    if length >= target or not scheme.fits(length, target, options):
        return np.arange(length, dtype=np.int32)
    drawn: Int32 = scheme.positions(rng, length, target, options)
    return drawn


def restarts(positions: Int32) -> bool:
    """Say whether positions are just 0, 1, 2, ...; for those that start at 0 and rise strictly."""
    return not len(positions) or int(positions[-1]) == len(positions) - 1
