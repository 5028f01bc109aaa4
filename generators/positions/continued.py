"""Fragments that go on where their document was cut: positions start at the offset in it.

    4 tokens from offset 10, target 16   ->   10 11 12 13
    4 tokens from offset 13              ->   0 1 2 3, since 16 would be beyond the target

This is `fragment_positions: continue`; every fragment has an offset of its own, so it is no scheme
that a recipe could name for a stage. It does not start at 0, and it draws nothing.
"""

import numpy as np

from generators.positions import Int32
from schemas.knobs import Strict


class Options(Strict):
    """Where the fragment begins."""

    offset: int = 0
    """Tokens of its document before the fragment."""


def fits(length: int, target: int, options: Options) -> bool:
    """Say whether the fragment ends below the target."""
    return options.offset + length <= target


def positions(rng: np.random.Generator, length: int, target: int, options: Options) -> Int32:
    """Return int32[length] from the offset on, or from 0 where that would leave the target."""
    start = options.offset if fits(length, target, options) else 0
    return np.arange(start, start + length, dtype=np.int32)
