"""Rivals: files that tell an answer too, or none where the definition's own file does."""

import re

import pytest

from generators.syntax.mentions import repository
from generators.tasks._parts.code_rivals import heirs, rivals

DEFINED = "===== a.py =====\nFEED_RATE = 7741\n"
CLASS = "===== a.py =====\nclass Press(Engine): ...\n"
B = len(DEFINED)


def told(rest: str, *, once: str = "7741", below: str = "") -> frozenset[int] | None:
    text = DEFINED + below + rest
    named = [found.start() for found in re.finditer("FEED_RATE", text)]
    start = DEFINED.index("FEED")
    span = (start, start + len("FEED_RATE = 7741"))
    return rivals(repository(text), span, named=named, secrets=("7741",), once=once)


@pytest.mark.parametrize(
    ("words", "once", "is_rival"),
    [
        ("x = FEED_RATE * hours", "7741", False),
        ("y = 7741", "7741", True),
        ("y = 77410", "7741", False),
        ("y = 7741", "", False),
        ("x = FEED_RATE  # 7741", "", True),
        ("x = FEED_RATE\n" + "word " * 50 + "7741", "", False),
    ],
)
def test_a_file_that_tells_is_a_rival(words: str, once: str, is_rival: bool) -> None:
    assert told(f"===== b.py =====\n{words}\n", once=once) == frozenset({B} if is_rival else ())


def test_its_own_file_may_say_it_only_right_below() -> None:
    assert told("", below="\n# so 7741\n") == frozenset()
    assert told("", below=f"{'word ' * 500}7741\n") is None
    assert told("", below=f"{'word ' * 500}FEED_RATE  # 7741\n", once="") is None


def test_what_stands_too_often_is_left_alone() -> None:
    assert told(f"===== b.py =====\n{'7741 ' * 401}\n") is None


@pytest.mark.parametrize(
    ("line", "is_rival"),
    [("class Pump(Engine): ...", True), ("  class Pump(a.Engine, B):", True),
     ("class Pump(Engines): ...", False), ("engine = Engine()", False)],
)  # fmt: skip
def test_another_class_with_the_base_is_a_rival(line: str, is_rival: bool) -> None:
    span = (CLASS.index("class"), CLASS.index(": ..."))
    text = f"{CLASS}===== b.py =====\n{line}\n"
    assert heirs(repository(text), span, "Engine") == frozenset({len(CLASS)} if is_rival else ())
    assert heirs(repository(f"{CLASS}{line}\n"), span, "Engine") == (
        None if is_rival else frozenset()
    )
