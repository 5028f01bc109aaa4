"""Percentile bounds: what is usual for a document is what is usual within its own group.

Ratios depend on kind and length (gzip's: novels 0.46 at 8K characters and 0.38 at 1.5M, code 0.31
and 0.22), so one cut for all would delete a domain. A group is a kind and a power of two of length.

    group 7: 0, 1, 2 ... 100, low 1, high 99  ->  1.0 and 99.0 for each of its documents
    group 8: 0, 1, 2 ... 9,   low 1, high 99  ->  0.0 and 9.0: one of ten would be a tenth

Bounds are values of the group, such that no more is outside than was asked: of n values at most
n low / 100 lie below the lower one. An interpolated bound would always take one on either side: of
24 repositories two by each column, and good ones. Cost: one sort.
"""

import numpy as np

from generators.filters import Floats, IntArray


def percentile_bounds(
    values: Floats, groups: IntArray, *, low: float, high: float
) -> tuple[Floats, Floats]:
    """Return the lower and the upper bound for each document, float64[N] each.

    `values` is float64[N], NaN where there is none; `groups` is int64[N]; `low` and `high` are
    percentiles, 0 to 100. A group without values gives -inf and inf. Raises ValueError when there
    are not as many groups as values, or low and high do not rise within 0 to 100.
    """
    if values.shape != groups.shape:
        raise ValueError(f"{values.size} values and {groups.size} groups: give each value its own")
    if not 0 <= low < high <= 100:  # noqa: PLR2004 - percent
        raise ValueError(f"percentiles {low} and {high}: give two rising numbers of 0 to 100")
    if not values.size:
        return np.zeros(0), np.zeros(0)
    _, group = np.unique(groups, return_inverse=True)
    ordered = values[np.lexsort((values, group))]  # NaN comes last within its group
    sizes = np.bincount(group)
    starts = np.cumsum(sizes) - sizes
    counts = np.bincount(group, weights=~np.isnan(values)).astype(np.int64)
    last = np.maximum(counts - 1, 0)
    below = np.minimum(_at_most(counts, low), last)
    above = np.minimum(_at_most(counts, 100 - high), last)
    lower = np.where(counts > 0, ordered[starts + below], -np.inf)
    upper = np.where(counts > 0, ordered[starts + last - above], np.inf)
    return lower[group], upper[group]


def _at_most(counts: IntArray, percent: float) -> IntArray:
    """Return how many of each group are no more than `percent` of it, int64[G]."""
    return np.floor(counts * percent / 100).astype(np.int64)
