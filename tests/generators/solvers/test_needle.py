"""The needle solver reads: it finds the answer of a fair sample and stumbles over an unfair one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.solvers import load, names
from generators.solvers.needle import solve
from generators.tasks.needle import TEMPLATES, NeedleSpec, num_evidence, plan
from schemas.errors import RecipeError
from schemas.task import Problem

FAIR = """Rain fell all night.
Beside Velmar lantern stands 1234567.
Nobody came.
Beside Velmor lantern stands 7654321.
Beside Tosqui gate stands 2222222.
Beside Velmar lantern stands 3333333.

What stands beside "Velmar lantern"? Give both answers.
Beside:"""


def read(text: str, **params: Any) -> tuple[str, ...]:
    known = {"values": 2, "value": "number", "question": "last", **params}
    return solve(Problem(text=text, params=known)).answers


def test_values_are_read_in_the_order_of_the_text() -> None:
    assert read(FAIR) == ("1234567, 3333333",)


def test_the_question_may_stand_first_or_in_both_places() -> None:
    question = 'What stands beside "Velmar lantern"? Give both answers.'
    context = FAIR.partition("\n\n")[0]
    assert read(f"{question}\n\n{context}\n\nBeside:", question="first") == ("1234567, 3333333",)
    assert read(f"{question}\n\n{FAIR}", question="both") == ("1234567, 3333333",)


def test_two_questions_that_differ_have_no_answer() -> None:
    assert read(f'What stands beside "Tosqui gate"?\n\n{FAIR}', question="both") == ()


def test_several_keys_are_answered_in_the_order_of_the_question() -> None:
    text = FAIR.replace('"Velmar lantern"', '"Tosqui gate" and "Velmor lantern"')
    assert read(text, values=1) == ("2222222, 7654321",)


@pytest.mark.parametrize(
    ("fault", "broken", "answers"),
    [
        ("a third statement", FAIR.replace("Nobody came.", "Beside Velmar lantern stands 4444444."),
         ("1234567, 4444444", "1234567, 3333333", "4444444, 3333333")),
        ("evidence is missing", FAIR.replace("Beside Velmar lantern stands 3333333.\n", ""), ()),
        ("the value leaks", FAIR.replace("Nobody came.", "She dreamt of 1234567 again."), ()),
        ("the same statement twice", FAIR.replace("Nobody", "Velmar lantern: 1234567, nobody"), ()),
        ("two values on a line", FAIR.replace("1234567.", "1234567 or 5555555."), ()),
        ("no value on the line", FAIR.replace("1234567.", "nothing."), ()),
        ("no key in the question", FAIR.replace('"', ""), ()),
        ("statements swapped", FAIR.replace("1234567", "x").replace("3333333", "1234567")
         .replace("x", "3333333"), ("3333333, 1234567",)),
    ],
)  # fmt: skip
def test_a_fault_does_not_pass(fault: str, broken: str, answers: tuple[str, ...]) -> None:
    assert read(broken) == answers != ("1234567, 3333333",), fault


def test_a_longer_word_is_not_the_key() -> None:
    assert read(FAIR.replace("Velmor lantern", "Velmar lanterns")) == ("1234567, 3333333",)


@given(
    seed=st.integers(0, 2**32),
    template=st.sampled_from(TEMPLATES),
    key=st.sampled_from(["phrase", "name", "place", "code", "identifier"]),
    value=st.sampled_from(["number", "code", "name", "place", "date", "identifier"]),
    position=st.sampled_from(["first", "last", "both"]),
    size=st.sampled_from([(1, 1, 1), (3, 1, 2), (2, 2, 1), (3, 2, 3)]),
)
def test_every_wording_of_the_task_can_be_read_back(
    *, seed: int, template: Any, key: str, value: str, position: str, size: tuple[int, int, int]
) -> None:
    keys, values, queries = size
    spec = NeedleSpec(keys=keys, values=values, queries=queries, near=1, key=key, value=value)
    depths = tuple(np.linspace(0, 0.9, num_evidence(spec)))
    made = plan(np.random.default_rng(seed), spec, haystack="", depths=depths, template=template)
    stated = sorted(made.plants, key=lambda plant: plant.depth)
    text = "\n".join(f"It rained on the {day}th day.\n{p.text}" for day, p in enumerate(stated))
    if position != "last":
        text = f"{made.question}\n\n{text}"
    text += "\n\n" if position == "first" else f"\n\n{made.question}\n"
    answers = solve(
        Problem(text=text + made.lead, params={**made.params, "question": position})
    ).answers
    assert answers == (made.gold,)


def test_the_solver_is_found_by_its_file() -> None:
    assert "needle" in names()
    assert load("needle") is solve


def test_an_unknown_solver_is_told_with_the_nearest_name() -> None:
    with pytest.raises(RecipeError, match=r"no solver named 'neddle'.*Did you mean 'needle'"):
        load("neddle")
