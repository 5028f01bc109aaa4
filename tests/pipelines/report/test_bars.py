"""Histograms and tables in plain text."""

import pytest

from pipelines.report.bars import bar, table


@pytest.mark.parametrize(
    ("value", "most", "shown"),
    [(1, 2, "██  "), (2, 2, "████"), (0, 2, "    "), (1, 32, "▏   "), (5, 0, "    ")],
)
def test_a_bar_of_four_characters(value: int, most: int, shown: str) -> None:
    assert bar(value, most, width=4) == shown


def test_names_stand_to_the_left_and_numbers_to_the_right() -> None:
    assert table([["books", "9"], ["code", "1,234"]]) == ["books      9", "code   1,234"]
    assert table([["a", "bb", "9"], ["aa", "b", "10"]], left=2) == ["a   bb   9", "aa  b   10"]


def test_no_rows_are_no_lines() -> None:
    assert table([]) == []
