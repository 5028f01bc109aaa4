"""Llama-3's scaling."""

import numpy as np
import pytest
from pydantic import ValidationError

from generators.rope import compression
from generators.rope.llama3 import Options
from tests.generators.rope.oracle import (
    BASES,
    HEADS,
    Rope,
    assert_same,
    assert_same_on_the_grid,
    scaled,
)

LLAMA3 = Rope(dim=128, base=5e5, trained=8192)


def test_llama_3_1_as_published():
    """Factor 8 for 16 times the length."""
    made = scaled("llama3", LLAMA3, 131072, factor=8)
    squeezed = compression(LLAMA3, made.inv_freq)
    np.testing.assert_allclose(squeezed[:29], 1)
    np.testing.assert_allclose(
        squeezed[29:36], [1.2075, 1.5534, 2.0263, 2.6945, 3.6843, 5.2573, 8], rtol=5e-5
    )
    np.testing.assert_allclose(squeezed[35:], 8)
    assert made.inv_freq[63] == pytest.approx(3.068926e-7, rel=1e-6)
    assert made.config == {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
        "rope_theta": 5e5,
    }
    assert_same(made, head=128)


def by_parts(rope, s, alpha, beta):
    """NTK-by-parts as YaRN's paper writes it, pair by pair: gamma of the turns r."""
    for i in range(rope.dim // 2):
        theta = rope.base ** (-2 * i / rope.dim)
        r = rope.trained * theta / (2 * np.pi)
        gamma = 0 if r < alpha else 1 if r > beta else (r - alpha) / (beta - alpha)
        yield (1 - gamma) * theta / s + gamma * theta


@pytest.mark.parametrize("s", [2, 8, 64])
@pytest.mark.parametrize("dim", [64, 96, 128])
def test_it_is_the_papers_ntk_by_parts_with_other_ends(dim, s):
    rope = Rope(dim=dim, base=5e5, trained=8192)
    made = scaled("llama3", rope, 8192 * s)
    np.testing.assert_allclose(made.inv_freq, list(by_parts(rope, s, 1, 4)), rtol=1e-12)


def test_ends_of_ones_own():
    made = scaled("llama3", LLAMA3, 65536, low_freq_factor=2, high_freq_factor=16)
    np.testing.assert_allclose(made.inv_freq, list(by_parts(LLAMA3, 8, 2, 16)), rtol=1e-12)
    assert_same(made, head=128)


@pytest.mark.parametrize("high", [0.5, 1])
def test_ends_out_of_order_are_refused(high):
    with pytest.raises(ValidationError, match="high_freq_factor must be above"):
        Options(high_freq_factor=high)


@pytest.mark.parametrize(("head", "part"), HEADS)
@pytest.mark.parametrize("base", BASES)
def test_transformers_agrees(head, part, base):
    """At little more than 1 turn, float32 loses digits of turns - 1, all the more for factor 64."""
    assert_same_on_the_grid("llama3", head=head, part=part, base=base, close=5e-6)
