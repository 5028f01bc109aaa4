"""Under every law the strata hold: as many depths as the law says, in every part of the text."""

import statistics
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from generators.depth_laws import at_quantiles
from generators.depths import stratified
from schemas.errors import RecipeError
from schemas.task_spec import DepthLaw

LAWS: list[Any] = [
    *("uniform", "middle", "cream", "edges", "inverse_u", "grid"),
    {"law": "beta", "a": 2, "b": 5},
    [0.1, 0.5, 0.75],
]


def depths_of(law: Any, *u: float) -> list[float]:
    found = at_quantiles(DepthLaw.model_validate(law), np.array(u), length=1000)
    return [round(x, 3) for x in found.tolist()]


def test_a_depth_of_each_law_by_eye() -> None:
    assert depths_of("uniform", 0.1, 0.5, 0.9) == [0.1, 0.5, 0.9]
    assert depths_of("edges", 0.1, 0.5, 0.9) == [0.024, 0.5, 0.976]
    assert depths_of("inverse_u", 0.1, 0.5, 0.9) == [0.196, 0.5, 0.804]
    assert depths_of({"law": "grid", "points": 4}, 0, 0.3, 0.99) == [0.125, 0.375, 0.875]
    assert depths_of([0.2, 0.8], 0.0, 0.49, 0.5, 0.99) == [0.2, 0.2, 0.8, 0.8]


@pytest.mark.parametrize(
    ("law", "sigma"),
    [({"law": "middle", "sigma": 0.1}, 0.1), ({"law": "cream", "factor": 8}, 3 / 14)],
)
def test_the_middle_is_a_truncated_normal_law(law: Any, sigma: float) -> None:
    """The standard library's normal law, cut at both ends of the text, is the oracle."""
    normal = statistics.NormalDist(0.5, sigma)
    low, high = normal.cdf(0), normal.cdf(1)
    for u in (0.05, 0.25, 0.5, 0.8, 0.99):
        expected = normal.inv_cdf(low + u * (high - low))
        assert depths_of(law, u)[0] == pytest.approx(expected, abs=1e-3)


def test_a_beta_law_has_its_median() -> None:
    """beta(1, 3) has the distribution function 1 - (1 - x)^3."""
    assert depths_of({"law": "beta", "a": 1, "b": 3}, 0.5)[0] == pytest.approx(
        1 - 0.5 ** (1 / 3), abs=1e-3
    )


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_depths_rise_with_their_strata_and_stay_in_the_text(law: Any) -> None:
    strata = np.sort(stratified(np.random.default_rng(3), 1000))
    found = at_quantiles(DepthLaw.model_validate(law), strata, length=1000)
    assert (np.diff(found) >= 0).all()
    assert 0 <= found[0] <= found[-1] < 1


@pytest.mark.parametrize(
    "law", ["centre", [], [1.0], {"law": "list"}, {"law": "grid", "values": [0.5]}]
)
def test_what_is_no_law_is_refused(law: Any) -> None:
    with pytest.raises(ValidationError):
        DepthLaw.model_validate(law)


def joint(*cells: dict[str, Any]) -> DepthLaw:
    return DepthLaw.model_validate({"law": "joint", "cells": cells})


def test_a_distance_is_a_range_of_depths_that_the_length_decides() -> None:
    law = joint({"distance": [2000, 5000]})
    u = np.array([0.0, 0.5, 1 - 1e-9])
    assert at_quantiles(law, u, length=10_000) == pytest.approx([0.5, 0.65, 0.8])
    assert at_quantiles(law, u, length=20_000) == pytest.approx([0.75, 0.825, 0.9])


def test_cells_share_the_evidence_of_a_length_by_their_weights() -> None:
    law = joint(
        {"depths": [0.8, 1.0], "weight": 3},
        {"depths": [0.0, 0.2]},
        {"depths": [0.4, 0.6], "lengths": [50_000, 60_000], "weight": 100},
    )
    found = at_quantiles(law, np.array([0.1, 0.2, 0.26, 0.99]), length=1000)
    assert found == pytest.approx([0.08, 0.16, 0.8 + 0.01 * 0.2 / 0.75, 0.8 + 0.74 * 0.2 / 0.75])


def test_a_length_that_no_cell_covers_is_named() -> None:
    with pytest.raises(RecipeError, match=r"no cell of the joint law holds .* of 1000 tokens"):
        at_quantiles(joint({"distance": [2000, 5000]}), np.array([0.5]), length=1000)
