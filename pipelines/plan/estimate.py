"""What a whole corpus will yield, from a sample of its inputs.

The tokens that an input yields go roughly with its bytes, so the ratio of both over the sampled
inputs is scaled to the bytes of all inputs (the ratio estimator; Cochran, Sampling Techniques, 3rd
edition, chapter 6). Two standard errors on both sides are about 95 %.

    sampled inputs of 10, 20, 30 bytes that yield 2, 4, 6 tokens; 300 bytes in all  ->  60 +- 0
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A total and what is added and taken off for about 95 % of samples."""

    total: float
    error: float | None
    """None where fewer than two inputs were sampled."""


def estimate(yields: Float64, sizes: Float64, *, all_sizes: float, num_items: int) -> Estimate:
    """Return the total of `yields` (float64[n], by sampled input) over all `num_items` inputs.

    `sizes` (float64[n]) are the bytes of the sampled inputs, `all_sizes` those of all of them.
    """
    count, size = len(sizes), float(sizes.sum())
    if not size:  # nothing to scale by: what was met is all that is known
        return Estimate(total=float(yields.sum()), error=None)
    ratio = float(yields.sum()) / size
    error = None
    if count >= 2 or count == num_items:  # noqa: PLR2004 - one input has no spread
        spread = float(np.square(yields - ratio * sizes).sum()) / max(count - 1, 1)
        unseen = 1 - count / num_items
        error = 2 * math.sqrt(count * spread * unseen) * all_sizes / size
    return Estimate(total=ratio * all_sizes, error=error)
