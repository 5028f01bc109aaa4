"""Draws are even, random and the same everywhere; what they promise holds in the worst case."""

import itertools
from math import comb, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.sampling import (
    bad_below,
    check_sampling,
    drawn,
    missed,
    sampling_facts,
    sampling_line,
)
from schemas.errors import RecipeError

SMALL = [(total, count) for total in range(1, 10) for count in range(1, total + 1)]


def neighbourhoods(total: int, count: int) -> list[range]:
    """Return what one is drawn from, each: 10 in 3 is 0-2, 3-5, 6-9."""
    edges = [total * k // count for k in range(count + 1)]
    return [range(a, b) for a, b in itertools.pairwise(edges)]


@given(st.integers(0, 2000), st.floats(0.001, 1), st.integers(0, 2**32))
def test_one_of_each_neighbourhood_is_drawn(total: int, share: float, seed: int) -> None:
    found = drawn(np.random.default_rng(seed), total, share)
    if not total or share == 1:
        assert found.tolist() == list(range(total))
        return
    parts = neighbourhoods(total, max(1, round(share * total)))
    assert len(found) == len(parts)
    assert all(place in part for place, part in zip(found.tolist(), parts, strict=True))


def test_each_thing_is_drawn_equally_often_within_its_neighbourhood() -> None:
    rng = np.random.default_rng(0)
    counts = sum(np.bincount(drawn(rng, 10, 0.3), minlength=10) for _ in range(3000))
    assert np.abs(counts[:6] - 1000).max() < 120  # of three
    assert np.abs(counts[6:] - 750).max() < 120  # of four


@pytest.mark.parametrize(("total", "count"), SMALL)
def test_missed_is_the_worst_of_all_places_that_bad_things_can_have(total: int, count: int) -> None:
    """By brute force: every set of bad things, and the share of all draws that meet none of it."""
    parts = neighbourhoods(total, count)
    for bad in range(total + 1):
        worst = 0.0
        for places in itertools.combinations(range(total), bad):
            good = [sum(1 for place in part if place not in places) for part in parts]
            worst = max(worst, prod(good) / prod(map(len, parts)))
        assert missed(total, count, bad) == pytest.approx(worst)


@pytest.mark.parametrize(("total", "count"), SMALL)
def test_missed_is_at_least_the_hypergeometric_chance(total: int, count: int) -> None:
    """Of a draw without neighbourhoods: C(N - k, n) / C(N, n)."""
    for bad in range(total + 1):
        free = comb(total - bad, count) / comb(total, count)
        assert missed(total, count, bad) >= free - 1e-12


@given(st.integers(1, 300), st.data(), st.sampled_from([0.5, 0.95, 0.99]))
def test_bad_below_is_the_first_number_that_would_hardly_be_missed(
    total: int, data: st.DataObject, confidence: float
) -> None:
    count = data.draw(st.integers(1, total))
    chances = [missed(total, count, bad) for bad in range(total + 1)]
    expected = next(bad for bad in range(1, total + 1) if chances[bad] <= 1 - confidence)
    assert bad_below(total, count, confidence) == expected


def test_everything_drawn_leaves_nothing_unknown() -> None:
    assert bad_below(50, 50, 0.99) == 1


def test_few_of_very_many_come_to_the_rule_of_three() -> None:
    """3 / n of all at 95 %; 4.6 / n at 99 %."""
    assert bad_below(10**9, 300, 0.95) / 10**9 == pytest.approx(3 / 300, rel=0.01)
    assert bad_below(10**9, 300, 0.99) / 10**9 == pytest.approx(4.605 / 300, rel=0.01)


def test_the_figures_of_the_page() -> None:
    assert (bad_below(1000, 100, 0.95), bad_below(1000, 100, 0.99)) == (29, 44)


def test_facts_and_their_sentence() -> None:
    found = sampling_facts("row", 0.1, total=1000, num_drawn=100)
    assert found == {
        "by": "row",
        "share": 0.1,
        "checked": 100,
        "of": 1000,
        "bad_below": {"95%": 29, "99%": 44},
    }
    assert sampling_line(found, passed=True) == (
        "checked 100 of 1,000 rows, drawn at random, and found no defect; with 95% confidence "
        "fewer than 29 of all rows are bad; with 99% confidence fewer than 44 of all rows are bad"
    )
    assert sampling_line(found, passed=False) == "checked 100 of 1,000 rows, drawn at random"


def test_nothing_to_draw_promises_nothing() -> None:
    assert sampling_facts("sample", 0.1, total=0, num_drawn=0)["bad_below"] == {}


@pytest.mark.parametrize(("share", "by"), [(0.0, "row"), (1.1, "row"), (0.5, "token")])
def test_what_cannot_be_drawn_is_refused(share: float, by: str) -> None:
    with pytest.raises(RecipeError, match="--sample"):
        check_sampling(share, by)
