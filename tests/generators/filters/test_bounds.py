"""A bound itself is allowed, and what has no value is never outside."""

import numpy as np
import pytest

from generators.filters.bounds import outside

VALUES = np.array([1.0, 2.0, 5.0, 8.0, 9.0, np.nan, np.inf, -np.inf])


@pytest.mark.parametrize(
    ("low", "high", "below", "above"),
    [
        (2, 8, [0, 7], [4, 6]),
        (2, None, [0, 7], []),
        (None, 8, [], [4, 6]),
        (None, None, [], []),
        (9, 1, [0, 1, 2, 3, 7], [1, 2, 3, 4, 6]),
    ],
)
def test_values_outside_are_found_on_their_side(low, high, below, above):
    too_low, too_high = outside(VALUES, low=low, high=high)
    assert np.flatnonzero(too_low).tolist() == below
    assert np.flatnonzero(too_high).tolist() == above


def test_a_column_without_rows_has_nothing_outside():
    too_low, too_high = outside(np.zeros(0), low=1, high=2)
    assert (too_low.tolist(), too_high.tolist()) == ([], [])
