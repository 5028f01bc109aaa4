"""The counts solver reads: one answer of a fair sample, and none or several of an unfair one."""

from typing import Any

import pytest

from generators.solvers import load
from generators.solvers.counts import solve
from schemas.task import Problem

TEXT = """\
The tide was out. No ship.
Velmar in.
A Ship, two ships, and one SHIP more; the tide, the rope, (rope) and rope.
Velmar out.
Ship, tide, tide. No rope."""
WITHIN = 'between the line "Velmar in." and the line "Velmar out."'
COUNT = 'How many times does the word "ship" stand {}? Give a number in digits.'
MOST = 'Which of the words "tide" and "rope" stands most often {}? Give that word alone.'
RANKING = 'Put the words "tide", "ship" and "rope" in order by how often each stands {}, first.'
WHOLE = "in the whole text"


def read(asked: str, text: str = TEXT, *, ask: str = "count", **params: Any) -> tuple[str, ...]:
    question = asked.format(params.pop("where", WITHIN))
    known = {"ask": ask, "scope": "part", "margin": 1, "question": "last", **params}
    return solve(Problem(text=f"{text}\n\n{question}\nIt is: ", params=known)).answers


def test_words_are_counted_in_their_scope() -> None:
    assert read(COUNT) == ("2",)
    assert read(COUNT, where=WHOLE, scope="whole") == ("4",)
    assert read(MOST, ask="most") == ("rope",)
    assert read(MOST, where=WHOLE, scope="whole", ask="most", margin=0) == ("tide",)
    assert read(RANKING, ask="ranking") == ("rope, ship, tide",)


def test_the_question_may_stand_first_or_in_both_places() -> None:
    question = COUNT.format(WHOLE)
    params = {"ask": "count", "scope": "whole", "margin": 1}
    for position, text in (
        ("first", f"{question}\n\n{TEXT}\n\nIt is: "),
        ("both", f"{question}\n\n{TEXT}\n\n{question}\nIt is: "),
    ):
        found = solve(Problem(text=text, params={**params, "question": position}))
        assert found.answers == ("4",), position


@pytest.mark.parametrize(
    ("odd", "answers"),
    [
        ("ships, shipping, worship, Shipé, 船ship", ("2",)),
        ("ship2 and ship_yard", ("4", "2")),
        ("a ship's boy, a ship-yard", ("4", "2")),
        ("a ship\u2019s boy", ("3", "2")),
        ("a _ship_", ("3", "2")),
        ("a light-\nship", ("3", "2")),
        ("a \u017fhip and 'tis", ("2",)),
    ],
)
def test_readers_may_differ(odd: str, answers: tuple[str, ...]) -> None:
    assert read(COUNT, TEXT.replace("(rope)", odd)) == answers


FAULTS = [
    ("a word too many", COUNT, TEXT.replace("(rope)", "ship"), "count", ("3",)),
    ("a word too few", COUNT, TEXT.replace("SHIP", "boat"), "count", ("1",)),
    ("no word at all", COUNT, TEXT.replace("SHIP", "boat").replace("A Ship", "A"), "count", ()),
    ("the first line is shifted", COUNT, f"Velmar in.\n{TEXT.replace('Velmar in.', 'Velmar.')}",
     "count", ("3",)),
    ("a line is missing", COUNT, TEXT.replace("Velmar out.", "Velmar."), "count", ()),
    ("a line is doubled", COUNT, f"{TEXT}\nVelmar out.", "count", ()),
    ("the lines are swapped", COUNT, TEXT.replace(" in.", " .").replace(" out.", " in.")
     .replace(" .", " out."), "count", ()),
    ("a line is not alone", COUNT, TEXT.replace("Velmar in.", "Velmar in. Yes."), "count", ()),
    ("the winner is another", MOST, TEXT.replace("rope, (rope) and rope", "tide, tide"), "most",
     ("tide",)),
    ("a tie", MOST, TEXT.replace("(rope) and rope", "sail"), "most", ()),
    ("a tie in the ranking", RANKING, TEXT.replace("SHIP", "boat"), "ranking", ()),
    ("another ask", MOST, TEXT, "count", ()),
    ("a word twice", MOST.replace("rope", "tide"), TEXT, "most", ()),
    ("no word is named", COUNT.replace('"ship"', "ship"), TEXT, "count", ()),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "asked", "text", "ask", "answers"), FAULTS)
def test_a_fault_does_not_pass(
    *, fault: str, asked: str, text: str, ask: str, answers: tuple[str, ...]
) -> None:
    gold = {COUNT: "2", MOST: "rope", RANKING: "rope, ship, tide"}.get(asked, "")
    assert read(asked, text, ask=ask) == answers != (gold,), fault


def test_a_winner_that_leads_by_less_than_the_margin_is_not_fair() -> None:
    assert read(MOST, ask="most", margin=2) == ("rope",)
    assert read(MOST, ask="most", margin=3) == ()
    assert read(RANKING, ask="ranking", margin=2) == ()


def test_a_scope_that_is_not_the_one_told_of_has_no_answer() -> None:
    assert read(COUNT, scope="whole") == read(COUNT, where=WHOLE) == ()


def test_two_questions_that_differ_have_no_answer() -> None:
    text = f"{MOST.format(WHOLE)}\n\n{TEXT}\n\n{COUNT.format(WHOLE)}\nIt is: "
    params = {"ask": "count", "scope": "whole", "margin": 1, "question": "both"}
    assert solve(Problem(text=text, params=params)).answers == ()


def test_the_solver_is_found_by_its_file() -> None:
    assert load("counts") is solve
