"""Laws of depth: how even strata become depths that lie where the recipe wants them.

A stratified draw has one value in each k-th part of [0, 1). The law's quantile function takes it to
a depth, so the strata hold under every law: of 1,000 depths exactly 500 lie before its median.

    uniform    u                     0.10 0.50 0.90  ->  0.10 0.50 0.90
    middle     truncated normal      0.10 0.50 0.90  ->  0.25 0.50 0.75      sigma 0.2
    edges      arcsine               0.10 0.50 0.90  ->  0.02 0.50 0.98
    inverse_u  beta(2, 2)            0.10 0.50 0.90  ->  0.20 0.50 0.80
    grid       points in the middle of equal parts
    list       the values given, equally often
    joint      cells of length x depth x distance, each as often as its weight says

Quantiles without a formula are read from the law's density, summed over a grid of GRID cells.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from schemas.errors import RecipeError
from schemas.task_spec import Cell, DepthLaw

Float64 = npt.NDArray[np.float64]

GRID = 1 << 14
"""Cells; a depth is then off by 0.0001 at most where the density is not extremely steep."""


def at_quantiles(law: DepthLaw, u: Float64, *, length: int) -> Float64:
    """Return the depths below which the shares `u` (float64 of any shape, in [0, 1)) lie.

    `length` is that of the samples, in tokens. Raises RecipeError when a joint law has no cell for
    it.
    """
    if law.law == "uniform":
        return u
    if law.law == "edges":
        return np.asarray(np.sin(np.pi / 2 * u) ** 2)
    if law.law == "joint":
        return _from_cells(law, u, length)
    if law.law in ("grid", "list"):
        points = _points(law)
        return np.asarray(points[(u * len(points)).astype(np.int64)])
    return _from_density(_DENSITIES[law.law](law), u)


def _points(law: DepthLaw) -> Float64:
    if law.law == "list":
        return np.array(law.values)
    return np.asarray((np.arange(law.points) + 0.5) / law.points)


def _from_cells(law: DepthLaw, u: Float64, length: int) -> Float64:
    """Return depths uniform within each cell's range, the cells in order of their depths.

    In 10,000 tokens a distance of 2,000 to 5,000 is a depth of 0.5 to 0.8.
    """
    ranges = sorted((*found, c.weight) for c in law.cells if (found := _range(c, length)))
    if not ranges:
        raise RecipeError(
            f"depths: no cell of the joint law holds evidence of samples of {length} tokens; widen "
            "a cell, or give other `lengths`"
        )
    low, high, weight = np.array(ranges).T
    before = np.cumsum(weight) - weight
    scaled = u * weight.sum()
    cell = np.searchsorted(before, scaled, side="right") - 1
    return np.asarray(low[cell] + (high - low)[cell] * (scaled - before[cell]) / weight[cell])


def _range(cell: Cell, length: int) -> tuple[float, float] | None:
    """Return the depths that a cell leaves to samples of a length; None when there are none."""
    if cell.lengths and not cell.lengths[0] <= length <= cell.lengths[1]:
        return None
    low, high = cell.depths
    if cell.distance:
        low = max(low, 1 - cell.distance[1] / length)
        high = min(high, 1 - cell.distance[0] / length)
    return (low, high) if low < high else None


def _from_density(density: Callable[[Float64], Float64], u: Float64) -> Float64:
    edges = np.linspace(0, 1, GRID + 1)
    mass = np.append(0, np.cumsum(density((edges[1:] + edges[:-1]) / 2)))
    return np.asarray(np.minimum(np.interp(u, mass / mass[-1], edges), math.nextafter(1, 0)))


def _normal(law: DepthLaw) -> Callable[[Float64], Float64]:
    return lambda x: np.exp(-(((x - law.mean) / law.sigma) ** 2) / 2)


def _cream(law: DepthLaw) -> Callable[[Float64], Float64]:
    """CREAM's law of the middle (Wu et al. 2024): sigma 3 on a range of 2 to twice the factor."""
    sigma = 3 / (2 * law.factor - 2)
    return lambda x: np.exp(-(((x - 0.5) / sigma) ** 2) / 2)


def _beta(law: DepthLaw) -> Callable[[Float64], Float64]:
    return lambda x: x ** (law.a - 1) * (1 - x) ** (law.b - 1)


def _inverse_u(law: DepthLaw) -> Callable[[Float64], Float64]:
    return lambda x: x * (1 - x)


_DENSITIES: dict[str, Callable[[DepthLaw], Callable[[Float64], Float64]]] = {
    "middle": _normal,
    "cream": _cream,
    "beta": _beta,
    "inverse_u": _inverse_u,
}
"""By law: its density on (0, 1), up to a factor."""
