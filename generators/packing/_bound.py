"""How few rows there could possibly be: the yardstick that stands beside a packing's padding.

    lengths 6 6 6 4, rows of 10 -> 3: the tokens alone need ceil(22/10) = 3 rows
    lengths 6 6 6,   rows of 10 -> 3: the tokens need 2, but no two of them share a row

Padding that the bound already holds is geometry, not a fault of the packer: it goes away with
other lengths in the mix, never with another packer. Cost: one sort and three binary searches.
"""

import numpy as np

from generators.packing import IntArray


def lower_bound(lengths: IntArray, capacity: int) -> int:
    """Return a number of rows of `capacity` tokens that no packing of the pieces goes below.

    `lengths` is int64[N], each at least 1; what is longer than a row will be cut and counts by its
    tokens alone, the others count as whole. The larger of ceil(sum / capacity) and the bound L2 of
    Martello and Toth, "Knapsack Problems" (1990), chapter 8: for each threshold t, pieces above
    capacity - t stand alone, pieces above half a row stand apart, and of the pieces from t to half
    a row counts what the rows of the second kind cannot hold.
    """
    by_tokens = -(-int(lengths.sum()) // capacity)
    whole = np.sort(lengths[lengths <= capacity])
    if not whole.size:
        return by_tokens
    sums = np.concatenate(([0], np.cumsum(whole)))
    half = np.searchsorted(2 * whole, capacity, side="right")
    thresholds = np.concatenate(([0], np.unique(whole[:half])))
    alone = np.searchsorted(whole, capacity - thresholds, side="right")
    small = np.searchsorted(whole, thresholds, side="left")
    apart = alone - half
    spare = apart * capacity - (sums[alone] - sums[half])
    further = np.maximum(0, -(-(sums[half] - sums[small] - spare) // capacity))
    return max(by_tokens, int((whole.size - half + further).max()))
