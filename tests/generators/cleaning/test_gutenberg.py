"""The licence goes, whatever its year; the book stays, whatever it speaks of."""

import pytest

from generators.cleaning.gutenberg import Options, clean
from schemas.selection import Cleaned

OPENING = "The Project Gutenberg EBook of X, by Y\n\nThis eBook is for anyone.\n\nTitle: X\n\n"
LICENCE = "\n***** This file should be named 1.txt *****\n\n*** START: FULL LICENSE ***\n\nTerms.\n"
BOOK = "CHAPTER I\n\nIt was a dark night.\n\nTHE END\n"


@pytest.mark.parametrize(
    "start",
    [
        "*** START OF THIS PROJECT GUTENBERG EBOOK X ***\n",
        "***START OF THE PROJECT GUTENBERG EBOOK X***\n",
        "*** START OF THE PROJECT GUTENBERG EBOOK, A VERY LONG\nTITLE, IN TWO LINES ***\n",
        "*** START OF THE PROJECT GUTENBERG EBOOK 11 ***\n",
        "***START OF THE PROJECT GUTENBERG E-TEXT X***\n",
        "***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\nterms\n"
        "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n",
        "*END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.10/04/01*END*\n",
        "*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\nThe Project Gutenberg Etext of X\n\n"
        "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*\n",
    ],
)
@pytest.mark.parametrize(
    "end",
    [
        "*** END OF THIS PROJECT GUTENBERG EBOOK X ***\n" + LICENCE,
        "***END OF THE PROJECT GUTENBERG EBOOK X***\n\nCREDITS\n\nSomebody.\n" + LICENCE,
        "End of the Project Gutenberg EBook of X, by Y\n\n"
        "*** END OF THIS PROJECT GUTENBERG EBOOK X ***\n" + LICENCE,
        "End of Project Gutenberg's X, by Y\n",
        "End of Project Gutenberg\u2019s X, by Y\n\n*** END OF THE PROJECT GUTENBERG EBOOK X ***",
        "End of The Project Gutenberg Etext of X, by Y\n\n",
        "This is the end of the Project Gutenberg Etext of X\n",
        "*** END OF THE PROJECT GUTENBERG EBOOK X ***\n\n"
        "*END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*\n",
    ],
)
def test_header_and_footer_of_every_year(start: str, end: str) -> None:
    text = f"{OPENING}{start}\n\n{BOOK}\n\n\n{end}"
    assert clean(text, Options()) == Cleaned(text=BOOK, count=len(text) - len(BOOK))


@pytest.mark.parametrize(
    "credit",
    [
        "Produced by Jo Churcher",
        "E-text prepared by Donald Lainson, Toronto, Canada,\nand revised by others",
        "An Anonymous Volunteer, and David Widger",
        "This eBook was produced by David Widger",
        "Transcribed from the 1910 edition by David Price",
        "Produced by A\n\n\nHTML version by B",
        "Juliet Sutherland and the Online Distributed Proofreading Team",
    ],
)
def test_credits_directly_below_the_header_go(credit: str) -> None:
    text = f"{OPENING}*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\n{credit}\n\n\n\n{BOOK}"
    assert clean(text, Options()).text == BOOK


def test_a_book_that_begins_like_a_credit_somewhere_else_keeps_it() -> None:
    text = "Produced by hand, this cheese is rare.\n\n" + BOOK
    assert clean(text, Options()).text is text


def test_notes_among_the_first_pages_go() -> None:
    text = (
        f"{OPENING}*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\nX\n\n\n"
        "[Project Gutenberg Editor's Note: There is\nanother version]\n\n\n"
        "Original Transcriber\u2019s Notes:\n\n\nThis text is a combination of etexts.\n\n\n" + BOOK
    )
    assert clean(text, Options()).text == "X\n\n\n" + BOOK


def test_transcribers_notes_below_the_book_go() -> None:
    text = f"{BOOK}\n\nTranscriber's Notes:\n\nSpelling of the scanned pages was kept.\n\n"
    footer = "*** END OF THE PROJECT GUTENBERG EBOOK X ***\n"
    assert clean(text + footer, Options()).text == BOOK
    assert clean(text, Options()).text is text


@pytest.mark.parametrize(
    "text",
    [
        BOOK,
        "A history of Project Gutenberg.\n\n" + BOOK * 9,
        "x\n\nEnd of Project Gutenberg's first decade\nwas a feast.\n\n" + BOOK,
        'print("*** START OF THIS PROJECT GUTENBERG EBOOK X ***")\n',
        "How to cut:\n*** START OF THIS PROJECT GUTENBERG EBOOK X ***\nis the line.\n",
        "".join((BOOK * 2000, "\n*** END OF THE PROJECT GUTENBERG EBOOK X ***\n", BOOK * 2000)),
        "".join(
            (BOOK * 2000, "Project Gutenberg\n*** START OF THE PROJECT GUTENBERG X ***\n", BOOK)
        ),
        "",
    ],
)
def test_a_text_that_only_speaks_of_it_loses_nothing(text: str) -> None:
    assert clean(text, Options()).text is text


def test_a_book_about_project_gutenberg_keeps_its_middle() -> None:
    about = "End of Project Gutenberg's first decade, by an eyewitness.\n\nIt went on.\n"
    text = (
        f"{OPENING}*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\n{BOOK}\n{about}\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK X ***\n"
    )
    assert clean(text, Options()).text == f"{BOOK}\n{about}"


def test_of_a_licence_alone_nothing_is_left() -> None:
    text = f"{OPENING}*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\n\n{LICENCE}"
    text = text.replace(LICENCE, "*** END OF THE PROJECT GUTENBERG EBOOK X ***\n" + LICENCE)
    assert clean(text, Options()) == Cleaned(text=text, reason="only_gutenberg")
