"""The multidoc solver reads: one passage of a fair sample, and none or several of an unfair one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.solvers.multidoc import solve
from generators.tasks._parts.multidoc_words import TEMPLATES
from generators.tasks.multidoc import MultidocSpec, plan
from schemas.task import Offer, Plan, Problem
from tests.generators.composed import body, offer, problem, solved
from tests.generators.tasks.test_multidoc import novel

BODY = """Passage Kovutal
The ferry for Margate
left at noon, and nobody waved.

Nobody ever did.

Passage Ralodem
The ferry for Dover left at noon. Everybody waved.

Passage Bagidex
Rain fell on Dover, and on the empty ferry."""


def read(question: str, text: str = BODY, **params: Any) -> tuple[str, ...]:
    known = {"ask": "source", "heading": "Passage {label}", "question": "last", **params}
    return solve(Problem(text=f"{text}\n\n{question}\nIt is: ", params=known)).answers


@pytest.mark.parametrize(
    ("ask", "question", "answers"),
    [
        ("cloze", 'Fill "ferry for _____ left at noon," please', ("Margate",)),
        ("cloze", 'Fill "Rain fell on _____, and on"', ()),  # Dover stands elsewhere too
        ("cloze", 'Fill "_____ fell on Dover, and on"', ("Rain",)),
        ("cloze", 'Fill "ferry for _____ left at one,"', ()),
        ("source", 'Where is "Margate left at noon, and"?', ("Kovutal",)),
        ("source", 'Where is "left at noon. Everybody"?', ("Ralodem",)),
        ("source", 'Where is "eft at noon. Everybody"?', ()),
        ("source", 'Where is "The ferry for"?', ("Kovutal", "Ralodem")),
        ("terms", 'Which has "Dover" and "ferry"?', ("Ralodem", "Bagidex")),
        ("terms", 'Which has "dover", "waved" and "noon"?', ("Ralodem",)),
        ("terms", 'Which has "Margate" and "rain"?', ()),
        ("terms", 'Which has "Marga" and "ferry"?', ()),
    ],
)
def test_each_question_is_read(ask: str, question: str, answers: tuple[str, ...]) -> None:
    assert read(question, ask=ask) == answers


def test_a_question_of_another_kind_has_no_answer() -> None:
    assert read('Where is "Margate left at noon, and"?', ask="cloze") == ()
    assert read("Where is Margate?") == ()


def test_a_label_that_is_given_twice_or_stands_in_the_text_is_no_answer() -> None:
    asked = 'Where is "Margate left at noon, and"?'
    assert read(asked, BODY.replace("Bagidex", "Kovutal")) == ()
    assert read(asked, BODY.replace("Rain", "Kovutal")) == ()


def test_the_question_may_stand_first_and_the_lead_is_no_part_of_a_passage() -> None:
    text = f'Which has "rain" and "waved"?\n\n{BODY}\n\nWaved by: '
    params = {"ask": "terms", "heading": "Passage {label}", "question": "first"}
    assert solve(Problem(text=text, params=params)).answers == ()
    text = text.replace('"waved"', '"empty"')
    assert solve(Problem(text=text, params=params)).answers == ("Bagidex",)


def planned(seed: int, **fields: Any) -> tuple[Plan, Offer]:
    given = offer(*novel(seed), room=1500, opens=bool(seed % 3))
    rng = np.random.default_rng(seed)
    spec = MultidocSpec(passage=60, **fields)
    template = TEMPLATES[seed % len(TEMPLATES)]
    depth = float(rng.uniform(0.1, 0.9))
    return plan(rng, spec, haystack=given, depths=(depth,), template=template), given


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**20), st.sampled_from(["first", "last", "both"]))
def test_a_fair_sample_is_solved(seed: int, question: str) -> None:
    made, given = planned(seed)
    assert solved(solve, made, given, question=question)


def is_caught(made: Plan, given: Offer, text: str, claim: str | None = None) -> bool:
    answers = solve(problem(made, given, text=text)).answers
    return answers != ((made.gold if claim is None else claim),)


@pytest.mark.parametrize("ask", ["cloze", "source", "terms"])
def test_broken_samples_are_caught(ask: Any) -> None:
    for seed in range(12):
        made, given = planned(seed, ask=ask, unanswerable=0)
        whole = body(made, given)
        (first, *_), last = made.marks, made.marks[-1]
        stated = given.text[first.start : last.stop]
        heading = made.params["heading"].format(label="Zozezox")
        assert not is_caught(made, given, whole)
        assert is_caught(made, given, whole, claim="Zozezox"), "a wrong answer"
        gone = whole.replace(stated, "")
        assert is_caught(made, given, gone), "the evidence is missing"
        other = stated.replace(made.gold, "Calais")
        assert is_caught(made, given, f"{whole}\n\n{heading}\n{other}"), "evidence elsewhere too"
        assert is_caught(made, given, f"{whole} {made.gold}"), "the answer elsewhere too"
        scattered = whole.replace(stated, " ".join(stated.split()[::-1]))
        assert ask == "terms" or is_caught(made, given, scattered), "words in another order"
        moved = f"{gone}\n\n{heading}\n{stated}"
        assert ask == "cloze" or is_caught(made, given, moved), "evidence under another label"


def test_what_is_said_to_be_missing_must_be_missing() -> None:
    for seed in range(30):
        made, given = planned(seed, unanswerable=0.9)
        if not made.answerable:
            assert solve(problem(made, given)).answers == ()
            quoted = made.question.partition('"')[2].rpartition('"')[0]
            told = quoted.replace("_____", "Calais").replace('"', "")
            text = (
                f"{body(made, given)}\n\n{made.params['heading'].format(label='Zozezox')}\n{told}"
            )
            assert len(solve(problem(made, given, text=text)).answers) == 1
