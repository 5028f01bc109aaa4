"""Shapes of lines, on texts whose shares a person can count."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.scoring import lines
from schemas.selection import Subject

Scores = dict[str, float | str | bytes | None]
PLAIN = "the whale is white and the sea is wide and the ship is old\n"


def scores(text: str) -> Scores:
    subject = Subject(text=text, kind="page", data=text.encode(), ids=np.zeros(0, np.int32))
    return lines.score(subject, lines.Options())


@pytest.mark.parametrize(
    ("column", "line"),
    [
        ("lines_pipes", "| one | two |\n"),
        ("lines_bullets", "   - an item\n"),
        ("lines_bullets", "\t* an item\n"),
        ("lines_bullets", "• an item\n"),
        ("lines_ellipses", "and so on...\n"),
        ("lines_ellipses", "und so weiter…\n"),
    ],
)
def test_one_line_in_five(column: str, line: str) -> None:
    found = scores(PLAIN * 4 + "\n   \n" + line)
    assert found[column] == pytest.approx(0.2)
    shares = {"lines_pipes", "lines_bullets", "lines_ellipses"} - {column}
    assert [found[other] for other in sorted(shares)] == [0, 0]


def test_near_misses_do_not_count() -> None:
    found = scores(PLAIN * 4 + "a | b\n-5 degrees\n...\tthen\n" + "wait..\n")
    assert found["lines_pipes"] == found["lines_bullets"] == found["lines_ellipses"] == 0


def test_digits_are_a_mean_over_lines() -> None:
    found = scores("12ab\n" * 30 + "abcd\n" * 30)
    assert found["lines_digits"] == pytest.approx((0.5 + 0) / 2)


def test_long_lines_by_their_bytes() -> None:
    found = scores("x" * 10_001 + "\n" + "y" * 10_000 + "\n")
    assert found["lines_long"] == pytest.approx(10_001 / 20_001)


def test_letters_among_what_is_printed() -> None:
    assert scores("ab 12\n" * 60)["lines_letters"] == pytest.approx(0.5)
    assert scores("éЖ漢한 “—”。😀\n" * 60)["lines_letters"] == pytest.approx(4 / 9)


def test_the_last_line_needs_no_end() -> None:
    assert scores(PLAIN * 4 + "and then...")["lines_ellipses"] == pytest.approx(0.2)


text_lines = st.lists(st.text(alphabet="a1|-*. \té…", max_size=8), max_size=40)


@given(text_lines)
def test_shares_are_those_of_regular_expressions(given_lines: list[str]) -> None:
    kept = [line for line in [*([PLAIN.strip()] * 4), *given_lines] if line.strip(" \t")]
    found = scores("\n".join([*([PLAIN.strip()] * 4), *given_lines]))

    def share(pattern: str) -> float:
        return sum(re.search(pattern, line) is not None for line in kept) / len(kept)

    assert found["lines_pipes"] == pytest.approx(share(r"\|.*\|"))
    assert found["lines_bullets"] == pytest.approx(share(r"^[ \t]*[-*+] "))
    assert found["lines_ellipses"] == pytest.approx(share(r"(\.\.\.|…)$"))
    digits = [len(re.findall("[0-9]", line)) / len(line.encode()) for line in kept]
    assert found["lines_digits"] == pytest.approx(sum(digits) / len(kept))


def test_a_short_text_says_nothing() -> None:
    assert set(scores("a" * 199).values()) == {None}
    assert None not in scores("a" * 200).values()


@pytest.mark.parametrize("text", ["\n" * 9000, " " * 900_000, " \t\n" * 3000])
def test_white_space_says_nothing(text: str) -> None:
    assert scores(text) == dict.fromkeys(lines.COLUMNS)


@pytest.mark.parametrize("text", ["a" * 900_000, "😀" * 9000, "漢" * 300_000])
def test_one_line_of_one_character(text: str) -> None:
    found = scores(text)
    assert found["lines_long"] == 1
    assert found["lines_letters"] == (0 if "😀" in text else 1)
