"""The bound is never above what a packing needs; else a perfect packing would look impossible."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.packing._bound import lower_bound


@pytest.mark.parametrize(
    ("lengths", "rows"),
    [
        ([], 0),
        ([10], 1),
        ([6, 6, 6, 4], 3),
        ([6, 6, 6], 3),
        ([5, 5, 5], 2),
        ([7, 7, 4, 4, 4], 4),
        ([95], 10),
    ],
)
def test_bound_by_eye(lengths, rows):
    # 7 7 4 4 4: the tokens need 3 rows, but no four shares a row with a seven: 2 + ceil(12 / 10)
    assert lower_bound(np.array(lengths, dtype=np.int64), 10) == rows


@cache
def fewest_rows(lengths, free):
    """Try every row for every piece."""
    if not lengths:
        return len(free)
    length, *others = lengths
    rest = tuple(others)
    best = fewest_rows(rest, tuple(sorted((*free, 10 - length))))
    for at, gap in enumerate(free):
        if gap >= length:
            filled = tuple(sorted((*free[:at], gap - length, *free[at + 1 :])))
            best = min(best, fewest_rows(rest, filled))
    return best


@given(st.lists(st.integers(1, 10), max_size=7))
@settings(deadline=None)
def test_never_above_the_best_of_all_packings(lengths):
    assert lower_bound(np.array(lengths, dtype=np.int64), 10) <= fewest_rows(tuple(lengths), ())
