"""Runs that stand once are found, and what stands twice or tells an order is not taken."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.entities.runs import Span, first_words, headings, outside, runs_of
from schemas.errors import UnfitError

RNG = np.random.default_rng


def found(text: str, *, words: int, starts: str = "sentence", seed: int = 0) -> str:
    runs = runs_of(text, words=words)
    start, stop = runs.find(RNG(seed), (0, len(text)), starts=starts)  # type: ignore[arg-type]
    return text[start:stop]


def test_what_stands_twice_is_no_quote() -> None:
    text = "It rained on us. It rained on us. Then snow fell on us all."
    assert {found(text, words=4, seed=seed) for seed in range(20)} == {"Then snow fell on"}


def test_line_breaks_count_as_spaces() -> None:
    text = "He lost his hat.\nHe lost\nhis hat. She found one old glove."
    quotes = {found(text, words=4, seed=seed) for seed in range(20)}
    assert "She found one old" in quotes
    assert not any(quote.startswith("He lost") for quote in quotes)


@pytest.mark.parametrize(
    "text",
    [
        "It rained on us. It rained on us.",
        "In 1805 it rained on us.",
        "See chapter four of it again.",
        "King Louis XIV rode by here.",
        "One two three\n\nfour five six",
        "a b c d e f g h i j",
        f"Look at {'x' * 200} and {'y' * 200} there.",
    ],
)
def test_a_text_without_such_a_run_is_refused(text: str) -> None:
    with pytest.raises(UnfitError, match="that stand once"):
        found(text, words=4)


def test_an_inner_run_has_a_word_after_it_in_its_paragraph() -> None:
    text = "alpha beta gamma delta epsilon\n\nzeta eta theta"
    assert found(text, words=3, starts="word") == "beta gamma delta"


@given(st.lists(st.sampled_from(["ann", "bob", "cat", "dog\n"]), min_size=30), st.integers(0, 9))
def test_a_run_stands_once_and_ends_where_a_word_ends(words: list[str], seed: int) -> None:
    text = " ".join(words)
    runs = runs_of(text, words=4)
    half = (0, len(text) // 2)
    try:
        start, stop = runs.find(RNG(seed), half, starts="word")
    except UnfitError:
        return
    quote = text[start:stop].split()
    every = text.split()
    assert len(quote) == 4
    assert sum(every[at : at + 4] == quote for at in range(len(every))) == 1
    assert stop <= half[1]
    assert text[stop].isspace()


def test_headings_are_lines_of_their_own() -> None:
    text = (
        "CHAPTER I\n\nPart of it was lost.\n\n  Book the Second\n\nIt rained.\n\nXIV.\n\n"
        "12\n\nChapter 3. The End\n\nI\nsaw"
    )
    assert [text[slice(*span)] for span in headings(text)] == [
        "CHAPTER I",
        "Book the Second",
        "XIV.",
        "12",
        "Chapter 3. The End",
    ]


def test_a_paragraph_that_begins_like_a_heading_is_none() -> None:
    assert headings("It rained.\n\nPart of the roof\nfell in.\n\nI left.") == []


@pytest.mark.parametrize(
    ("span", "cuts", "kept"),
    [
        ((0, 9), [(2, 4)], [(0, 2), (4, 9)]),
        ((0, 9), [], [(0, 9)]),
        ((3, 9), [(0, 2), (3, 5), (9, 12)], [(5, 9)]),
    ],
)
def test_what_no_cut_covers_is_kept(span: Span, cuts: Sequence[Span], kept: list[Span]) -> None:
    assert outside(span, cuts) == kept


def test_the_first_words_end_with_their_paragraph() -> None:
    assert first_words("  one two\nthree\n\nfour", (0, 20), most=9) == (2, 15)
    assert first_words("  one two\nthree\n\nfour", (0, 20), most=2) == (2, 9)
    with pytest.raises(UnfitError):
        first_words("   \n", (0, 4), most=2)
