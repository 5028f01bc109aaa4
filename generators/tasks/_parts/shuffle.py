"""Shuffle the links of several chains together, so that no link stands right before its next one.

    chains 1 2 3 and 7 8      any        2 8 1 3 7
                              kept       1 7 2 8 3
                              reversed   3 2 8 7 1

Cost: linear, and some tries.
"""

from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from schemas.errors import UnfitError

Ints = npt.NDArray[np.int64]
Order = Literal["any", "kept", "reversed"]
"""How the links of one chain stand to each other."""
_SHUFFLES = 200


def shuffled(rng: np.random.Generator, chains: list[list[int]], order: str) -> list[int]:
    """Return all links in an order in which none stands right before the next of its chain.

    Raises UnfitError where chance finds no such order: a lone chain that is kept has none.
    """
    nexts = {pair for chain in chains for pair in pairwise(chain)}
    turns = np.repeat(np.arange(len(chains)), [len(chain) for chain in chains])
    for _ in range(_SHUFFLES):
        if order == "any":
            stand = rng.permutation(np.concatenate(chains)).tolist()
        else:
            left = [chain[:: 1 if order == "reversed" else -1].copy() for chain in chains]
            mixed = _apart(rng, turns) if order == "kept" else rng.permutation(turns)
            stand = [left[turn].pop() for turn in mixed.tolist()]
        if nexts.isdisjoint(pairwise(stand)):
            return list(stand)
    raise UnfitError("the parts cannot stand so that each is away from the one before it")


def _apart(rng: np.random.Generator, turns: Ints) -> Ints:
    """Shuffle turns so that no two that follow each other are one, where that can be.

    4 4 4 0 1  ->  4 0 4 1 4: whoever has half of what is left has the next turn.
    """
    left = np.bincount(turns)
    mixed = np.full_like(turns, -1)
    for place in range(len(turns)):
        able = np.where(np.arange(len(left)) == mixed[place - 1], 0, left)
        if 2 * left.max() > left.sum() and able[left.argmax()]:
            able = np.where(np.arange(len(left)) == left.argmax(), left, 0)
        able = able if able.any() else left
        mixed[place] = rng.choice(len(left), p=able / able.sum())
        left[mixed[place]] -= 1
    return mixed
