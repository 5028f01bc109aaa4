"""The cloze solver says the lines of a fair sample again, and stumbles over an unfair one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.solvers import load, names
from generators.solvers.cloze import solve
from generators.tasks.cloze import TASK, ClozeSpec, plan
from schemas.task import Problem

FAIR = """Rain fell all night.
Note on Velmar lantern: 1234567, no more.
Nobody came.
Note on Velmor lantern: 7654321, no more.
Note on Tosqui gate: 2222222, no more.

What is noted on "Tosqui gate" and "Velmar lantern"? Say it again.
Note on Tosqui gate:"""
ANSWER = "2222222, no more.\nNote on Velmar lantern: 1234567"


def read(text: str, **params: Any) -> tuple[str, ...]:
    known = {"value": "number", "question": "last", **params}
    return solve(Problem(text=text, params=known)).answers


def test_the_lines_are_said_again_in_the_order_of_the_question() -> None:
    assert read(FAIR) == (ANSWER,)


def test_one_key_has_its_value_alone() -> None:
    assert read(FAIR.replace(' and "Velmar lantern"', "")) == ("2222222",)


def test_the_question_may_stand_first_or_in_both_places() -> None:
    context, _, asked = FAIR.partition("\n\n")
    question, lead = asked.split("\n")
    assert read(f"{question}\n\n{context}\n\n{lead}", question="first") == (ANSWER,)
    assert read(f"{question}\n\n{FAIR}", question="both") == (ANSWER,)


def test_two_questions_that_differ_have_no_answer() -> None:
    assert read(f'What is noted on "Tosqui gate"?\n\n{FAIR}', question="both") == ()


@pytest.mark.parametrize("mark", ["# ", "    // ", " * ", "-- "])
def test_in_code_a_line_stands_in_a_comment(mark: str) -> None:
    lines = FAIR.replace("\nNote on Velmar", f"\n{mark}Note on Velmar")
    assert read(lines) == (ANSWER,)


@pytest.mark.parametrize(
    ("fault", "broken", "answers"),
    [
        ("a second line", FAIR.replace("Nobody came.", "Note on Velmar lantern: 4444444, no more."),
         (ANSWER, ANSWER.replace("1234567", "4444444"))),
        ("evidence is missing", FAIR.replace("Note on Velmar lantern: 1234567, no more.", ""), ()),
        ("the value leaks", FAIR.replace("Nobody came.", "She dreamt of 1234567 again."), ()),
        ("another line of the key", FAIR.replace("Nobody", "By Velmar lantern: 9, nobody"), ()),
        ("no value on the line", FAIR.replace("1234567,", "nothing,"), ()),
        ("a longer value", FAIR.replace("1234567", "12345678"), ()),
        ("no key in the question", FAIR.replace('"', ""), ()),
        ("keys swapped", FAIR.replace('"Tosqui gate" and "Velmar lantern"',
                                      '"Velmar lantern" and "Tosqui gate"'), ()),
        ("another beginning", FAIR.replace("\nNote on Tosqui gate:", "\nWord on Tosqui gate:"), ()),
        ("no beginning", FAIR.removesuffix("Note on Tosqui gate:") + "Answer:", ()),
        ("the rest of a line", FAIR.replace("2222222, no more", "2222222, no less"),
         (ANSWER.replace("no more", "no less"),)),
    ],
)  # fmt: skip
def test_a_fault_does_not_pass(fault: str, broken: str, answers: tuple[str, ...]) -> None:
    assert read(broken) == answers != (ANSWER,), fault


def test_a_longer_word_is_not_the_key() -> None:
    assert read(FAIR.replace("Velmor lantern", "Velmar lanterns")) == (ANSWER,)


@given(
    seed=st.integers(0, 2**32),
    template=st.sampled_from(TASK.templates),
    key=st.sampled_from(["phrase", "name", "place", "code", "identifier"]),
    value=st.sampled_from(["number", "code", "name", "place", "date", "identifier"]),
    position=st.sampled_from(["first", "last", "both"]),
    keys=st.integers(1, 5),
)
def test_every_wording_of_the_task_can_be_read_back(
    *, seed: int, template: Any, key: str, value: str, position: str, keys: int
) -> None:
    spec = ClozeSpec(keys=keys, near=1, key=key, value=value)
    depths = tuple(np.linspace(0, 0.9, keys))
    made = plan(np.random.default_rng(seed), spec, haystack="", depths=depths, template=template)
    stated = sorted(made.plants, key=lambda plant: plant.depth)
    text = "\n".join(f"It rained on the {day}th day.\n{p.text}" for day, p in enumerate(stated))
    if position != "last":
        text = f"{made.question}\n\n{text}"
    text += "\n\n" if position == "first" else f"\n\n{made.question}\n"
    problem = Problem(text=f"{text}{made.lead} ", params={**made.params, "question": position})
    assert solve(problem).answers == (made.gold,)


def test_the_solver_is_found_by_its_file() -> None:
    assert "cloze" in names()
    assert load("cloze") is solve
