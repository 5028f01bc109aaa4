"""Rivals: things to compare by their counts, so that nothing but counting here tells the winner.

    here 9 7 5 5 2, elsewhere 1 6 0 8 2, size 3, margin 2, for instance   ->  7, 5 and 2
    the winner with 7 has the second place elsewhere; over many draws it has each place as often

Counts are drawn before things, each as likely as any other, so that a frequent one is no better
guess than a rare one. Cost: some tries of a few draws, each a look at all counts.
"""

import numpy as np
import numpy.typing as npt

from schemas.errors import UnfitError

Ints = npt.NDArray[np.int64]

FEWEST_COUNTS = 3
"""Different counts to draw from; of fewer, one would be a good guess."""
_TRIES = 128
_LOWEST = 3
"""The winner has at most so many times the count of a rival: one that is rare would stand out."""


def rivals(
    rng: np.random.Generator,
    here: Ints,
    *,
    elsewhere: Ints,
    size: int,
    margin: int,
    ranked: bool,
) -> list[int]:
    """Return the indices of `size` things, that with the highest count here first.

    It leads by `margin`, and with `ranked` so does each the next one, falling; then there may be
    fewer things, but not fewer than three. Raises UnfitError where the counts do not allow it.
    """
    counts = np.unique(here)
    if len(counts) < FEWEST_COUNTS:
        raise UnfitError("the words that may be asked about have nearly all the same count")
    place = int(rng.integers(size))
    for _ in range(_TRIES):
        wanted = _wanted(rng, counts, size=size, margin=margin, ranked=ranked)
        if len(wanted) < min(size, FEWEST_COUNTS if ranked else size):
            continue
        drawn = [int(rng.choice(np.flatnonzero(here == count))) for count in wanted]
        # Of things that are as frequent as each other elsewhere, any may count as the first.
        scores = elsewhere[drawn] + rng.random(len(drawn))
        is_there = int((scores > scores[0]).sum()) == place * len(drawn) // size
        if is_there and len(set(drawn)) == len(drawn):
            return drawn
    raise UnfitError("no words differ enough in the scope, and otherwise elsewhere")


def _wanted(
    rng: np.random.Generator, counts: Ints, *, size: int, margin: int, ranked: bool
) -> list[int]:
    """Draw counts: the winner's, then those of its rivals, which may be the same if not ranked."""
    drawn: list[int] = []
    for count in rng.permutation(counts).tolist():
        if len(drawn) < size and all(abs(count - other) >= margin for other in drawn):
            drawn.append(count)
    if ranked or size == 1:
        return sorted(drawn, reverse=True)
    winner = drawn[0]
    below = counts[(counts <= winner - margin) & (counts * _LOWEST >= winner)]
    return [winner, *rng.choice(below, size - 1).tolist()] if len(below) else []
