"""Lists before a book go, its first chapter never."""

import pytest

from generators.cleaning.contents import Options, clean
from schemas.selection import Cleaned

PROSE = "It was a dark night, and the rain fell in torrents upon the roofs of the town;\nit blew.\n"


def test_a_list_ends_where_its_first_entry_comes_again() -> None:
    entries = "CONTENTS\n\nCHAPTER I. The Boy\n\nCHAPTER II. The Sea\n\nCHAPTER III. Home\n\n"
    book = "CHAPTER I. THE BOY\n\n" + PROSE
    text = "A NOVEL\n\n" + entries + book
    assert clean(text, Options()) == Cleaned(text="A NOVEL\n\n" + book, count=len(entries))


@pytest.mark.parametrize(
    ("heading", "entries"),
    [
        ("CONTENTS", "  I. In Town\n II. At Sea\nIII. Home"),
        ("Contents.", "Preface        v\nThe Boy        1\nThe Sea       20"),
        ("TABLE OF CONTENTS", "BOOK I\n\nCHAPTER I CHAPTER II\n\n\nBOOK II\n\nCHAPTER III"),
        ("Table des mati\u00e8res", "PREMI\u00c8RE PARTIE\nI\nII\nIII"),
        ("LIST OF ILLUSTRATIONS", "The Boy at Sea . . . 3\nThe Ship . . . 9\nHome . . . 12"),
        ("CONTENTS", "CHAPTER I\nWHICH TREATS OF A KNIGHT\n\nCHAPTER II\nWHICH TREATS OF A HORSE"),
    ],
)
def test_a_list_ends_at_the_widest_gap(heading: str, entries: str) -> None:
    book = "PRELUDE\n\n\n" + PROSE
    assert clean(f"X\n\n{heading}\n\n{entries}\n\n\n\n\n{book}", Options()).text == "X\n\n" + book


def test_titles_without_numbers_are_known_by_coming_again() -> None:
    entries = "CONTENTS\n\nThe Boy\nThe Sea\nA Letter\n\n\n\n"
    book = f"Foreword\n\n{PROSE}\n\nThe Boy\n\n{PROSE}\n\nThe Sea\n\n{PROSE}\n\nA Letter\n\n{PROSE}"
    assert clean(entries + book, Options()).text == book
    text = entries + f"Foreword\n\n{PROSE}"
    assert clean(text, Options()).text is text


def test_two_lists_go() -> None:
    contents = "CONTENTS\n\nCHAPTER I\nCHAPTER II\nCHAPTER III\n\n\n"
    pictures = "ILLUSTRATIONS\n\nA Ship   3\nA Whale   5\nA Man   9\n\n\n\n"
    assert clean(contents + pictures + PROSE, Options()).text == PROSE


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "CONTENTS\n\n" + PROSE,
        "CONTENTS\n\nCHAPTER I\n\n\n\n" + PROSE,
        "CONTENTS\n\nCHAPTER I\n\nCHAPTER II\n\nCHAPTER III\n",
        "CONTENTS\n\nCHAPTER I\n\nCHAPTER II\n\nCHAPTER III\n\n" + PROSE,
        "The contents of the box were three.\n\n1.\n2.\n3.\n\n\n\n" + PROSE,
        PROSE * 600 + "CONTENTS\n\nI. A\nII. B\nIII. C\n\n\n\n" + PROSE,
    ],
    ids=["none", "no list", "short", "no book", "no end", "a sentence", "too deep"],
)
def test_in_doubt_it_stays(text: str) -> None:
    assert clean(text, Options()).text is text
