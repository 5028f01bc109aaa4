"""How often a rule may be right."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.shortcuts.bounds import ERRORS, MARGIN, judge


def test_the_bounds_of_the_page() -> None:
    assert judge(0.25, 0.25, 400).bound == pytest.approx(0.4215, abs=1e-3)
    assert judge(0.25, 0.25, 40).bound == pytest.approx(0.5763, abs=1e-3)
    assert judge(0.25, 0.25, 400).needed == 205


@pytest.mark.parametrize(
    ("accuracy", "chance", "samples", "verdict"),
    [
        (0.25, 0.25, 205, "pass"),
        (0.25, 0.25, 204, "inconclusive"),
        (0.30, 0.25, 2000, "pass"),
        (0.45, 0.25, 400, "fail"),
        (1.00, 0.25, 20, "fail"),
        (1.00, 0.25, 3, "inconclusive"),
        (1.00, 1.00, 400, "not applicable"),
        (0.00, 0.00, 0, "not applicable"),
    ],
)
def test_verdicts(accuracy: float, chance: float, samples: int, verdict: str) -> None:
    assert judge(accuracy, chance, samples).verdict == verdict


@given(st.floats(0, 1), st.floats(0, 0.7), st.integers(1, 5000))
def test_a_failure_is_wilsons_lower_limit_above_chance_and_margin(
    accuracy: float, chance: float, samples: int
) -> None:
    z2 = ERRORS**2
    spread = accuracy * (1 - accuracy) / samples + z2 / (4 * samples**2)
    middle = accuracy + z2 / (2 * samples)
    low = (middle - ERRORS * math.sqrt(spread)) / (1 + z2 / samples)
    if abs(low - chance - MARGIN) > 1e-9:
        failed = judge(accuracy, chance, samples).verdict == "fail"
        assert failed == (low > chance + MARGIN)


@given(st.floats(0, 1), st.floats(0, 0.7), st.integers(1, 5000))
def test_a_pass_has_enough_samples(accuracy: float, chance: float, samples: int) -> None:
    found = judge(accuracy, chance, samples)
    if found.verdict == "pass":
        assert samples >= found.needed
        assert ERRORS * found.error <= MARGIN + 1e-9
