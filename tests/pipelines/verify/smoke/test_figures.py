import json
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.smoke.figures import (
    Z,
    by_depth,
    difference,
    early_minus_late,
    mean,
    middle_minus_ends,
    share,
    worst_band,
)
from tests.pipelines.verify.smoke.tiny import audited


def hits(right: int, of: int) -> Any:
    return np.arange(of) < right


def test_the_quantile_is_that_of_the_normal_law() -> None:
    assert pytest.approx(NormalDist().inv_cdf(0.975), abs=1e-6) == Z


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_shares_have_wilsons_interval(right: int, of: int, low: float, high: float) -> None:
    """The middle four as published by Newcombe (1998), table I, method 3."""
    found = share(hits(right, of))
    assert found.value == right / of
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@given(right=st.integers(0, 30), more=st.integers(0, 30))
def test_an_interval_holds_its_share_and_stays_within_0_and_1(right: int, more: int) -> None:
    if right + more:
        found = share(hits(right, right + more))
        assert -1e-9 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 1 + 1e-9


def test_a_mean_has_its_standard_errors() -> None:
    """1 2 3: deviation 1, error 1 / sqrt(3)."""
    found = mean(np.array([1.0, 2.0, 3.0]))
    assert found.value == 2
    assert (found.low, found.high) == pytest.approx(
        (2 - 1.96 / 3**0.5, 2 + 1.96 / 3**0.5), abs=1e-3
    )


def test_errors_of_a_difference_add_up_in_squares() -> None:
    """3 and 4 make 5: deviations 3 sqrt(2) and 4 sqrt(2) of two values each."""
    found = difference(np.array([7.0, 13.0]), np.array([0.0, 8.0]))
    assert found.value == 6
    assert found.high - found.value == pytest.approx(5 * Z)


def test_contrasts_of_the_module() -> None:
    """Losses .1 .9 .1 at depths .1 .5 .9."""
    found = audited([0.1, 0.9, 0.1], [0.1, 0.5, 0.9])
    assert middle_minus_ends(found).value == pytest.approx(0.8)
    assert early_minus_late(found).value == pytest.approx(0)


def test_what_is_the_middle_and_what_the_ends() -> None:
    """0.3 is in the middle and 0.7 no more; 0.2 is no end and 0.8 is."""
    found = audited([1, 2, 4, 8, 16, 32, 64], [0.0, 0.2, 0.3, 0.5, 0.7, 0.8, 1.0])
    assert middle_minus_ends(found).value == pytest.approx((4 + 8) / 2 - (1 + 32 + 64) / 3)
    assert early_minus_late(found).value == pytest.approx(1 - (32 + 64) / 2)


def test_a_dear_beginning_is_a_contrast_of_early_and_late() -> None:
    found = audited([5, 5, 1, 1], [0.0, 0.1, 0.9, 0.95])
    assert early_minus_late(found).value == 4


def test_answers_by_depth() -> None:
    """Two halves; depth 1 belongs to the second."""
    found = by_depth(audited([0.5, 2.0, 0.7, 0.9], [0.1, 0.49, 0.5, 1.0]), parts=2)
    assert [line["from"] for line in found] == [0, 0.5]
    assert [line["answers"] for line in found] == [2, 2]
    assert [line["exact"]["value"] for line in found] == [0.5, 1.0]
    assert [line["nll"]["value"] for line in found] == [1.25, 0.8]


@given(depths=st.lists(st.floats(0, 1), max_size=40))
def test_every_answer_has_one_part_of_the_depth(depths: list[float]) -> None:
    found = by_depth(audited(np.ones(len(depths)), depths))
    assert len(found) == 10
    assert sum(line["answers"] for line in found) == len(depths)


def test_the_worst_band_is_the_least_exact_fifth_that_has_answers() -> None:
    assert worst_band(audited([0, 0, 5, 0], [0.1, 0.5, 0.55, 1.0])) == 0.5
    assert worst_band(audited([0.1], [0.3])) == 1.0


def test_nothing_gives_no_number_and_no_warning() -> None:
    nothing = audited([])
    for found in (
        share(nothing.exact),
        mean(nothing.nll),
        middle_minus_ends(nothing),
        early_minus_late(nothing),
    ):
        assert found.as_json() == {"value": None, "low": None, "high": None}
    assert np.isnan(worst_band(nothing))
    assert {line["answers"] for line in by_depth(nothing)} == {0}
    json.dumps(by_depth(nothing), allow_nan=False)


def test_one_answer_has_a_mean_and_no_spread() -> None:
    assert mean(np.array([2.0])).as_json() == {"value": 2.0, "low": None, "high": None}
