"""A sample says what the whole will yield, and how sure that is."""

import numpy as np
import pytest

from pipelines.plan.estimate import Estimate, estimate


def test_a_constant_yield_is_scaled_by_bytes_without_error() -> None:
    sizes = np.array([10.0, 20.0, 30.0])
    found = estimate(0.2 * sizes, sizes, all_sizes=300, num_items=15)
    assert found.total == pytest.approx(60)
    assert found.error == pytest.approx(0, abs=1e-9)


def test_the_whole_has_no_error() -> None:
    found = estimate(np.array([1.0, 9.0]), np.array([5.0, 5.0]), all_sizes=10, num_items=2)
    assert found == Estimate(total=10.0, error=0.0)


def test_one_input_of_several_says_nothing_about_spread() -> None:
    found = estimate(np.array([4.0]), np.array([2.0]), all_sizes=20, num_items=10)
    assert found == Estimate(total=40.0, error=None)


def test_inputs_without_bytes_yield_nothing() -> None:
    empty = np.zeros(0)
    assert estimate(empty, empty, all_sizes=0, num_items=0) == Estimate(total=0.0, error=None)


def test_the_error_covers_the_truth_in_about_95_of_100_samples() -> None:
    rng = np.random.default_rng(5)
    sizes = rng.uniform(1, 100, 2000)
    yields = sizes * (rng.uniform(size=2000) < 0.4)
    truth, inside = yields.sum(), 0
    for _ in range(200):
        mine = rng.choice(2000, 100, replace=False)
        found = estimate(yields[mine], sizes[mine], all_sizes=sizes.sum(), num_items=2000)
        inside += abs(found.total - truth) <= (found.error or 0)
    assert 180 <= inside <= 199
