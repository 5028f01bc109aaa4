"""Any positions, each at most once, in order."""

import itertools
from collections import Counter

import numpy as np
import pytest

from generators.positions.randpos import Options, fits, positions


def test_all_sets_of_positions_are_equally_likely() -> None:
    """3 of 5: after the least is taken off, the ten sets come to six, some of them twice."""
    expected = Counter(
        tuple(p - chosen[0] for p in chosen) for chosen in itertools.combinations(range(5), 3)
    )
    rng, draws = np.random.default_rng(1), 20_000
    found = Counter(tuple(positions(rng, 3, 5, Options()).tolist()) for _ in range(draws))
    assert found.keys() == expected.keys()
    assert expected[0, 1, 2] == 3
    chi = sum((found[k] - draws * n / 10) ** 2 / (draws * n / 10) for k, n in expected.items())
    assert chi < 20.5  # 5 degrees of freedom, 1 in 1,000


def test_more_tokens_than_positions_cannot_be() -> None:
    assert not fits(6, 5, Options())
    assert not fits(1, 5, Options())
    with pytest.raises(ValueError, match="larger sample"):
        positions(np.random.default_rng(0), 6, 5, Options())
