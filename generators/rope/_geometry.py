"""The geometry of a scaling: what can be said of it before anything is trained.

    Rope(dim=128, base=5e5, trained=8192)
    turns(inv_freq, 8192)  -> 1304, 1062, ..., 1.22, | 0.996, ..., 0.003    35 pairs | 29 slow ones
    over_range at 131072   -> 16 for every pair unscaled; 1 under linear with factor 16

A pair that made a full turn within the trained length has shown every angle there is. A slow one
has not: at the target it may stand at an angle that the model never saw. That is a fact of
geometry and no verdict: published models with unseen angles work after training (Llama-3.1, factor
8 for 16 times the length), and none unseen does not promise that a model retrieves anything.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators.rope._rope import FloatArray, Rope, frequencies

BoolArray = npt.NDArray[np.bool_]

FAST_TURNS = 32.0
"""Pairs with more turns than this are called fast: YaRN's beta_fast (arXiv 2309.00071)."""

_SLACK = 1e-9
"""Float64 leaves linear's over-range at 1 +- 1e-16; what is above 1 by less is not above it."""

SEARCHED = 2**18
"""The furthest distance at which `first_negative` looks: a third of a second a method."""
_BLOCK = 1 << 14
"""Distances of one block of cosines: 16 384 * 64 pairs * 8 bytes = 8 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A scaling in a few numbers, each exact."""

    slow: int
    """Pairs that make less than one turn within the trained length."""
    unseen: int
    """Slow pairs that reach beyond their trained angles at the target."""
    worst: float
    """Largest over-range of a slow pair; 0 where no pair is slow."""
    fast: float
    """Largest compression of a pair with more than 32 trained turns; 1 where there is none."""
    last: float
    """Compression of the slowest pair."""
    logits: float
    """What attention logits are multiplied by: the square of the attention factor."""


def wavelengths(inv_freq: FloatArray) -> FloatArray:
    """Return float64[d/2]: tokens per turn, 2 pi / f. The fastest pair turns in 6.28 tokens."""
    return 2 * np.pi / inv_freq


def turns(inv_freq: FloatArray, length: int) -> FloatArray:
    """Return float64[d/2]: turns within `length` tokens, length * f / 2 pi."""
    return length * inv_freq / (2 * np.pi)


def slow(rope: Rope) -> BoolArray:
    """Return bool[d/2]: pairs that make less than one turn within the trained length."""
    return turns(frequencies(rope.dim, rope.base), rope.trained) < 1


def critical_dim(rope: Rope, *, full_turns: float = 1.0) -> int:
    """Return how many pairs make more than `full_turns` turns: index of the first that does not.

    ceil(d/2 * ln(L / (2 pi c)) / ln b), within 0..d/2. c = 1 is the critical dimension of LongRoPE2
    (arXiv 2502.20082), counted there in single dimensions, so twice this number; c = 10 is the
    lower end of its search. Llama-3: 35 and 24.
    """
    raw = rope.dim / 2 * math.log(rope.trained / (2 * math.pi * full_turns)) / math.log(rope.base)
    return min(max(math.ceil(raw), 0), rope.dim // 2)


def compression(rope: Rope, inv_freq: FloatArray) -> FloatArray:
    """Return float64[d/2]: how many times slower each pair turns, f / f'. LongRoPE's lambda."""
    return frequencies(rope.dim, rope.base) / inv_freq


def over_range(rope: Rope, inv_freq: FloatArray, target: int) -> FloatArray:
    """Return float64[d/2]: largest angle at the target over the largest trained, L' f' / (L f)."""
    return target / rope.trained / compression(rope, inv_freq)


def unseen(rope: Rope, inv_freq: FloatArray, target: int) -> BoolArray:
    """Return bool[d/2]: slow pairs that reach angles at the target that no training showed."""
    return slow(rope) & (over_range(rope, inv_freq, target) > 1 + _SLACK)


def measured(
    rope: Rope, inv_freq: FloatArray, target: int, *, attention_factor: float = 1.0
) -> Figures:
    """Return the figures of frequencies float64[d/2] at a target length, in tokens."""
    is_slow, squeezed = slow(rope), compression(rope, inv_freq)
    is_fast = turns(frequencies(rope.dim, rope.base), rope.trained) > FAST_TURNS
    reach = over_range(rope, inv_freq, target)
    return Figures(
        slow=int(is_slow.sum()),
        unseen=int(unseen(rope, inv_freq, target).sum()),
        worst=float(reach[is_slow].max(initial=0.0)),
        fast=float(squeezed[is_fast].max(initial=1.0)),
        last=float(squeezed[-1]),
        logits=attention_factor**2,
    )


def first_negative(inv_freq: FloatArray, limit: int) -> int | None:
    """Return the first distance m <= limit with sum_i cos(m f_i) < 0; None where there is none.

    From there on a key like the query may score below an unlike one, which Men et al. (arXiv
    2405.14591) propose as a bound of the context. Advice, no limit: Llama-2's 4096 tokens are
    longer than its 1707. Looks no further than SEARCHED. Cost: about 1 microsecond a distance at
    d = 128.
    """
    limit = min(limit, SEARCHED)
    for start in range(1, limit + 1, _BLOCK):
        distances = np.arange(start, min(start + _BLOCK, limit + 1), dtype=np.float64)
        below = np.flatnonzero(np.cos(np.outer(distances, inv_freq)).sum(axis=1) < 0)
        if below.size:
            return start + int(below[0])
    return None
