"""The recall solver reads: the words beside a cue, and none or several where it is not fair."""

from typing import Any

import pytest

from generators.solvers import load
from generators.solvers.recall import solve
from schemas.task import Problem

STATED = """Once the ferry left at dawn with nine sheep
  on board, and the boy pushed both oars away from the pier.

Nobody told the keeper that his old lantern was gone."""
AFTER = 'Give 3 words right after "the ferry left at".'
BEFORE = 'Give 3 words right before "the keeper that his".'
BETWEEN = 'Give 3 words between "left at dawn" and "on board, and".'
GOLD = {AFTER: "dawn with nine", BEFORE: "pier.\n\nNobody told", BETWEEN: "with nine sheep"}


def read(question: str, stated: str = STATED, **params: Any) -> tuple[str, ...]:
    asks = [ask for ask in ("after", "before", "between") if f'{ask} "' in question]
    known = {"ask": (asks or ["after"])[0], "words": 3, "question": "last", **params}
    return solve(Problem(text=f"{stated}\n\n{question}\nHere: ", params=known)).answers


@pytest.mark.parametrize("question", [AFTER, BEFORE, BETWEEN])
def test_words_are_read_beside_their_cue(question: str) -> None:
    assert read(question) == (GOLD[question],)


def test_line_breaks_are_kept_in_an_answer_and_count_as_spaces_in_a_cue() -> None:
    assert read('Give 3 words right after "dawn with nine".') == ("sheep\n  on board,",)
    assert read('Give 3 words right after "nine sheep on".') == ("board, and the",)


def test_the_question_may_stand_first_or_in_both_places() -> None:
    params = {"ask": "after", "words": 3}
    for position, text in (
        ("first", f"{AFTER}\n\n{STATED}\n\nHere: "),
        ("both", f"{AFTER}\n\n{STATED}\n\n{AFTER}\nHere: "),
    ):
        found = solve(Problem(text=text, params={**params, "question": position}))
        assert found.answers == ("dawn with nine",), position
    text = f"{AFTER}\n\n{STATED}\n\n{BEFORE}\nHere: "
    assert solve(Problem(text=text, params={**params, "question": "both"})).answers == ()


FAULTS = [
    ("the cue stands twice", AFTER, f"{STATED} Then the ferry left at noon once more.",
     ("dawn with nine", "noon once more.")),
    ("the whole text twice", AFTER, f"{STATED}\n{STATED}", ()),
    ("the answer stands elsewhere too", AFTER, f"{STATED} We saw dawn with nine of them.", ()),
    ("... with another line break", AFTER, f"{STATED} We saw dawn\nwith nine of them.", ()),
    ("... before the cue", AFTER, f"It was dawn with nine cows.\n{STATED}", ()),
    ("the answer was changed", AFTER, STATED.replace("nine", "ten"), ("dawn with ten",)),
    ("its words were shuffled", AFTER, STATED.replace("dawn with", "with dawn"),
     ("with dawn nine",)),
    ("the place was shifted", AFTER, STATED.replace("left at dawn", "left at last dawn"),
     ("last dawn with",)),
    ("no such cue", AFTER, STATED.replace("ferry", "Ferry"), ()),
    ("the cue inside a longer word", AFTER, STATED.replace("left at", "left at-once"), ()),
    ("too few words follow", AFTER, "Once the ferry left at dawn with", ()),
    ("too few come before", BEFORE, "told the keeper that his old lamp", ()),
    ("a word too many between", BETWEEN, STATED.replace("nine", "nine white"), ()),
    ("the second cue is gone", BETWEEN, STATED.replace("board,", "board"), ()),
    ("another number", AFTER.replace("3", "4"), STATED, ()),
    ("no number", AFTER.replace("3", "some"), STATED, ()),
    ("two numbers", AFTER.replace("3", "3 or 4"), STATED, ()),
    ("no side", AFTER.replace("right after", "of"), STATED, ()),
    ("no cue", AFTER.replace('"', ""), STATED, ()),
    ("two sides", f'{AFTER} Or right before "nine".', STATED, ()),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "question", "stated", "answers"), FAULTS)
def test_a_fault_does_not_pass(
    fault: str, question: str, stated: str, answers: tuple[str, ...]
) -> None:
    gold = next((GOLD[asked] for asked in GOLD if asked == question), GOLD[AFTER])
    assert read(question, stated) == answers != (gold,), fault


def test_a_question_that_is_not_the_one_told_of_has_no_answer() -> None:
    assert read(AFTER, ask="before") == read(AFTER, words=4) == read(BETWEEN, ask="after") == ()


def test_the_solver_is_found_by_its_file() -> None:
    assert load("recall") is solve
