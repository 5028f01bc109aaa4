"""Breaks go where a page forced them and stay where a writer put them; no word is touched."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.cleaning.unwrap import Options, clean

SENTENCE = "it was the best of times, it was the worst of times, it was the age of wisdom, "
PROSE = "Then " + SENTENCE * 8 + "and so on."
VERSE = "The curfew tolls the knell of parting day,\nThe lowing herd wind slowly o'er the lea,\n"
WORDS = st.lists(st.text("abcdefgh\u00e9", min_size=1, max_size=9), min_size=8, max_size=20)


def wrapped(text: str, width: int = 70) -> str:
    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False))


def book(*others: str) -> str:
    """Return prose with other paragraphs in its middle."""
    return "\n\n".join([*[wrapped(PROSE)] * 3, *others, wrapped(PROSE)]) + "\n"


def test_a_paragraph_becomes_a_line() -> None:
    text = book()
    cleaned = clean(text, Options())
    assert cleaned.text == "\n\n".join([PROSE] * 4) + "\n"
    assert cleaned.count == 4 * wrapped(PROSE).count("\n")


@given(WORDS, st.integers(55, 90))
def test_words_never_change_and_wrapping_is_undone(words: list[str], width: int) -> None:
    paragraph = " ".join(["x", *words * 40])
    text = wrapped(paragraph, width) + "\n\n" + wrapped(paragraph, width)
    assert clean(text, Options()).text == f"{paragraph}\n\n{paragraph}"


SIGNS = tuple("aB1 \n-.|\t\u00e9\u6f22")
BITS = st.sampled_from([*SIGNS, "\n\n", wrapped(PROSE), "\n" + wrapped(PROSE)])


@given(st.lists(BITS, max_size=40))
def test_white_space_apart_every_text_stays(pieces: list[str]) -> None:
    text = "".join(pieces)
    cleaned = clean(text, Options())
    assert "".join(cleaned.text.split()) == "".join(text.split())
    assert text.count("\n") - cleaned.text.count("\n") == cleaned.count


@pytest.mark.parametrize(
    "kept",
    [
        VERSE * 2,
        "Full many a gem of purest ray serene the dark unfathom'd caves of\n"
        "Ocean bear: full many a flower is born to blush unseen, and waste its\n"
        "Sweetness on the desert air. Some village-Hampden, that with dauntless\n"
        "Breast the little tyrant of his fields withstood",
        "    an indented block of which the lines are as long as those of\n    prose would be",
        "- an item of a list that is as long as any line of the prose around it\n- another one",
        "1. an item of a list that is as long as any line of the prose around i\n2. another one",
        "\u2022 an item of a list that is as long as any line of the prose around\n\u2022 one more",
        "a name of some length        a number of some length       a third column\nb    1    2",
        "| a table with bars that is as long as any other line of the prose is |\n| b |",
        "A HEADING IN CAPITALS THAT IS SO LONG THAT IT GOES OVER THE END OF THE\nLINE",
        "CHAPTER I\nin which",
        "# a comment of some source that is as long as the lines of prose would\n# be",
        "\u6f22\u5b57 " * 23 + "\n\u6f22\u5b57",
    ],
)
def test_what_is_no_wrapped_prose_keeps_its_lines(kept: str) -> None:
    assert f"\n\n{kept}\n\n" in clean(book(kept), Options()).text


def test_verse_is_joined_when_told() -> None:
    verse = (
        "Of man's first disobedience and the fruit of that forbidden tree whose\n" * 4 + "Mortal"
    )
    assert verse in clean(book(verse), Options()).text
    assert verse.replace("\n", " ") in clean(book(verse), Options(verse="join")).text


@pytest.mark.parametrize(
    ("end", "start", "kept", "joined"),
    [
        ("twenty-", "five", "twenty-five", "twentyfive"),
        ("North-", "West", "North-West", "North-West"),
        ("yes--", "no", "yes--no", "yes--no"),
        ("yes\u2014", "no", "yes\u2014no", "yes\u2014no"),
        ("yes", "--no", "yes--no", "yes--no"),
        ("yes -", "no", "yes - no", "yes - no"),
        ("yes  ", "no", "yes no", "yes no"),
    ],
)
def test_hyphens_and_dashes(end: str, start: str, kept: str, joined: str) -> None:
    line = "a line that is as long as the lines of prose around it would be, "
    text = book(f"{line}{end}\n{start} and on")
    assert f"{line}{kept} and on" in clean(text, Options()).text
    assert f"{line}{joined} and on" in clean(text, Options(hyphens="join")).text


def test_a_page_of_given_width() -> None:
    """With lines of 50 on a page said to be 90 wide, no break was forced."""
    text = "\n\n".join([wrapped(PROSE, 50)] * 4)
    assert clean(text, Options()).text == "\n\n".join([PROSE] * 4)
    assert clean(text, Options(width=90)).text is text


@pytest.mark.parametrize(
    "text",
    [
        VERSE * 40,
        PROSE,
        "\n\n".join([PROSE] * 9),
        "import a\nfrom b import c\n\n\ndef f(x: int) -> int:\n    return x + 1\n" * 20,
        "".join(f"{number},{number * 7},word\n" for number in range(200)),
        wrapped(PROSE)[:200],
        "\n" * 99,
        " \n" * 99,
    ],
    ids=["verse", "a line", "lines", "code", "table", "few lines", "empty lines", "blank lines"],
)
def test_a_text_that_is_not_wrapped_is_the_same_object(text: str) -> None:
    assert clean(text, Options()).text is text
