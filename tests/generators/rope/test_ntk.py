"""NTK-aware scaling: another base, so the slowest pair is scaled in full."""

import pytest

from generators.rope.ntk import base_for
from schemas.errors import RecipeError
from tests.generators.rope.oracle import (
    BASES,
    HEADS,
    Rope,
    assert_same_on_the_grid,
    rope_of,
    scaled,
    vectors,
)


def test_by_eye():
    made = scaled("ntk", Rope(dim=4, base=100, trained=10), 40)
    assert made.inv_freq.tolist() == [1, 0.025]
    assert made.config == {"rope_type": "default", "rope_theta": 1600.0}


@pytest.mark.parametrize("configuration", vectors())
def test_committed_bases(configuration):
    rope, target = rope_of(configuration)
    expected = vectors()[configuration]["scalars"]["ntk_base"]
    assert base_for(rope, target / rope.trained) == pytest.approx(expected, rel=1e-12)


def test_one_pair_cannot_be_both_kept_and_slowed():
    with pytest.raises(RecipeError, match="rotary size is 2"):
        base_for(Rope(dim=2, base=1e4, trained=4096), 4)


@pytest.mark.parametrize("head", [head for head, part in HEADS if part == 1])
@pytest.mark.parametrize("base", BASES)
def test_transformers_agrees(head, base):
    assert_same_on_the_grid("ntk", head=head, part=1.0, base=base)
