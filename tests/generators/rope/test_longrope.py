"""LongRoPE: factors that are given."""

import json
import math

import numpy as np
import pytest
from pydantic import ValidationError

from generators.rope.longrope import Options, attention_factor
from schemas.errors import RecipeError
from tests.generators.rope.oracle import (
    BASES,
    FACTORS,
    HEADS,
    LENGTHS,
    Rope,
    assert_same,
    rope_of,
    scaled,
    vectors,
)

SMALL = Rope(dim=4, base=100, trained=10)


def test_by_eye():
    made = scaled("longrope", SMALL, 40, long_factor=[1, 4])
    assert made.inv_freq.tolist() == [1, 0.025]
    assert made.config == {
        "rope_type": "longrope",
        "factor": 4.0,
        "long_factor": [1.0, 4.0],
        "short_factor": [1.0, 1.0],
        "original_max_position_embeddings": 10,
        "rope_theta": 100.0,
    }
    assert "largest position is below 10" in made.notes[-1]


def test_the_short_list_holds_up_to_the_trained_length():
    lists = {"long_factor": [1, 4], "short_factor": [1, 2]}
    assert scaled("longrope", SMALL, 10, **lists).inv_freq.tolist() == [1, 0.05]
    assert scaled("longrope", SMALL, 11, **lists).inv_freq.tolist() == [1, 0.025]


@pytest.mark.parametrize(
    ("s", "trained", "expected"),
    [(8, 4096, 1.118034), (16, 8192, 1.1435437), (32, 4096, 1.1902381), (64, 2048, 1.2431631)],
)
def test_the_attention_factor(s, trained, expected):
    rope = Rope(dim=64, base=1e4, trained=trained)
    assert attention_factor(rope, s) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("configuration", vectors())
def test_logits_grow_with_the_log_of_the_length(configuration):
    rope, target = rope_of(configuration)
    factor = attention_factor(rope, target / rope.trained)
    assert factor == pytest.approx(vectors()[configuration]["scalars"]["longrope_mscale"])
    assert factor**2 == pytest.approx(math.log(target) / math.log(rope.trained))


def test_an_attention_factor_of_ones_own_stands_in_the_config():
    made = scaled("longrope", SMALL, 40, long_factor=[1, 4], attention_factor=1.25)
    assert (made.attention_factor, made.config["attention_factor"]) == (1.25, 1.25)


def test_factors_from_a_file(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"rope_scaling": {"long_factor": [1, 4], "short_factor": [1, 2]}}))
    assert scaled("longrope", SMALL, 40, factors=path).inv_freq.tolist() == [1, 0.025]
    assert scaled("longrope", SMALL, 10, factors=path).inv_freq.tolist() == [1, 0.05]


def test_without_factors_or_with_too_many_origins(tmp_path):
    with pytest.raises(RecipeError, match="needs 2 rescale factors"):
        scaled("longrope", SMALL, 40)
    with pytest.raises(RecipeError, match="needs 2 rescale factors"):
        scaled("longrope", SMALL, 40, short_factor=[1, 1])
    with pytest.raises(RecipeError, match="short_factor has 1 factors"):
        scaled("longrope", SMALL, 40, long_factor=[1, 4], short_factor=[1])
    with pytest.raises(ValidationError, match="not both"):
        Options(long_factor=[1, 4], factors=tmp_path)


def test_a_trained_length_of_one_token_has_no_logarithm():
    with pytest.raises(RecipeError, match="1 token"):
        scaled("longrope", Rope(dim=4, base=100, trained=1), 4, long_factor=[1, 4])


@pytest.mark.parametrize(("head", "part"), HEADS)
@pytest.mark.parametrize("base", BASES)
def test_transformers_agrees(head, part, base):
    dim = int(head * part)
    for trained in LENGTHS:
        for factor in FACTORS:
            lists = {
                "long_factor": np.linspace(1, 1.25 * factor, dim // 2).round(2).tolist(),
                "short_factor": np.linspace(1, 1.5, dim // 2).round(2).tolist(),
            }
            rope, target = Rope(dim=dim, base=base, trained=trained), trained * factor
            for at in (trained, target):
                made = scaled("longrope", rope, at, **lists, factor=factor)
                assert_same(made, head=head, part=part, length=at)
