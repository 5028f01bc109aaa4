"""Words as numbers: what is a word, where it stands, and what clings to it."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.tasks._parts.words import COMMON, Words, read_words, spell


def occurrences(found: Words) -> list[tuple[str, int]]:
    spelled = [spell(int(word)) for word in found.spelled]
    return [(spelled[i], at) for i, at in zip(found.ids, found.starts.tolist(), strict=True)]


def clear(text: str) -> set[str]:
    found = read_words(text)
    return {spell(int(word)) for word, is_clear in zip(found.spelled, found.clear) if is_clear}  # noqa: B905


def test_words_can_be_read_by_eye() -> None:
    found = read_words("Ship ahoy; a ship's")
    assert occurrences(found) == [("ship", 0), ("ahoy", 5), ("ship", 13)]
    assert clear("Ship ahoy; a ship's") == {"ahoy"}


@pytest.mark.parametrize(
    "text",
    [
        "the ship's boy",
        "the ship\u2019s boy",
        "a ship-yard",
        "an air-ship",
        "a ship\u2010yard",
        "_ship_",
        "ship2",
        "2ship",
        "shipé",
        "éship",
        "ship\u0301",
        "a long\nair-\nship",
        "a ship-\nyard",
        "'ship'",
        "ship\u00adyard",
        "\u017fship",
        "船ship",
    ],
)
def test_something_clings(text: str) -> None:
    assert "ship" not in clear(f"A ship, {text} and no more ship.")


@pytest.mark.parametrize(
    "text",
    ["“Ship”", '"ship"', "ship.", "(ship)", "ship\u2014yes", "to\nship", "ship/boat", "é ship"],
)
def test_nothing_clings(text: str) -> None:
    assert "ship" in clear(text)


def test_only_four_to_twelve_letters_are_words() -> None:
    assert occurrences(read_words("cat boat abcdefghijkl abcdefghijklm")) == [
        ("boat", 4),
        ("abcdefghijkl", 9),
    ]
    assert occurrences(read_words("")) == occurrences(read_words("it is so")) == []


@settings(deadline=None)
@given(st.text(alphabet="abzAZ '-_1é\n.船“", max_size=200))
def test_words_are_those_of_a_plain_search(text: str) -> None:
    found = [(m[0].lower(), m.start()) for m in re.finditer(r"[A-Za-z]+", text)]
    wanted = [(word, at) for word, at in found if 4 <= len(word) <= 12]
    read = read_words(text)
    assert occurrences(read) == wanted
    assert Counter(read.ids.tolist()).total() == len(wanted)
    assert sorted(set(read.spelled.tolist())) == read.spelled.tolist()


def test_common_words_can_be_read() -> None:
    assert len(read_words(COMMON).spelled) == len(set(COMMON.split())) > 90
