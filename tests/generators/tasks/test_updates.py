"""Updates plans: one state of one thing is asked for, and nothing gives it away."""

import itertools
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.tasks import load
from generators.tasks.updates import (
    ATTRIBUTES,
    TASK,
    WORDS,
    UpdatesSpec,
    num_evidence,
    plan,
)
from schemas.task import Plan, Template

NOTE = Template(
    statement="Note {time}: {attribute} of {key} = {value}.",
    question="Which {attribute} has {keys} as of {moment}?",
    lead="It has:",
    more=("note",),
)
NOTICE = re.compile(r"Note (\d+): ([a-z ]+) of (.+) = (.+)\.")
HAYSTACK = "It rained. " * 3000
ASKS = ("latest", "first", "at", "count", "mixed")
SPECS = st.builds(
    lambda keys, updates, attributes, ask, key, value: UpdatesSpec(
        keys=keys, updates=updates, attributes=attributes, ask=ask, key=key, value=value
    ),
    *(st.integers(low, high) for low, high in ((1, 5), (3, 7), (1, 3))),
    st.sampled_from(ASKS),
    st.sampled_from(["phrase", "name", "place", "code", "mixed"]),
    st.sampled_from([*ATTRIBUTES, "mixed"]),
)


def make(spec: UpdatesSpec, seed: int = 0, depth: float = 0.6, **more: Any) -> Plan:
    depths = tuple(np.linspace(0.05, 0.95, spec.updates)) if spec.ask == "count" else (depth,)
    given = {"haystack": HAYSTACK, "depths": depths, "template": NOTE, **more}
    return plan(np.random.default_rng(seed), spec, **given)


def notices(made: Plan) -> list[tuple[int, str, str, str]]:
    """Return number, attribute, owner and value of each plant."""
    found = [NOTICE.fullmatch(plant.text) for plant in made.plants]
    return [(int(f[1]), f[2], f[3], f[4]) for f in found if f]


def history(made: Plan) -> list[tuple[int, str]]:
    """Return number and value of the notices on what is asked."""
    owner = re.findall('"(.+)"', made.question)[0]
    thing = made.params["attribute"], owner
    return [(number, value) for number, *mine, value in notices(made) if tuple(mine) == thing]


def test_a_plan_can_be_read_by_eye() -> None:
    made = make(UpdatesSpec(keys=2, updates=3, attributes=1, ask="latest", value="number"), seed=5)
    *early, (number, value) = history(made)
    owner = re.findall('"(.+)"', made.question)[0]
    thing = made.params["attribute"]
    (evidence,) = [plant for plant in made.plants if plant.part == 0]
    assert evidence.text == f"Note {number}: {thing} of {owner} = {value}."
    assert (evidence.depth, evidence.hidden) == (0.6, (value,))
    assert made.question == f'Which {thing} has "{owner}" as of the last note on this very point?'
    assert made.parts == (value,)
    assert (len(made.plants), len(early)) == (6, 2)


@pytest.mark.parametrize("ask", ["latest", "first", "at"])
def test_the_notice_that_holds_lies_at_the_chosen_depth(ask: Any) -> None:
    for seed in range(50):
        made = make(UpdatesSpec(updates=4, ask=ask), seed, depth=0.5)
        mine = history(made)
        (evidence,) = [plant for plant in made.plants if plant.part == 0]
        holds = [value for _, value in mine].index(made.gold)
        assert evidence.depth == 0.5
        assert evidence.text.endswith(f"= {made.gold}.")
        assert len(mine) == 4
        if ask == "at":
            asked = int(re.findall(r"as of note (\d+)", made.question)[0])
            assert [number for number, _ in mine].index(mine[holds][0]) == holds
            assert sum(number < asked for number, _ in mine) == holds + 1
            assert asked not in dict(mine)
        else:
            assert holds == {"latest": 3, "first": 0}[ask]


def test_a_count_is_of_changes_and_not_of_notices() -> None:
    for seed in range(50):
        made = make(UpdatesSpec(updates=6, ask="count"), seed)
        values = [value for _, value in history(made)]
        changes = sum(one != other for one, other in itertools.pairwise(values))
        assert len(values) == 6 == sum(plant.part == 0 for plant in made.plants)
        assert made.parts == (WORDS[changes],)
        assert len(set(values)) == changes + 1
        assert not any(made.gold in plant.text for plant in made.plants)


