"""The preferences solver reads: one wish of a fair sample, and nothing of an unfair one."""

from typing import Any

import pytest

from generators.solvers import load
from generators.solvers.preferences import solve
from schemas.task import Problem

BODY = """user: I'd like 14 March 6184 as the start date for Velmar loom.

assistant: Noted.

assistant: Would 2 May 7001 be a better start date for Velmar loom?

user: No, leave it.

user: I'd like 3 June 4444 as the start date for Tosqui bell.

assistant: Noted.

user: Make it 9 June 3310, the start date for Velmar loom.

assistant: Noted.

user: I'd like 1 May 5555 as the return date for Velmar loom."""
ASKED = 'Which start date is the {} one wished for "Velmar loom"?'
RULE = " Wishes are counted in the order of the text; write the first thing alone."


def read(
    moment: str = "last", body: str = BODY, *, asked: str = ASKED, **params: Any
) -> tuple[str, ...]:
    known = {
        "ask": "latest" if moment == "last" else "nth",
        "attribute": "start date",
        "value": "date",
        "form": ["", ": ", ""],
        "speakers": ["user", "assistant"],
        "question": "last",
        **params,
    }
    question = asked.format(moment) + RULE
    text = {
        "last": f"{body}\n\n{question}\nAnswer: ",
        "first": f"{question}\n\n{body}\n\nAnswer: ",
        "both": f"{question}\n\n{body}\n\n{question}\nAnswer: ",
    }[known["question"]]
    return solve(Problem(text=text, params=known)).answers


@pytest.mark.parametrize("question", ["first", "last", "both"])
@pytest.mark.parametrize(
    ("moment", "answer"),
    [("first", "14 March 6184"), ("second", "9 June 3310"), ("last", "9 June 3310")],
)
def test_each_wish_is_read_and_proposals_are_none(question: str, moment: str, answer: str) -> None:
    assert read(moment, question=question) == (answer,)


@pytest.mark.parametrize(
    "asked",
    [
        'Which return date is the {} one wished for "Velmar loom"?',
        'Which start date is the {} one wished for "Velmar loom" and "Tosqui bell"?',
        "Which start date is the {} one wished for Velmar loom?",
        'Which start date is the {} and first one wished for "Velmar loom"?',
        'Which start date is {}ing for "Velmar loom"?',
        'Which start date is the {} one wished for "Rygan drum"?',
    ],
)
def test_a_question_that_is_not_the_one_told_of_has_no_answer(asked: str) -> None:
    assert read(asked=asked) == ()


def test_a_wish_that_was_never_made_has_no_answer() -> None:
    assert read("third") == ()
    assert read("last", ask="nth") == ()
    assert read("second", ask="latest") == ()


def test_a_value_in_two_places_or_a_line_with_two_is_not_fair() -> None:
    assert read(body=BODY.replace("Noted.", "Noted, 9 June 3310.", 1)) == ()
    assert read(body=BODY.replace("Make it 9", "Make it 8 July 2222 or 9")) == ()
    assert read(body=BODY.replace("Make it 9 June 3310", "Make it soon")) == ()


def test_wishes_in_another_order_are_another_answer() -> None:
    first, last = BODY.split("\n\n")[0], BODY.split("\n\n")[6]
    swapped = BODY.replace(first, "~").replace(last, first).replace("~", last)
    assert read(body=swapped) == ("14 March 6184",)


def test_a_speaker_is_not_a_name_that_was_wished_for() -> None:
    body = "Jane Dorn: I'd like Ryno Galt as the driver for Velmar loom."
    asked = 'Which driver is the {} one wished for "Velmar loom"?'
    named: dict[str, Any] = {"attribute": "driver", "value": "name", "speakers": ["Jane Dorn"]}
    assert read(body=body, asked=asked, **named) == ("Ryno Galt",)


def test_the_solver_is_found_by_its_file() -> None:
    assert load("preferences") is solve
