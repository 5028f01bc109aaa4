"""Rescale factors from files."""

import json

import pytest

from generators.rope import Rope
from generators.rope._factors import checked_factors, read_factors
from schemas.errors import RecipeError

SMALL = Rope(dim=4, base=100, trained=10)
BOTH = {"long_factor": [1, 4], "short_factor": [1, 1.5]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 4]", {"long_factor": [1, 4]}),
        ("1,4", {"long_factor": [1, 4]}),
        ("1\n4.0\n", {"long_factor": [1, 4]}),
        (json.dumps(BOTH), BOTH),
        (json.dumps({"rope_scaling": {"rope_type": "longrope", **BOTH}, "hidden_size": 8}), BOTH),
        (json.dumps({"rope_scaling": None, "rope_parameters": BOTH}), BOTH),
        ('{"long_factor": [1, 4], "short_factor": null}', {"long_factor": [1, 4]}),
    ],
)
def test_forms_of_a_file(tmp_path, text, expected):
    path = tmp_path / "factors"
    path.write_text(text, encoding="utf-8")
    assert read_factors(path) == expected


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", '"x"', "one, two", "[[1], [2]]", "null"])
def test_a_file_without_factors(tmp_path, text):
    path = tmp_path / "factors"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match="holds no rescale factors"):
        read_factors(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(RecipeError, match="cannot be read"):
        read_factors(tmp_path / "none")


def test_one_number_above_0_for_each_pair():
    assert checked_factors([0.998, 4], SMALL, "factors").tolist() == [0.998, 4]
    with pytest.raises(RecipeError, match="has 3 factors; a rotary size of 4 has 2 pairs"):
        checked_factors([1, 2, 3], SMALL, "factors")
    for wrong in (0, -1, float("nan"), float("inf")):
        with pytest.raises(RecipeError, match="numbers above 0"):
            checked_factors([1, wrong], SMALL, "factors")
