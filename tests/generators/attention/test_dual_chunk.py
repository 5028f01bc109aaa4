"""A row that a person can map by eye, and what chunks promise of every length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.attention.dual_chunk import relative


def row(query: int, **options) -> list[int]:
    return relative(np.array([query]), np.arange(query + 1), **options)[0].tolist()


def test_a_row_by_eye():
    older, before, same = [8, 7, 6, 5, 4, 3], [7, 6, 5, 4, 3, 2], [1, 0]
    assert row(19, chunk_size=8, local_size=2) == older + older + before + same


def test_the_chunk_before_stops_at_the_chunk_size():
    """i = 22 is 4 into its chunk: 4 + 6 = 10 would be the key's zero, but 8 is the most."""
    assert row(22, chunk_size=8, local_size=2)[12:] == [8, 7, 6, 5, 4, 3, 4, 3, 2, 1, 0]


def test_within_one_chunk_nothing_changes():
    assert row(5, chunk_size=8, local_size=2) == [5, 4, 3, 2, 1, 0]


def test_later_keys_are_not_seen():
    found = relative(np.array([1]), np.arange(4), chunk_size=8, local_size=2)
    assert found.tolist() == [[1, 0, -1, -1]]


def by_cases(i: int, j: int, chunk_size: int, local_size: int) -> int:
    """The three cases, written out for one pair."""
    c = chunk_size - local_size
    if i // c == j // c:
        return i - j
    if i // c == j // c + 1:
        return min(i % c + c, chunk_size) - j % c
    return min(2 * c - 1, chunk_size) - j % c


@given(local=st.integers(0, 5), more=st.integers(1, 8), query=st.integers(0, 60))
def test_each_pair_has_its_case_and_near_ones_are_exact(local, more, query):
    chunk = 2 * local + more
    found = row(query, chunk_size=chunk, local_size=local)
    assert found == [by_cases(query, j, chunk, local) for j in range(query + 1)]
    assert min(found) >= 0
    assert max(found) <= chunk
    near = min(local, query)
    assert found[query - near :] == list(range(near, -1, -1))


@pytest.mark.parametrize("sizes", [(8, 5), (8, -1), (0, 0)])
def test_what_cannot_be_is_refused(sizes):
    with pytest.raises(ValueError, match="at least twice"):
        row(3, chunk_size=sizes[0], local_size=sizes[1])
