"""Dynamic NTK, as transformers computes it at a length."""

import numpy as np
import pytest

from tests.generators.rope.oracle import (
    BASES,
    HEADS,
    Rope,
    assert_same,
    assert_same_on_the_grid,
    rope_of,
    scaled,
    vectors,
)

SMALL = Rope(dim=64, base=1e4, trained=4096)


def test_factor_1_is_ntk_at_the_length():
    ntk = scaled("ntk", SMALL, 16384).inv_freq
    np.testing.assert_array_equal(scaled("dynamic", SMALL, 16384).inv_freq, ntk)


def test_factor_4_at_4_times_the_length_scales_by_13():
    made = scaled("dynamic", SMALL, 16384, factor=4)
    np.testing.assert_allclose(made.inv_freq, scaled("ntk", SMALL, 4096 * 13).inv_freq)
    assert made.notes[0].endswith("scaled by 13")


@pytest.mark.parametrize("configuration", vectors())
def test_committed_vectors_at_twice_the_length(configuration):
    rope, target = rope_of(configuration)
    made = scaled("dynamic", rope, 2 * rope.trained, factor=target // rope.trained)
    np.testing.assert_allclose(made.inv_freq, vectors()[configuration]["dynamic_at_2L"], rtol=1e-9)


def test_the_config_keeps_the_trained_length():
    made = scaled("dynamic", SMALL, 8192, factor=4)
    assert made.max_positions == 4096
    assert made.config == {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 1e4}
    assert_same(made, head=64, length=8192)


@pytest.mark.parametrize(("head", "part"), HEADS)
@pytest.mark.parametrize("base", BASES)
def test_transformers_agrees(head, part, base):
    assert_same_on_the_grid("dynamic", head=head, part=part, base=base, with_length=True)
