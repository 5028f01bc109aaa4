"""Needle plans: what is asked has one answer, and nothing gives it away."""

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.tasks import load, names
from generators.tasks.needle import TASK, NeedleSpec, num_evidence, plan
from schemas.errors import RecipeError
from schemas.task import Plan, Template

NOTE = Template(
    statement="Beside {key} stands {value}.", question="What stands beside {keys}?", lead="Beside:"
)
SPECS = st.builds(
    lambda keys, values, queries, distractors, near, key, value: NeedleSpec(
        keys=keys,
        values=values,
        queries=min(queries, keys),
        distractors=distractors,
        near=min(near, distractors),
        key=key,
        value=value,
    ),
    *(st.integers(low, high) for low, high in ((1, 5), (1, 4), (1, 5), (0, 6), (0, 6))),
    st.sampled_from(["phrase", "name", "place", "code", "identifier", "mixed"]),
    st.sampled_from(["number", "code", "name", "place", "date", "identifier", "mixed"]),
)


def make(spec: NeedleSpec, seed: int = 0, **more: Any) -> Plan:
    depths = tuple(np.linspace(0, 0.9, num_evidence(spec)))
    given = {"haystack": "", "depths": depths, "template": NOTE, **more}
    return plan(np.random.default_rng(seed), spec, **given)


def test_a_plan_can_be_read_by_eye() -> None:
    made = make(NeedleSpec(keys=2, values=2, distractors=1, value="number"), seed=5)
    first, second, *others = made.plants
    assert [plant.part for plant in made.plants] == [0, 1, None, None, None]
    assert (first.depth, second.depth) == (0.0, 0.9)
    key = re.fullmatch(r"Beside (.+) stands \d{7}\.", first.text).group(1)  # type: ignore[union-attr]
    assert first.text == f"Beside {key} stands {made.parts[0]}."
    assert second.text == f"Beside {key} stands {made.parts[1]}."
    assert made.question == (
        f'What stands beside "{key}"? Give both answers in the order in which they stand in the '
        "text, with commas between them."
    )
    assert made.gold == f"{made.parts[0]}, {made.parts[1]}"
    assert all(key not in plant.text for plant in others)
    assert made.plants[0].hidden == (made.parts[0],)


@pytest.mark.parametrize(
    ("fields", "ending"),
    [
        ({}, "?"),
        ({"values": 3}, "? Give all 3 answers in the order in which they stand in the text, with "
                        "commas between them."),
        ({"keys": 2, "queries": 2}, "? Give one answer for each, taking them in the order just "
                                    "named, with commas between the answers."),
        ({"keys": 2, "queries": 2, "values": 2}, "? For each give both answers in the order in "
         "which they stand in the text, taking them in the order just named, with commas between "
         "the answers."),
    ],
)  # fmt: skip
def test_the_question_states_the_order_of_several_answers(
    fields: dict[str, int], ending: str
) -> None:
    assert re.fullmatch(
        r'What stands beside "[^"]+"(, "[^"]+")*( and "[^"]+")?' + re.escape(ending),
        make(NeedleSpec(**fields)).question,
    )


@given(SPECS, st.integers(0, 2**32))
def test_a_plan_is_fair(spec: NeedleSpec, seed: int) -> None:
    made = make(spec, seed)
    assert len(made.plants) == spec.keys * spec.values + spec.distractors
    assert [plant.part for plant in made.plants if plant.part is not None] == list(
        range(num_evidence(spec))
    )
    values = [plant.text.partition(" stands ")[2][:-1] for plant in made.plants]
    keys = {plant.text.partition(" stands ")[0].removeprefix("Beside ") for plant in made.plants}
    assert tuple(values[: len(made.parts)]) == made.parts
    words = [*keys, *values]
    assert not any(a in b for i, a in enumerate(words) for j, b in enumerate(words) if i != j)
    assert len(keys) == spec.keys + spec.distractors
    for query in range(spec.queries):
        mine = made.plants[query * spec.values : (query + 1) * spec.values]
        assert [plant.depth for plant in mine] == sorted(plant.depth for plant in mine)
    evidence = made.plants[: num_evidence(spec)]
    assert sorted(plant.depth for plant in evidence) == np.linspace(0, 0.9, len(evidence)).tolist()
    assert made == make(spec, seed)


def test_the_order_of_answers_is_not_tied_to_depth() -> None:
    spec = NeedleSpec(keys=2, queries=2)
    orders = {
        make(spec, seed).plants[0].depth < make(spec, seed).plants[1].depth for seed in range(20)
    }
    assert orders == {True, False}


@pytest.mark.parametrize("fields", [{"distractors": 2}, {"keys": 2, "distractors": 2}])
def test_no_place_among_statements_of_one_wording_is_that_of_the_answer(
    fields: dict[str, int],
) -> None:
    """With three statements each place is right in a third of 600 samples; strata had half."""
    found = Counter[int]()
    for seed in range(600):
        made = make(NeedleSpec(**fields), seed, depths=((seed + 0.5) / 600,))
        found[sorted(plant.depth for plant in made.plants).index(made.plants[0].depth)] += 1
    share = 600 / len(made.plants)
    assert all(abs(number - share) < 50 for number in found.values()), found


def test_near_distractors_have_nearly_an_asked_key() -> None:
    made = make(NeedleSpec(near=2, distractors=3), seed=1)
    key, *others = (p.text.partition(" stands ")[0].removeprefix("Beside ") for p in made.plants)
    misses = [sum(a != b for a, b in zip(key, other, strict=False)) for other in others]
    assert [
        len(other) == len(key) and miss in (1, 2)
        for other, miss in zip(others, misses, strict=True)
    ] == [
        True,
        True,
        False,
    ]


def test_no_key_and_no_value_comes_from_the_haystack() -> None:
    haystack = " ".join(plant.text for plant in make(NeedleSpec(), seed=3).plants)
    made = make(NeedleSpec(), seed=3, haystack=haystack)
    assert not any(part in haystack for part in made.parts)
    assert re.findall(r'"([^"]+)"', made.question)[0] not in haystack


def test_one_kind_for_all_statements_of_a_sample() -> None:
    kinds = {make(NeedleSpec(value="mixed"), seed).params["value"] for seed in range(60)}
    assert kinds == {"number", "code", "name", "place", "date", "identifier"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"keys": 2, "queries": 3}, "queries is 3 and keys is 2"),
        ({"distractors": 1, "near": 2}, "near is 2 and distractors is 1"),
        ({"keyz": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        NeedleSpec(**fields)


def test_a_wrong_number_of_depths_is_refused() -> None:
    with pytest.raises(ValueError, match="2 depths for 1 pieces"):
        make(NeedleSpec(), depths=(0.1, 0.2))


def test_a_templates_name_and_split_come_from_its_words_alone() -> None:
    assert (NOTE.name, NOTE.split) == ("2ab878ed", "train")


def test_the_task_is_found_by_its_file() -> None:
    assert "needle" in names()
    assert load("needle") is TASK


def test_an_unknown_task_is_told_with_the_nearest_name() -> None:
    with pytest.raises(RecipeError, match=r"no task named 'neddle'.*Did you mean 'needle'"):
        load("neddle")
