"""Passages are whole paragraphs of words, near the places where they are wanted, and never overlap.

Half a paragraph would break off in a sentence; two requests about the same words would be two
samples with one passage.
"""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.written.passages import LEAST_TOKENS, MOST_TOKENS, choose, is_prose


def text_of(*sizes: int) -> str:
    """Return paragraphs of so many words, each word with the number of its paragraph's letter."""
    return "\n\n".join(" ".join([chr(97 + n % 26) * 3] * size) for n, size in enumerate(sizes))


def ends_of(text: str) -> np.ndarray:
    return np.array([word.end() for word in re.finditer(r"\S+", text)], np.int64)


def chosen(text: str, *wanted: int) -> list[str]:
    spans = choose(text, ends_of(text), np.array(wanted, np.int64))
    return [text[start:stop] for start, stop in spans]


def sizes_of(text: str, *wanted: int) -> list[list[int]]:
    return [[len(p.split()) for p in passage.split("\n\n")] for passage in chosen(text, *wanted)]


@pytest.mark.parametrize(
    ("wanted", "sizes"),
    [(0, [90, 80]), (100, [80, 300]), (150, [300]), (500, [300])],
)
def test_the_shortest_run_from_the_nearest_paragraph(wanted: int, sizes: list[int]) -> None:
    assert sizes_of(text_of(90, 80, 300, 60), wanted) == [sizes]


def test_runs_that_are_wanted_near_each_other_share_nothing() -> None:
    assert sizes_of(text_of(160, 170, 180), 0, 1, 2) == [[160], [170], [180]]
    assert sizes_of(text_of(160, 170, 180), 400, 401) == [[180]]


@pytest.mark.parametrize("text", [text_of(149), text_of(100, 401), text_of(401, 401), "", " \n\n "])
def test_where_no_run_has_the_size_there_is_no_passage(text: str) -> None:
    assert chosen(text, 0) == []


def test_tables_and_blanks_are_passed_over() -> None:
    table = " ".join(["12.50 | 17.25 |"] * 60)
    blanks = " ".join(["Mr. ____ came."] * 60)
    words = " ".join(["Nobody came at all."] * 50)
    assert chosen(f"{table}\n\n{blanks}\n\n{words}", 0) == [words]
    assert [is_prose(text) for text in (table, blanks, words)] == [False, False, True]


def test_white_space_around_paragraphs_is_left_out() -> None:
    words = " ".join(["rain"] * 80)
    text = f"\n\n  {words}  \n \n\n\n {words}\n"
    assert chosen(text, 0) == [f"{words}  \n \n\n\n {words}"]


@given(st.lists(st.integers(1, 500), max_size=30), st.lists(st.integers(0, 5000), max_size=8))
def test_passages_are_whole_paragraphs_apart_and_in_order(
    sizes: list[int], wanted: list[int]
) -> None:
    text = text_of(*sizes)
    spans = choose(text, ends_of(text), np.array(sorted(wanted), np.int64))
    assert len(spans) <= len(wanted)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(spans))
    for start, stop in spans:
        assert LEAST_TOKENS <= len(text[start:stop].split()) <= MOST_TOKENS
        assert text[:start].endswith("\n\n") or start == 0
        assert text[stop:].startswith("\n\n") or stop == len(text)