@given(SPECS, st.integers(0, 2**32), st.floats(0, 1, exclude_max=True))
def test_a_plan_is_fair(spec: UpdatesSpec, seed: int, depth: float) -> None:
    made = make(spec, seed, depth)
    stated = notices(made)
    assert len(stated) == len(made.plants) <= (spec.keys + spec.attributes - 1) * spec.updates
    assert [plant.depth for plant in made.plants] == sorted(plant.depth for plant in made.plants)
    numbers = [number for number, *_ in stated]
    assert all(b - a >= 2 for a, b in itertools.pairwise(numbers))
    assert numbers[-1] < 1000
    things = {(attribute, owner) for _, attribute, owner, _ in stated}
    assert len(things) == spec.keys + spec.attributes - 1
    assert len({attribute for attribute, _ in things}) == spec.attributes
    words = {*(owner for _, owner in things), *(value for *_, value in stated)}
    assert not any(a in b for a in words for b in words if a != b)
    if spec.ask != "count":
        assert sum(value == made.gold for *_, value in stated) == 1
        assert len({value for *_, value in stated}) == len(stated)
    assert made == make(spec, seed, depth)


@pytest.mark.parametrize(("ask", "slots"), [("at", 4), ("count", 4)])
def test_no_slot_and_no_number_is_likelier_than_another(ask: Any, slots: int) -> None:
    found: Counter[Any] = Counter()
    for seed in range(400):
        updates = slots + (ask == "count")
        made = make(UpdatesSpec(updates=updates, ask=ask), seed, depth=(seed + 0.5) / 400)
        values = [value for _, value in history(made)]
        found[made.gold if ask == "count" else values.index(made.gold)] += 1
    assert len(found) == slots
    assert all(abs(number - 400 / slots) < 50 for number in found.values()), found


@pytest.mark.parametrize("keys", [1, 2, 5])
def test_no_place_among_all_notices_is_that_of_a_value_asked_for_at_a_number(keys: int) -> None:
    """Of four parts of the row of all values, each is right about as often, in 600 samples."""
    found = Counter[int]()
    for seed in range(600):
        spec = UpdatesSpec(updates=4, keys=keys, attributes=1, ask="at")
        made = make(spec, seed, depth=(seed + 0.5) / 600)
        values = [value for *_, value in notices(made)]
        found[values.index(made.gold) * 4 // len(values)] += 1
    assert all(abs(number - 150) < 45 for number in found.values()), found


def test_the_asked_owner_may_be_named_last_by_another_attribute() -> None:
    after = 0
    for seed in range(100):
        made = make(UpdatesSpec(ask="latest"), seed, depth=0.5)
        owner = re.findall('"(.+)"', made.question)[0]
        last = [value for *_, mine, value in notices(made) if mine == owner][-1]
        after += last != made.gold
    assert after > 90


def test_near_an_edge_fewer_revisions_crowd_the_notice_that_holds() -> None:
    sizes = [
        len(history(make(UpdatesSpec(updates=8, ask="latest"), haystack="x" * 20_000, depth=depth)))
        for depth in (0, 0.01, 0.02, 0.5)
    ]
    assert sizes == [1, 3, 5, 8]
    lone = make(UpdatesSpec(updates=8, ask="at"), depth=0.9999)
    (number, value) = history(lone)[-1]
    assert value == lone.gold
    assert number < int(re.findall(r"as of note (\d+)", lone.question)[0]) < 1000


def test_mixed_asks_for_each_state_and_never_for_a_count() -> None:
    asks = Counter(make(UpdatesSpec(), seed).params["ask"] for seed in range(300))
    assert set(asks) == {"latest", "first", "at"}
    assert min(asks.values()) > 70


def test_one_kind_for_all_notices_of_a_sample() -> None:
    params = [make(UpdatesSpec(), seed).params for seed in range(60)]
    assert {mine["value"] for mine in params} == set(ATTRIBUTES)
    assert {mine["key"] for mine in params} == {"phrase", "name", "place", "code"}


def test_no_owner_and_no_value_comes_from_the_haystack() -> None:
    haystack = " ".join(plant.text for plant in make(UpdatesSpec(), seed=3).plants)
    made = make(UpdatesSpec(), seed=3, haystack=haystack)
    assert not any(f" {value}" in haystack for *_, value in notices(made))
    assert not any(owner in haystack for _, _, owner, _ in notices(made))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"keys": 64, "updates": 10}, "make 650 notices"),
        ({"ask": "count", "updates": 2}, "updates is 3 to 20"),
        ({"ask": "count", "updates": 21}, "updates is 3 to 20"),
        ({"updates": 1}, "greater than or equal to 2"),
        ({"attributes": 7}, "less than or equal to 6"),
        ({"keyz": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        UpdatesSpec(**fields)


def test_the_greatest_number_of_notices_keeps_to_three_digits() -> None:
    made = make(UpdatesSpec(keys=5, updates=64, attributes=1))
    assert len(made.plants) == 320
    assert max(number for number, *_ in notices(made)) < 1000


def test_a_wrong_number_of_depths_is_refused() -> None:
    assert num_evidence(UpdatesSpec(ask="count", updates=7)) == 7
    with pytest.raises(ValueError, match="2 depths for 1 pieces"):
        make(UpdatesSpec(), depths=(0.1, 0.2))


def test_the_task_is_found_by_its_file() -> None:
    assert load("updates") is TASK
    assert (TASK.unique, TASK.depth_kind) == ("solution", "planted")
