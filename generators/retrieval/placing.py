"""Placing: which passages fill a room, in which order, and where one of them has to go.

    room 100, best first 40, 30, 50, 25    ->  40, 30, 25 (95 tokens), not 50
    40, 30, 25 with 60 tokens in front      ->  25, 30 | 40 is nearer (55) than 40, 30 | 25 (70)

Cost: a sort; exchanges are looked for among a few dozen passages only.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]
Policy = Literal["random", "relevant_first", "relevant_last", "both_ends"]

_LOOK = 48
"""Passages on each side of a place among which an exchange is looked for. Our choice: 48 x 48
differences of sizes nearly always hold the wanted one."""


def fill(sizes: Int64, room: int) -> Int64:
    """Return which of the passages, best first, fill a room of tokens: rising int64[K].

    `sizes` (int64[P]) are tokens. Those that fit are taken from the best on; then one that was
    taken is exchanged for one that was not, where that leaves less room over.
    """
    taken = np.cumsum(sizes) <= room
    left = room - int(sizes[taken].sum())
    for index in np.flatnonzero(~taken)[:_LOOK].tolist():
        if sizes[index] <= left:
            taken[index] = True
            left -= int(sizes[index])
    inside, outside = np.flatnonzero(taken)[-_LOOK:], np.flatnonzero(~taken)[:_LOOK]
    gains = sizes[outside][None, :] - sizes[inside][:, None]
    gains[gains > left] = 0
    if gains.size and gains.max() > 0:
        one, other = np.unravel_index(np.argmax(gains), gains.shape)
        taken[inside[one]], taken[outside[other]] = False, True
    return np.flatnonzero(taken)


def arrange(rng: np.random.Generator, count: int, policy: Policy) -> Int64:
    """Return the ranks 0 (most relevant) ... count - 1 in the order in which they are to stand."""
    ranks = np.arange(count)
    if policy == "random":
        return rng.permutation(count)
    if policy == "relevant_first":
        return ranks
    if policy == "relevant_last":
        return ranks[::-1]
    return np.concatenate([ranks[::2], ranks[1::2][::-1]])


def place(sizes: Int64, before: float) -> tuple[Int64, int]:
    """Return an order of the passages and a place in it that has `before` tokens in front.

    `sizes` (int64[P]) stand in the order that is wanted; one passage in front of the place and one
    behind it are exchanged where that comes nearer. Returns int64[P], indices, and the place.
    """
    order = np.arange(len(sizes))
    edges = np.append(0, np.cumsum(sizes))
    at = int(np.argmin(np.abs(edges - before)))
    front, behind = order[max(at - _LOOK, 0) : at], order[at : at + _LOOK]
    if len(front) and len(behind):
        moved = edges[at] + sizes[behind][None, :] - sizes[front][:, None] - before
        one, other = np.unravel_index(np.argmin(np.abs(moved)), moved.shape)
        if abs(moved[one, other]) < abs(edges[at] - before):
            order[front[one]], order[behind[other]] = behind[other], front[one]
    return order, at
