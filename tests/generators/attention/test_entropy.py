"""Entropies that a person can name, documents that count alone, and the slope by temperature."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.attention.entropy import (
    effective_tokens,
    entropy,
    needle_share,
    spread,
    visible_keys,
)

LOGITS = st.lists(st.floats(-20, 20), min_size=2, max_size=30).map(np.array)


def test_alike_logits_spread_over_all():
    assert float(entropy(np.full(4, 7.0))) == pytest.approx(math.log(4))
    assert float(effective_tokens(entropy(np.zeros(32)))) == pytest.approx(32)


def test_one_logit_far_above_spreads_over_itself():
    assert float(entropy(np.array([1000.0, 0, 0]))) == 0


def test_thirty_two_times_the_keys_are_ln_32_more():
    short, long = (float(entropy(np.zeros(n))) for n in (4096, 131_072))
    assert long - short == pytest.approx(3.4657, abs=1e-4)


def test_of_random_logits():
    rng = np.random.default_rng(0)
    found = [float(entropy(rng.normal(0, 2, keys))) for keys in (4096, 131_072)]
    assert found == pytest.approx([6.6304, 9.7191], abs=1e-4)
    # Of n normal logits of spread s it is near ln n - s^2 / 2.
    assert found == pytest.approx(np.log([4096, 131_072]) - 2, abs=0.35)


def test_a_query_counts_what_its_document_lets_it_see():
    """A row of documents of 3 and 2 tokens, all logits alike: every query spreads over all."""
    lengths = np.array([3, 2])
    keys = visible_keys(lengths)
    assert keys.tolist() == [1, 2, 3, 1, 2]
    document = np.repeat([0, 1], lengths)
    visible = np.tril(document[:, None] == document[None, :])
    found = entropy(np.zeros((5, 5)), visible=visible)
    assert effective_tokens(found) == pytest.approx([1, 2, 3, 1, 2])
    assert spread(found, keys) == pytest.approx([np.nan, 1, 1, np.nan, 1], nan_ok=True)
    # By the row's length, two tokens of five would look like a head that has made up its mind.
    assert spread(found, np.arange(1, 6))[4] == pytest.approx(math.log(2) / math.log(5))


def test_a_query_without_a_key_is_refused():
    with pytest.raises(ValueError, match="one key"):
        entropy(np.zeros((2, 2)), visible=np.array([[True, False], [False, False]]))


def plainly(logits: np.ndarray) -> float:
    """-sum p ln p, as it is written."""
    weight = [math.exp(z) for z in logits.tolist()]
    shares = [w / sum(weight) for w in weight]
    return -sum(p * math.log(p) for p in shares if p)


@given(LOGITS)
def test_as_it_is_written(logits):
    assert float(entropy(logits)) == pytest.approx(plainly(logits), abs=1e-9)


@given(LOGITS, st.floats(-1e6, 1e6))
def test_a_constant_changes_nothing_and_hidden_keys_do_not_count(logits, by):
    assert float(entropy(logits + by)) == pytest.approx(float(entropy(logits)), abs=1e-6)
    more = np.append(logits, 1e9)
    seen = np.arange(len(more)) < len(logits)
    assert float(entropy(more, visible=seen)) == pytest.approx(float(entropy(logits)), abs=1e-9)


@given(LOGITS, st.floats(0.5, 4))
def test_entropy_grows_with_temperature_by_the_variance(logits, at):
    """dH/dt = Var(z) / t^3, the variance by the attention at t."""
    step = 1e-4
    slope = (entropy(logits / (at + step)) - entropy(logits / (at - step))) / (2 * step)
    p = np.exp((logits - logits.max()) / at)
    p /= p.sum()
    variance = (p * (logits - (p * logits).sum()) ** 2).sum()
    assert float(slope) == pytest.approx(variance / at**3, rel=1e-3, abs=1e-5)
    assert slope >= -1e-9


def test_a_needle_is_the_same_by_the_whole_softmax():
    logits = np.zeros(100)
    logits[40] = 3.0
    whole = np.exp(1.5 * logits) / np.exp(1.5 * logits).sum()
    assert needle_share(3.0, 100, multiplier=1.5) == pytest.approx(whole[40])
    assert needle_share(3.0, 1) == 1
    with pytest.raises(ValueError, match="1 or more"):
        needle_share(3.0, 0)
