"""Cloze plans: lines that are said again in the order of the question, each with its value."""

import itertools
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.tasks import load, names
from generators.tasks.cloze import TASK, ClozeSpec, num_evidence, plan
from schemas.task import Plan, Template

NOTE = Template(
    statement="Note on {key}: {value}, no more.",
    question="What is noted on {keys}?",
    lead="Note on {key}:",
)
SPECS = st.builds(
    lambda keys, distractors, near, key, value: ClozeSpec(
        keys=keys, distractors=distractors, near=min(near, distractors), key=key, value=value
    ),
    *(st.integers(low, high) for low, high in ((1, 16), (0, 6), (0, 6))),
    st.sampled_from(["phrase", "name", "place", "code", "identifier", "mixed"]),
    st.sampled_from(["number", "code", "name", "place", "date", "identifier", "mixed"]),
)


def make(spec: ClozeSpec, seed: int = 0, **more: Any) -> Plan:
    depths = tuple(np.linspace(0, 0.9, num_evidence(spec)))
    given = {"haystack": "", "depths": depths, "template": NOTE, **more}
    return plan(np.random.default_rng(seed), spec, **given)


def keys_of(made: Plan) -> list[str]:
    return re.findall(r'"([^"]+)"', made.question)


def test_a_plan_can_be_read_by_eye() -> None:
    made = make(ClozeSpec(keys=2, distractors=1), seed=5)
    first, second = keys_of(made)
    one, two = made.parts
    assert [plant.text for plant in made.plants[:2]] == [
        f"Note on {first}: {one}, no more.",
        f"Note on {second}: {two}, no more.",
    ]
    assert made.question.startswith(f'What is noted on "{first}" and "{second}"? ')
    assert made.lead == f"Note on {first}:"
    assert made.gold == f"{one}, no more.\nNote on {second}: {two}"
    assert [plant.part for plant in made.plants] == [0, 1, None]
    assert made.plants[0].hidden == (one,)


def test_one_key_is_answered_with_its_value_alone() -> None:
    made = make(ClozeSpec(keys=1))
    assert made.gold == made.parts[0]
    assert re.fullmatch(r'What is noted on "[^"]+"\? [^"]+\.', made.question)


def test_three_keys_are_joined_as_one_writes_them() -> None:
    question = make(ClozeSpec(keys=3)).question
    assert re.match(r'What is noted on "[^"]+", "[^"]+" and "[^"]+"\? ', question)


@given(SPECS, st.sampled_from(TASK.templates), st.integers(0, 2**32))
def test_the_answer_is_the_asked_lines_from_the_first_value_to_the_last(
    spec: ClozeSpec, template: Template, seed: int
) -> None:
    made = make(spec, seed, template=template)
    asked = [plant.text for plant in made.plants[: spec.keys]]
    whole = f"{made.lead} {made.gold}"
    ending = template.statement.partition("{value}")[2]
    assert f"{whole}{ending}" == "\n".join(asked)
    assert len(keys_of(made)) == spec.keys
    assert all(key in line for key, line in zip(keys_of(made), asked, strict=True))
    assert made == make(spec, seed, template=template)


@given(SPECS, st.integers(0, 2**32))
def test_a_plan_is_fair(spec: ClozeSpec, seed: int) -> None:
    made = make(spec, seed)
    assert len(made.plants) == spec.keys + spec.distractors
    found = [re.fullmatch(r"Note on (.+): (.+), no more\.", plant.text) for plant in made.plants]
    words = [word for match in found if match for word in match.groups()]
    assert len(words) == 2 * len(made.plants)
    assert not any(a in b for a, b in itertools.permutations(words, 2))
    assert sorted(plant.depth for plant in made.plants[: spec.keys]) == pytest.approx(
        np.linspace(0, 0.9, spec.keys)
    )
    assert all(0 <= plant.depth < 1 for plant in made.plants)


def test_the_order_of_the_answer_is_not_that_of_the_text() -> None:
    """Three keys can stand in six orders, and 600 samples have each about 100 times."""
    found = Counter(
        tuple(np.argsort([plant.depth for plant in make(ClozeSpec(keys=3), seed).plants[:3]]))
        for seed in range(600)
    )
    assert len(found) == 6
    assert all(abs(times - 100) < 40 for times in found.values()), found


def test_no_place_among_the_lines_is_that_of_the_evidence() -> None:
    """With three lines each place is right in a third of 600 samples."""
    found = Counter[int]()
    for seed in range(600):
        made = make(ClozeSpec(keys=1, distractors=2), seed, depths=((seed + 0.5) / 600,))
        found[sorted(plant.depth for plant in made.plants).index(made.plants[0].depth)] += 1
    assert all(abs(times - 200) < 50 for times in found.values()), found


def test_near_distractors_have_nearly_an_asked_key() -> None:
    made = make(ClozeSpec(keys=1, near=2, distractors=3), seed=1)
    key, *others = (plant.text[len("Note on ") :].partition(":")[0] for plant in made.plants)
    misses = [sum(a != b for a, b in zip(key, other, strict=False)) for other in others]
    alike = [
        len(other) == len(key) and n in (1, 2) for other, n in zip(others, misses, strict=True)
    ]
    assert alike == [True, True, False]


def test_no_key_and_no_value_comes_from_the_haystack() -> None:
    haystack = " ".join(plant.text for plant in make(ClozeSpec(), seed=3).plants)
    made = make(ClozeSpec(), seed=3, haystack=haystack)
    assert not any(word in haystack for word in [*made.parts, *keys_of(made)])


def test_one_kind_for_all_lines_of_a_sample() -> None:
    mixed = ClozeSpec(key="mixed", value="mixed")
    made = [make(mixed, seed).params for seed in range(60)]
    assert {params["value"] for params in made} == {
        "number", "code", "name", "place", "date", "identifier",
    }  # fmt: skip
    assert {params["key"] for params in made} == {"phrase", "name", "place", "code", "identifier"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"distractors": 1, "near": 2}, "near is 2 and distractors is 1"),
        ({"keys": 0}, "greater than or equal to 1"),
        ({"keys": 17}, "less than or equal to 16"),
        ({"queries": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        ClozeSpec(**fields)


def test_a_wrong_number_of_depths_is_refused() -> None:
    with pytest.raises(ValueError, match="2 depths for 4 pieces"):
        make(ClozeSpec(), depths=(0.1, 0.2))


def test_the_task_is_found_by_its_file() -> None:
    assert "cloze" in names()
    assert load("cloze") is TASK
