"""The lookup solver reads: one answer of a fair sample, and none or two of an unfair one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.solvers import load, names
from generators.solvers.lookup import solve
from generators.tasks.lookup import ASKS, TEMPLATES, LookupSpec, plan
from schemas.task import Problem, Template

CONTEXT = """Rain fell all night.
Berths of Port Velmar, 3 entries:
- KX4-90Q7 .... 1234567.
- KX4-90Q8 .... 2222222.
- RB1-22C3 .... 3333333.
Nobody came.
Berths of Mount Tosqui, 3 entries:
- RB1-22C3 .... 4444444.
- KX4-90Q7 .... 5555555.
- KX4-90Q8 .... 6666666.
Good night."""
QUESTIONS = {
    "value_of_key": 'What has "KX4-90Q8" at "Port Velmar"?',
    "key_of_value": 'Where is "2222222" at "Port Velmar"?',
    "line_number": 'What is in entry 2 at "Port Velmar"?',
    "next": 'Which follows "KX4-90Q7" at "Port Velmar"?',
    "previous": 'Which is before "RB1-22C3" at "Port Velmar"?',
}


def read(context: str = CONTEXT, ask: str = "value_of_key", question: str = "") -> tuple[str, ...]:
    text = f"{context}\n\n{question or QUESTIONS[ask]}\nIt has:"
    params = {"ask": ask, "key": "code", "value": "number", "question": "last"}
    return solve(Problem(text=text, params=params)).answers


@pytest.mark.parametrize(
    ("ask", "answer"), [("value_of_key", "2222222"), ("line_number", "2222222")]
)
def test_a_value_is_read_from_the_named_register(ask: str, answer: str) -> None:
    assert read(ask=ask) == (answer,)


@pytest.mark.parametrize("ask", ["key_of_value", "next", "previous"])
def test_a_key_is_read_where_it_stands_once(ask: str) -> None:
    alone = CONTEXT.partition("Nobody")[0]
    assert read(alone, ask) == ("KX4-90Q8",)
    assert read(CONTEXT, ask) == ()


@pytest.mark.parametrize(
    ("ask", "question"),
    [
        ("line_number", 'What is in entry 4 at "Port Velmar"?'),
        ("line_number", 'What is in entry 0 at "Port Velmar"?'),
        ("next", 'Which follows "RB1-22C3" at "Port Velmar"?'),
        ("previous", 'Which is before "KX4-90Q7" at "Port Velmar"?'),
        ("value_of_key", 'What has "ZZ9-99Z9" at "Port Velmar"?'),
        ("value_of_key", 'What has "KX4-90Q7" at "Fort Bael"?'),
        ("value_of_key", 'What has "KX4-90Q7"?'),
    ],
)
def test_what_is_not_there_has_no_answer(ask: str, question: str) -> None:
    assert read(CONTEXT.partition("Nobody")[0], ask, question) == ()


@pytest.mark.parametrize(
    ("fault", "old", "new", "answers"),
    [
        ("another value", "2222222", "2222223", ("2222223",)),
        ("a key twice", "- RB1-22C3 .... 33", "- KX4-90Q8 .... 33", ("2222222", "3333333")),
        ("a key slipped", "KX4-90Q8 .... 22", "KX4-91Q8 .... 22", ()),
        ("the answer leaks", "Nobody came.", "She dreamt of 2222222 again.", ()),
        ("a decoy says the same", "6666666", "2222222", ()),
        ("a record is missing", "- KX4-90Q7 .... 1234567.\n", "", ()),
        ("a heading miscounts", "Velmar, 3", "Velmar, 4", ()),
        ("a heading does not count", "Velmar, 3 entries", "Velmar, all entries", ()),
        ("a record has another form", "Q7 .... 12", "Q7 ... 12", ()),
        ("a record has no value", "1234567", "unknown", ()),
        ("the register's name is met twice", "Nobody came", "Nobody at Port Velmar came", ()),
        ("a line is torn", "- KX4-90Q8 .... 22", "- KX4-90Q8\n.... 22", ()),
    ],
)
def test_a_fault_does_not_pass(fault: str, old: str, new: str, answers: tuple[str, ...]) -> None:
    assert old in CONTEXT
    assert read(CONTEXT.replace(old, new, 1)) == answers != ("2222222",), fault


def test_a_value_that_stands_twice_gives_two_keys() -> None:
    twice = CONTEXT.partition("Nobody")[0].replace("3333333", "2222222")
    assert read(twice, "key_of_value") == ("KX4-90Q8", "RB1-22C3")


def test_records_that_changed_places_change_the_answer() -> None:
    a, b = "- KX4-90Q8 .... 2222222.", "- RB1-22C3 .... 3333333."
    swapped = CONTEXT.replace(a, "\0").replace(b, a).replace("\0", b)
    assert read(swapped, "line_number") == ("3333333",)
    assert read(swapped.partition("Nobody")[0], "next") == ("RB1-22C3",)


@pytest.mark.parametrize("position", ["first", "both"])
def test_the_question_may_stand_first_or_in_both_places(position: str) -> None:
    question = QUESTIONS["value_of_key"]
    tail = f"\n\n{question}\nIt has:" if position == "both" else "\n\nIt has:"
    params = {"ask": "value_of_key", "key": "code", "value": "number", "question": position}
    text = f"{question}\n\n{CONTEXT}{tail}"
    assert solve(Problem(text=text, params=params)).answers == ("2222222",)
    other = text.replace("KX4-90Q8", "KX4-90Q7", 1)
    answers = {"first": ("1234567",), "both": ()}
    assert solve(Problem(text=other, params=params)).answers == answers[position]


@given(
    seed=st.integers(0, 2**32),
    template=st.sampled_from(TEMPLATES),
    key=st.sampled_from(["phrase", "name", "place", "code", "identifier"]),
    value=st.sampled_from(["number", "code", "name", "place", "date", "identifier"]),
    position=st.sampled_from(["first", "last", "both"]),
    ask=st.sampled_from(ASKS),
    shared=st.booleans(),
)
def test_every_wording_of_the_task_can_be_read_back(
    *,
    seed: int,
    template: Template,
    key: Any,
    value: Any,
    position: str,
    ask: Any,
    shared: bool,
) -> None:
    spec = LookupSpec(
        records=4,
        blocks=2,
        ask=ask,
        near=0 if ask == "line_number" else 2,
        shared=shared and ask in ("value_of_key", "line_number"),
        key=key,
        value=value,
    )
    made = plan(np.random.default_rng(seed), spec, haystack="", depths=(0.3,), template=template)
    stated = sorted(made.plants, key=lambda plant: plant.depth)
    text = "\n".join(f"It rained on the {day}th day.\n{p.text}" for day, p in enumerate(stated))
    if position != "last":
        text = f"{made.question}\n\n{text}"
    text += "\n\n" if position == "first" else f"\n\n{made.question}\n"
    params = {**made.params, "question": position}
    assert solve(Problem(text=text + made.lead, params=params)).answers == (made.gold,)


def test_the_solver_is_found_by_its_file() -> None:
    assert "lookup" in names()
    assert load("lookup") is solve
