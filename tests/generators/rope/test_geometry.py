"""Facts about a scaling that no training changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.rope import (
    Rope,
    critical_dim,
    first_negative,
    frequencies,
    measured,
    slow,
    turns,
    wavelengths,
)
from tests.generators.rope.oracle import rope_of, scaled, vectors

LLAMA3 = Rope(dim=128, base=5e5, trained=8192)


def test_the_fastest_pair_turns_in_two_pi_tokens():
    lengths = wavelengths(frequencies(128, 1e4))
    assert lengths[0] == pytest.approx(6.2832, rel=1e-5)
    assert lengths[-1] == pytest.approx(54_410, rel=1e-4)
    assert turns(frequencies(4, 100), 1257)[1] == pytest.approx(20, rel=1e-3)


@pytest.mark.parametrize(
    ("rope", "critical", "ten", "slow_pairs"),
    [
        (Rope(dim=128, base=1e4, trained=4096), 46, 30, 18),
        (LLAMA3, 35, 24, 29),
        (Rope(dim=96, base=1e4, trained=2048), 31, 19, 17),
        (Rope(dim=128, base=1e6, trained=32768), 40, 29, 24),
        (Rope(dim=64, base=1e4, trained=1024), 18, 10, 14),
    ],
)
def test_critical_dimensions_of_models(rope, critical, ten, slow_pairs):
    assert critical_dim(rope) == critical
    assert critical_dim(rope, full_turns=10) == ten
    assert slow(rope).sum() == slow_pairs


@pytest.mark.parametrize("configuration", vectors())
def test_committed_critical_dimensions(configuration):
    rope, _ = rope_of(configuration)
    scalars = vectors()[configuration]["scalars"]
    assert critical_dim(rope) == scalars["critical_dim"]
    assert critical_dim(rope, full_turns=10) == scalars["d10"]


@given(
    dim=st.sampled_from([2, 32, 64, 128]), base=st.floats(1.5, 1e8), trained=st.integers(1, 10**7)
)
def test_the_critical_dimension_counts_the_pairs_that_are_not_slow(dim, base, trained):
    rope = Rope(dim=dim, base=base, trained=trained)
    made = turns(frequencies(dim, base), trained)
    near = np.abs(made - 1) < 1e-9
    assert abs(critical_dim(rope) - int((~slow(rope)).sum())) <= near.sum()


@pytest.mark.parametrize(
    ("method", "options", "unseen", "rest"),
    [
        ("none", {}, 29, (16, 1, 1, 1)),
        ("linear", {}, 0, (1, 16, 16, 1)),
        ("ntk", {}, 28, (3.43, 2.21, 16, 1)),
        ("base", {"base": 8e6}, 29, (3.51, 2.18, 15.32, 1)),
        ("base", {"base": 5e7}, 4, (1.29, 3.65, 93.06, 1)),
        ("critical", {}, 0, (1, 4.16, 147.37, 1)),
        ("yarn", {}, 0, (1, 1, 16, 1.631)),
        ("llama3", {}, 0, (1, 1, 16, 1)),
        ("llama3", {"factor": 8}, 29, (2, 1, 8, 1)),
    ],
)
def test_llama_3_at_131072(method, options, unseen, rest):
    """The rest: worst over-range, compression of fast pairs and of the last, growth of logits."""
    made = scaled(method, LLAMA3, 131072, **options)
    figures = measured(LLAMA3, made.inv_freq, 131072, attention_factor=made.attention_factor)
    assert (figures.slow, figures.unseen) == (29, unseen)
    found = (figures.worst, figures.fast, figures.last, figures.logits)
    assert found == pytest.approx(rest, abs=5e-3)


def test_a_model_without_slow_or_without_fast_pairs():
    long = Rope(dim=4, base=4, trained=100_000)
    assert measured(long, frequencies(4, 4), 200_000).worst == 0
    short = Rope(dim=4, base=4, trained=5)
    assert measured(short, frequencies(4, 4) / 2, 10).fast == 1


@pytest.mark.parametrize(
    ("dim", "base", "first"), [(128, 1e4, 1707), (128, 5e5, 18438), (64, 1e4, 725)]
)
def test_the_first_distance_with_a_negative_sum_of_cosines(dim, base, first):
    inv_freq = frequencies(dim, base)
    assert first_negative(inv_freq, 10**6) == first
    assert first_negative(inv_freq, first) == first
    assert first_negative(inv_freq, first - 1) is None


def test_one_pair_is_negative_after_a_quarter_turn():
    assert first_negative(np.array([1.0]), 10) == 2
