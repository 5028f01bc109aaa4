"""Quotes: what one passage says and no other, by eye and by search."""

import re

import numpy as np
import pytest

from generators.retrieval.passages import Passages
from generators.retrieval.quotes import BLANK, KINDS, Ask, Finder, Quote, Reach, finder, quote

TEXT = (
    "The ferry for Margate left at noon and nobody waved. A crowd had gathered quietly.\n"
    "The ferry for Dover left at noon and everybody waved. Gathered there, a crowd sang.\n"
    "Nobody at Dover had gathered any crowd since 1923, and the ferry stayed empty."
)


def find(text: str = TEXT) -> Finder:
    lines = [found.span() for found in re.finditer(".+", text)]
    starts, stops = np.array(lines).T
    tokens = np.array([len(text[a:b].split()) for a, b in lines])
    return finder(text, Passages(starts=starts, stops=stops, tokens=tokens))


def reach(front: int = 99, behind: int = 99, text: str = TEXT) -> Reach:
    return Reach(front=front, behind=behind, tokens=lambda a, b: len(text[a:b].split()))


def quotes(
    ask: Ask, gold: int, *, size: int = 8, near: Reach | None = None, text: str = TEXT
) -> list[Quote]:
    found = (
        quote(
            np.random.default_rng(seed),
            find(text),
            gold,
            ask=ask,
            size=size,
            reach=near or reach(),
            kind=KINDS[seed % len(KINDS)],
        )
        for seed in range(60)
    )
    return [made for made in found if made]


def test_a_blank_hides_what_no_other_passage_that_is_used_holds() -> None:
    made = quotes("cloze", 0, size=10)
    assert {one.answer for one in made} == {"Margate"}
    shown = '"The ferry for _____ left at noon and nobody waved."'
    assert {one.shown for one in made} == {shown}
    assert {TEXT[slice(*one.marks[0])].replace("Margate", BLANK) for one in made} == {shown[1:-1]}
    # Dover is held by the last passage too, but three passages allow for one holder alone.
    assert "Dover" not in {one.answer for one in quotes("cloze", 1)}
    assert "1923" in {one.answer for one in quotes("cloze", 2)}


def test_passages_that_hold_what_is_blanked_out_are_barred() -> None:
    text = TEXT + "".join(
        f"\nNothing much was said of harbour number {i} at all." for i in range(20)
    )
    made = [one for one in quotes("cloze", 1, text=text) if one.answer == "Dover"]
    assert made
    assert {one.barred for one in made} == {frozenset({2})}


def test_a_run_stands_once() -> None:
    made = quotes("source", 1, size=7)
    assert made
    assert all(" ".join(TEXT.split()).count(one.shown.strip('"')) == 1 for one in made)
    assert all(one.answer == "" and not one.barred for one in made)


def test_a_run_that_stands_twice_is_not_taken() -> None:
    twice = "The same old seven words stand here.\nThe same old seven words stand here."
    assert quotes("source", 0, size=7, text=twice) == []


def test_terms_stand_together_in_one_passage_alone() -> None:
    made = quotes("terms", 0, size=2)
    assert made
    for one in made:
        terms = re.findall('"([a-z]+)"', one.shown)
        lines = [line.lower() for line in TEXT.splitlines()]
        assert [i for i, line in enumerate(lines) if all(t in line for t in terms)] == [0]
        assert [TEXT[a:b].lower() for a, b in one.marks] == sorted(
            terms, key=lambda term: TEXT.lower().index(term)
        )


def test_double_quotes_are_never_quoted() -> None:
    assert quotes("source", 0, text='He said "never mind the rain now" and left us.', size=8) == []


@pytest.mark.parametrize("ask", ["cloze", "source", "terms"])
def test_near_the_end_the_passage_is_shortened(ask: Ask) -> None:
    made = quotes(ask, 0, size=2 if ask == "terms" else 8, near=reach(behind=11))
    assert made
    for one in made:
        start, stop = one.run
        assert TEXT[start:stop] in (
            "The ferry for Margate left at noon and nobody waved.",
            "A crowd had gathered quietly.",
        )
        assert all(start <= a < b <= stop for a, b in one.marks)


def test_near_the_beginning_the_blank_stands_early() -> None:
    text = "One two three four. Five six seven eight. The boat reached Ramsgate before ten o'clock."
    made = quotes("cloze", 0, near=reach(front=4, text=text), text=text)
    assert made
    assert max(len(text[one.run[0] : one.marks[0][0]].split()) for one in made) <= 4


def test_words_are_whole_and_capitals_aside() -> None:
    found = find("Dover\ndover street\nDoverish\nover Do_ver dover_")
    assert found.holders("DOVER", 4) == frozenset({0, 1})
    assert found.holders("dover", 1) is None
    assert found.holders("calais", 1) == frozenset()


def test_a_letter_that_lowers_to_two_moves_nothing() -> None:
    found = find("\u0130\u0130\u0130 Dover")
    assert found.times("dover", (0, 9)) == [4]


def test_a_line_break_in_a_run_counts_as_a_space() -> None:
    assert not find("left\nat noon, left at\nnoon").is_single(["left", "at", "noon"])
    assert find("left\nat noon, left at\nnight").is_single(["left", "at", "noon"])
    assert not find("left at one, left at two,").is_single(["left", "at", BLANK + ","])
