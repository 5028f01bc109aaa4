"""Parts begin with chapters or paragraphs, near where they are wanted."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.entities.parts import divide
from schemas.errors import UnfitError


def parts(text: str, *wanted: int) -> list[str]:
    return [text[start:stop] for start, stop in divide(text, np.array(wanted))]


def test_a_part_begins_with_the_nearest_paragraph() -> None:
    text = "One one.\n\nTwo two.\n \n\nThree.\n\nFour four."
    assert parts(text, 21) == ["One one.\n\nTwo two.", "Three.\n\nFour four."]


def test_a_chapter_near_the_place_is_taken_first() -> None:
    filler = "It rained.\n\n" * 20
    text = f"{filler}Chapter 2\n\n{filler}"
    middle = len(text) // 2 - 40
    assert parts(text, middle)[1].startswith("Chapter 2\n\nIt rained.")
    far = f"{filler}{filler}{filler}Chapter 2\n\n{filler}"
    assert parts(far, 100)[1].startswith("It rained.")


def test_lines_are_taken_where_there_are_no_paragraphs() -> None:
    assert parts("one\ntwo\nthree", 4, 8) == ["one", "two", "three"]


@pytest.mark.parametrize("text", ["one line", "one\n\ntwo", ""])
def test_too_few_paragraphs_are_refused(text: str) -> None:
    with pytest.raises(UnfitError):
        divide(text, np.array([1, 2, 3]))


@given(st.lists(st.text("ab \n", min_size=1), min_size=8), st.integers(1, 4))
def test_nothing_but_white_space_is_lost(paragraphs: list[str], count: int) -> None:
    text = "x".join(f"{words}\n\ny" for words in paragraphs)
    try:
        found = divide(text, np.linspace(0, len(text), count + 2)[1:-1].astype(np.int64))
    except UnfitError:
        return
    assert (found[0][0], found[-1][1], len(found)) == (0, len(text), count + 1)
    for one, other in itertools.pairwise(found):
        assert one[0] < one[1] < other[0]
        assert text[one[1] : other[0]].isspace()
