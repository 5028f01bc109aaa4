"""Lookup plans: registers that can be read by eye, one answer, on any line with the same chance."""

import itertools
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.lexicon import looks_random
from generators.tasks import load, names
from generators.tasks.lookup import ASKS, TASK, LookupSpec, plan, spots
from schemas.task import Plan, Plant, Template

NOTE = Template(
    statement="- {key} = {value};",
    question="What has {key} in {block}?",
    lead="It has:",
    more=(
        "List {block}, {count} lines",
        "What has line {n} in {block}?",
        "Which line has {value} in {block}?",
        "Which is {side} {key} in {block}?",
    ),
)


@st.composite
def specs(draw: Any) -> LookupSpec:
    records, blocks = draw(st.integers(2, 9)), draw(st.integers(1, 4))
    shared = draw(st.booleans())
    ask = draw(st.sampled_from(["value_of_key", "line_number"] if shared else ASKS))
    most = 0 if ask == "line_number" else records - 1
    kinds = ["phrase", "name", "place", "code", "identifier", "mixed"]
    return LookupSpec(
        records=records,
        blocks=blocks,
        ask=ask,
        near=draw(st.integers(0, most)),
        shared=shared,
        key=draw(st.sampled_from(kinds)),
        value=draw(st.sampled_from([*kinds[1:], "number", "date"])),
    )


def make(spec: LookupSpec, seed: int = 0, **more: Any) -> Plan:
    given = {"haystack": "x" * 50_000, "depths": (0.4,), "template": NOTE, **more}
    return plan(np.random.default_rng(seed), spec, **given)


def records(plant: Plant) -> list[tuple[str, str]]:
    _, *lines = plant.text.split("\n")
    pairs = [line.removeprefix("- ").removesuffix(";").split(" = ") for line in lines]
    return [(key, value) for key, value in pairs]


def slot(made: Plan) -> int:
    """Say on which line of the evidence the answer stands."""
    return next(at for at, record in enumerate(records(made.plants[0])) if made.gold in record)


def test_a_plan_can_be_read_by_eye() -> None:
    made = make(LookupSpec(records=3, blocks=2, value="number"), seed=4)
    evidence, other = made.plants
    heading, first, second, third = evidence.text.split("\n")
    name = re.fullmatch(r"List (.+), 3 lines", heading).group(1)  # type: ignore[union-attr]
    assert all(
        re.fullmatch(r"- [A-Z]{2}\d-\d{2}[A-Z]\d = \d{7};", x) for x in (first, second, third)
    )
    asked = next(line for line in (first, second, third) if made.gold in line)
    key = asked.removeprefix("- ").partition(" = ")[0]
    assert asked == f"- {key} = {made.gold};"
    assert made.question == f'What has "{key}" in "{name}"?'
    assert (evidence.part, other.part) == (0, None)
    assert (evidence.evidence, other.evidence) == (asked, "")
    assert evidence.depth == 0.4
    assert name not in other.text
    assert set(evidence.hidden) == {word for record in records(evidence) for word in record}
    assert made.params["value"] == "number"


@pytest.mark.parametrize("ask", ASKS)
def test_each_way_of_asking_names_what_is_sought_and_where(ask: str) -> None:
    made = make(LookupSpec(records=5, ask=ask), seed=2)
    name = re.findall(r'"([^"]+)"', made.question)[-1]
    listed, at = records(made.plants[0]), slot(made)
    key, value = listed[at]
    assert (made.question, made.gold) == {
        "value_of_key": (f'What has "{key}" in "{name}"?', value),
        "key_of_value": (f'Which line has "{value}" in "{name}"?', key),
        "line_number": (f'What has line {at + 1} in "{name}"?', value),
        "next": (f'Which is after "{listed[at - 1][0]}" in "{name}"?', key),
        "previous": (f'Which is before "{listed[(at + 1) % 5][0]}" in "{name}"?', key),
    }[ask]


@given(specs(), st.integers(0, 2**32))
def test_a_plan_is_fair(spec: LookupSpec, seed: int) -> None:
    made = make(spec, seed)
    assert [plant.part for plant in made.plants] == [0, *[None] * (spec.blocks - 1)]
    keys = [[key for key, _ in records(plant)] for plant in made.plants]
    values = [value for plant in made.plants for _, value in records(plant)]
    assert {len(listed) for listed in keys} == {spec.records}
    every = [key for listed in keys for key in listed]
    if spec.shared:
        assert all(sorted(listed) == sorted(keys[0]) for listed in keys)
        every = keys[0]
    words = [*every, *values]
    assert not any(a in b for i, a in enumerate(words) for j, b in enumerate(words) if i != j)
    assert sum(plant.text.count(made.gold) for plant in made.plants) == 1
    assert made.gold in made.plants[0].text
    assert made.gold not in made.question
    for plant in made.plants:
        assert all(plant.text.count(word) == 1 for word in plant.hidden)
        stated = {word for record in records(plant) for word in record}
        assert set(plant.hidden) == set(filter(looks_random, stated))
    assert made == make(spec, seed)


@pytest.mark.parametrize(
    ("ask", "lines"),
    [
        ("value_of_key", range(4)),
        ("line_number", range(4)),
        ("key_of_value", range(4)),
        ("next", range(1, 4)),
        ("previous", range(3)),
    ],
)
def test_the_answer_stands_on_each_line_equally_often(ask: str, lines: range) -> None:
    at = Counter(slot(make(LookupSpec(records=4, ask=ask, near=0), seed)) for seed in range(240))
    assert sorted(at) == list(lines)
    assert max(at.values()) - min(at.values()) < 40


