"""The written solver reads: what fills the blank of the quote, in the one place that it fits."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.solvers import load
from generators.solvers.written import solve
from generators.tasks.written import TEMPLATES, WrittenSpec, plan
from generators.written.judge import judge
from schemas.task import Plan, Problem
from schemas.written import Pair, Request, Rules

PASSAGE = """The ferry left at noon.

Old Brack, who had the wheel of the ferry, was deaf. Brack never said so."""
ASKED = "Who had the wheel of the ferry?"
FAIR = f"Rain fell.\n\n{PASSAGE}\n\nNobody came."
CLOZE = "Old ____, who had the wheel of the ferry"


def read(
    text: str = FAIR, asked: str = ASKED, question: str = "last", **changed: Any
) -> tuple[str, ...]:
    known = {"cloze": CLOZE, "asked": ASKED, "passage_chars": len(PASSAGE), **changed}
    head = "" if question == "last" else f"Say it. {asked}\n\n"
    tail = "" if question == "first" else f"Say it. {asked}\n"
    whole = f"{head}{text}\n\n{tail}It says: "
    return solve(Problem(text=whole, params={**known, "question": question})).answers


@pytest.mark.parametrize("question", ["first", "last", "both"])
def test_what_fills_the_blank_is_the_answer(question: str) -> None:
    assert read(question=question) == ("Brack",)


def test_every_blank_holds_the_same() -> None:
    twice = "____, who had the wheel of the ferry, was deaf. ____ never said so"
    assert read(cloze=f"Old {twice}") == ("Brack",)
    assert read(FAIR.replace("Brack never", "Block never"), cloze=f"Old {twice}") == ()


def test_a_blank_at_an_edge_is_at_the_edge_of_a_line() -> None:
    assert read(cloze="____, who had the wheel of the ferry") == ("Old Brack",)
    assert read(f"{FAIR}\nHe saw Old Brack", cloze="He saw Old ____", passage_chars=999) == (
        "Brack",
    )


@pytest.mark.parametrize(
    ("fault", "broken", "answers"),
    [
        ("another answer", FAIR.replace("Brack", "Block"), ("Block",)),
        ("evidence is missing", FAIR.replace("had the wheel", "lost the wheel"), ()),
        ("the same place twice", f"{FAIR}\n\n{PASSAGE}", ()),
        ("a second filling", f"{FAIR}\n{PASSAGE.replace('Brack', 'Block')}", ("Brack", "Block")),
        ("the answer leaks", f"{FAIR}\n{'It rained. ' * 20}\nSo Brack went.", ()),
        ("words swapped", FAIR.replace("the wheel of the ferry", "the ferry of the wheel"), ()),
        ("the quote is cut in two", FAIR.replace("Brack, who", "Brack,\n\nIt snowed.\n\nwho"), ()),
    ],
)  # fmt: skip
def test_a_fault_does_not_pass(fault: str, broken: str, answers: tuple[str, ...]) -> None:
    assert read(broken) == answers != ("Brack",), fault


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        ("another question", "Who had the keel of the ferry?"),
        ("the question tells", f"{ASKED} Not Brack?"),
    ],
)
def test_a_fault_of_the_question_does_not_pass(fault: str, asked: str) -> None:
    assert read(asked=asked) == (), fault


def test_without_a_blank_there_is_nothing_to_find() -> None:
    assert read(cloze="who had the wheel of the ferry") == ()


def test_two_questions_that_differ_have_no_answer() -> None:
    text = f"Say it. {ASKED} Now!\n\n{FAIR}\n\nSay it. {ASKED}\nIt says: "
    params = {"cloze": CLOZE, "asked": ASKED, "passage_chars": 99, "question": "both"}
    assert solve(Problem(text=text, params=params)).answers == ()


def pair() -> Pair:
    request = Request(id="p1", doc_id="d", start=0, end=len(PASSAGE), passage=PASSAGE)
    evidence = "Old Brack, who had the wheel of the ferry"
    given = {"id": "p1", "question": ASKED, "answer": "Brack", "evidence": evidence}
    return judge(request, given, Rules())


def laid_out(made: Plan, filler: str) -> str:
    """Return the plants between lines of filler, in the order of their depths."""
    plants = sorted(made.plants, key=lambda plant: plant.depth)
    return "\n".join([filler, *(f"{plant.text}\n{filler}" for plant in plants)])


@given(st.integers(0, 2**32), st.floats(0, 1), st.sampled_from(["first", "last", "both"]))
def test_every_plan_is_solved_and_no_spoilt_one(seed: int, depth: float, question: str) -> None:
    filler = "It rained over the hills all day, and no one spoke. " * 40
    rng = np.random.default_rng(seed)
    others = ("The mill stood still, and Aldous Grane sold it for a song.",)
    made = plan(
        rng,
        WrittenSpec(pair=pair(), others=others),
        haystack=filler,
        depths=(depth,),
        template=TEMPLATES[seed % len(TEMPLATES)],
    )
    head = "" if question == "last" else f"{made.question}\n\n"
    tail = "" if question == "first" else f"{made.question}\n"

    def solved(context: str) -> tuple[str, ...]:
        text = f"{head}{context}\n\n{tail}{made.lead} "
        return solve(Problem(text=text, params={**made.params, "question": question})).answers

    sound = laid_out(made, filler)
    assert solved(sound) == (made.gold,) == ("Brack",)
    assert solved(sound.replace("Old Brack", "Old Block")) != (made.gold,)
    assert solved(f"Brack came home.\n{sound}") == ()
    assert solved(f"{sound}\n{PASSAGE}") != (made.gold,)
    assert solved(sound.replace(PASSAGE, "")) == ()


def test_the_solver_is_found_by_its_task() -> None:
    assert load("written") is solve
