"""Positions 0, 1, 2, ... in every segment: what a mix has where nothing else is asked for.

    5 tokens   ->   0 1 2 3 4

As a scheme of a stage it takes back what the recipe says for all stages.
"""

import numpy as np

from generators.positions import Int32
from schemas.knobs import Strict


class Options(Strict):
    """None."""


def fits(length: int, target: int, options: Options) -> bool:
    """Return True: any segment can count from 0."""
    return True


def positions(rng: np.random.Generator, length: int, target: int, options: Options) -> Int32:
    """Return int32[length], 0 to length - 1; `rng` and `target` are not used."""
    return np.arange(length, dtype=np.int32)
