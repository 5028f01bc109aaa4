"""What rules of thumb would answer."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.shortcuts.candidates import Candidate, Choice
from generators.shortcuts.guesses import (
    choose,
    credits_of,
    nearest_length,
    search,
    usual,
    usual_lengths,
)


def candidate(value: str, *places: int) -> Candidate:
    return Candidate(value=value, places=places, line=(places[0], places[0] + 10))


RYNO, DULO, AN = candidate("Ryno Galt", 10, 90), candidate("Dulo Varn", 50), candidate("An Om", 70)


def test_the_credits_of_three_candidates() -> None:
    def oddness(start: int, _: int) -> float:
        return float(start == 50)

    found = credits_of(Choice(candidates=(RYNO, DULO, AN), gold=0), oddness)
    assert found == {
        "first": 1,
        "last": 1,
        "frequent": 1,
        "rare": 0,
        "longest": 0.5,
        "shortest": 0,
        "odd": 0,
    }
    odd = credits_of(Choice(candidates=(RYNO, DULO, AN), gold=1), oddness)
    assert (odd["odd"], odd["rare"], odd["last"]) == (1, 0.5, 0)


def test_a_search_takes_what_stands_nearest_to_the_asked_name() -> None:
    text = (
        'box: Ryno Galt\nIt rained.\nPort Velmar has Dulo Varn\n\nWho is at "Port Velmar"?\nIt is'
    )
    question = 'Who is at "Port Velmar"?'
    places = [candidate(value, text.index(value)) for value in ("Ryno Galt", "Dulo Varn")]
    assert search(Choice(candidates=tuple(places), gold=1), text, question) == 1
    assert search(Choice(candidates=tuple(places), gold=0), text, question) == 0
    assert search(Choice(candidates=tuple(places), gold=0), text, "Who is it?") is None


@pytest.mark.parametrize(
    ("seen", "credit"),
    [
        ([], []),
        (["a"], [0]),
        (["a", "b"], [0, 0]),
        (["a", "a", "b"], [0.5, 0.5, 0]),
        (["a", "a", "a", "a", "b"], [1, 1, 1, 1, 0]),
        (["a", "a", "b", "b"], [0.5] * 4),
        (["a", "a", "a", "b", "b"], [0.5, 0.5, 0.5, 0, 0]),
        (["a", "a", "a", "a", "b", "b"], [0.5, 0.5, 0.5, 0.5, 0, 0]),
    ],
)
def test_the_usual_answer_of_the_others(seen: list[str], credit: list[float]) -> None:
    assert usual(seen) == credit


@given(st.lists(st.integers(0, 4), max_size=30))
def test_usual_is_what_counting_the_others_says(seen: list[int]) -> None:
    for index, (value, credit) in enumerate(zip(seen, usual(seen), strict=True)):
        others = Counter(seen[:index] + seen[index + 1 :])
        least = max(max(others.values(), default=0) - 1, 1)
        leads = [other for other, count in others.items() if count >= least]
        assert credit == (1 / len(leads) if value in leads else 0)


def test_the_usual_lengths_leave_the_sample_out() -> None:
    assert usual_lengths({7: 3, 9: 1}, 9) == {7}
    assert usual_lengths({7: 3, 9: 1}, 7) == {7, 9}
    assert usual_lengths({7: 9, 9: 1}, 7) == {7}
    assert usual_lengths({7: 1, 9: 1}, 7) == {9}
    assert usual_lengths({7: 1}, 7) == set()


def test_the_nearest_length_shares_its_credit() -> None:
    assert nearest_length({7: 3, 9: 1}, 9, {9}) == 1
    assert nearest_length({7: 3, 9: 1}, 7, {6}) == pytest.approx(1 / 3)
    assert nearest_length({7: 3, 9: 1}, 9, {7}) == 0
    assert nearest_length({7: 1, 8: 3, 9: 1}, 9, {7, 9}) == 0.5
    assert nearest_length({7: 3, 9: 1}, 9, ()) == 0.25


def test_those_that_tie_share_the_credit() -> None:
    assert choose(Choice(candidates=(RYNO, DULO, AN), gold=2), [1, 0, 1]) == 0.5
