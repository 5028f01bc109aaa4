"""Names are told from other words with capitals."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.entities.names import names

STORY = (
    'It was late, said Emma, and Mr. Weston bowed to Emma, who had laughed. "Weston," said he. '
    "However, nobody left London; in London it rained, and at night London slept."
)


def all_names(text: str, *, fewest: int = 2, most: int = 60) -> set[str]:
    return set(names(text, fewest=fewest, most=most))


def test_persons_are_found_with_all_their_places() -> None:
    found = names(STORY, fewest=2, most=60)
    assert found == {
        name: tuple(place.start() for place in re.finditer(name, STORY))
        for name in ("Emma", "Weston")
    }


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (" An emma came.", "written small"),
        (" EMMA came.", "in capitals"),
        (" The Emmas came.", "part of a longer word"),
        (" leEmma came.", "part of a longer word"),
        (" In Emma, in Emma, in Emma, at Emma.", "a place"),
    ],
)
def test_a_word_that_may_be_another_is_left_alone(more: str, why: str) -> None:
    assert all_names(STORY + more) == {"Weston"}, why


def test_titles_months_and_cries_are_no_names() -> None:
    text = "said Captain and Captain had, in May said May and Yes said Yes and Mr had Mr"
    assert all_names(text) == set()


def test_rare_and_frequent_names_are_left_out() -> None:
    assert all_names(STORY, fewest=3) == set()
    assert all_names(STORY, most=1) == set()


@given(st.text(alphabet="Aab M.,\n'_", max_size=80))
def test_every_place_is_a_whole_word(text: str) -> None:
    for name, places in names(f"{text} said Emma and Emma had {text}", fewest=1, most=9).items():
        whole = [
            found.start()
            for found in re.finditer(rf"\b{name}\b", f"{text} said Emma and Emma had {text}")
        ]
        assert list(places) == whole
