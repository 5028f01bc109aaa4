"""A fragment goes on at its offset, as long as it ends below the target."""

import numpy as np
import pytest

from generators.positions.continued import Options, fits, positions


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(0, [0, 1, 2, 3]), (10, [10, 11, 12, 13]), (12, [12, 13, 14, 15]), (13, [0, 1, 2, 3])],
)
def test_four_tokens_below_sixteen(offset: int, expected: list[int]) -> None:
    options = Options(offset=offset)
    assert positions(np.random.default_rng(0), 4, 16, options).tolist() == expected
    assert fits(4, 16, options) == (expected[0] == offset)
