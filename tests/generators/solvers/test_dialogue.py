"""The dialogue solver reads: one answer to a fair question, none to an unfair one."""

from typing import Any

import pytest

from generators.solvers import load
from generators.solvers.dialogue import solve
from schemas.task import Problem

BODY = """Conversation 2

user: I need a cab.

assistant: A cab? Fine by me.

user: A cab to Oslo, please.

assistant: Certainly, it is on its way.

Conversation 1

user: The cab never came.

assistant: That is a pity."""
COUNTED = ' Count turns and not words: a turn in which "cab" stands twice counts once.'
THIRD = 'What does the third turn of "user" with "cab" in it say?' + COUNTED
AFTER = 'What is said right after "A cab to Oslo, please."?'
BEFORE = 'What is said two turns before "A cab to Oslo, please."?'
WHO = 'Who says "it is on its way" and "never came"?'


def read(asked: str, body: str = BODY, *, ask: str = "nth", **params: Any) -> tuple[str, ...]:
    known = {
        "ask": ask,
        "words": 4,
        "header": "Conversation {number}",
        "form": ["", ": ", ""],
        "speakers": ["user", "assistant"],
        "question": "last",
        **params,
    }
    text = {
        "last": f"{body}\n\n{asked}\nAnswer: ",
        "first": f"{asked}\n\n{body}\n\nAnswer: ",
        "both": f"{asked}\n\n{body}\n\n{asked}\nAnswer: ",
    }[known["question"]]
    return solve(Problem(text=text, params=known)).answers


@pytest.mark.parametrize("where", ["first", "last", "both"])
@pytest.mark.parametrize(
    ("ask", "question", "answer"),
    [
        ("nth", THIRD, "The cab never came."),
        ("nth", THIRD.replace("third", "second"), "A cab to Oslo,"),
        ("nth", THIRD.replace('"user"', '"assistant"').replace("third", "first"), "A cab? Fine by"),
        ("reply", AFTER, "Certainly, it is on"),
        ("reply", BEFORE, "I need a cab."),
        ("speaker", WHO, "2 assistant; 1 user"),
    ],
)
def test_each_question_is_read(where: str, ask: str, question: str, answer: str) -> None:
    assert read(question, ask=ask, question=where) == (answer,)


@pytest.mark.parametrize(
    ("question", "ask"),
    [
        (THIRD.replace("third", "fourth"), "nth"),
        (THIRD.replace("third", "next"), "nth"),
        (THIRD.replace('"user"', '"nobody"'), "nth"),
        (AFTER, "nth"),
        (AFTER.replace("Oslo", "Rome"), "reply"),
        (AFTER.replace("right after", "near"), "reply"),
        ('What is said right after "That is a pity."?', "reply"),
        ('What is said right after "Certainly, it is on its way."?', "reply"),
        ('What is said two turns before "The cab never came."?', "reply"),
        ('Who says "never came" and "never went"?', "speaker"),
        ('Who says "cab"?', "speaker"),
        ("Who says it?", "speaker"),
    ],
)
def test_what_cannot_be_answered_has_no_answer(question: str, ask: str) -> None:
    assert read(question, ask=ask) == ()


def test_words_of_an_answer_that_stand_elsewhere_too_are_none() -> None:
    assert (
        read(AFTER, BODY.replace("never came.", "never came. Certainly, it is on"), ask="reply")
        == ()
    )
    again = BODY.replace("That is a pity.", "Certainly, it is on time.")
    assert read(AFTER, again, ask="reply") == ()


def test_quoted_words_outside_of_turns_or_in_two_are_none() -> None:
    titled = BODY.replace("Conversation 1\n\n", "Conversation 1\n\nit is on its way\n\n")
    assert read(WHO, titled, ask="speaker") == ()
    assert read(WHO, BODY.replace("a pity", "never came"), ask="speaker") == ()


def test_other_forms_of_turns_are_read() -> None:
    closed = """Conversation 2

<|im_start|>user
A cab to Oslo, please.<|im_end|>
<|im_start|>assistant
Certainly, it is on its way.<|im_end|>

Conversation 1

<|im_start|>user
The cab never came.<|im_end|>"""
    form = ["<|im_start|>", "\n", "<|im_end|>"]
    assert read(AFTER, closed, ask="reply", form=form, words=9) == ("Certainly, it is on its way.",)
    assert read(WHO, closed, ask="speaker", form=form) == ("2 assistant; 1 user",)


def test_the_solver_is_found_by_its_file() -> None:
    assert load("dialogue") is solve
