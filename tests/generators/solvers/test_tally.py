"""The tally solver reads: it reckons up a fair sample and stumbles over an unfair one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.solvers import load, names
from generators.solvers.tally import solve
from generators.tasks.tally import ASKS, TEMPLATES, TallySpec, plan
from schemas.task import Plan, Problem

RECORD = "Log: {person} took {amount} of {goods} to {place}."
FAIR = """Rain fell all night.
Log: Velmar Tosqui took 12 of Bruna kettle to Port Anholt.
Log: Gorin Hasty took 7 of Bruna kettle to Mount Vesk.
Nobody came.
Log: Velmar Tosqui took 5 of Dral lantern to Port Anholt.
Log: Velmar Tosqui took 30 of Dral lantern to Mount Vesk.
Log: Velmor Tosqui took 4 of Bruna kettle to Port Anholt.

Take the entries that name "Velmar Tosqui". How many are there?
Log:"""


def read(text: str, **params: Any) -> tuple[str, ...]:
    known = {"ask": "count", "over": "goods", "record": RECORD, "records": 5, "filters": 1,
             "margin": 2, "question": "last"}  # fmt: skip
    return solve(Problem(text=text, params=known | params)).answers


@pytest.mark.parametrize(
    ("ask", "over", "answers"),
    [
        ("count", "place", ("3",)),
        ("sum", "place", ("47",)),
        ("list", "goods", ("Bruna kettle, Dral lantern",)),
        ("distinct", "place", ("2",)),
        ("most", "place", ("Mount Vesk", "Port Anholt")),  # 1 and 2: a slip would turn it round
        ("least", "goods", ("Bruna kettle", "Dral lantern")),
    ],
)
def test_each_question_is_answered_from_the_records_in_scope(
    ask: str, over: str, answers: tuple[str, ...]
) -> None:
    assert read(FAIR, ask=ask, over=over) == answers


def test_two_names_must_stand_in_one_record() -> None:
    text = FAIR.replace('"Velmar Tosqui"', 'both "Velmar Tosqui" and "Dral lantern"')
    assert read(text, filters=2) == ("2",)
    assert read(text, filters=2, ask="sum") == ("35",)


def test_without_a_name_all_records_are_in_scope() -> None:
    text = FAIR.replace(' that name "Velmar Tosqui"', "")
    assert read(text, filters=0, ask="most", over="person") == ("Velmar Tosqui",)


def test_a_name_outside_the_scope_has_the_fewest_records() -> None:
    text = FAIR.replace("Gorin Hasty took 7 of Bruna kettle", "Gorin Hasty took 7 of Zem bell")
    assert read(text, ask="least") == ("Bruna kettle", "Zem bell")


def test_the_question_may_stand_first_or_in_both_places() -> None:
    context, _, asked = FAIR.partition("\n\n")
    question = asked.partition("\n")[0]
    assert read(f"{question}\n\n{context}\n\nLog:", question="first") == ("3",)
    assert read(f"{question}\n\n{FAIR}", question="both") == ("3",)
    assert read(f"{question} Why?\n\n{FAIR}", question="both") == ()


FAULTS = [
    ("a record is missing", FAIR.replace("Log: Gorin Hasty", "Gorin Hasty")),
    ("a record too many", FAIR.replace("Nobody came.", "Log: Gorin Hasty took 9 of Bruna kettle "
                                                       "to Mount Vesk.")),
    ("a record twice", FAIR.replace("Velmor Tosqui took 4 of Bruna kettle to Port Anholt",
                                    "Velmar Tosqui took 12 of Bruna kettle to Port Anholt")),
    ("a record without amount", FAIR.replace("took 12 of", "took some of")),
    ("a record inside a line", FAIR.replace("\nLog: Gorin", "\nWell, Log: Gorin")),
    ("a name leaks", FAIR.replace("Nobody came.", "Velmar Tosqui did that 3 times.")),
    ("a name outside the scope leaks", FAIR.replace("Nobody came.", "Gorin Hasty came.")),
    ("nobody has the name asked for", FAIR.replace('"Velmar Tosqui"', '"Velmur Tosqui"')),
    ("no name is asked for", FAIR.replace('"', "")),
    ("two names are asked for", FAIR.replace("Tosqui\".", "Tosqui\" or \"Velmor Tosqui\".")),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "broken"), FAULTS, ids=[fault for fault, _ in FAULTS])
def test_a_fault_does_not_pass(fault: str, broken: str) -> None:
    assert broken != FAIR, fault
    assert read(broken) == (), fault


def test_a_changed_record_changes_the_answer() -> None:
    near = FAIR.replace("Velmar Tosqui took 5", "Velmor Tosqui took 5")
    assert read(near) == ("2",)
    assert read(FAIR.replace("took 5", "took 6"), ask="sum") == ("48",)


def laid_out(made: Plan, position: str = "last") -> str:
    stated = sorted(made.plants, key=lambda plant: plant.depth)
    text = "\n".join(f"It rained on the {day}th day.\n{p.text}" for day, p in enumerate(stated))
    head = f"{made.question}\n\n" if position != "last" else ""
    tail = f"{made.question}\n" if position != "first" else ""
    return f"{head}{text}\n\n{tail}{made.lead}"


@given(
    seed=st.integers(0, 2**32),
    template=st.sampled_from(TEMPLATES),
    ask=st.sampled_from(ASKS),
    position=st.sampled_from(["first", "last", "both"]),
    filters=st.integers(0, 2),
    size=st.sampled_from([(8, 2, 2, 2, 2), (24, 4, 4, 3, 2), (96, 12, 9, 6, 3)]),
    near=st.booleans(),
)
def test_every_wording_of_the_task_can_be_read_back(
    *, seed: int, template: Any, ask: Any, position: str, filters: int, size: Any, near: bool
) -> None:
    records, people, places, goods, margin = size
    filters = filters if ask in ("most", "least") else max(filters, 1)
    spec = TallySpec(ask=ask, records=records, people=people, places=places, goods=goods,
                     margin=margin, filters=filters, near=near)  # fmt: skip
    depths = tuple(np.linspace(0, 0.9, records))
    made = plan(np.random.default_rng(seed), spec, haystack="", depths=depths, template=template)
    params = {**made.params, "question": position}
    text = laid_out(made, position)
    assert solve(Problem(text=text, params=params)).answers == (made.gold,)
    evidence = next(plant.text for plant in made.plants if plant.part is not None)
    assert solve(Problem(text=text.replace(evidence, "Lost."), params=params)).answers == ()


def test_the_solver_is_found_by_its_file() -> None:
    assert "tally" in names()
    assert load("tally") is solve
