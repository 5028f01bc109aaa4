"""Gates: the samples of one task together, and how often each rule of thumb is right about them.

    tally, 400 samples     right   chance   bound
    frequent                .40      .28     .45    pass
    prior                   .31      .02     .18    fail: one answer is far too frequent

Rules that learn from the other samples of the task (`prior`, `length`, `slot`, `depth`) leave the
sample that they guess out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from generators.shortcuts.bounds import Bound, judge
from generators.shortcuts.guesses import nearest_length, usual, usual_lengths

TENTHS = 10
BY_LOOK = ("first", "last", "frequent", "rare", "longest", "shortest", "odd")
ALL = ("prior", "abstain", "depth", "slot", "length", *BY_LOOK)
FEWEST_ANSWERS = 2
"""A task with one answer is not one that chance always solves, but one that needs no reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a guesser can make of one sample."""

    gold: str
    answerable: bool = True
    kind: str = ""
    """What is asked, where one task asks different things: the question gives that away."""
    rank: int = 0
    """How many candidates stand before the right one."""
    size: int = 0
    """Candidates of the answer's look; 0 where the text does not spell the answer."""
    credit: Mapping[str, float] = field(default_factory=dict)
    """Of each rule of BY_LOOK."""
    search: float | None = None
    """Credit of one search for what the question quotes (`generators.shortcuts.guesses`)."""
    look: str = ""
    lengths: Mapping[int, int] = field(default_factory=dict)
    """How many candidates there are of each length, in characters; these may differ in it."""
    depths: tuple[float, ...] = ()
    """Of evidence whose depth was chosen."""
    percentiles: tuple[float, ...] = ()
    """Of each piece of evidence among windows of its size, by surprise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """How often one rule was right, and how often it may be."""

    name: str
    samples: int
    accuracy: float
    chance: float
    bound: Bound
    entropy: float | None = None
    """Of a place: 1 where all places are used alike, 0 where it is always the same."""


def gates_of(trials: Sequence[Trial], *, depth_chance: float) -> list[Gate]:
    """Return all gates, in the order of ALL.

    `depth_chance` is the share of the evidence in the fullest tenth of the depths, by the law that
    was asked for: 0.1 for uniform depths.
    """
    answerable = [trial for trial in trials if trial.answerable]
    choices = [trial for trial in answerable if trial.size > 1]
    gates = [
        _prior(answerable),
        _abstain(trials),
        _depth(answerable, depth_chance),
        _slot(choices),
        _length(answerable),
    ]
    chances = [1 / trial.size for trial in choices]
    gates += [_gate(n, [trial.credit[n] for trial in choices], chances) for n in BY_LOOK]
    return gates


def mean_percentile(trials: Sequence[Trial]) -> tuple[float, int]:
    """Return how odd the evidence is: the mean percentile, and of how many pieces.

    It is the area under the curve of a detector by surprise: 0.5 looks like the haystack, 1 is
    always the oddest run of its text. 0 pieces have 0.5.
    """
    found = [percentile for trial in trials for percentile in trial.percentiles]
    return (float(np.mean(found)) if found else 0.5), len(found)


def mean_search(trials: Sequence[Trial]) -> tuple[float, int]:
    """Return how often one search finds the answer, and in how many samples that can be tried."""
    found = [t.search for t in trials if t.answerable and t.size > 1 and t.search is not None]
    return (float(np.mean(found)) if found else 0.0), len(found)


def _gate(
    name: str, right: Sequence[float], chances: Sequence[float], *, entropy: float | None = None
) -> Gate:
    accuracy = float(np.mean(right)) if len(right) else 0.0
    chance = float(np.mean(chances)) if len(chances) else 0.0
    bound = judge(accuracy, chance, len(right))
    return Gate(
        name=name,
        samples=len(right),
        accuracy=accuracy,
        chance=chance,
        bound=bound,
        entropy=entropy,
    )


def _prior(trials: Sequence[Trial]) -> Gate:
    """Guess what most other samples that ask the same thing have as their answer."""
    right: list[float] = []
    chances: list[float] = []
    for kind in sorted({trial.kind for trial in trials}):
        golds = [trial.gold for trial in trials if trial.kind == kind]
        right += usual(golds)
        chances += [1 / max(len(set(golds)), FEWEST_ANSWERS)] * len(golds)
    return _gate("prior", right, chances)


def _abstain(trials: Sequence[Trial]) -> Gate:
    """Guess that no answer is given; two things can be the case, so chance is a half."""
    right = [float(not trial.answerable) for trial in trials]
    if not any(right):
        right = []
    return _gate("abstain", right, [1 / FEWEST_ANSWERS] * len(right))


def _depth(trials: Sequence[Trial], chance: float) -> Gate:
    """Guess the tenth of the text in which most other evidence of the task lies."""
    depths = np.array([depth for trial in trials for depth in trial.depths], np.float64)
    tenths = np.minimum((depths * TENTHS).astype(np.int64), TENTHS - 1)
    entropy = _entropy(np.bincount(tenths, minlength=TENTHS).astype(np.float64))
    return _gate("depth", usual(tenths.tolist()), [chance] * len(tenths), entropy=entropy)


def _slot(trials: Sequence[Trial]) -> Gate:
    """Guess the candidate as far along the row of candidates as the others' answers mostly are."""
    tenths = [trial.rank * TENTHS // trial.size for trial in trials]
    right = [
        credit / sum(rank * TENTHS // trial.size == tenth for rank in range(trial.size))
        for credit, tenth, trial in zip(usual(tenths), tenths, trials, strict=True)
    ]
    mass = np.zeros(TENTHS)
    edges = np.arange(TENTHS + 1) / TENTHS
    for trial in trials:
        # The r-th of k candidates fills the k-th part of the row from r / k on.
        mass += np.diff(np.clip(edges * trial.size - trial.rank, 0, 1))
    chances = [1 / trial.size for trial in trials]
    return _gate("slot", right, chances, entropy=_entropy(mass))


def _length(trials: Sequence[Trial]) -> Gate:
    """Guess the candidate as long as most other answers of its look."""
    rows = [(t, t.lengths, len(t.gold)) for t in trials if sum(t.lengths.values()) > 1]
    seen: dict[str, Counter[int]] = {}
    for trial, _, own in rows:
        seen.setdefault(trial.look, Counter())[own] += 1
    right = [
        nearest_length(lengths, own, usual_lengths(seen[trial.look], own))
        for trial, lengths, own in rows
    ]
    return _gate("length", right, [1 / sum(lengths.values()) for _, lengths, _ in rows])


def _entropy(mass: npt.NDArray[np.float64]) -> float | None:
    """Return the entropy of shares over the greatest that as many places can have."""
    if not mass.sum():
        return None
    shares = mass[mass > 0] / mass.sum()
    return float(-(shares * np.log(shares)).sum() / np.log(len(mass))) + 0.0
