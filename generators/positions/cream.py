"""CREAM: head, middle and tail; the head stays at 0, the tail ends at the target.

    12 tokens, target 48, thirds   ->   0 1 2 3 | 17 18 19 20 | 44 45 46 47

"An Efficient Recipe for Long Context Extension via Middle-Focused Positional Encoding", arXiv
2406.07138. N tokens, target L', F = L' / N. Each segment draws for itself:

    head = tail = h     a fair coin: N // 3, or k tokens (4 F unless given), which are few: they
                        keep the continuity of the text; the thirds make far distances
    middle              N - 2 h tokens in one run that ends at a position of
                        U{h + floor((N - 2h - 1) r / 2) .. floor(r N / 2) - h - 1}
    r                   floor of a normal number with mean 1 + F within [2, 2 F]; r / 2 is how far
                        the whole would be stretched, so that runs in the middle are the usual ones

Where paper and program differ, the program is what the published numbers were measured with:

- `normal: clipped`: what falls outside of [2, 2 F] comes to lie on its ends. At F = 2 that is 37 %
  on each side. `truncated` draws from within, as the paper says.
- `sigma: fixed` is 3 whatever F is. At F = 64 whole regions of distances then never come (measured:
  three quarters of them in 1,000 segments with k, three tenths with thirds). `scaled`, the default,
  is the same up to F = 8 and 3 F / 8 beyond, as wide beside the range as it is at 8.
- The program tosses its coin once for many texts; here every segment has its own.

With k of 4 F a segment must have more than 8 F tokens, else nothing is left for the middle: 1,024
tokens for 131,072 are too few, 1,025 are not. Shorter segments restart.
"""

import statistics
from typing import Literal

import numpy as np
from pydantic import Field

from generators.positions import Int32
from schemas.knobs import Strict

SIGMA = 3.0
"""Standard deviation of r, in halves of N."""
AS_PUBLISHED = 8.0
"""The greatest F for which SIGMA was chosen."""


class Options(Strict):
    """How the three parts are drawn."""

    sigma: Literal["scaled", "fixed"] = "scaled"
    """Of the middle's law: 3, or beyond eight times the length 3/8 of how many times it is."""
    normal: Literal["clipped", "truncated"] = "clipped"
    """What happens to the law's ends: moved to the bound, or never drawn."""
    k: int | None = Field(default=None, ge=1)
    """Tokens of head and tail where they are few; null is 4 F, which is 32 at F = 8."""
    heads: Literal["both", "thirds", "k"] = "both"
    """Which heads and tails are drawn: by a fair coin, or one kind alone."""


def fits(length: int, target: int, options: Options) -> bool:
    """Say whether something is left for the middle: with k = 4 F, whether 8 F < N."""
    if not 3 <= length < target:  # noqa: PLR2004 - three parts
        return False
    if options.heads == "thirds":
        return True
    return 8 * target < length**2 if options.k is None else 2 * options.k < length


def positions(rng: np.random.Generator, length: int, target: int, options: Options) -> Int32:
    """Return int32[length]: at most three runs, the first from 0, the last to target - 1.

    Raises ValueError where nothing is left for the middle.
    """
    if not fits(length, target, options):
        raise ValueError(
            f"{length} tokens are too few for head, middle and tail of a target of {target}"
        )
    few = options.heads == "k" or (options.heads == "both" and bool(rng.integers(2)))
    head = length // 3
    if few:
        head = 4 * target // length if options.k is None else options.k
    middle = length - 2 * head
    reach = stretch(rng.random(), target / length, options)
    low, high = end_range(length, head, reach)
    end = int(rng.integers(low, high, endpoint=True))
    parts = ((0, head), (end - middle + 1, middle), (target - head, head))
    return np.concatenate([np.arange(a, a + n, dtype=np.int32) for a, n in parts])


def stretch(u: float, factor: float, options: Options) -> int:
    """Return r, 2 to 2 F, that `u` of [0, 1) stands for.

    F = 8: 0 -> 2, .05 -> 4, .25 -> 6, .5 -> 9, .75 -> 11, .95 -> 13.
    """
    wide = options.sigma == "scaled" and factor > AS_PUBLISHED
    law = statistics.NormalDist(1 + factor, SIGMA * (factor / AS_PUBLISHED if wide else 1))
    low, high = 2.0, 2 * factor
    if options.normal == "truncated":
        u = law.cdf(low) + u * (law.cdf(high) - law.cdf(low))
    drawn = law.inv_cdf(u) if u > 0 else low
    return int(min(max(drawn, low), high))


def end_range(length: int, head: int, reach: int) -> tuple[int, int]:
    """Return the least and the greatest position at which the middle may end.

    4096 tokens, r = 9: heads of 1365 -> 7507, 17066; of 32 -> 18171, 18399.
    """
    middle = length - 2 * head
    return head + (middle - 1) * reach // 2, reach * length // 2 - head - 1
