"""Tracking plans: the chains can be followed to one answer, and nothing else points to it."""

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.depths import stratified_sets
from generators.tasks import load, names
from generators.tasks.tracking import ORDERS, TASK, TrackingSpec, num_evidence, plan
from schemas.task import Plan, Template

NOTE = Template(
    statement="Set {key} to {value}.",
    question="What has {keys}?",
    lead="It has:",
    more=("Set {key} to {other}< {plus} {amount}>.",),
)
SPECS = st.builds(
    lambda hops, arithmetic, **more: TrackingSpec(
        hops=hops, arithmetic=min(arithmetic, hops), **more
    ),
    hops=st.integers(1, 8),
    arithmetic=st.integers(0, 8),
    chains=st.integers(2, 6),
    order=st.sampled_from(["forward", "reversed", "mixed"]),
    reassign=st.integers(0, 3),
    holder=st.sampled_from(["name", "place", "code", "identifier", "mixed"]),
)


def make(spec: TrackingSpec, seed: int = 0, **more: Any) -> Plan:
    depths = tuple(np.linspace(0.125, 0.875, num_evidence(spec)).tolist())
    given = {"haystack": "", "depths": depths, "template": NOTE, **more}
    return plan(np.random.default_rng(seed), spec, **given)


def evidence(made: Plan) -> list[Any]:
    return [plant for plant in made.plants if plant.part == 0]


def follow(made: Plan) -> int:
    """Add up what the evidence says."""
    first, *copies = (plant.text for plant in evidence(made))
    shifts = [re.search(r"(plus|minus) (\d+)\.$", text) for text in copies]
    signed = [int(s[2]) * (1 if s[1] == "plus" else -1) for s in shifts if s]
    return int(re.findall(r"\d{7}", first)[0]) + sum(signed)


def test_a_plan_can_be_read_by_eye() -> None:
    spec = TrackingSpec(
        hops=2, chains=2, arithmetic=1, reassign=1, order="forward", holder="identifier"
    )
    made = make(spec, seed=4)
    assert [(plant.depth, plant.text) for plant in evidence(made)] == [
        (0.125, "Set queueNereamOffset to 6642720."),
        (0.5, "Set route_brovol_stream to queueNereamOffset plus 94."),
        (0.875, "Set split_wisyth_vector to route_brovol_stream."),
    ]
    assert made.question == (
        'What has "split_wisyth_vector"? The entries stand oldest first in the text; answer for '
        "the time after them all. Where something is set more than once, its newest entry counts; "
        "an entry that refers to something else means what that had at the time."
    )
    assert (made.lead, made.parts) == ("It has:", ("6642814",))
    assert made.params == spec.model_dump()
    assert evidence(made)[0].hidden == ("6642720",)


def test_newest_first_turns_the_chain_round_and_says_so() -> None:
    spec = TrackingSpec(hops=2, chains=2, order="reversed")
    made = make(spec)
    assert [plant.depth for plant in evidence(made)] == [0.875, 0.5, 0.125]
    assert made.question.endswith(
        "? The entries stand newest first in the text; answer for the time after them all."
    )
    assert {make(TrackingSpec(), seed).params["order"] for seed in range(20)} == {
        "forward",
        "reversed",
    }


@given(SPECS, st.integers(0, 2**32))
def test_a_plan_is_fair(spec: TrackingSpec, seed: int) -> None:
    made = make(spec, seed)
    assert made.gold == str(follow(made))
    assert len(evidence(made)) == num_evidence(spec)
    copies = [plant for plant in made.plants if not re.search(r"\d{7}", plant.text)]
    settings_ = [plant for plant in made.plants if re.search(r"\d{7}", plant.text)]
    assert len(settings_) == spec.chains * (1 + spec.reassign)
    assert spec.chains * spec.hops <= len(copies) <= spec.chains * (spec.hops + 2)
    numbers = [plant.text[-8:-1] for plant in settings_]
    assert len({*numbers, made.gold}) == len(numbers) + bool(spec.arithmetic)
    assert [plant.hidden for plant in settings_] == [(number,) for number in numbers]
    assert all(len(number) == 7 for number in [*numbers, made.gold])
    assert all(0 <= plant.depth <= 1 for plant in made.plants)
    assert made == make(spec, seed)


