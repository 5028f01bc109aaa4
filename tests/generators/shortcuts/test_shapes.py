"""What looks the same as an answer, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.shortcuts.shapes import shape_of


def found(answer: str, text: str, *, loose: bool = False) -> list[str]:
    shape = shape_of(answer)
    assert shape is not None
    return [match[1] for match in (shape.alike if loose else shape.same).finditer(text)]


@pytest.mark.parametrize(
    ("answer", "text", "same"),
    [
        ("KX4-90Q7", "AB1-22C3 AB12-22C3 xAB1-22C3 AB1-22C34", ["AB1-22C3"]),
        ("7557155", "1234567 12345678 123456 a1234567", ["1234567"]),
        ("Velmar Tosqui", "then Ryno Galt and Port Mivo. ryno galt", ["Ryno Galt", "Port Mivo"]),
        ("14 March 6184", "1 May 9408, 22 june 1999, 3 July 19", ["1 May 9408"]),
        ("Brelir saddle", "Fegas flask", ["Fegas flask"]),
        ("fetchKaezelFrame", "drainZehaeLabel drain drainLabel", ["drainZehaeLabel"]),
        ("fetch_velmar_index", "drain_port_label drain_label", ["drain_port_label"]),
        ("Élise Öster", "Zoë Ångström", ["Zoë Ångström"]),
    ],
)
def test_a_look_finds_what_looks_the_same(answer: str, text: str, same: list[str]) -> None:
    assert found(answer, text) == same


def test_a_word_with_a_capital_before_a_name_hides_no_name() -> None:
    assert found("Velmar Tosqui", "Then Ryno Galt came.") == ["Then Ryno", "Ryno Galt"]


def test_alike_lets_the_number_of_digits_differ() -> None:
    text = "12 1234 123456789 1234567890123456789"
    assert found("7557155", text, loose=True) == ["1234", "123456789"]


@pytest.mark.parametrize(
    "answer", ["", "three", "not stated", "one two\nThree", "A b " * 5, "Xy" * 41, "..."]
)
def test_passages_and_plain_words_have_no_look(answer: str) -> None:
    assert shape_of(answer) is None


@given(st.from_regex(r"[A-Z]{1,3}[0-9]{1,4}-[A-Za-z]{1,6}( [A-Z][a-z]{2,9}){0,2}", fullmatch=True))
def test_an_answer_always_looks_like_itself(answer: str) -> None:
    assert answer in found(answer, f"({answer})")
    assert answer in found(answer, f"({answer})", loose=True)
