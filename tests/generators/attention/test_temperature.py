"""Factors against published numbers, transformers, and the direction in which they work."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.attention.entropy import entropy, needle_share
from generators.attention.temperature import (
    llama4_at,
    log_length,
    log_length_at,
    longrope_attention_factor,
    ministral_at,
    yarn_attention_factor,
    yarn_temperature,
)


def test_log_length_by_eye():
    """2^12 -> 2^17."""
    assert log_length(131_072, 4096) == pytest.approx(17 / 12, rel=1e-14)
    assert log_length_at(np.array([0, 4095, 131_071]), 4096) == pytest.approx([1, 1, 17 / 12])


@pytest.mark.parametrize(
    ("scale", "factor"),
    [(0.5, 1), (1, 1), (2, 1.0693147), (4, 1.1386294), (8, 1.2079442), (32, 1.3465736)],
)
def test_yarn_by_published_values(scale, factor):
    assert yarn_attention_factor(scale) == pytest.approx(factor, abs=1e-7)


def test_yarn_sharpens():
    """Its t is below 1 and logits are divided by it: 1.3466 on cos and sin, 1.8133 on logits."""
    assert yarn_temperature(32) == pytest.approx(0.5515, abs=1e-4)
    assert 1 / yarn_temperature(32) == pytest.approx(1.8133, abs=1e-4)
    logits = np.random.default_rng(0).normal(0, 2, 131_072)
    plain, right, wrong = (
        float(entropy(logits * factor))
        for factor in (1, 1 / yarn_temperature(32), 1 / yarn_attention_factor(32))
    )
    assert (plain, right, wrong) == pytest.approx((9.7203, 5.1882, 10.6634), abs=1e-3)
    assert right < plain < wrong


def test_a_needle_loses_its_share_and_gets_it_back():
    long = 131_072
    assert needle_share(8, 4096) == pytest.approx(0.421, abs=5e-4)
    assert needle_share(8, long) == pytest.approx(0.0222, abs=5e-5)
    back = needle_share(8, long, multiplier=log_length(long, 4096))
    assert back == pytest.approx(0.389, abs=5e-4)
    sharp = needle_share(8, long, multiplier=1 / yarn_temperature(32))
    assert sharp == pytest.approx(0.938, abs=5e-4)


@pytest.mark.parametrize(
    ("target", "trained", "factor"),
    [
        (32_768, 4096, 1.1180340),
        (131_072, 8192, 1.1435437),
        (131_072, 4096, 1.1902381),
        (131_072, 2048, 1.2431631),
        (2048, 4096, 1),
    ],
)
def test_longrope_by_published_values(target, trained, factor):
    assert longrope_attention_factor(target, trained) == pytest.approx(factor, abs=1e-7)


@given(trained=st.integers(2, 10**6), scale=st.floats(1, 1000))
def test_longrope_squared_is_log_length(trained, scale):
    target = trained * scale
    # Written with the scale, as the paper has it, and not with the target.
    papers = math.sqrt(1 + math.log(scale) / math.log(trained))
    assert longrope_attention_factor(target, trained) == pytest.approx(papers)
    assert papers**2 == pytest.approx(log_length(target, trained))


def test_per_position_steps_by_eye():
    at = np.array([0, 8190, 8191, 16_382, 16_383])
    low, high = 1 + 0.1 * math.log(2), 1 + 0.1 * math.log(3)
    assert llama4_at(at) == pytest.approx([1, 1, low, low, high])
    assert ministral_at(at + 1, trained=8192) == pytest.approx([1, 1, low, low, high])


def test_ministral_as_transformers_has_it():
    torch = pytest.importorskip("torch")
    ministral = pytest.importorskip("transformers.models.ministral3.modeling_ministral3")
    at = np.array([0, 16_383, 16_384, 40_000, 262_143])
    theirs = ministral.get_llama_4_attn_scale(torch.tensor(at)[None], 0.1, 16_384)
    assert ministral_at(at, trained=16_384) == pytest.approx(theirs.numpy().ravel(), rel=1e-6)


@pytest.mark.parametrize("lengths", [(1, 4096), (4096, 1)])
def test_lengths_without_a_logarithm_are_refused(lengths):
    with pytest.raises(ValueError, match="more than 1"):
        log_length(*lengths)
    with pytest.raises(ValueError, match="more than 1"):
        log_length_at(np.arange(3), 1)
