"""Buckets of length: the greatest power of two that a length reaches.

    8191 -> 4096, 8192 -> 8192, 16383 -> 8192

Whole numbers throughout: a logarithm in floating point takes 2**53 - 1 for 2**53. Cost: a dozen
array operations, however long the lengths.
"""

import numpy as np

from generators.filters import IntArray


def length_bucket(num_tokens: IntArray) -> IntArray:
    """Return the greatest power of two that is <= each length, int64[N]; 0 for a length of 0.

    Raises ValueError for a negative length.
    """
    if num_tokens.size and int(num_tokens.min()) < 0:
        at = int(np.argmin(num_tokens))
        raise ValueError(f"length {at} is {int(num_tokens[at])}; lengths must be 0 or more")
    filled = num_tokens.astype(np.int64)
    # All bits below the highest are set: 0b1010 -> 0b1111. What is then above its half is the bit.
    for shift in (1, 2, 4, 8, 16, 32):
        filled |= filled >> shift
    return filled - (filled >> 1)
