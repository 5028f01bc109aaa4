r"""Sampling: which shards, rows or samples are checked, and what that says of the others.

`drawn` cuts N things in n neighbourhoods and draws one thing from each:

    N = 10, n = 3     0 1 2 | 3 4 5 | 6 7 8 9     drawn: 1, 5, 6

So the draw is spread evenly, and a run of faults longer than two neighbourhoods cannot hide. It is
random, keyed by the mix and its seed, and comes out the same on every machine.

What a draw without a fault says: were `k` things bad, `missed` is the greatest chance to draw none
of them, wherever they stand. With a confidence of 95 % fewer are bad than the smallest `k` for
which that chance is at most 5 %.

    N = 1000, n = 100   of 1000 things fewer than 29 are bad (95 %), fewer than 44 (99 %)

For few drawn out of very many, that comes to a share of 3 / n at 95 %, the rule of three (Hanley
and Lippman-Hand, If nothing goes wrong, is everything all right?, JAMA 249(13), 1983).
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.errors import RecipeError

BY = ("shard", "row", "sample")
CONFIDENCES = (0.95, 0.99)


def check_sampling(share: float, by: str) -> None:
    """Raise RecipeError for a share of nothing or of more than all, and of what cannot be drawn."""
    if not 0 < share <= 1:
        raise RecipeError(f"--sample {share:g}: a share is above 0 and at most 1")
    if by not in BY:
        raise RecipeError(f"--sample-by {by}: what is drawn is one of {', '.join(BY)}")


def drawn(rng: np.random.Generator, total: int, share: float) -> npt.NDArray[np.int64]:
    """Return int64[n], rising: one of each of n = share x total neighbourhoods, at least one.

    All of them, and nothing is drawn, where the share is 1; none of none. Cost: n draws.
    """
    if share >= 1 or not total:
        return np.arange(total)
    edges = _edges(total, max(1, round(share * total)))
    return rng.integers(edges[:-1], edges[1:])


def missed(total: int, num_drawn: int, bad: int) -> float:
    """Return the greatest chance that `drawn` meets none of `bad` bad things among `total`.

    A neighbourhood of s things, g of them good, is met by a good one with chance g / s, and all of
    them with the product of these. The sizes are fixed, f and f + 1; a product of whole numbers
    g whose sum is `total - bad` is greatest where they differ by one at most, q and q + 1, which
    are no more than the sizes. (A draw without neighbourhoods misses with the hypergeometric
    chance C(N - k, n) / C(N, n), which is smaller: there, places do not matter.)
    """
    full, larger = divmod(total, num_drawn)
    good, more = divmod(total - bad, num_drawn)
    if good < 1:
        return 0.0
    logs = more * math.log(good + 1) + (num_drawn - more) * math.log(good)
    logs -= larger * math.log(full + 1) + (num_drawn - larger) * math.log(full)
    return math.exp(logs)


def bad_below(total: int, num_drawn: int, confidence: float) -> int:
    """Return the k of "fewer than k of `total` things are bad", where all that were drawn are good.

    1, so none at all, where everything was drawn. Cost: log2(total) evaluations of `missed`.
    """
    low, high = 1, total - num_drawn + 1
    while low < high:
        middle = (low + high) // 2
        if missed(total, num_drawn, middle) <= 1 - confidence:
            high = middle
        else:
            low = middle + 1
    return low


def sampling_facts(by: str, share: float, *, total: int, num_drawn: int) -> dict[str, Any]:
    """Return what was drawn as JSON values; `bad_below` holds if no defect was found."""
    bounds = {
        f"{confidence:.0%}": bad_below(total, num_drawn, confidence)
        for confidence in CONFIDENCES
        if num_drawn
    }
    return {"by": by, "share": share, "checked": num_drawn, "of": total, "bad_below": bounds}


def sampling_line(found: dict[str, Any], *, passed: bool) -> str:
    """Return a sentence for a terminal."""
    what = f"{found['by']}s"
    line = f"checked {found['checked']:,} of {found['of']:,} {what}, drawn at random"
    if not passed:
        return line
    bounds = [
        f"with {name} confidence fewer than {bad:,} of all {what} are bad"
        for name, bad in found["bad_below"].items()
    ]
    return "; ".join([f"{line}, and found no defect", *bounds])


def _edges(total: int, num_drawn: int) -> npt.NDArray[np.int64]:
    """Return int64[n + 1]: where neighbourhoods of as equal sizes as may be begin and end."""
    return np.arange(num_drawn + 1, dtype=np.int64) * total // num_drawn
