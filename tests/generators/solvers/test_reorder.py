"""The reorder solver reads the order of fair samples, and finds none in broken ones."""

from typing import Any

import pytest

from generators.solvers import load
from generators.solvers.reorder import solve
from schemas.task import Problem

TEXT = """Snow lay on both banks when they came.
The ferry was late
again, as ever. Nobody had thought of salt."""
QUOTES = "B: The ferry was late again,\nC: Nobody had thought of salt.\nD: Snow lay on both banks"
SHEETS = """Sheet 1
late again, as ever. Nobody had thought of salt.

Sheet 2
Snow lay on both banks when they came.

Sheet 3
banks when they came. The ferry was late again, as ever."""
WHICH = "Which order? Write all labels, the earliest first."
AFTER, BEFORE = 'Which is directly after "{}"?', 'Which is directly before "{}"?'


def read(
    ask: str = "order", asked: str = WHICH, *, text: str = TEXT, **more: Any
) -> tuple[str, ...]:
    params: dict[str, Any] = {"form": "quotes", "ask": ask, "units": 3, "words": 4}
    params |= {"line": "Sheet"}
    params |= {"question": "last"} | {key: more[key] for key in more if key != "quotes"}
    quotes = more.get("quotes", QUOTES) if params["form"] == "quotes" else "It was cut."
    question = f"Three of them.\n{quotes}\n{asked}"
    whole = {
        "last": f"{text}\n\n{question}\nOrder: ",
        "first": f"{question}\n\n{text}\n\nOrder: ",
        "both": f"{question}\n\n{text}\n\n{question}\nOrder: ",
    }[params["question"]]
    return solve(Problem(text=whole, params=params)).answers


@pytest.mark.parametrize("question", ["first", "last", "both"])
def test_the_order_is_read(question: str) -> None:
    assert read(question=question) == ("D, B, C",)
    assert read(text=SHEETS, form="pieces", question=question) == ("2, 3, 1",)


@pytest.mark.parametrize(
    ("ask", "asked", "answer"),
    [
        ("next", AFTER.format("B"), ("C",)),
        ("next", AFTER.format("C"), ()),
        ("previous", BEFORE.format("B"), ("D",)),
        ("previous", BEFORE.format("D"), ()),
        ("next", BEFORE.format("B"), ()),
        ("next", AFTER.format("X"), ()),
        ("next", "Which is next?", ()),
        ("order", AFTER.format("B"), ()),
        ("order", "Which?", ()),
        ("order", f"{WHICH} {AFTER.format('B')}", ()),
        ("next", WHICH, ()),
        ("next", f"{AFTER.format('B')} {BEFORE.format('B')}", ()),
    ],
)
def test_a_neighbour_is_read(ask: str, asked: str, answer: tuple[str, ...]) -> None:
    assert read(ask, asked) == answer


FAULTS = [
    ("a quote stands twice", {"text": f"{TEXT} Snow lay on both banks."}, ()),
    ("a quote stands twice, as a part", {"text": f"{TEXT} XSnow lay on both banksX"}, ()),
    ("a quote stands nowhere", {"text": TEXT.replace("Nobody", "Somebody")}, ()),
    ("a quote ends inside a word", {"text": TEXT.replace("both banks", "both banksides")}, ()),
    ("the text was moved", {"text": "Nobody had thought of salt. " + TEXT[:-27]}, ("C, D, B",)),
    ("a label stands twice", {"quotes": QUOTES.replace("C:", "B:")}, ()),
    ("a quote is missing", {"quotes": QUOTES[: QUOTES.index("\nD")]}, ()),
    ("two labels change places", {"quotes": QUOTES.replace("B:", "X:").replace("C:", "B:").replace(
        "X:", "C:")}, ("D, C, B",)),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "broken", "answers"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_in_quotes_changes_the_answer(
    fault: str, broken: dict[str, Any], answers: tuple[str, ...]
) -> None:
    assert read(**broken) == answers, fault


BROKEN = [
    ("a seam is another", SHEETS.replace("banks when they came. The", "ships when they came. The"),
     ()),
    ("two pieces go on from one", f"{SHEETS}\n\nSheet 4\nbanks when they came. It rained all day.",
     ()),
    ("a piece is missing", SHEETS[: SHEETS.index("\n\nSheet 3")], ()),
    ("labels change places", SHEETS.replace("Sheet 1", "Sheet 9").replace("Sheet 2", "Sheet 1")
     .replace("Sheet 9", "Sheet 2"), ("1, 3, 2",)),
    ("a label stands twice", SHEETS.replace("Sheet 2", "Sheet 1"), ()),
    ("a ring", SHEETS.replace("thought of salt.", "thought of salt. Snow lay on both").replace(
        "Sheet 2\n", "Sheet 2\n"), ()),
    ("the words of a seam stand a third time", SHEETS.replace("Snow lay", "Snow, late again, as "
     "ever. lay"), ()),
    ("words before the first label", f"It rained.\n\n{SHEETS}", ()),
    ("no labels", SHEETS.replace("Sheet", "Shoe"), ()),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "text", "answers"), BROKEN, ids=[fault[0] for fault in BROKEN])
def test_a_fault_in_pieces_changes_the_answer(
    fault: str, text: str, answers: tuple[str, ...]
) -> None:
    assert read(text=text, form="pieces") == answers, fault


def test_two_questions_that_differ_have_no_answer() -> None:
    params: dict[str, Any] = {"form": "quotes", "ask": "order", "units": 3, "words": 4}
    params |= {"line": "Sheet"}
    text = f"{QUOTES}\n{WHICH}\n\n{TEXT}\n\n{QUOTES}\nWhich?\nOrder: "
    assert solve(Problem(text=text, params={**params, "question": "both"})).answers == ()
    pieces = f"{WHICH}\n\n{SHEETS}\n\nWhich?\nOrder: "
    params |= {"form": "pieces", "question": "both"}
    assert solve(Problem(text=pieces, params=params)).answers == ()
    assert solve(Problem(text=pieces.replace("\nWhich?", f"\n{WHICH}"), params=params)).answers


def test_the_solver_is_found_by_its_file() -> None:
    assert load("reorder") is solve