def test_the_asked_register_is_first_as_often_as_last() -> None:
    spec, ranks = LookupSpec(records=2, blocks=3), Counter()  # type: ignore[var-annotated]
    for seed in range(240):
        depth = ((seed + 0.5) / 240,)
        made = make(spec, seed, depths=depth, haystack="x" * 5000)
        ranks[sorted(plant.depth for plant in made.plants).index(made.plants[0].depth)] += 1
    assert sorted(ranks) == [0, 1, 2]
    assert max(ranks.values()) - min(ranks.values()) < 40


@pytest.mark.parametrize("ask", ASKS)
def test_the_evidence_is_the_line_that_answers_and_the_one_beside_it(ask: str) -> None:
    for seed in range(20):
        made = make(LookupSpec(records=5, ask=ask), seed)
        lines, at = made.plants[0].text.split("\n")[1:], slot(made)
        first, last = {"next": (at - 1, at), "previous": (at, at + 1)}.get(ask, (at, at))
        assert made.plants[0].evidence == "\n".join(lines[first : last + 1])
        assert made.plants[0].text.count(made.plants[0].evidence) == 1


@pytest.mark.parametrize(("depth", "lines"), [(0.0, {0}), (0.9999, {7}), (0.5, set(range(8)))])
def test_near_the_edges_of_a_text_the_register_has_no_room_on_one_side(
    depth: float, lines: set[int]
) -> None:
    spec = LookupSpec(records=8)
    found = {slot(make(spec, seed, depths=(depth,), haystack="x" * 5000)) for seed in range(100)}
    assert found == lines


def test_a_register_as_long_as_the_text_is_planned_too() -> None:
    at = [
        slot(make(LookupSpec(records=8, blocks=2), depths=(depth,), haystack=""))
        for depth in (0.0, 0.5, 0.9999)
    ]
    assert at == [0, 4, 7]


def test_near_keys_stand_on_any_line_too() -> None:
    spec = LookupSpec(records=4, near=1, value="number")
    at = Counter()  # type: ignore[var-annotated]
    for seed in range(240):
        made = make(spec, seed)
        asked = records(made.plants[0])[slot(made)][0]
        listed = [key for key, _ in records(made.plants[0])]
        at.update(index for index, key in enumerate(listed) if misses(key, asked) in (1, 2))
    assert sorted(at) == [0, 1, 2, 3]
    assert 240 <= sum(at.values()) < 250
    assert max(at.values()) - min(at.values()) < 40


def misses(word: str, other: str) -> int:
    return sum(a != b for a, b in zip(word, other, strict=False)) + abs(len(word) - len(other))


@given(st.sampled_from(["number", "date", "code", "place"]), st.integers(0, 2**32))
def test_near_values_are_as_well_formed_as_others(kind: str, seed: int) -> None:
    spec = LookupSpec(records=7, ask="key_of_value", near=6, value=kind)
    made = make(spec, seed)
    asked = records(made.plants[0])[slot(made)][1]
    for _, value in records(made.plants[0]):
        assert value == asked or misses(value, asked) in (1, 2)
        if kind == "number":
            assert re.fullmatch(r"[1-9]\d{6}", value)
        if kind == "date":
            day, _, year = value.split(" ")
            assert 1 <= int(day) <= 28
            assert int(year) >= 1000


@given(
    st.integers(0, 2**32), st.floats(0, 1, exclude_max=True), st.integers(1, 8), st.floats(0.001, 1)
)
def test_registers_never_overlap_and_end_before_the_text_does(
    seed: int, depth: float, count: int, share: float
) -> None:
    share = min(share, 1 / (count + 1))
    begin = 2 * depth - 0.5
    found = spots(np.random.default_rng(seed), begin, count=count, share=share)
    assert len(found) == count
    assert found[0] == min(max(begin, 0), 1 - share)
    ordered = sorted(found)
    assert ordered[0] >= 0
    assert ordered[-1] + share <= 1 + 1e-9
    assert all(b - a >= share - 1e-9 for a, b in itertools.pairwise(ordered))


def test_no_word_of_a_register_comes_from_the_haystack() -> None:
    spec = LookupSpec(records=4, blocks=2)
    haystack = " ".join(plant.text for plant in make(spec, seed=3).plants)
    made = make(spec, seed=3, haystack=haystack)
    words = [word for plant in made.plants for record in records(plant) for word in record]
    assert not any(word in haystack for word in words)
    assert re.findall(r'"([^"]+)"', made.question)[-1] not in haystack


def test_mixed_draws_every_way_and_kind() -> None:
    drawn = [make(LookupSpec(records=3, ask="mixed", near=1), seed).params for seed in range(80)]
    assert {params["ask"] for params in drawn} == set(ASKS)
    assert {params["near"] for params in drawn if params["ask"] == "line_number"} == {0}
    assert len({params["value"] for params in drawn}) == 6
    spec = LookupSpec(records=3, ask="mixed", shared=True)
    assert {make(spec, seed).params["ask"] for seed in range(40)} == {"value_of_key", "line_number"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"records": 3, "near": 3}, "near is 3 and there are 2 keys besides the asked one"),
        ({"records": 3, "blocks": 4, "shared": True, "near": 3}, "there are 2 keys besides"),
        ({"ask": "line_number", "near": 1}, "leave near at 0"),
        ({"ask": "next", "shared": True}, "with shared, ask is value_of_key or line_number"),
        ({"records": 1}, "greater than or equal to 2"),
        ({"recordz": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        LookupSpec(**fields)


def test_a_wrong_number_of_depths_is_refused() -> None:
    with pytest.raises(ValueError, match="2 depths for 1 piece"):
        make(LookupSpec(), depths=(0.1, 0.2))


def test_the_task_is_found_by_its_file() -> None:
    assert "lookup" in names()
    assert load("lookup") is TASK
