"""The benchmarks' own wordings must not stand here, so they are looked for backwards."""

import pytest

from generators.decontam.firewall import build_firewall, firewall, overlaps
from generators.decontam.overlap import find

BENCHMARKS = (
    "BABILong",
    "HELMET",
    "InfiniteBench",
    "MRCR",
    "NIAH",
    "RULER",
    "lost-in-the-middle",
)


def test_the_seven_benchmarks_are_there() -> None:
    index = firewall()
    assert index.benchmarks == BENCHMARKS
    assert (index.n, index.unit, index.num_common) == (8, "word", 0)
    assert set(range(len(BENCHMARKS))) == set(index.owners.tolist())


def test_a_wording_that_benchmarks_share_is_found_in_all_of_them() -> None:
    """It is written backwards, so that it does not stand here."""
    backwards = "below object json the in key specified the to corresponding value the extract"
    wording = " ".join(backwards.split()[::-1])
    assert overlaps(wording) == ("HELMET", "InfiniteBench", "lost-in-the-middle")
    assert overlaps(backwards) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nobody saw the ferry leave that evening, and nobody asked.",
        "The answer to the question is in the text above.",
        "for index, value in enumerate(values): total += value * weights[index]",
    ],
)
def test_ordinary_text_is_let_through(text: str) -> None:
    assert overlaps(text) == ()


def test_what_is_filled_in_does_not_count() -> None:
    index = build_firewall(
        [("a", "the {kind} that opens this old iron chest is {value} and nothing but that")]
    )
    text = "So the key that opens this old iron chest is Velmar."
    assert [text[a:b] for a, b in find(text, index).spans] == ["that opens this old iron chest is"]
    assert (index.num_texts, index.num_short) == (1, 2)


def test_pieces_of_five_words_are_not_looked_for() -> None:
    index = build_firewall([("a", "the value of the key {x} is what we shall look for")])
    assert find("the value of the key", index).hits == 0
    assert find("that is what we shall look for", index).hits == 1
