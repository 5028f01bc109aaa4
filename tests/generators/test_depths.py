"""Every stratum gets one depth: a hole in the depths of a mix is a place nobody trains on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.depths import stratified, stratified_sets


def test_four_depths_fall_in_the_four_quarters() -> None:
    depths = stratified(np.random.default_rng(0), 4)
    assert sorted((depths * 4).astype(int).tolist()) == [0, 1, 2, 3]


@given(st.integers(0, 2**32), st.integers(0, 400))
def test_one_depth_in_each_stratum(seed: int, count: int) -> None:
    depths = stratified(np.random.default_rng(seed), count)
    strata = np.searchsorted(np.arange(count + 1) / max(count, 1), np.sort(depths), "right") - 1
    assert strata.tolist() == list(range(count))
    assert count == 0 or 0 <= depths.min() <= depths.max() < 1


def test_a_draw_of_almost_one_stays_in_its_stratum() -> None:
    class AlmostOne(np.random.Generator):
        def random(self, size: int) -> np.ndarray:  # type: ignore[override]
            return np.full(size, np.nextafter(1, 0))

    depths = np.sort(stratified(AlmostOne(np.random.PCG64(0)), 5000))
    assert (depths < np.arange(1, 5001) / 5000).all()


def test_order_is_random_and_the_seed_decides_it() -> None:
    first, again, other = (stratified(np.random.default_rng(seed), 50) for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()
    assert first.tolist() != sorted(first.tolist())


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="count is -1"):
        stratified(np.random.default_rng(0), -1)


def test_many_pieces_of_evidence_do_not_crowd_in_one_sample() -> None:
    depths = stratified_sets(np.random.default_rng(0), 20, 8)
    for sample in depths:
        assert np.histogram(sample, 8, (0, 1))[0].tolist() == [1] * 8
    assert np.histogram(depths, 160, (0, 1))[0].tolist() == [1] * 160


def test_a_few_pieces_of_evidence_lie_anywhere() -> None:
    depths = stratified_sets(np.random.default_rng(0), 50, 2)
    assert {(a < 0.5, b < 0.5) for a, b in depths.tolist()} == {
        (a, b) for a in (True, False) for b in (True, False)
    }
    assert stratified_sets(np.random.default_rng(0), 3, 0).shape == (3, 0)
