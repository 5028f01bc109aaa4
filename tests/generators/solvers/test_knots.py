"""The knots solver reads: one order of a fair sample, and none or several of an unfair one."""

from typing import Any

import pytest

from generators.solvers import load
from generators.solvers.knots import solve
from schemas.task import Problem

BODY = """\
[sheet KX4-90Q7]
thought of salt. He never
went home again.

[sheet TR8-30H6]
All day the bell had
rung for

[sheet CB2-11F3]
The ferry was late and nobody
thought of salt.

[sheet QD5-77B0]
had rung for a drowned man.

[sheet ZE1-02M8]
went home again. Nor did she."""
RULE = "Every sheet opens by saying again the last 3 words of the sheet before it."
ORDER = 'Give the labels of all its sheets with "{}".'
NEXT = 'Which sheet goes on where "{}" breaks off? Give its label.'
AFTER = 'Where "{}" breaks off, which 3 words come next? Copy them exactly.'
ASKS = {ORDER: "order", NEXT: "next", AFTER: "words"}
WHOLE = "CB2-11F3, KX4-90Q7, ZE1-02M8"


def read(wording: str, label: str, body: str = BODY, **params: Any) -> tuple[str, ...]:
    known = {"ask": ASKS[wording], "line": "[sheet {key}]", "question": "last", **params}
    question = f"{RULE} {wording.format(label)}"
    head = "" if known["question"] == "last" else f"{question}\n\n"
    tail = "" if known["question"] == "first" else f"{question}\n"
    return solve(Problem(text=f"{head}{body}\n\n{tail}It is: ", params=known)).answers


@pytest.mark.parametrize("position", ["first", "last", "both"])
def test_a_knot_is_untied(position: str) -> None:
    for label in WHOLE.split(", "):
        assert read(ORDER, label, question=position) == (WHOLE,)
    assert read(ORDER, "QD5-77B0", question=position) == ("TR8-30H6, QD5-77B0",)
    assert read(NEXT, "CB2-11F3", question=position) == ("KX4-90Q7",)
    assert read(NEXT, "KX4-90Q7", question=position) == ("ZE1-02M8",)
    assert read(AFTER, "TR8-30H6", question=position) == ("a drowned man.",)
    assert read(AFTER, "CB2-11F3", question=position) == ("He never went",)


def test_nothing_goes_on_from_the_last_part() -> None:
    assert read(NEXT, "ZE1-02M8") == read(AFTER, "QD5-77B0") == ()


FAULTS = [
    ("two parts fit", NEXT, BODY.replace("had rung for a", "thought of salt. A"),
     ("KX4-90Q7", "QD5-77B0")),
    ("the order forks", ORDER, BODY.replace("had rung for a", "thought of salt. A"), ()),
    ("two parts go before", ORDER, BODY.replace("rung for\n", "thought of salt.\n"), ()),
    ("the seam stands elsewhere", NEXT, BODY.replace("All day", "He thought of salt. All day"), ()),
    ("the seam stands elsewhere in capitals", NEXT, BODY.replace("All", "THOUGHT OF SALT. All"),
     ()),
    ("no part fits", NEXT, BODY.replace("thought of salt. He", "He"), ()),
    ("a part is lost", ORDER, BODY.partition("[sheet ZE1")[0].rstrip(), ("CB2-11F3, KX4-90Q7",)),
    ("two parts were swapped", NEXT, BODY.replace("KX4-90Q7", "\0").replace("QD5-77B0", "KX4-90Q7")
     .replace("\0", "QD5-77B0"), ("QD5-77B0",)),
    ("one label twice", NEXT, BODY.replace("QD5-77B0", "KX4-90Q7"), ()),
    ("the asked label is nowhere", NEXT, BODY.replace("CB2-11F3", "CB2-11F4"), ()),
    ("words before the first line", NEXT, f"Salt.\n{BODY}", ()),
    ("a line is not alone", NEXT, BODY.replace("[sheet KX4-90Q7]", "See [sheet KX4-90Q7]"), ()),
    ("it runs in a circle", ORDER, BODY.replace("Nor did she.", "The ferry was"), ()),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "wording", "body", "answers"), FAULTS)
def test_a_fault_does_not_pass(
    fault: str, wording: str, body: str, answers: tuple[str, ...]
) -> None:
    gold = {NEXT: "KX4-90Q7", ORDER: WHOLE}[wording]
    assert read(wording, "CB2-11F3", body) == answers != (gold,), fault


def test_changed_words_change_the_answer() -> None:
    body = BODY.replace("salt. He never", "salt. She never")
    assert read(AFTER, "CB2-11F3", body) == ("She never went",)


def test_a_question_that_is_not_the_one_told_of_has_no_answer() -> None:
    assert read(NEXT, "CB2-11F3", ask="order") == ()
    assert read(NEXT, 'CB2-11F3" or "KX4-90Q7') == ()
    assert read(NEXT, "CB2-11F3", line="[page {key}]") == ()


def test_the_solver_is_found_by_its_file() -> None:
    assert load("knots") is solve
