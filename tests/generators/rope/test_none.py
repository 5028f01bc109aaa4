"""No scaling: what the model was trained with."""

import pytest

from tests.generators.rope.oracle import BASES, HEADS, Rope, assert_same, scaled


def test_by_eye():
    made = scaled("none", Rope(dim=4, base=100, trained=10), 40)
    assert made.inv_freq.tolist() == [1, 0.1]
    assert made.config == {"rope_type": "default", "rope_theta": 100.0}
    assert made.max_positions == 40


@pytest.mark.parametrize("head", [head for head, part in HEADS if part == 1])
@pytest.mark.parametrize("base", BASES)
def test_transformers_agrees(head, base):
    assert_same(scaled("none", Rope(dim=head, base=base, trained=2048), 4096), head=head)
