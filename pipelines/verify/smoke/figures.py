"""Figures of an arm: what its audits say, each with its 95 % confidence interval.

losses .1 .9 .1 at depths .1 .5 .9   ->   middle minus ends +0.8, early minus late 0
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.verify.smoke.audit import Audit

Float64 = npt.NDArray[np.float64]

Z = 1.959964
"""97.5 % quantile of the normal law."""
BANDS = 5
BINS = 10
MIDDLE = (0.3, 0.7)
ENDS = (0.2, 0.8)
"""Depths that count as the middle, and below and above which text ends; docs/smoke.md has why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and its interval; NaN where there was nothing to count."""

    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, float | None]:
        """Return JSON values, null for NaN."""
        parts = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if np.isnan(x) else round(x, 4) for name, x in parts.items()}


def share(hits: npt.NDArray[Any]) -> Figure:
    """Return the mean of hits and Wilson's interval (1927): 8 of 10 -> 0.8, 0.49 to 0.94."""
    n = len(hits)
    if not n:
        return _missing()
    return wilson(float(hits.mean()), n)


def wilson(p: float, n: float) -> Figure:
    """Return a share p of n with the interval of Wilson (1927)."""
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * np.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return Figure(value=p, low=float(middle - half), high=float(middle + half))


def mean(values: Float64) -> Figure:
    """Return the mean and 1.96 standard errors either way."""
    return _figure(*_moments(values))


def difference(above: Float64, below: Float64) -> Figure:
    """Return mean(above) - mean(below); the standard errors add up in squares."""
    (a, error_a), (b, error_b) = _moments(above), _moments(below)
    return _figure(a - b, float(np.hypot(error_a, error_b)))


def middle_minus_ends(audit: Audit) -> Figure:
    """Return how much dearer answers are whose evidence lies in the middle."""
    d = audit.depths
    middle = (d >= MIDDLE[0]) & (d < MIDDLE[1])
    ends = (d < ENDS[0]) | (d >= ENDS[1])
    return difference(audit.nll[middle], audit.nll[ends])


def early_minus_late(audit: Audit) -> Figure:
    """Return how much dearer answers are whose evidence lies far before the question."""
    return difference(audit.nll[audit.depths < ENDS[0]], audit.nll[audit.depths >= ENDS[1]])


def by_depth(audit: Audit, parts: int = BINS) -> list[dict[str, Any]]:
    """Return count, exact share and loss of the answers in equal parts of the depth."""
    at = np.minimum((audit.depths * parts).astype(int), parts - 1)
    return [
        {
            "from": part / parts,
            "answers": int((at == part).sum()),
            "exact": share(audit.exact[at == part]).as_json(),
            "nll": mean(audit.nll[at == part]).as_json(),
        }
        for part in range(parts)
    ]


def worst_band(audit: Audit) -> float:
    """Return the least exact share of five equal bands of depth; NaN where none has answers."""
    at = np.minimum((audit.depths * BANDS).astype(int), BANDS - 1)
    shares = [audit.exact[at == band].mean() for band in range(BANDS) if (at == band).any()]
    return float(min(shares, default=np.nan))


def _moments(values: Float64) -> tuple[float, float]:
    if len(values) < 2:  # noqa: PLR2004 - one value has no spread
        return (float(values.mean()) if len(values) else np.nan), np.nan
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def _figure(value: float, error: float) -> Figure:
    return Figure(value=value, low=value - Z * error, high=value + Z * error)


def _missing() -> Figure:
    return Figure(value=np.nan, low=np.nan, high=np.nan)
