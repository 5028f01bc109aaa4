"""The base that leaves no slow pair an unseen angle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.rope import unseen
from generators.rope.critical import base_for
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

LLAMA3 = Rope(dim=128, base=5e5, trained=8192)


@pytest.mark.parametrize(
    ("thousands", "base"),
    [(32, 6.315e6), (64, 2.244e7), (128, 7.976e7), (256, 2.835e8), (512, 1.007e9)],
)
def test_llama_3_by_length(thousands, base):
    assert base_for(LLAMA3, thousands * 1024) == pytest.approx(base, rel=1e-3)


@pytest.mark.parametrize("configuration", vectors())
def test_committed_bases(configuration):
    rope, target = rope_of(configuration)
    expected = vectors()[configuration]["scalars"]["critical_base"]
    assert base_for(rope, target) == pytest.approx(expected, rel=1e-12)


@given(
    dim=st.sampled_from([32, 64, 128]),
    base=st.floats(1e3, 1e7),
    trained=st.integers(7, 131072),
    s=st.integers(1, 64),
)
def test_no_pair_meets_an_unseen_angle(dim, base, trained, s):
    rope = Rope(dim=dim, base=base, trained=trained)
    assert not unseen(rope, scaled("critical", rope, trained * s).inv_freq, trained * s).any()


def test_a_length_in_which_nothing_turns_once_is_refused():
    with pytest.raises(RecipeError, match="no pair makes a full turn"):
        base_for(Rope(dim=64, base=1e4, trained=6), 12)


@pytest.mark.parametrize("head", [head for head, part in HEADS if part == 1])
@pytest.mark.parametrize("base", BASES)
def test_transformers_agrees(head, base):
    assert_same_on_the_grid("critical", head=head, part=1.0, base=base)
