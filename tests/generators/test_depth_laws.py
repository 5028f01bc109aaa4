"""Under every law the strata hold: as many depths as the law says, in every part of the text."""

import statistics
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from generators.depth_laws import at_quantiles
from generators.depths import stratified
from schemas.recipe import DepthLaw

LAWS: list[Any] = [
    *("uniform", "middle", "cream", "edges", "inverse_u", "grid"),
    {"law": "beta", "a": 2, "b": 5},
    [0.1, 0.5, 0.75],
]


def depths_of(law: Any, *u: float) -> list[float]:
    found = at_quantiles(DepthLaw.model_validate(law), np.array(u))
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
    found = at_quantiles(
        DepthLaw.model_validate(law), np.sort(stratified(np.random.default_rng(3), 1000))
    )
    assert (np.diff(found) >= 0).all()
    assert 0 <= found[0] <= found[-1] < 1


@pytest.mark.parametrize(
    "law", ["centre", [], [1.0], {"law": "list"}, {"law": "grid", "values": [0.5]}]
)
def test_what_is_no_law_is_refused(law: Any) -> None:
    with pytest.raises(ValidationError):
        DepthLaw.model_validate(law)
