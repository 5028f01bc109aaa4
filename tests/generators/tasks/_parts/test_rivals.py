"""Rivals: a winner by its counts here, and by nothing else."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.tasks._parts.rivals import rivals
from schemas.errors import UnfitError

HERE = np.array([9, 7, 5, 5, 2])
ELSEWHERE = np.array([1, 6, 0, 8, 2])


def draw(seed: int, here: object = HERE, elsewhere: object = ELSEWHERE, **more: int) -> list[int]:
    wanted = {"size": 3, "margin": 2, "ranked": False, **more}
    counts = np.array(here), np.array(elsewhere)
    return rivals(np.random.default_rng(seed), counts[0], elsewhere=counts[1], **wanted)  # type: ignore[arg-type]


def test_the_winner_leads_by_the_margin() -> None:
    for seed in range(50):
        first, *rest = draw(seed, elsewhere=0 * HERE)
        assert all(HERE[first] - HERE[other] >= 2 for other in rest)
        assert all(HERE[other] * 3 >= HERE[first] for other in rest)
        assert len({first, *rest}) == 3


def test_a_place_that_no_winner_has_elsewhere_is_no_reason_to_cheat() -> None:
    found = set()
    for seed in range(40):
        try:
            first, *rest = draw(seed)
        except UnfitError:
            continue
        found.add(sum(ELSEWHERE[rest] > ELSEWHERE[first]))
    assert found == {1, 2}  # nothing that leads has the first place


def test_a_ranking_falls_by_the_margin() -> None:
    for seed in range(50):
        counts = HERE[draw(seed, elsewhere=0 * HERE, ranked=True, size=4)].tolist()
        assert counts in ([9, 7, 5, 2], [9, 7, 5], [9, 7, 2], [9, 5, 2], [7, 5, 2])


def test_each_place_elsewhere_is_as_likely() -> None:
    rng = np.random.default_rng(1)
    here = rng.integers(2, 12, 300)
    elsewhere = here + rng.integers(0, 12, 300)  # the frequent are frequent everywhere
    places: Counter[int] = Counter()
    for seed in range(300):
        drawn = draw(seed, here, elsewhere)
        places[sorted(elsewhere[drawn].tolist(), reverse=True).index(elsewhere[drawn[0]])] += 1
    assert set(places) == {0, 1, 2}
    assert all(abs(number - 100) < 50 for number in places.values()), places


def test_counts_are_drawn_before_words() -> None:
    here = [2] * 500 + [3] * 50 + [4] * 5
    drawn = Counter(here[draw(seed, here, here, size=1)[0]] for seed in range(300))
    assert all(abs(number - 100) < 40 for number in drawn.values()), drawn


@pytest.mark.parametrize("here", [[], [3, 3, 3], [2, 3], [4, 3, 2]])
def test_what_does_not_differ_enough_is_refused(here: list[int]) -> None:
    with pytest.raises(UnfitError):
        draw(0, np.array(here, np.int64), np.array(here, np.int64), margin=3)


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 40), min_size=8, max_size=60),
    st.integers(0, 2**32),
    st.integers(2, 5),
    st.booleans(),
)
def test_rivals_are_fair_or_refused(here: list[int], seed: int, size: int, ranked: bool) -> None:
    elsewhere = np.random.default_rng(seed).integers(0, 9, len(here))
    try:
        drawn = draw(seed, here, elsewhere, size=size, ranked=ranked)
    except UnfitError:
        return
    counts = [here[i] for i in drawn]
    assert len(set(drawn)) == len(drawn) <= size
    assert all(counts[0] - count >= 2 for count in counts[1:])
    assert counts == sorted(counts, reverse=True) or not ranked
    assert drawn == draw(seed, here, elsewhere, size=size, ranked=ranked)
