"""Counting from 0."""

import numpy as np

from generators.positions.restart import Options, fits, positions


def test_five_tokens() -> None:
    drawn = positions(np.random.default_rng(0), 5, 100, Options())
    assert drawn.tolist() == [0, 1, 2, 3, 4]
    assert fits(1, 1, Options())
