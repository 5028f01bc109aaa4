"""Shares of targets become shares of tokens that give those shares of targets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.mixing.counted import token_shares


def test_a_tenth_of_the_targets_where_half_of_a_sample_counts() -> None:
    (share,) = token_shares([0.1], [0.5])
    assert share == pytest.approx(0.2 / 1.1)


def test_samples_that_count_whole_keep_their_share() -> None:
    assert token_shares([0.1, 0.2], [1.0, 1.0]) == pytest.approx([0.1, 0.2])


TASKS = st.lists(st.tuples(st.floats(0, 0.3), st.floats(0.001, 1)), max_size=3)


@given(TASKS)
def test_counting_the_targets_gives_the_shares_back(tasks) -> None:
    shares, rates = [s for s, _ in tasks], [r for _, r in tasks]
    tokens = token_shares(shares, rates)
    assert sum(tokens) <= 1 + 1e-9
    targets = [token * rate for token, rate in zip(tokens, rates, strict=True)]
    total = sum(targets) + 1 - sum(tokens)
    assert [target / total for target in targets] == pytest.approx(shares, abs=1e-9)
