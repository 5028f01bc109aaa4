"""The updates solver reads: one state of a fair sample, and none or several of an unfair one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.solvers import load
from generators.solvers.updates import solve
from generators.tasks.updates import TEMPLATES, UpdatesSpec, num_evidence, plan
from schemas.task import Problem

STATED = """Rain fell all night.
Note 12: the levy of Velmar gate is 1234567.
Note 15: the bond of Velmar gate is 7777777.
Nobody came.
Note 31: the levy of Velmar gate is 7654321.
Note 33: the levy of Tosqui gate is 2222222.
Note 55: the levy of Velmar gate is 3333333.
Note 60: the bond of Velmar gate is 8888888."""
LAST, FIRST, BETWEEN = "the last note on this", "the first note on this", "note 40"
REPEATED = STATED.replace("3333333", "7654321")
COUNT = 'How many times does the levy of "Velmar gate" change?'


def ask(moment: str) -> str:
    return f'Which levy has "Velmar gate" as of {moment}?'


def read(question: str, stated: str = STATED, **params: Any) -> tuple[str, ...]:
    known = {
        "ask": {LAST: "latest", FIRST: "first"}.get(question, "at"),
        "attribute": "levy",
        "value": "number",
        "updates": 3,
        "question": "last",
        **params,
    }
    text = f"{stated}\n\n{question if '?' in question else ask(question)}\nIt has: "
    return solve(Problem(text=text, params=known)).answers


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        (LAST, "3333333"),
        (FIRST, "1234567"),
        (BETWEEN, "7654321"),
        ("note 12", "1234567"),
        ("note 31", "7654321"),
        ("note 30", "1234567"),
        ("note 900", "3333333"),
    ],
)
def test_each_state_is_read(moment: str, answer: str) -> None:
    assert read(moment) == (answer,)


def test_changes_are_counted_and_repeated_values_are_none() -> None:
    assert read(COUNT, ask="count") == ("two",)
    assert read(COUNT, REPEATED, ask="count") == ("one",)


def test_the_question_may_stand_first_or_in_both_places() -> None:
    params = {"ask": "at", "attribute": "levy", "value": "number", "updates": 3}
    question = ask(BETWEEN)
    for position, text in (
        ("first", f"{question}\n\n{STATED}\n\nIt has: "),
        ("both", f"{question}\n\n{STATED}\n\n{question}\nIt has: "),
    ):
        found = solve(Problem(text=text, params={**params, "question": position}))
        assert found.answers == ("7654321",), position


def test_two_questions_that_differ_have_no_answer() -> None:
    params = {"ask": "at", "attribute": "levy", "value": "number", "question": "both"}
    text = f"{ask('note 14')}\n\n{STATED}\n\n{ask(BETWEEN)}\nIt has: "
    assert solve(Problem(text=text, params=params)).answers == ()


FAULTS = [
    ("a second notice of that number", LAST, STATED.replace("Nobody came.", "Note 55: the levy of "
     "Velmar gate is 4444444.").replace("Note 31: ", "Note 56: "), ()),
    ("two values in one notice's number", LAST, STATED + "\nNote 55: levy of Velmar gate, 4444444.",
     ("3333333", "4444444")),
    ("a later notice", LAST, STATED + "\nNote 61: the levy of Velmar gate is 4444444.",
     ("4444444",)),
    ("the notice is missing", LAST, STATED.replace("Note 55: the levy of Velmar gate", "Nothing"),
     ("7654321",)),
    ("the value was changed", FIRST, STATED.replace("1234567", "1234568"), ("1234568",)),
    ("the number was changed", BETWEEN, STATED.replace("Note 31", "Note 41"), ("1234567",)),
    ("the numbers fall", LAST, STATED.replace("Note 12", "Note 99"), ()),
    ("the value leaks", LAST, STATED.replace("Nobody", "3333333 times nobody"), ()),
    ("another value leaks", LAST, STATED.replace("Nobody", "1234567 times nobody"), ()),
    ("two values in a notice", LAST, STATED.replace("3333333", "3333333 or 4444444"), ()),
    ("no value in a notice", LAST, STATED.replace("3333333", "nothing"), ()),
    ("two numbers in a notice", LAST, STATED.replace("Note 55", "Note 55 of 60"), ()),
    ("nothing so early", "note 11", STATED, ()),
    ("no such owner", LAST, STATED.replace("Velmar gate", "Velmar gates"), ()),
    ("the question names no state", ask("now"), STATED, ()),
    ("the question names two states", ask(f"{LAST} as of note 40"), STATED, ()),
    ("the question names another thing", ask(LAST).replace("levy", "quota"), STATED, ()),
    ("the question names nobody", ask(LAST).replace('"', ""), STATED, ()),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "question", "stated", "answers"), FAULTS)
def test_a_fault_does_not_pass(
    fault: str, question: str, stated: str, answers: tuple[str, ...]
) -> None:
    asked = "first" if question == FIRST else "at" if "note 1" in question else None
    params = {"ask": asked or ("at" if question == BETWEEN else "latest")}
    gold = {FIRST: "1234567", BETWEEN: "7654321"}.get(question, "3333333")
    assert read(question, stated, **params) == answers != (gold,), fault


@pytest.mark.parametrize(
    ("fault", "stated", "answers"),
    [
        ("a notice is missing", STATED.replace("Note 31: the levy", "Nothing"), ()),
        ("a notice too many", STATED + "\nNote 61: the levy of Velmar gate is 4444444.", ()),
        ("one number twice", STATED.replace("Note 55", "Note 31"), ()),
        ("a value was changed", REPEATED, ("one",)),
        ("a value leaks", STATED.replace("Nobody", "7654321 times nobody"), ()),
    ],
)
def test_a_wrong_count_does_not_pass(fault: str, stated: str, answers: tuple[str, ...]) -> None:
    assert read(COUNT, stated, ask="count") == answers != ("two",), fault


def test_a_question_that_is_not_the_one_told_of_has_no_answer() -> None:
    assert read(LAST, ask="first") == read(COUNT, ask="at") == ()


@given(
    seed=st.integers(0, 2**32),
    template=st.sampled_from(TEMPLATES),
    ask=st.sampled_from(["latest", "first", "at", "count"]),
    key=st.sampled_from(["phrase", "name", "place", "code"]),
    value=st.sampled_from(["number", "code", "name", "place", "date"]),
    position=st.sampled_from(["first", "last", "both"]),
    size=st.sampled_from([(1, 3, 1), (4, 4, 2), (2, 6, 3)]),
    depth=st.floats(0, 1, exclude_max=True),
)
def test_every_wording_of_the_task_can_be_read_back(
    *,
    seed: int,
    template: Any,
    position: str,
    size: tuple[int, int, int],
    depth: float,
    **kinds: Any,
) -> None:
    keys, updates, attributes = size
    spec = UpdatesSpec(keys=keys, updates=updates, attributes=attributes, **kinds)
    depths = tuple(np.linspace(0, 0.9, updates)) if num_evidence(spec) > 1 else (depth,)
    haystack = "It rained. " * 3000
    rng = np.random.default_rng(seed)
    made = plan(rng, spec, haystack=haystack, depths=depths, template=template)
    stated = sorted(made.plants, key=lambda plant: plant.depth)
    text = "\n".join(f"It rained on day {day}, and one day more.\n{p.text}" for day, p in
                     enumerate(stated))  # fmt: skip
    if position != "last":
        text = f"{made.question}\n\n{text}"
    text += "\n\n" if position == "first" else f"\n\n{made.question}\n"
    problem = Problem(text=f"{text}{made.lead} ", params={**made.params, "question": position})
    assert solve(problem).answers == (made.gold,)


def test_the_solver_is_found_by_its_file() -> None:
    assert load("updates") is solve
