"""Rows that a person can map by eye, and what Self-Extend promises of every length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.attention.self_extend import least_group, longest, relative, used


def row(query: int, **options) -> list[float]:
    keys = np.arange(query + 1)
    return relative(np.array([query]), keys, **options)[0].tolist()


def test_a_row_by_eye():
    expected = [11] * 4 + [10] * 4 + [9] * 4 + [8] * 4 + [7, 6, 5, 4, 3, 2, 1, 0]
    assert row(23, window=8, group=4) == expected


def test_the_window_counts_the_token_itself():
    """A window of 8 keeps distances 0..7; the key at distance 8 is the first of a group."""
    assert row(8, window=8, group=4) == [8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert row(9, window=8, group=4) == [8, 8, 7, 6, 5, 4, 3, 2, 1, 0]


def test_later_keys_are_not_seen():
    found = relative(np.arange(3), np.arange(3), window=2, group=2)
    assert found.tolist() == [[0, -1, -1], [1, 0, -1], [2, 1, 0]]


@pytest.mark.parametrize(("shift", "distance"), [("fraction", 5.5), ("floor", 6.0)])
def test_a_window_that_is_no_multiple_of_the_group(shift, distance):
    """i = 7 and j = 1 lie 6 apart and one group apart: 1 + 6 - 6/4, or 1 + 6 - 1."""
    assert row(7, window=6, group=4, shift=shift)[1] == distance


def test_such_a_window_is_refused_unless_asked_for():
    with pytest.raises(ValueError, match="multiple"):
        row(7, window=6, group=4)


@pytest.mark.parametrize("shift", ["fraction", "floor"])
def test_of_a_whole_window_all_readings_are_one(shift):
    assert row(40, window=8, group=4, shift=shift) == row(40, window=8, group=4)


def test_published_lengths():
    assert longest(4096, window=1024, group=8) == 25_600
    assert least_group(4096, 15_800, window=1024) == 5
    assert used(15_800, window=1024, group=5) == pytest.approx(3979.2)


@given(group=st.integers(1, 6), ratio=st.integers(1, 4), more=st.integers(1, 12))
def test_the_longest_text_uses_every_position_and_no_more(group, ratio, more):
    window = group * ratio
    trained = window + more
    most = longest(trained, window=window, group=group)
    assert max(row(most - 1, window=window, group=group)) == trained - 1
    assert max(row(most, window=window, group=group)) == trained
    assert least_group(trained, most, window=window) == group


@given(query=st.integers(0, 80), group=st.integers(1, 6), ratio=st.integers(1, 4))
def test_farther_is_never_nearer_and_near_is_exact(query, group, ratio):
    window = group * ratio
    found = np.array(row(query, window=window, group=group))
    assert (np.diff(found) <= 0).all()
    true = query - np.arange(query + 1)
    assert found[true < window].tolist() == true[true < window].tolist()
    assert (found[true >= window] >= window - 1).all()


@pytest.mark.parametrize("options", [{"window": 0, "group": 1}, {"window": 4, "group": 0}])
def test_what_cannot_be_is_refused(options):
    with pytest.raises(ValueError, match="1 or more"):
        row(3, **options)
    with pytest.raises(ValueError, match="less than 8"):
        least_group(8, 16, window=8)
