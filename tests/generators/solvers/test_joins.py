"""The joins solver reads: it walks the one way of a fair sample and stumbles over an unfair one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.solvers import load
from generators.solvers.joins import solve
from generators.tasks.joins import TEMPLATES, JoinsSpec, num_evidence, plan
from schemas.task import Problem, Template

QUESTION = 'Name the town of the locker that the key kept by clerk "Velmar Tosqui" opens.'
FAIR = f"""Rain fell all night.
As for key KX4-90Q7, it opens locker 1234567.
Nobody came.
Now locker 1234567 stands in town Port Anholt.
It is clerk Rasko Delm who keeps key KX4-90Q7.
Now locker 7654321 stands in town Bremer Falls.
It is clerk Sune Quarth who keeps key BB1-11B1.
It is clerk Velmar Tosqui who keeps key KX4-90Q7.
As for key BB1-11B1, it opens locker 7654321.

{QUESTION}
It is town"""


def read(text: str, **params: Any) -> tuple[str, ...]:
    return solve(Problem(text=text, params={"hops": 3, "question": "last", **params})).answers


def test_facts_are_joined_in_the_order_of_the_question() -> None:
    assert read(FAIR) == ("Port Anholt",)


def test_the_question_may_stand_first_or_in_both_places() -> None:
    context = FAIR.partition("\n\n")[0]
    assert read(f"{QUESTION}\n\n{context}\n\nIt is town", question="first") == ("Port Anholt",)
    assert read(f"{QUESTION}\n\n{FAIR}", question="both") == ("Port Anholt",)


def test_two_questions_that_differ_have_no_answer() -> None:
    other = QUESTION.replace("Velmar Tosqui", "Sune Quarth")
    assert read(f"{other}\n\n{FAIR}", question="both") == ()
    assert read(FAIR.replace(QUESTION, other)) == ("Bremer Falls",)


@pytest.mark.parametrize(
    ("fault", "broken", "answers"),
    [
        ("a second answer", FAIR.replace("Nobody came.", "Now locker 1234567 is in town Lower Ys."),
         ("Lower Ys", "Port Anholt")),
        ("a second way",
         FAIR.replace("Nobody came.", "As for key KX4-90Q7, it opens locker 7654321."),
         ("Bremer Falls", "Port Anholt")),
        ("the first fact is missing",
         FAIR.replace("It is clerk Velmar Tosqui who keeps key KX4-90Q7.\n", ""), ()),
        ("a bridge is missing",
         FAIR.replace("As for key KX4-90Q7, it opens locker 1234567.\n", ""), ()),
        ("the answer is missing",
         FAIR.replace("Now locker 1234567 stands in town Port Anholt.\n", ""), ()),
        ("a changed record", FAIR.replace("opens locker 1234567", "opens locker 7654321"),
         ("Bremer Falls",)),
        ("a misprint", FAIR.replace("opens locker 1234567", "opens locker 1234568"), ()),
        ("a wrong noun", FAIR.replace("opens locker 1234567", "opens trunk 1234567"), ()),
        ("the answer leaks", FAIR.replace("Nobody", "She saw Port Anholt; nobody"), ()),
        ("a bridge leaks", FAIR.replace("Nobody", "She wrote KX4-90Q7; nobody"), ()),
        ("the same fact twice", FAIR.replace("Nobody came.",
         "Now locker 1234567 stands in town Port Anholt."), ()),
        ("a third thing on a line",
         FAIR.replace("Port Anholt.", "Port Anholt, town Lower Ys."), ()),
        ("no name in the question", FAIR.replace('"', ""), ()),
        ("two names in the question", FAIR.replace("clerk \"", "clerk \"Sune Quarth\" or clerk \""),
         ()),
        ("another way is asked", FAIR.replace("locker that the key", "key that the locker"), ()),
        ("a longer way is meant", FAIR.replace("Name the town of", "Name"), ()),
    ],
)  # fmt: skip
def test_a_fault_does_not_pass(fault: str, broken: str, answers: tuple[str, ...]) -> None:
    assert broken != FAIR
    assert set(read(broken)) == set(answers) != {"Port Anholt"}, fault


def test_a_longer_word_is_not_the_name() -> None:
    assert read(FAIR.replace("Nobody came.", "No KX4-90Q7A came, no XKX4-90Q7.")) == (
        "Port Anholt",
    )


@given(
    seed=st.integers(0, 2**32),
    template=st.sampled_from(TEMPLATES),
    position=st.sampled_from(["first", "last", "both"]),
    spec=st.builds(
        JoinsSpec, hops=st.integers(2, 4), decoys=st.integers(0, 5), forks=st.integers(0, 4)
    ),
)
def test_every_wording_of_the_task_can_be_read_back(
    *, seed: int, template: Template, position: str, spec: JoinsSpec
) -> None:
    depths = tuple(np.linspace(0, 0.9, num_evidence(spec)))
    made = plan(np.random.default_rng(seed), spec, haystack="", depths=depths, template=template)
    stated = sorted(made.plants, key=lambda plant: plant.depth)
    text = "\n".join(f"It rained on the {day}th day.\n{p.text}" for day, p in enumerate(stated))
    if position != "last":
        text = f"{made.question}\n\n{text}"
    text += "\n\n" if position == "first" else f"\n\n{made.question}\n"
    params = {**made.params, "question": position}
    assert solve(Problem(text=text + made.lead, params=params)).answers == (made.gold,)
    for plant in made.plants[: spec.hops]:
        without = text.replace(plant.text, "Nothing.")
        assert solve(Problem(text=without + made.lead, params=params)).answers == ()


def test_the_solver_is_found_by_its_file() -> None:
    assert load("joins") is solve
