"""The chapters solver reads where names stand, and finds no answer in what is not fair."""

from typing import Any

import pytest

from generators.solvers import load
from generators.solvers.chapters import solve
from schemas.task import Problem

STORY = """Reel 1

And Mr. Velmar bowed to Ryno.

Reel 2

Tosqui laughed; Velmars are many.

Reel 3

It was Velmar's horse, not Tosqui's."""
ONCE = 'Which reel has "{}" for the {} time?'
CLAIM = (
    'A: the {0} reel with "{1}" comes before the {0} one with "{2}". '
    'B: the {0} reel with "{2}" comes before the {0} one with "{1}".'
)
ORDER = "In what order come {}? Write all these names, the one met earliest first."
WHO = 'Of these names reel {} has exactly one: A "Ryno", B "Tosqui". Which?'


def read(ask: str, asked: str, text: str = STORY, **more: Any) -> tuple[str, ...]:
    params = {"ask": ask, "parts": 3, "line": "Reel", "question": "last", **more}
    question = f'Parts such as "Reel 1". {asked}'
    whole = {
        "last": f"{text}\n\n{question}\nAnswer: ",
        "first": f"{question}\n\n{text}\n\nAnswer: ",
        "both": f"{question}\n\n{text}\n\n{question}\nAnswer: ",
    }[params["question"]]
    return solve(Problem(text=whole, params=params)).answers


@pytest.mark.parametrize("question", ["first", "last", "both"])
@pytest.mark.parametrize(
    ("ask", "asked", "answer"),
    [
        ("first", ONCE.format("Tosqui", "first"), "2"),
        ("last", ONCE.format("Velmar", "last"), "3"),
        ("where", 'Which reels have "Velmar" in them?', "1, 3"),
        ("who", WHO.format(1), "A"),
        ("who", WHO.format(2), "B"),
        ("order", ORDER.format('"Tosqui", "Ryno", "Velmar"'), "Velmar, Ryno, Tosqui"),
        ("claim", CLAIM.format("first", "Velmar", "Tosqui"), "A"),
        ("claim", CLAIM.format("first", "Tosqui", "Velmar"), "B"),
        ("claim", CLAIM.format("last", "Tosqui", "Ryno"), "B"),
    ],
)
def test_each_question_is_read(ask: str, asked: str, answer: str, question: str) -> None:
    assert read(ask, asked, question=question) == (answer,)


FIRST = ONCE.format("Tosqui", "first")
FAULTS = [
    ("the name leaks into an earlier part", FIRST, STORY.replace("bowed", "and Tosqui bowed"), "1"),
    ("the name is missing", FIRST, STORY.replace("Tosqui", "Somebody"), None),
    ("the evidence was moved", FIRST, STORY.replace("Tosqui laughed", "He laughed"), "3"),
    ("two parts change places", FIRST, STORY.replace("Reel 2", "Reel 9").replace("Reel 3", "Reel 2")
     .replace("Reel 9", "Reel 3"), None),
    ("a part stands twice", FIRST, f"{STORY}\n\nReel 3", None),
    ("a part is missing", FIRST, STORY.replace("Reel 3", "Then"), None),
    ("the name is small", FIRST, STORY.replace("Tosqui laughed", "tosqui laughed"), "3"),
    ("the name is part of a word", FIRST, STORY.replace("Tosqui laughed", "Tosquin laughed"), "3"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "asked", "text", "answer"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_fault_changes_the_answer(fault: str, asked: str, text: str, answer: str | None) -> None:
    assert read("first", asked, text) == (() if answer is None else (answer,)), fault


@pytest.mark.parametrize(
    ("ask", "asked"),
    [
        ("last", FIRST),
        ("first", FIRST + ONCE.format("Ryno", "last")),
        ("first", "Which reel has it for the first time?"),
        ("first", 'Which reel has "Ryno" or "Velmar" for the first time?'),
        ("where", 'Which reels have "Nobody" in them?'),
        ("who", WHO.format(7)),
        ("who", WHO.format(2).replace('A "', '"')),
        ("claim", CLAIM.format("first", "Velmar", "Ryno")),
        ("claim", CLAIM.format("last", "Velmar", "Tosqui")),
        ("claim", CLAIM.format("first", "Velmar", "Tosqui").replace("B: the first", "B: the last")),
        ("order", ORDER.format('"Ryno"')),
    ],
)
def test_a_question_that_is_not_fair_has_no_answer(ask: str, asked: str) -> None:
    assert read(ask, asked) == ()


def test_two_of_the_names_in_one_part_are_two_answers() -> None:
    assert read("who", WHO.format(2), STORY.replace("laughed", "and Ryno laughed")) == (
        "A",
        "B",
    )


def test_the_solver_is_found_by_its_file() -> None:
    assert load("chapters") is solve
