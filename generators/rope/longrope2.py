"""LongRoPE2: LongRoPE's factors, found by a search that a needle drives.

    Llama-3, 8192 -> 131072: pairs 24..35 are where full scaling may begin (`search_range`)
    c 2, S 16 -> 1, 4, | 16, 16, ...        one candidate: NTK up to pair c, then one factor S

The theory says that pairs from the critical dimension on need the factor s. LongRoPE2 holds that
slow pairs were trained too little, so that full scaling begins earlier and reaches beyond s. Which
pair and which factors is searched on the model, and judged by the loss on the answer of a needle
alone. This module has the space of that search as functions: `initial_factors` and `mutated`. It
runs no model: the search is the user's, and `scale` applies what it found.
Source: arXiv 2502.20082, algorithm 1; the bound 2 s is the paper's, its authors' code has others.
"""

import dataclasses
from pathlib import Path

import numpy as np
from pydantic import Field

from generators.rope import longrope
from generators.rope._factors import LONG, checked_factors, read_factors
from generators.rope._geometry import critical_dim
from generators.rope._rope import FloatArray, Rope, Scaled, ratio
from schemas.errors import RecipeError
from schemas.knobs import Strict

SEARCH_RECIPE = "recipes/longrope2.yaml"
"""Makes the data of the search: needles in long rows, with the loss on their answers alone."""

MUTATED = 0.3
"""Chance of a slow pair to be drawn anew, as in the authors' code."""

LARGEST = 2.0
"""Factors are at most this many times s."""

_TURNS = 10.0
"""The search begins at the first pair with at most this many trained turns."""


class Options(Strict):
    """What the search found."""

    factors: tuple[float, ...] | Path | None = None
    """d/2 rescale factors for long inputs, or a file that holds them; short inputs keep 1."""
    attention_factor: float | None = Field(None, gt=0, allow_inf_nan=False)
    """Taken as it is; LongRoPE's sqrt(1 + ln s / ln L) where it is left out."""


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return f / factors beyond the trained length, f itself up to it.

    Raises RecipeError without factors, for a wrong number of them, and for a target below the
    trained length.
    """
    s = ratio(rope, target)
    factors = _given(rope, options)
    scaled = longrope.scale(
        rope,
        target,
        longrope.Options(
            long_factor=tuple(factors.tolist()), attention_factor=options.attention_factor
        ),
    )
    return dataclasses.replace(scaled, name="longrope2", notes=scaled.notes + _notes(factors, s))


def search_range(rope: Rope) -> tuple[int, int]:
    """Return the first and the last pair at which full scaling may begin, both included.

    From the first pair with at most 10 trained turns to the theoretical critical dimension: Llama-3
    24, 35. Raises RecipeError for a model all of whose pairs turn more often than that.
    """
    last_pair = rope.dim // 2 - 1
    first = critical_dim(rope, full_turns=_TURNS)
    if first > last_pair:
        raise RecipeError(
            f"all {rope.dim // 2} pairs turn more than {_TURNS:g} times in {rope.trained} tokens; "
            "none is slow, so there is nothing for LongRoPE2 to search"
        )
    return first, min(critical_dim(rope), last_pair)


def ntk_left(critical: int, largest: float) -> FloatArray:
    """Return float64[critical]: factors of the fast pairs, largest ** (i / critical).

    Those of the base under which pair `critical` is slowed `largest` times. 2, 16 -> 1, 4.
    """
    powers: FloatArray = float(largest) ** (np.arange(critical) / max(critical, 1))
    return powers


def initial_factors(rng: np.random.Generator, rope: Rope, target: int) -> FloatArray:
    """Return float64[K, d/2]: one candidate for each of the K pairs of `search_range`.

    Each draws its factor S from s..2s; pairs from its own on have S, those before `ntk_left`.
    Raises RecipeError as `search_range` and `ratio`.
    """
    s = ratio(rope, target)
    first, last = search_range(rope)
    candidates = []
    for critical in range(first, last + 1):
        tail = np.full(rope.dim // 2 - critical, rng.uniform(s, LARGEST * s))
        candidates.append(np.concatenate((ntk_left(critical, tail[0]), tail)))
    return np.stack(candidates)


def mutated(
    rng: np.random.Generator, factors: FloatArray, *, critical: int, scale: float
) -> FloatArray:
    """Return float64[d/2]: a candidate with about 3 of 10 slow pairs drawn anew from s..2s.

    `factors` is float64[d/2], `critical` the pair at which its full scaling begins, 0..d/2 - 1, and
    `scale` is s. Slow factors are sorted after the draw, so that they do not fall with the pair, as
    the search demands; then those of the fast pairs follow from the first slow one. Raises
    ValueError for a critical pair that is none.
    """
    if not 0 <= critical < factors.size:
        raise ValueError(f"critical is {critical}; pairs are 0..{factors.size - 1}")
    tail = factors[critical:]
    anew = rng.random(tail.size) < MUTATED
    drawn = rng.uniform(scale, LARGEST * scale, tail.size)
    tail = np.sort(np.where(anew, drawn, tail))
    return np.concatenate((ntk_left(critical, tail[0]), tail))


def _given(rope: Rope, options: Options) -> FloatArray:
    """Return the long factors, float64[d/2]."""
    if options.factors is None:
        raise RecipeError(
            "longrope2 has no formula: its factors come from a search on the model, driven by "
            f"needles. {SEARCH_RECIPE} makes the data of that search; give what it finds as "
            f"factors, a list of {rope.dim // 2} numbers or a file"
        )
    if isinstance(options.factors, Path):
        return checked_factors(read_factors(options.factors)[LONG], rope, str(options.factors))
    return checked_factors(options.factors, rope, "factors")


def _notes(factors: FloatArray, s: float) -> tuple[str, ...]:
    """Return where factors leave the space of the published search."""
    notes = []
    if np.any(np.diff(factors) < 0):
        notes.append("the factors fall with the pair somewhere; LongRoPE2's search never does that")
    if not s <= factors[-1] <= LARGEST * s:
        notes.append(
            f"the last factor is {factors[-1]:g}; LongRoPE2 searches from {s:g} to {LARGEST * s:g}"
        )
    return tuple(notes)
