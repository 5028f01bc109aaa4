"""The tracking solver follows a fair chain to its number and stumbles over a broken one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.solvers import load, names
from generators.solvers.tracking import solve
from generators.tasks.tracking import TEMPLATES, TrackingSpec, num_evidence, plan
from schemas.task import Problem

QUESTION = 'What has "Port Ova"? The entries stand oldest first.'
NEWEST = f"{QUESTION} Of each, its newest entry counts."
FAIR = """Rain fell all night, 12 days long.
Set Port Zuna to 7654321 pence.
Set Port Brel to 1234567 pence.
Set Port Lur at the sum of Port Brel plus 14 pence.
Nobody came.
The sum of Port Lur goes into the box of Port Ova.
Set Port Dax at the sum of Port Zuna.
Set Port Keth at the sum of Port Ova below 5."""


def read(context: str, asked: str = QUESTION, **params: Any) -> tuple[str, ...]:
    known = {"holder": "place", "question": "last", **params}
    return solve(Problem(text=f"{context}\n\n{asked}\nIt has:", params=known)).answers


def test_a_chain_is_followed_back_to_its_number() -> None:
    assert read(FAIR) == ("1234581",)
    assert read(FAIR.replace("plus", "minus")) == ("1234553",)
    assert read(FAIR.replace(" plus 14 pence", "")) == ("1234567",)
    assert read(FAIR, QUESTION.replace("Port Ova", "Port Dax")) == ("7654321",)
    assert read(FAIR, QUESTION.replace("Port Ova", "Port Brel")) == ("1234567",)


def test_newest_first_is_read_from_below() -> None:
    upside_down = "\n".join(FAIR.splitlines()[::-1])
    assert read(upside_down, QUESTION.replace("oldest", "newest")) == ("1234581",)
    assert read(upside_down) == ()
    assert read(FAIR, QUESTION.replace("oldest", "newest")) == ()


def test_the_question_may_stand_first_or_in_both_places() -> None:
    first = Problem(
        text=f"{QUESTION}\n\n{FAIR}\n\nIt has:", params={"holder": "place", "question": "first"}
    )
    assert solve(first).answers == ("1234581",)
    assert read(f"{QUESTION}\n\n{FAIR}", question="both") == ("1234581",)
    other = QUESTION.replace("Ova", "Dax")
    assert read(f"{other}\n\n{FAIR}", question="both") == ()


@pytest.mark.parametrize(
    ("place", "line", "answers"),
    [
        ("Nobody came.", "Set Port Brel to 2222222 pence.", ("1234581",)),
        ("Rain fell", "Set Port Lur to 2222222 pence.\nRain fell", ("1234581",)),
        ("Nobody came.", "Set Port Lur to 2222222 pence.", ("2222222",)),
        ("Set Port Dax", "Set Port Ova to 2222222 pence.\nSet Port Dax", ("2222222",)),
    ],
)
def test_the_newest_entry_before_a_copy_counts(
    place: str, line: str, answers: tuple[str, ...]
) -> None:
    assert read(FAIR.replace(place, line), NEWEST) == answers


@pytest.mark.parametrize(
    ("fault", "broken", "answers"),
    [
        ("a second setting, and no rule for it",
         FAIR.replace("Nobody came.", "Set Port Lur to 2222222 pence."), ("1234581", "2222222")),
        ("a second copy", f"{FAIR}\nSet Port Ova at the sum of Port Dax.", ("1234581", "7654321")),
        ("a changed number", FAIR.replace("1234567", "1234568"), ("1234582",)),
        ("a cut number", FAIR.replace("1234567", "123456"), ()),
        ("no number", FAIR.replace(" to 1234567 pence", " to nothing"), ()),
        ("a changed amount", FAIR.replace("plus 14", "plus 15"), ("1234582",)),
        ("an amount without a sign", FAIR.replace("plus 14", "and 14"), ()),
        ("an amount with two signs", FAIR.replace("plus 14", "plus less 14"), ()),
        ("another giver", FAIR.replace("of Port Brel", "of Port Zuna"), ("7654335",)),
        ("no giver", FAIR.replace("of Port Brel", "of it all"), ()),
        ("a missing first statement", FAIR.replace("Set Port Brel to 1234567 pence.\n", ""), ()),
        ("a missing copy", FAIR.replace("The sum of Port Lur", "What he says"), ()),
        ("a copy before its giver has anything", FAIR.replace("Nobody came.\n", "").replace(
            "Set Port Brel to 1234567 pence.\n", "") + "\nSet Port Brel to 1234567 pence.", ()),
        ("the answer leaks", FAIR.replace("Nobody", "1234581 people"), ()),
        ("a decoy has the answer", FAIR.replace("7654321", "1234581"), ()),
        ("the holder elsewhere", FAIR.replace("Nobody", "Port Lur, by the sea, slept; nobody"), ()),
        ("two holders on a line", FAIR.replace("Brel plus", "Brel, Port Zuna plus"), ()),
        ("the sum comes back", FAIR.replace("Port Lur goes", "Port Lur minus 14 goes"), ()),
    ],
)  # fmt: skip
def test_a_fault_does_not_pass(fault: str, broken: str, answers: tuple[str, ...]) -> None:
    assert read(broken) == answers != ("1234581",), fault


@pytest.mark.parametrize(
    "question",
    [
        QUESTION.replace('"', ""),
        QUESTION.replace("oldest first", "there"),
        f"{QUESTION} Or newest first?",
        QUESTION.replace("Port Ova", "Port Ov"),
        f'{QUESTION} And "Port Dax"?',
    ],
)
def test_an_unclear_question_has_no_answer(question: str) -> None:
    assert read(FAIR, question) == ()


@given(
    seed=st.integers(0, 2**32),
    template=st.sampled_from(TEMPLATES),
    holder=st.sampled_from(["name", "place", "code", "identifier"]),
    order=st.sampled_from(["forward", "reversed"]),
    position=st.sampled_from(["first", "last", "both"]),
    size=st.tuples(st.integers(1, 8), st.integers(2, 5), st.integers(0, 3), st.integers(0, 8)),
)
def test_every_wording_of_the_task_can_be_read_back(
    *, seed: int, template: Any, holder: str, order: str, position: str, size: tuple[int, ...]
) -> None:
    hops, chains, reassign, shifts = size
    spec = TrackingSpec(
        hops=hops,
        chains=chains,
        reassign=reassign,
        arithmetic=min(shifts, hops),
        holder=holder,
        order=order,
    )
    depths = tuple(np.linspace(0.1, 0.9, num_evidence(spec)).tolist())
    made = plan(np.random.default_rng(seed), spec, haystack="", depths=depths, template=template)
    stated = [plant.text for plant in sorted(made.plants, key=lambda plant: plant.depth)]
    assert answers(made, stated, position) == (made.gold,)
    # Without any one piece of evidence, the answer is gone.
    pieces = [plant.text for plant in made.plants if plant.part == 0]
    missing = pieces[seed % len(pieces)]
    assert answers(made, [text for text in stated if text != missing], position) != (made.gold,)


def answers(made: Any, stated: list[str], position: str) -> tuple[str, ...]:
    text = "\n".join(f"It rained on the {day}th day.\n{line}" for day, line in enumerate(stated))
    if position != "last":
        text = f"{made.question}\n\n{text}"
    text += "\n\n" if position == "first" else f"\n\n{made.question}\n"
    params = {**made.params, "question": position}
    return solve(Problem(text=text + made.lead, params=params)).answers


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.statement)
def test_the_wordings_mean_what_the_solver_reads(template: Any) -> None:
    """By eye: the copy goes to {key}, and the shift has the sign that its word says."""
    (copying,) = template.more
    giver_first = copying.index("{other}") < copying.index("{key}")
    assert giver_first == (" into " in copying or " onto " in copying)


def test_the_solver_is_found_by_its_file() -> None:
    assert "tracking" in names()
    assert load("tracking") is solve
