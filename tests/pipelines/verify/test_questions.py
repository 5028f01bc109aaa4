"""Several questions are solved one by one, each over the text that all of them share."""

from typing import Any

import pytest

from pipelines.verify.questions import apart, solve
from schemas.task import Problem

BODY = 'Beside "A" lies 1111111.\n\nBeside "B" lies 2222222.'
PARAMS = {"values": 1, "value": "number"}


def together(place: str, *, body: str = BODY, second: str = 'What lies beside "B"?') -> Problem:
    asked = ['What lies beside "A"?', second]
    whole = f"(1) {asked[0]} (2) {asked[1]} Answer all 2 in turn."
    head = "" if place == "last" else f"{whole}\n\n"
    tail = "" if place == "first" else f"{whole}\n"
    entries = [
        {"question": question, "lead": "It is:", "params": PARAMS}
        for question in ('What lies beside "A"?', 'What lies beside "B"?')
    ]
    params: dict[str, Any] = {"questions": entries, "question": place}
    return Problem(text=f"{head}{body}\n\n{tail}Answers: ", params=params)


@pytest.mark.parametrize("place", ["first", "last", "both"])
def test_each_problem_has_one_question_in_its_place(place: str) -> None:
    _, second = apart(together(place))
    question = 'What lies beside "B"?'
    assert (
        second.text
        == {
            "last": f"{BODY}\n\n{question}\nIt is: ",
            "first": f"{question}\n\n{BODY}\n\nIt is: ",
            "both": f"{question}\n\n{BODY}\n\n{question}\nIt is: ",
        }[place]
    )
    assert second.params == {**PARAMS, "question": place}
    assert solve("needle", together(place)).answers == ("1111111; 2222222",)


def test_one_question_is_the_solvers_own_affair() -> None:
    text = f'{BODY}\n\nWhat lies beside "A"?\nIt is: '
    found = solve("needle", Problem(text=text, params={**PARAMS, "question": "last"}))
    assert found.answers == ("1111111",)


@pytest.mark.parametrize(
    "broken",
    [
        together("last", body=BODY.replace("2222222", "1111111")),
        together("last", body=BODY + '\n\nBeside "B" lies 3333333.'),
        together("both", second='What lies beside "C"?'),
    ],
)
def test_one_unfair_question_makes_the_sample_unfair(broken: Problem) -> None:
    assert len(solve("needle", broken).answers) != 1
