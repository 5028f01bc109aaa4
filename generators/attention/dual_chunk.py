"""Dual chunk attention: positions start again in every chunk, so none is ever new.

From "Training-Free Long-Context Scaling of Large Language Models" (An et al. 2024, arXiv
2402.17463), in the form in which Qwen2.5-1M is served. Chunks have c = chunk_size - local_size
tokens. A key at j stands at j % c; where a query at i stands depends on the chunk of the key:

    the same chunk      i % c
    the chunk before    i % c + c, at most chunk_size
    any older one       2 c - 1, at most chunk_size

    chunk_size 8, local_size 2, so c = 6, and i = 19, the second token of the fourth chunk:
    j = 0..5 and 6..11   8 7 6 5 4 3, each     8 - j % 6
    j = 12..17           7 6 5 4 3 2           1 + 6 - j % 6
    j = 18, 19           1 0

Tokens up to `local_size` apart keep their true distance, also across chunks. No distance is greater
than `chunk_size`, however long the text: order among older chunks is lost.
"""

import numpy as np

from generators.attention import IntArray


def relative(queries: IntArray, keys: IntArray, *, chunk_size: int, local_size: int) -> IntArray:
    """Return int64[Q, K]: the distance at which each query sees each key, -1 for later keys.

    `queries` int[Q] and `keys` int[K] are positions in the document, from 0. Raises ValueError
    unless chunk_size is at least twice local_size: with less, keys of older chunks would stand
    nearer than `local_size`. Cost: Q K.
    """
    chunk = _chunk(chunk_size, local_size)
    within = queries % chunk
    ago = queries[:, None] // chunk - keys[None, :] // chunk
    before = np.minimum(within + chunk, chunk_size)
    older = min(2 * chunk - 1, chunk_size)
    stands = np.where(ago == 0, within[:, None], np.where(ago == 1, before[:, None], older))
    found: IntArray = np.where(queries[:, None] < keys[None, :], -1, stands - keys % chunk)
    return found


def _chunk(chunk_size: int, local_size: int) -> int:
    """Return the tokens of a chunk."""
    if not 0 <= 2 * local_size <= chunk_size or chunk_size < 1:
        raise ValueError(
            f"chunk_size is {chunk_size} and local_size is {local_size}; "
            "local_size must be 0 or more, and chunk_size at least twice as much"
        )
    return chunk_size - local_size
