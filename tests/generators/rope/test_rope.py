"""A rotary embedding, its target, its factor."""

import numpy as np
import pytest

from generators.rope._rope import Rope, factor_of, frequencies, ratio
from schemas.errors import RecipeError

LLAMA3 = Rope(dim=128, base=5e5, trained=8192)


def test_frequencies_by_eye():
    assert frequencies(4, 100).tolist() == [1, 0.1]
    assert frequencies(8, 16).tolist() == [1, 0.5, 0.25, 0.125]
    assert frequencies(8, 16).dtype == np.float64


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"dim": 127}, "pairs"),
        ({"dim": 0}, "pairs"),
        ({"dim": -2}, "pairs"),
        ({"base": 1}, "above 1"),
        ({"base": float("nan")}, "above 1"),
        ({"base": float("inf")}, "above 1"),
        ({"trained": 0}, "trained length"),
    ],
)
def test_what_is_no_rotary_embedding_is_refused(fields, reason):
    with pytest.raises(RecipeError, match=reason):
        Rope(**{"dim": 128, "base": 1e4, "trained": 4096, **fields})


def test_the_ratio_may_be_1_and_no_less():
    assert ratio(LLAMA3, 131072) == 16
    assert ratio(LLAMA3, 8192) == 1
    with pytest.raises(RecipeError, match="8191 tokens is shorter than the trained 8192"):
        ratio(LLAMA3, 8191)


def test_a_factor_of_ones_own_is_told_apart_from_the_ratio():
    assert factor_of(LLAMA3, 131072, None) == (16, ())
    assert factor_of(LLAMA3, 131072, 16) == (16, ())
    factor, (note,) = factor_of(LLAMA3, 131072, 8)
    assert factor == 8
    assert note == "the factor is 8 as given; target / trained length is 16"
