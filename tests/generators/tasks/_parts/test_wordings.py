"""Wordings are read in groups of lines, field by field."""

import pytest

from generators.tasks._parts.wordings import fields_of


def test_the_example() -> None:
    text = "The {key} of the mill | Mill:\n  What turns {keys}?\nA | B\nC\n"
    assert list(fields_of(text, lines=2)) == [
        ["The {key} of the mill", "Mill:", "What turns {keys}?"],
        ["A", "B", "C"],
    ]


def test_a_line_too_few_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="3 lines are no groups of 2"):
        list(fields_of("a\nb\nc", lines=2))
