"""YaRN: the ramp, its ends, the attention factor."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from generators.rope import compression
from generators.rope.yarn import Options, attention_factor, ends, ramp
from schemas.errors import RecipeError
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


@pytest.mark.parametrize(
    ("dim", "base", "trained", "expected"),
    [
        (64, 1e4, 4096, (10, 23)),
        (128, 1e4, 4096, (20, 46)),
        (128, 5e5, 8192, (18, 35)),
        (96, 1e4, 2048, (12, 31)),
        (64, 1e4, 64, (0, 9)),  # nothing turns 32 times: the ramp begins at the first pair
        (64, 1e4, 65536, (20, 33)),  # beyond the last pair, 31
    ],
)
def test_ends_of_the_ramp(dim, base, trained, expected):
    assert ends(Rope(dim=dim, base=base, trained=trained), Options()) == expected


def test_ends_that_are_not_rounded():
    np.testing.assert_allclose(ends(SMALL, Options(truncate=False)), (10.4722, 22.5134), rtol=1e-5)


@pytest.mark.parametrize("configuration", vectors())
def test_committed_ranges_and_attention_factors(configuration):
    rope, target = rope_of(configuration)
    scalars = vectors()[configuration]["scalars"]
    assert list(ends(rope, Options())) == scalars["yarn_range"]
    assert scaled("yarn", rope, target).attention_factor == pytest.approx(scalars["yarn_mscale"])


def test_the_last_pair_of_a_long_model_is_not_slowed_in_full():
    rope = Rope(dim=64, base=1e4, trained=65536)
    made = scaled("yarn", rope, 4 * 65536)
    assert compression(rope, made.inv_freq)[-1] == pytest.approx(2.737, abs=5e-4)
    assert "not slowed in full" in made.notes[0]
    assert_same(made, head=64)


def test_equal_ends_make_a_step():
    """One turn at both ends, of which the index is a whole number: L = 2 pi * 10 ** 2."""
    rope = Rope(dim=64, base=1e4, trained=628)
    options = Options(beta_fast=1, beta_slow=1, truncate=False)
    first, last = ends(rope, options)
    assert first == last
    assert set(ramp(rope, options).tolist()) == {0.0, 1.0}
    same = {"beta_fast": 1, "beta_slow": 1, "truncate": False}
    assert_same(scaled("yarn", rope, 2512, **same), head=64)


@pytest.mark.parametrize(
    ("factor", "expected"),
    [(1, 1), (2, 1.0693147), (8, 1.2079442), (32, 1.3465736), (64, 1.4158883)],
)
def test_the_attention_factor_grows_with_the_log_of_s(factor, expected):
    assert attention_factor(factor, Options()) == pytest.approx(expected, rel=1e-7)


def test_it_sharpens_logits_and_the_papers_temperature_is_below_1():
    logits = attention_factor(32, Options()) ** 2
    assert logits == pytest.approx(1.8133, rel=1e-4)
    assert 1 / logits == pytest.approx(0.5515, rel=1e-4)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"mscale": 1, "mscale_all_dim": 1}, 1),
        ({"mscale": 0.5, "mscale_all_dim": 1}, (0.05 * math.log(4) + 1) / (0.1 * math.log(4) + 1)),
        ({"mscale": 0.5}, 0.1 * math.log(4) + 1),
        ({"mscale_all_dim": 0.5}, 0.1 * math.log(4) + 1),
        ({"mscale": 0.5, "mscale_all_dim": 0}, 0.1 * math.log(4) + 1),
        ({"attention_factor": 1.5, "mscale": 1, "mscale_all_dim": 2}, 1.5),
    ],
)
def test_weights_of_the_attention_factor(options, expected):
    made = scaled("yarn", SMALL, 16384, **options)
    assert made.attention_factor == pytest.approx(expected, rel=1e-12)
    assert_same(made, head=64)


def test_one_weight_alone_is_told():
    assert "alone it changes nothing" in scaled("yarn", SMALL, 16384, mscale=0.7).notes[0]


def test_the_config_says_the_trained_length_and_only_what_was_asked():
    made = scaled("yarn", SMALL, 16384)
    assert made.config == {
        "rope_type": "yarn",
        "factor": 4.0,
        "original_max_position_embeddings": 4096,
        "beta_fast": 32.0,
        "beta_slow": 1.0,
        "rope_theta": 1e4,
    }
    asked = scaled("yarn", SMALL, 16384, truncate=False, attention_factor=1).config
    assert (asked["truncate"], asked["attention_factor"]) == (False, 1.0)


@pytest.mark.parametrize("options", [{"truncate": False}, {"beta_fast": 128, "beta_slow": 2}])
@pytest.mark.parametrize(("head", "part"), HEADS)
def test_transformers_agrees_on_options(head, part, options):
    rope = Rope(dim=int(head * part), base=5e5, trained=8192)
    assert_same(scaled("yarn", rope, 131072, **options), head=head, part=part)


def test_a_ramp_beside_all_pairs_is_refused():
    with pytest.raises(RecipeError, match="outside of all pairs"):
        scaled("yarn", Rope(dim=64, base=1e4, trained=4), 16)


def test_ends_out_of_order_are_refused():
    with pytest.raises(ValidationError, match="beta_fast must not be below"):
        Options(beta_fast=1, beta_slow=2)


@pytest.mark.parametrize(("head", "part"), HEADS)
@pytest.mark.parametrize("base", BASES)
def test_transformers_agrees(head, part, base):
    assert_same_on_the_grid("yarn", head=head, part=part, base=base)
