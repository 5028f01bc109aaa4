"""What could be guessed is known: common values, values that their name tells, long ones."""

import pytest

from generators.tasks._parts.code_guess import is_guess, unquoted, words_of


@pytest.mark.parametrize(
    ("value", "name", "guess"),
    [
        ("None", "width", True),
        ("0", "width", True),
        ('""', "width", True),
        ('"utf-8"', "encoding", True),
        ('"strict"', "mode", True),
        ('"fast_mode"', "mode", True),
        ("FAST_MODE", "SomeMode", True),
        ("", "mode", True),
        ('"' + "a" * 70 + '"', "mode", True),
        ("34", "width", False),
        ('"serrated"', "mode", False),
        ("(3, 9)", "retries", False),
    ],
)
def test_a_guess(value: str, name: str, guess: bool) -> None:
    assert is_guess(value, name) == guess


def test_strings_lose_their_quotation_marks() -> None:
    found = [unquoted(value) for value in ('"a b"', "'a'", 'rb"a"', "34", "a.b")]
    assert found == ["a b", "a", "a", "34", "a.b"]


def test_names_have_words() -> None:
    assert words_of("SheetCutter_two") == {"sheet", "cutter", "two"}
    assert words_of("HTTPError") == {"http", "error"}
