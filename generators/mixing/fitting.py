"""Proportions that meet several shares at once and stay as near to the supply as they can.

Iterative proportional fitting (Deming and Stephan 1940, "On a Least Squares Adjustment of a Sampled
Frequency Table"): each share in turn scales what it is a share of, and what it is not, until all
hold. Of all proportions that meet the shares the result has the least relative entropy to the base
(Csiszar 1975), so inside a group of cells that no share parts, the supply decides.

    supply 60 20 20,    the first two have .5                           ->  .375 .125 .5
    supply 60 20 20 20, these have .5, and the first and the third too  ->  .317 .183 .183 .317
"""

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

ROUNDS = 2000
"""Rounds after which shares that do not hold are taken to contradict each other."""
EXACT = 1e-9
NEAR = 1e-6
"""A share that holds but for this much holds."""


class ContradictionError(Exception):
    """Share number `share` cannot hold beside the others; `reached` is what it would come to."""

    def __init__(self, share: int, reached: float) -> None:
        super().__init__(f"share {share} would be {reached:.6f}")
        self.share, self.reached = share, reached


def fit(base: Float64, groups: BoolArray, shares: Float64) -> Float64:
    """Return float64[C], proportions that sum to 1: share m of the cells that groups[m] marks.

    `base` (float64[C], above 0) is what they stay near to, `groups` bool[M, C], `shares` float64[M]
    in 0..1. Raises ContradictionError. Cost: rounds * M * C; a few rounds are usual.
    """
    x = np.where(_empty(groups, shares), 0.0, base / base.sum())
    x /= x.sum() or 1.0
    for _ in range(ROUNDS):
        for number, (group, share) in enumerate(zip(groups, shares.tolist(), strict=True)):
            x = _scaled(x, group, share, number=number)
        misses = np.abs(groups @ x - shares)
        if misses.max(initial=0.0) < EXACT:
            break
    worst = int(np.argmax(misses)) if len(shares) else 0
    if len(shares) and misses[worst] > NEAR:
        raise ContradictionError(worst, float(groups[worst] @ x))
    return x


def _scaled(x: Float64, group: BoolArray, share: float, *, number: int) -> Float64:
    """Return the proportions with `share` inside the group and the rest outside."""
    inside = float(x[group].sum())
    outside = float(x[~group].sum())
    if (share > EXACT and not inside) or (share < 1 - EXACT and not outside):
        raise ContradictionError(number, inside)
    scale = np.where(group, share / (inside or 1.0), (1 - share) / (outside or 1.0))
    return np.asarray(x * scale)


def _empty(groups: BoolArray, shares: Float64) -> BoolArray:
    """Return bool[C]: cells that others leave nothing for, which scaling alone reaches too slowly.

    Books .6 and code .4 leave nothing for pages.
    """
    whole = np.ones((1, groups.shape[1]), bool)
    empty = np.zeros(groups.shape[1], bool)
    parents = zip(np.concatenate([whole, groups]), [1.0, *shares.tolist()], strict=True)
    for parent, share in parents:
        inner = [
            number
            for number, group in enumerate(groups)
            if (group <= parent).all() and (group != parent).any()
        ]
        largest = [
            number
            for number in inner
            if not any(
                (groups[number] <= groups[other]).all() and (groups[number] != groups[other]).any()
                for other in inner
            )
        ]
        covered = groups[largest].sum(axis=0)
        if len(largest) and covered.max() == 1 and shares[largest].sum() > share - EXACT:
            if shares[largest].sum() > share + NEAR:
                raise ContradictionError(largest[-1], share - float(shares[largest[:-1]].sum()))
            empty |= parent & (covered == 0)
    return empty
