"""RandPos: as many different positions as there are tokens, drawn from all of the target, in order.

    8 tokens, target 32   ->   0 3 4 9 15 16 24 30

Every distance up to the target may come, but hardly any two neighbours stand side by side, which
is what a language model lives on: the paper of PoSE (arXiv 2309.10400, table 5) measures a
perplexity of 7.26 with it, and 2.95 with two chunks. It is here to be compared with.

The least position is taken off all of them, so that the segment starts at 0 like every other. No
distance changes, and rotary positions see nothing else.
"""

import numpy as np

from generators.positions import Int32
from schemas.knobs import Strict


class Options(Strict):
    """None."""


def fits(length: int, target: int, options: Options) -> bool:
    """Say whether there are two tokens, and positions to choose from."""
    return 2 <= length < target  # noqa: PLR2004 - a distance has two ends


def positions(rng: np.random.Generator, length: int, target: int, options: Options) -> Int32:
    """Return int32[length], strictly rising from 0. Cost: one sort of `length` numbers.

    Raises ValueError for more tokens than positions.
    """
    drawn = np.sort(rng.choice(target, length, replace=False, shuffle=False))
    moved: Int32 = (drawn - drawn[0]).astype(np.int32)
    return moved
