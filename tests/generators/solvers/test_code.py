"""The code solver reads: the answer of a fair sample, and none or several of an unfair one."""

from typing import Any

import pytest

from generators.solvers import load
from generators.solvers.code import solve
from schemas.task import Problem
from tests.generators.tasks.code_repository import REPOSITORY

QUESTIONS = {
    "signature": ("cut_sheet", "the parameters of the function `cut_sheet`",
                  "left = press.cut_sheet(paper, 2)", "sheet, times, margin, mode"),
    "default": ("cut_sheet", "the default value of the parameter `margin` of the function "
                "`cut_sheet`", "left = press.cut_sheet(paper, 2)", "34"),
    "constant": ("FEED_RATE", "the value of the constant `FEED_RATE`",
                 "speed = FEED_RATE * hours", "7741"),
    "base": ("CoilPress", "what the class `CoilPress` is derived from", "press = CoilPress()",
             "TubeEngine"),
    "file": ("cut_sheet", "the file that defines the method `cut_sheet`",
             "left = press.cut_sheet(paper, 2)", "plant/coils.py"),
}  # fmt: skip


def read(
    ask: str, text: str = REPOSITORY, *, path: str = "app.py", position: str = "last", **more: Any
) -> tuple[str, ...]:
    name, what, line, _ = QUESTIONS[ask]
    line = more.pop("line", line)
    use = f"`{path}` has `{line}`. " if more.get("cross_file", True) else ""
    question = f"{use}Give {more.pop('what', what)}. Copy it."
    head = "" if position == "last" else f"{question}\n\n"
    tail = "" if position == "first" else f"{question}\n"
    params = {"ask": ask, "name": name, "cross_file": True, "question": position, **more}
    if ask == "default":
        params.setdefault("parameter", "margin")
    return solve(Problem(text=f"{head}{text}\n\n{tail}It is: ", params=params)).answers


@pytest.mark.parametrize("ask", QUESTIONS)
@pytest.mark.parametrize("position", ["first", "last", "both"])
def test_each_question_is_read(ask: str, position: str) -> None:
    assert read(ask, position=position) == (QUESTIONS[ask][3],)


def test_a_name_alone_is_enough_where_no_use_is_told() -> None:
    assert read("constant", cross_file=False) == ("7741",)


@pytest.mark.parametrize(
    ("ask", "head", "answer"),
    [
        ("signature", "def cut_sheet(\n  self,\n  a: dict[str, int],\n  *,\n  b=1,\n):", "a, b"),
        ("signature", "async def cut_sheet(a, /, b, *c, d, **e): pass", "a, b, *c, d, **e"),
        ("default", 'def cut_sheet(a, margin=("é", 2)):  # so', '("é", 2)'),
        ("default", "def cut_sheet(a, *, margin: int = -7, b) -> dict:", "-7"),
        ("signature", "def cut_sheet(a,\n\n\n===== x.py =====", None),
        ("default", "def cut_sheet(a, margin):", None),
    ],
)  # fmt: skip
def test_heads_are_read_as_python_reads_them(ask: str, head: str, answer: str | None) -> None:
    old = 'def cut_sheet(self, sheet, times, margin=34, *, mode="serrated"):'
    expected = () if answer is None else (answer,)
    assert read(ask, REPOSITORY.replace(old, head)) == expected


def test_a_first_file_without_a_path_has_definitions_but_no_answer_of_its_own_path() -> None:
    headless = REPOSITORY.partition("\n")[2]
    assert read("signature", headless) == ("sheet, times, margin, mode",)
    assert read("file", headless) == ()


TWICE = REPOSITORY.replace("def stop", "def cut_sheet(self, a, b, c):\n    return a\n\n\ndef stop")
FAULTS = [
    ("defined twice", "signature", TWICE, {}, ("sheet, times, margin, mode", "a, b, c")),
    ("defined twice alike", "constant", f"{REPOSITORY}FEED_RATE = 7741\n", {}, ("7741", "7741")),
    ("the value was changed", "default", REPOSITORY.replace("34", "35"), {}, ("35",)),
    ("parameters were shuffled", "signature", REPOSITORY.replace("sheet, times", "times, sheet"),
     {}, ("times, sheet, margin, mode",)),
    ("the definition is missing", "constant", REPOSITORY.replace("FEED_RATE = ", "RATE = "),
     {}, ()),
    ("the definition was cut", "base", REPOSITORY.replace("CoilPress(TubeEngine):", "CoilPress(Tu"),
     {}, ()),
    ("the file was renamed", "file", REPOSITORY.replace("plant/coils.py", "plant/x.py"), {},
     ("plant/x.py",)),
    ("the use is not there", "base", REPOSITORY, {"line": "coil = CoilPress()"}, ()),
    ("the use is in another file", "base", REPOSITORY, {"path": "other.py"}, ()),
    ("no such file", "base", REPOSITORY, {"path": "none.py"}, ()),
    ("the use is in the same file", "constant", REPOSITORY,
     {"path": "conf/values.py", "line": "FEED_RATE = 7741  # per hour"}, ()),
    ("the use tells the answer", "constant",
     REPOSITORY.replace("FEED_RATE * hours", "FEED_RATE * hours  # 7741"),
     {"line": "speed = FEED_RATE * hours  # 7741"}, ()),
    ("the use does not use it", "base", REPOSITORY, {"line": "press.warm_up()"}, ()),
    ("the question names another", "base", REPOSITORY,
     {"what": "what the class `Coil` is derived from"}, ()),
    ("the question asks for something else", "constant", REPOSITORY,
     {"what": "what the class `FEED_RATE` is derived from"}, ()),
    ("the parameter is another", "default", REPOSITORY, {"parameter": "times"}, ()),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "ask", "text", "more", "answers"), FAULTS)
def test_a_fault_does_not_pass(
    *, fault: str, ask: str, text: str, more: dict[str, Any], answers: tuple[str, ...]
) -> None:
    assert read(ask, text, **more) == answers != (QUESTIONS[ask][3],), fault


def test_two_questions_that_differ_have_no_answer() -> None:
    text = f"Give x.\n\n{REPOSITORY}\n\n{QUESTIONS['base'][1]}\nIt is: "
    params = {"ask": "base", "name": "CoilPress", "cross_file": False, "question": "both"}
    assert solve(Problem(text=text, params=params)).answers == ()


def test_the_solver_is_found_by_its_file() -> None:
    assert load("code") is solve
