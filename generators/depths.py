"""Where evidence should lie: laws of target depths, for all samples of one task and length.

A depth is a share of the context, 0 <= depth < 1. Independent draws leave holes and heaps: of 100
uniform draws over 100 bins, 37 bins stay empty on average (1/e). Strata leave none. Cost: one
permutation.
"""

import numpy as np
import numpy.typing as npt

FREELY = 4
"""Pieces of evidence that may all be meant for one place and still stand near enough to it."""


def stratified(rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
    """Return float64[count], one depth in each stratum [i/count, (i+1)/count), in random order.

    count 4 -> for instance 0.61, 0.08, 0.95, 0.33: one in each quarter. Raises ValueError when
    `count` is negative.
    """
    if count < 0:
        raise ValueError(f"count is {count}; the number of depths is 0 or more")
    strata = np.arange(count)
    # (i + 0.999...) may round up to i + 1, which belongs to the next stratum.
    below_next = np.nextafter((strata + 1) / max(count, 1), 0)
    depths = np.minimum((strata + rng.random(count)) / max(count, 1), below_next)
    return rng.permutation(depths)


def stratified_sets(
    rng: np.random.Generator, num_samples: int, num_evidence: int
) -> npt.NDArray[np.float64]:
    """Return float64[num_samples, num_evidence]: stratified depths, dealt out to samples.

    Many pieces of evidence would crowd now and then, with no room to stand where they should; of
    more than FREELY, one lies in each of as many equal parts of the text.
    """
    depths = stratified(rng, num_samples * num_evidence)
    if num_evidence <= FREELY:
        return depths.reshape(num_samples, num_evidence)
    return rng.permuted(np.sort(depths).reshape(num_evidence, num_samples), axis=1).T
