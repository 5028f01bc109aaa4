"""Uses: a line of another file that uses a name and tells nothing of the answer."""

import re

import pytest

from generators.syntax.mentions import repository
from generators.tasks._parts.code_uses import Ask, has, uses


def lines(line: str, ask: Ask = "signature", told: str = "34", path: str = "b.py") -> list[str]:
    text = f"===== a.py =====\ndef cut_sheet(x, y=34): ...\n===== {path} =====\n{line}\n"
    named = [found.start() for found in re.finditer("cut_sheet", text)]
    found = uses(
        repository(text), named, "cut_sheet", ask=ask, secrets=[told], answer=told, without={0}
    )
    return [use.line for use in found]


@pytest.mark.parametrize(
    ("line", "ask", "is_use"),
    [
        ("  left = cut_sheet(paper, 2)", "signature", True),
        ("left = partial(cut_sheet, 2)", "signature", False),
        ("left = partial(cut_sheet, 2)", "constant", True),
        ("from press import cut_sheet", "constant", False),
        ("# for cut_sheet(paper) see there", "signature", False),
        ("def more(x=cut_sheet(paper)):", "signature", False),
        ("class More(cut_sheet, Other):", "base", True),
        ("class More(cut_sheet(1)):", "signature", False),
        ("left = cut_sheet(paper, 34)", "default", False),
        ("left = cut_sheet(paper, 340)", "default", False),
        ("left = `cut_sheet(paper)`", "signature", False),
        ("cut_sheet()", "signature", False),
        (f"left = cut_sheet({'paper, ' * 20})", "signature", False),
    ],
)
def test_lines_that_are_uses(line: str, ask: Ask, is_use: bool) -> None:
    assert lines(line, ask) == [line.strip()] * is_use


def test_a_use_stands_in_another_python_file_and_there_are_a_few() -> None:
    assert lines("left = cut_sheet(paper, 2)", path="b.md") == []
    assert len(lines("\n".join(["left = cut_sheet(paper, 2)"] * 30))) == 8


@pytest.mark.parametrize(
    ("words", "value", "stands"),
    [("a 34 b", "34", True), ("340 34", "34", True), ("340", "34", False), ("x.34", "34", True),
     ("a", "34", False), ("is (3, 9)", "(3, 9)", True), ("a_34", "34", False)],
)  # fmt: skip
def test_values_stand_by_themselves(words: str, value: str, stands: bool) -> None:
    assert has(words, value) == stands
