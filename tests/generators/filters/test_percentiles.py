"""Bounds are percentiles of a document's own group, and take no more of it than was asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.filters.percentiles import percentile_bounds

NONE = (-np.inf, np.inf)


def bounds(values, groups, *, low=1, high=99):
    given_values = np.array(values, dtype=np.float64)
    lower, upper = percentile_bounds(
        given_values, np.array(groups, dtype=np.int64), low=low, high=high
    )
    return list(zip(lower.tolist(), upper.tolist(), strict=True))


def test_a_group_has_its_own_bounds():
    values = [*range(101), *range(1000, 1101)]
    groups = [7] * 101 + [-2] * 101
    assert bounds(values, groups) == [(1, 99)] * 101 + [(1001, 1099)] * 101


def test_groups_may_lie_mixed():
    values = [place for pair in zip(range(21), range(100, 121), strict=True) for place in pair]
    assert bounds(values, [4, 8] * 21, low=5, high=95) == [(1, 19), (101, 119)] * 21


def test_a_group_loses_no_more_than_was_asked():
    """One of ten documents is a tenth: 9 % allow none of them, 10 % one on each side."""
    assert bounds(range(10), [0] * 10, low=9, high=91)[0] == (0, 9)
    assert bounds(range(10), [0] * 10, low=10, high=90)[0] == (1, 8)


def test_missing_values_are_no_values_but_have_the_bounds_of_their_group():
    values = [*range(21), np.nan]
    assert bounds(values, [0] * 22, low=10, high=90) == [(2, 18)] * 22
    assert bounds([np.nan] * 30, [0] * 30) == [NONE] * 30


def test_infinite_values_give_no_rubbish():
    assert bounds([np.inf] * 25, [0] * 25)[0] == (np.inf, np.inf)
    assert bounds([*range(19), np.inf, np.inf], [0] * 21, low=5, high=90)[0] == (1, 18)


def test_no_documents_have_no_bounds():
    assert bounds([], []) == []


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 2)), max_size=120),
    st.floats(0, 49),
    st.floats(51, 100),
)
def test_outside_is_at_most_what_was_asked_and_one_document_more_would_be_too_much(
    pairs, low, high
):
    found = bounds([value for value, _ in pairs], [group for _, group in pairs], low=low, high=high)
    for group in {group for _, group in pairs}:
        own = sorted(value for value, other in pairs if other == group)
        below, above = int(len(own) * low / 100), int(len(own) * (100 - high) / 100)
        mine = {bound for bound, (_, other) in zip(found, pairs, strict=True) if other == group}
        assert mine == {(own[below], own[-1 - above])}


@pytest.mark.parametrize(("low", "high"), [(-1, 99), (1, 101), (50, 50), (99, 1)])
def test_percentiles_that_do_not_rise_are_refused(low, high):
    with pytest.raises(ValueError, match="give two rising numbers of 0 to 100"):
        bounds([1.0], [0], low=low, high=high)


def test_each_value_needs_a_group():
    with pytest.raises(ValueError, match="2 values and 1 groups"):
        bounds([1.0, 2.0], [0])
