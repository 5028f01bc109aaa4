"""Self-Extend: near tokens keep their distance, far ones share positions in groups.

From "LLM Maybe LongLM: SelfExtend LLM Context Window Without Tuning" (Jin et al. 2024, arXiv
2401.01325). A query at i sees a key at j, both counted from 0 and j <= i, as if it were this far
away:

    i - j < window    i - j
    otherwise         i // group - j // group + window - window / group

    group 4, window 8, i = 23:  j = 0..15 in fours at 11 10 9 8, then j = 16..23 at 7 6 .. 1 0

A window of 8 is the query's own token and the seven before it. The shift `window - window / group`
lets the groups begin where the window ends, so a window should be a multiple of the group. For
others the published code has had two readings: today's divides exactly and gives positions with
fractions, an older one rounded down. RoPE takes either, but no fraction was ever trained.
"""

from fractions import Fraction
from typing import Literal

import numpy as np

from generators.attention import Float64, IntArray

Shift = Literal["whole", "fraction", "floor"]


def relative(
    queries: IntArray, keys: IntArray, *, window: int, group: int, shift: Shift = "whole"
) -> Float64:
    """Return float64[Q, K]: the distance at which each query sees each key, -1 for later keys.

    `queries` int[Q] and `keys` int[K] are positions in the document, from 0. `shift` says what
    becomes of a window that is no multiple of the group: `whole` refuses it, `fraction` divides as
    the published code does, `floor` as it did. Distances are whole numbers but for `fraction`.
    Raises ValueError for a window or a group below 1. Cost: Q K.
    """
    true = queries[:, None] - keys[None, :]
    grouped = queries[:, None] // _checked(window, group) - keys[None, :] // group
    far = grouped + float(_shift(window, group, shift))
    return np.where(true < 0, -1.0, np.where(true < window, true.astype(np.float64), far))


def longest(trained: int, *, window: int, group: int) -> int:
    """Return the most tokens whose distances all stay below `trained`.

    (trained - window) * group + window: every group of tokens costs one position, and the window
    and the first `group` positions behind it come free. 4,096 trained, window 1,024, group 8:
    25,600 tokens. Raises ValueError where the window does not fit, or is no multiple of the group.
    """
    _shift(window, _checked(window, group), "whole")
    _room(trained, window)
    return (trained - window) * group + window


def least_group(trained: int, target: int, *, window: int) -> int:
    """Return the smallest group by which `target` tokens fit into `trained` positions.

    ceil((target - window) / (trained - window)), at least 1. 4,096 trained, window 1,024, 15,800
    tokens: 5. Raises ValueError where the window does not fit.
    """
    return max(1, -(-(target - window) // _room(trained, window)))


def used(target: int, *, window: int, group: int) -> float:
    """Return about how many positions `target` tokens need: window + (target - window) / group.

    The authors advise to stay below one half to two thirds of the trained length, since the last
    positions of it were seen least in training: a rule of thumb (README of their code).
    """
    return window + (target - window) / _checked(window, group)


def _shift(window: int, group: int, shift: Shift) -> Fraction:
    """Return what is added to the distance between groups: window 6, group 4 -> 4.5 or 5."""
    if shift == "whole" and window % group:
        raise ValueError(
            f"window is {window} and group is {group}: a window that is no multiple of the group "
            "gives positions with fractions; take a multiple, or say shift='floor' or 'fraction'"
        )
    return window - (Fraction(window // group) if shift == "floor" else Fraction(window, group))


def _checked(window: int, group: int) -> int:
    """Return the group, once it and the window are seen to be usable."""
    if min(window, group) < 1:
        raise ValueError(f"window is {window} and group is {group}; both must be 1 or more")
    return group


def _room(trained: int, window: int) -> int:
    """Return how many trained positions lie behind the window."""
    if not 1 <= window < trained:
        raise ValueError(f"window is {window}; it must be 1 or more and less than {trained}")
    return trained - window
