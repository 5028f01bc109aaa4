"""Shares: from what each cell can give to what each cell is asked for.

A share is a part of a stage's natural tokens, of sources, of kinds and of lengths. What shares
leave open is decided by supply, and what they all say is met at once (`fitting.py`). Without a
ceiling the mix is as large as the shares allow.

    supplies 100 and 30, shares .5 and .5, no ceiling  ->  30 and 30
    supplies 100 and 30 without shares, 65 tokens      ->  50 and 15
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from generators.mixing.cells import (
    Cell,
    longest_original,
    selects,
    shares_of,
    tokens_of,
    upsample_of,
)
from generators.mixing.fitting import ContradictionError, fit
from schemas.draw import Int64
from schemas.errors import RecipeError
from schemas.mixture_spec import ShareSpec
from schemas.recipe import Recipe, StageSpec

Float64 = npt.NDArray[np.float64]
NOTHING = 1e-9
"""A smaller proportion is none: of 10^9 tokens one."""


def proportions(recipe: Recipe, stage: StageSpec, cells: Sequence[Cell], supply: Int64) -> Float64:
    """Return float64[C], what part of a stage's natural tokens each cell is asked for.

    `supply` is int64[C]. They sum to 1, or are all 0 where no cell has anything. Raises RecipeError
    for shares that cannot all hold.
    """
    _check_sources(recipe)
    if not supply.sum():
        return np.zeros(len(cells))
    base = _base(recipe, stage, cells, supply)
    asked = [*_margins(recipe, stage, cells)]
    parts = _fitted(base, asked)
    window = longest_original(recipe, stage)
    if stage.original is not None and window is not None:
        fits = np.array([cell.high is not None and cell.high <= window + 1 for cell in cells])
        if parts[fits].sum() < stage.original.share:
            what = f"original rows of documents of at most {window:,} tokens"
            parts = _fitted(base, [*asked, (what, fits, stage.original.share)])
    return np.asarray(np.where(parts < NOTHING, 0.0, parts))


def largest_mix(parts: Float64, supply: Int64) -> int:
    """Return the tokens of the largest mix of these proportions: the scarcest cell decides.

    Supplies of 100 and 30 at .5 and .5 make 60.
    """
    asked = parts > 0
    if not asked.any():
        return 0
    return int(_floor((supply[asked] / parts[asked]).min()))


def quotas(parts: Float64, natural: int) -> Int64:
    """Return int64[C], whole tokens that sum to `natural`: rounded down, the largest rests up."""
    if not parts.any():
        return np.zeros(len(parts), np.int64)
    exact = parts * max(natural, 0)
    asked = _floor(exact)
    missing = max(natural, 0) - int(asked.sum())
    order = np.argsort(asked - exact, kind="stable")
    asked[order[: max(missing, 0)]] += 1
    asked[order[len(order) + min(missing, 0) :]] -= 1
    return asked


def _floor(exact: Any) -> Int64:
    """Round down, but for what the rounding of floats took off: 29.999999999 is 30."""
    return np.asarray(np.floor(exact + 1e-6 + 4 * np.finfo(float).eps * exact)).astype(np.int64)


def _base(recipe: Recipe, stage: StageSpec, cells: Sequence[Cell], supply: Int64) -> Float64:
    """Return float64[C], the supply with each source's lengths weighted and its total unchanged.

    What has no supply keeps a trace, so that a share of it can be asked for and seen to be missing.
    """
    weights = upsample_of(recipe, stage)
    given = supply.astype(np.float64)
    base = given * [_weight(weights, cell.low) for cell in cells]
    names = np.array([cell.source for cell in cells])
    for name in np.unique(names):
        mine = names == name
        base[mine] *= given[mine].sum() / (base[mine].sum() or 1.0)
    return np.asarray(np.maximum(base, 1e-12 * given.sum()))


def _weight(weights: dict[int, float], low: int) -> float:
    """Return what documents of a class count: {0: .1, 4096: 1} at 8192 -> 1."""
    reached = [bound for bound in weights if bound <= low]
    return weights[max(reached)] if reached else 1.0


def _margins(
    recipe: Recipe, stage: StageSpec, cells: Sequence[Cell]
) -> Iterator[tuple[str, npt.NDArray[np.bool_], float]]:
    """Yield each share's place in the recipe, the cells that it is of, and how much."""
    for name, source in recipe.sources.items():
        if source.share is not None:
            mine = np.array([cell.source == name for cell in cells])
            yield f"sources.{name}.share", mine, source.share
    for number, share in enumerate(shares_of(recipe, stage)):
        mine = np.array([_is_of(share, recipe, stage, cell) for cell in cells])
        yield f"shares[{number}]", mine, share.share


def _is_of(share: ShareSpec, recipe: Recipe, stage: StageSpec, cell: Cell) -> bool:
    low, high = tokens_of(share.at_least, stage), tokens_of(share.below, stage)
    long_enough = low is None or cell.low >= low
    short_enough = high is None or (cell.high is not None and cell.high <= high)
    return long_enough and short_enough and selects(share, recipe, cell.source)


def _fitted(base: Float64, asked: list[tuple[str, npt.NDArray[np.bool_], float]]) -> Float64:
    groups = np.array([group for _, group, _ in asked], bool).reshape(-1, len(base))
    try:
        return fit(base, groups, np.array([share for *_, share in asked]))
    except ContradictionError as error:
        place, _, share = asked[error.share]
        raise RecipeError(
            f"{place}: {share:.1%} cannot hold beside the other shares; it would come to "
            f"{error.reached:.1%}. Shares of the same documents must not add up to more than they "
            "are a part of, nor to less than all where nothing else is left"
        ) from None


def _check_sources(recipe: Recipe) -> None:
    """Refuse shares of sources that leave a part of the mix to nobody."""
    shares = [source.share for source in recipe.sources.values()]
    fixed = sum(share for share in shares if share is not None)
    if fixed > 1 + NOTHING or (None not in shares and fixed < 1 - NOTHING):
        raise RecipeError(
            f"sources: the shares add up to {fixed:g}; they must be 1 in all, or less with one "
            "source at least that leaves `share` out and takes the rest"
        )
