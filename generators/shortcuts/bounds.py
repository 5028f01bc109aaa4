"""Bounds: how often a rule of thumb may be right before it counts as a way round the task.

A rule that is right by chance `c` may be right c + MARGIN of the time; beyond that it must not be
by more than three standard errors. For n samples of which a share `a` was guessed right:

    bound = c + 0.10 + 3 x sqrt(b (1 - b) / n)    b = c + 0.10

    chance 0.25, 400 samples: bound 0.42         chance 0.25, 40 samples: bound 0.58

`a` above the bound is the same as Wilson's lower limit of `a` above c + MARGIN, and is a failure
however few the samples are. A pass needs enough of them: three standard errors within MARGIN.
"""

import math
from dataclasses import dataclass
from typing import Literal

MARGIN = 0.10
ERRORS = 3.0
HIGHEST_CHANCE = 0.75
"""Of more than this a rule can hardly be wrong: most samples have a single candidate."""

Verdict = Literal["pass", "fail", "inconclusive", "not applicable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How often a rule may be right, and how many samples a pass needs."""

    error: float
    """Standard error of the accuracy at the limit that is allowed."""
    bound: float
    needed: int
    verdict: Verdict


def judge(accuracy: float, chance: float, samples: int) -> Bound:
    """Return the bound for `samples` samples and what it says about an accuracy."""
    if not samples or chance > HIGHEST_CHANCE:
        return Bound(error=0.0, bound=1.0, needed=0, verdict="not applicable")
    allowed = chance + MARGIN
    spread = allowed * (1 - allowed)
    needed = math.ceil(spread * (ERRORS / MARGIN) ** 2)
    error = math.sqrt(spread / samples)
    bound = allowed + ERRORS * error
    verdict: Verdict = "inconclusive" if samples < needed else "pass"
    if accuracy > bound:
        verdict = "fail"
    return Bound(error=error, bound=min(bound, 1.0), needed=needed, verdict=verdict)
