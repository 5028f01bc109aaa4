"""Bounds: which values of a column lie below or above what a recipe allows.

    values 1, 5, 9, NaN; low 2, high 8  ->  below: only the first; above: only the third

The bounds themselves are allowed, and a value that could not be had (NaN) is never outside. Cost:
two comparisons a value.
"""

from generators.filters import Flags, Floats


def outside(values: Floats, *, low: float | None, high: float | None) -> tuple[Flags, Flags]:
    """Return bool[N] of what is less than `low`, and bool[N] of what is more than `high`.

    `values` is float64[N]; None is no bound.
    """
    below: Flags = values < (-float("inf") if low is None else low)
    above: Flags = values > (float("inf") if high is None else high)
    return below, above
