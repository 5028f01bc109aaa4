"""Position interpolation."""

import pytest

from tests.generators.rope.oracle import (
    BASES,
    HEADS,
    Rope,
    assert_same,
    assert_same_on_the_grid,
    scaled,
)

SMALL = Rope(dim=4, base=100, trained=10)


def test_by_eye():
    made = scaled("linear", SMALL, 40)
    assert made.inv_freq.tolist() == [0.25, 0.025]
    assert made.config == {"rope_type": "linear", "factor": 4.0, "rope_theta": 100.0}


def test_a_factor_of_ones_own():
    made = scaled("linear", SMALL, 35, factor=4)  # the next whole number, as LongLoRA has it
    assert made.inv_freq.tolist() == [0.25, 0.025]
    assert "3.5" in made.notes[0]
    assert_same(scaled("linear", Rope(dim=64, base=1e4, trained=4096), 14336, factor=4), head=64)


@pytest.mark.parametrize(("head", "part"), HEADS)
@pytest.mark.parametrize("base", BASES)
def test_transformers_agrees(head, part, base):
    assert_same_on_the_grid("linear", head=head, part=part, base=base)
