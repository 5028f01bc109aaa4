"""Passages: they end where sentences do, stay in their document, and have about one size."""

import itertools
import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generators.retrieval.passages import Passages, cut, sentences
from tests.generators.composed import offer


def passages(*documents: str, size: int, seed: int = 0) -> tuple[list[str], Passages]:
    given = offer(*documents)
    found = cut(
        np.random.default_rng(seed),
        given.text,
        token_ends=given.token_ends,
        starts=given.starts,
        size=size,
    )
    return [given.text[slice(*found.span(i))] for i in range(len(found))], found


def test_passages_can_be_read_by_eye() -> None:
    texts, found = passages("It rained. It snowed for days. Nobody came.", "Then May came.", size=4)
    assert texts == [
        "It rained. It snowed for days.",
        "Nobody came.",
        "Then May came.",
    ]
    assert found.tokens.tolist() == [6, 2, 3]


def test_sentences_end_at_marks_and_empty_lines_but_not_at_titles() -> None:
    text = 'Mr. Galt saw J. Varn. "Well!" He left... so\nit goes\n\nChapter 2? Yes'
    found = [text[a:b] for a, b in sentences(text, 0, len(text))]
    assert found == [
        "Mr. Galt saw J. Varn.",
        '"Well!"',
        "He left... so\nit goes",
        "Chapter 2?",
        "Yes",
    ]


def test_text_without_sentences_is_cut_at_lines_and_text_without_lines_at_words() -> None:
    code, _ = passages("\n".join(f"x{i} = y{i} + z{i}" for i in range(60)), size=20)
    assert all(re.fullmatch(r"x\d+ = .*z\d+", text, re.DOTALL) for text in code)
    words, _ = passages(" ".join(f"word{i}" for i in range(300)), size=20)
    assert len(words) > 5
    assert all(re.fullmatch(r"word\d+( word\d+)*", text) for text in words)


@given(
    st.lists(
        st.text(st.sampled_from("ab .\nA!\u201d"), min_size=1, max_size=400), min_size=1, max_size=4
    ),
    st.integers(2, 30),
    st.integers(0, 2**32),
)
def test_passages_are_rising_stripped_and_inside_one_document(
    documents: list[str], size: int, seed: int
) -> None:
    given = offer(*documents)
    texts, found = passages(*documents, size=size, seed=seed)
    spans = [found.span(i) for i in range(len(found))]
    assert all(text == text.strip() and text for text in texts)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    stops = [*(start - 2 for start in given.starts[1:]), len(given.text)]
    inside = [
        any(a <= start and stop <= b for a, b in zip(given.starts, stops, strict=True))
        for start, stop in spans
    ]
    assert all(inside)
    assert found.tokens.tolist() == [len(text.split()) for text in texts]


def test_places_have_owners_or_none() -> None:
    _, found = passages("It rained.\n\n\n\nIt snowed for days.", size=2)
    owners, inside = found.owners(np.array([0, 9, 10, 13, 14, 99]))
    assert owners[inside].tolist() == [0, 0, 1]
    assert inside.tolist() == [True, True, False, False, True, False]


def test_an_empty_text_has_no_passages() -> None:
    assert len(passages("", size=10)[1]) == 0