@given(SPECS, st.integers(0, 2**32))
def test_a_holder_gets_its_copy_once_and_after_its_giver_has_it(
    spec: TrackingSpec, seed: int
) -> None:
    made = make(spec, seed)
    sign = 1 if made.params["order"] == "forward" else -1
    time_of: dict[str, float] = {}
    for plant in made.plants:
        receiver = re.match(r"Set (.+?) to", plant.text)[1]  # type: ignore[index]
        if not re.search(r"\d{7}", plant.text):
            giver = re.sub(r" (plus|minus) \d+$", "", plant.text.partition(" to ")[2][:-1])
            assert receiver not in time_of
            assert time_of.get(giver, -2.0) <= sign * plant.depth
            time_of[receiver] = sign * plant.depth


def test_no_number_and_no_holder_comes_from_the_haystack() -> None:
    spec = TrackingSpec(hops=2, arithmetic=2)
    before = make(spec, seed=3)
    words = " ".join([*(plant.text for plant in before.plants), before.gold])
    made = make(spec, seed=3, haystack=words)
    assert made.gold not in words
    assert re.findall(r'"([^"]+)"', made.question)[0] not in words


def test_no_slot_and_no_rank_is_the_answers() -> None:
    """Over many plans the asked chain is as often the first, the last, the largest as any other."""
    spec = TrackingSpec(hops=2, chains=4, order="forward")
    depths = stratified_sets(np.random.default_rng(1), 400, num_evidence(spec))
    first, final, size, onward = (Counter[int]() for _ in range(4))
    for seed, row in enumerate(depths.tolist()):
        made = make(spec, seed, depths=tuple(row))
        settings_ = [plant for plant in made.plants if plant.hidden]
        at = [plant.depth for plant in settings_]
        numbers = [plant.hidden[0] for plant in settings_]
        first[sorted(at).index(evidence(made)[0].depth)] += 1
        size[sorted(numbers).index(made.gold)] += 1
        asked = re.findall(r'"([^"]+)"', made.question)[0]
        onward[sum(f" to {asked}" in plant.text for plant in made.plants)] += 1
        last = [made.plants[i + 2].depth for i, p in enumerate(made.plants) if p.hidden]
        final[sorted(last).index(evidence(made)[2].depth)] += 1
    for counts in (first, final, size):
        assert set(counts) == {0, 1, 2, 3}
        assert all(70 <= count <= 130 for count in counts.values()), counts
    assert 90 <= onward[0] <= 180, onward


@pytest.mark.parametrize("hops", [1, 2])
@pytest.mark.parametrize("order", ORDERS)
def test_the_nearest_number_is_no_more_often_the_answer_than_by_chance(
    hops: int, order: Any
) -> None:
    """Of 4 chains the one first set nearest to the asked holder's copy is the right one in 1/4."""
    spec = TrackingSpec(hops=hops, chains=4, order=order)
    depths = stratified_sets(np.random.default_rng(2), 600, num_evidence(spec))
    hits = 0
    for seed, row in enumerate(depths.tolist()):
        made = make(spec, seed, depths=tuple(row), haystack="x" * 100_000)
        copied = evidence(made)[-1].depth
        nearest = min((p for p in made.plants if p.hidden), key=lambda p: abs(p.depth - copied))
        hits += nearest.part is not None
    assert abs(hits / 600 - 0.25) < 0.055


def test_settings_of_one_more_time_lie_before_and_after_the_copy() -> None:
    """Neither the first nor the last number that a line gives a holder is the one that counts."""
    spec = TrackingSpec(hops=1, chains=2, reassign=1, order="forward")
    sides = Counter[bool]()
    for seed in range(200):
        made = make(spec, seed)
        root = evidence(made)[0]
        holder = root.text.partition(" to ")[0]
        twins = [p for p in made.plants if p.text.startswith(f"{holder} to") and p is not root]
        sides.update(twin.depth < root.depth for twin in twins)
    assert sides[True] > 40
    assert sides[False] > 40


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"hops": 1, "arithmetic": 2}, "arithmetic is 2 and hops is 1"),
        ({"hops": 9}, "less than or equal to 8"),
        ({"chains": 1}, "greater than or equal to 2"),
        ({"hop": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        TrackingSpec(**fields)


def test_a_wrong_number_of_depths_is_refused() -> None:
    with pytest.raises(ValueError, match="2 depths for 4 pieces"):
        make(TrackingSpec(), depths=(0.1, 0.2))


def test_a_haystack_with_every_number_is_told() -> None:
    every = "".join(map(str, range(10)))

    class Everything(str):
        def __contains__(self, _: object) -> bool:
            return True

    with pytest.raises(ValueError, match="no unused value of kind 'number'"):
        make(TrackingSpec(), haystack=Everything(every))


def test_the_task_is_found_by_its_file() -> None:
    assert "tracking" in names()
    assert load("tracking") is TASK
