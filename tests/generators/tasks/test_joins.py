"""Joins plans: one way through the facts, and neither names, numbers nor places give it away."""

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.depths import stratified_sets
from generators.tasks import load
from generators.tasks.joins import TASK, TEMPLATES, JoinsSpec, num_evidence, plan
from schemas.task import Plan, Template

SAFE = Template(
    statement="It is {key} who keeps {value}.",
    question="Name {keys}.",
    lead="It is {noun}",
    more=(
        "clerk=name key=code locker=number town=place ship=name",
        "key kept by {key}",
        "As for {key}, it opens {value}.",
        "locker that {key} opens",
        "Now {key} stands in {value}.",
        "town of {key}",
        "From {key} sails {value}.",
        "ship that sails from {key}",
    ),
)
SPECS = st.builds(
    JoinsSpec, hops=st.integers(2, 4), decoys=st.integers(0, 6), forks=st.integers(0, 4)
)
THING = r"(clerk|key|locker|town|ship) ([A-Z][a-z]+ [A-Z][a-z]+|[A-Z]{2}\d-\d{2}[A-Z]\d|\d{7})"


def make(spec: JoinsSpec, seed: int = 0, **more: Any) -> Plan:
    depths = tuple(np.linspace(0, 0.9, num_evidence(spec)))
    given = {"haystack": "", "depths": depths, "template": SAFE, **more}
    return plan(np.random.default_rng(seed), spec, **given)


def pairs(made: Plan) -> list[tuple[str, str]]:
    """The two things that each fact joins: `clerk Velmar Tosqui`, `key KX4-90Q7`."""
    found = [re.findall(THING, plant.text) for plant in made.plants]
    assert all(len(things) == 2 for things in found)
    return [(" ".join(key), " ".join(value)) for key, value in found]


def test_a_plan_can_be_read_by_eye() -> None:
    made = make(JoinsSpec(hops=4, decoys=1, forks=1), seed=1)
    assert [plant.part for plant in made.plants] == [0] * 4 + [None] * 6
    chain, decoy, (ours, theirs) = pairs(made)[:4], pairs(made)[4:8], pairs(made)[8:]
    clerk, key, locker, town = (near for near, _ in chain)
    name = clerk.removeprefix("clerk ")
    assert [plant.text for plant in made.plants[:4]] == [
        f"It is clerk {name} who keeps {key}.",
        f"As for {key}, it opens {locker}.",
        f"Now {locker} stands in {town}.",
        f"From {town} sails ship {made.gold}.",
    ]
    assert made.question == (
        "Name the ship that sails from the town of the locker that the key kept by "
        f'clerk "{name}" opens.'
    )
    assert made.lead == "It is ship"
    assert [far for _, far in decoy[:3]] == [near for near, _ in decoy[1:]]
    assert ours[1] in (key, locker, town)
    assert theirs[1] in [far for _, far in decoy[:3]]
    assert made.params == {"hops": 4, "decoys": 1, "forks": 1}


@given(SPECS, st.integers(0, 2**32))
def test_a_plan_is_fair(spec: JoinsSpec, seed: int) -> None:
    made = make(spec, seed)
    facts = pairs(made)
    assert len(facts) == (spec.decoys + 1) * (spec.hops + spec.forks)
    onward = dict(facts)
    assert len(onward) == len(facts), "each thing leads to one other"
    names = {thing.partition(" ")[2] for fact in facts for thing in fact}
    assert len(names) == (spec.decoys + 1) * (spec.hops + 1 + spec.forks)
    assert not any(a in b for a in names for b in names if a != b)
    noun, name = re.findall(r'(\w+) "([^"]+)"', made.question)[0]
    thing = f"{noun} {name}"
    for _ in range(spec.hops):
        thing = onward[thing]
    assert thing == f"{made.lead.rpartition(' ')[2]} {made.gold}"
    assert sum(made.gold in plant.text for plant in made.plants) == 1
    assert name not in made.plants[spec.hops - 1].text, "the question names nothing that is there"
    assert made.gold not in made.question
    evidence = sorted(plant.depth for plant in made.plants if plant.part == 0)
    assert evidence == np.linspace(0, 0.9, spec.hops).tolist()
    assert made == make(spec, seed)


@given(SPECS, st.integers(0, 2**32))
def test_a_decoy_looks_like_the_asked_chain(spec: JoinsSpec, seed: int) -> None:
    made = make(spec, seed)
    ends = [plant.text for plant in made.plants if re.search(made.lead[6:] + r" \S", plant.text)]
    assert len(ends) == spec.decoys + 1
    facts = pairs(made)
    into = Counter(far for _, far in facts)
    chains = [
        facts[at : at + spec.hops] for at in range(0, (spec.decoys + 1) * spec.hops, spec.hops)
    ]
    bridges = [sum(into[far] for _, far in chain[:-1]) for chain in chains]
    assert bridges == [spec.hops - 1 + spec.forks] * (spec.decoys + 1)


@given(SPECS, st.integers(0, 2**32))
def test_random_values_are_hidden_where_the_text_first_has_them(spec: JoinsSpec, seed: int) -> None:
    made = make(spec, seed)
    met: set[str] = set()
    for plant in sorted(made.plants, key=lambda plant: plant.depth):
        values = set(re.findall(r"\b(?:\d{7}|[A-Z]{2}\d-\d{2}[A-Z]\d)(?!\w)", plant.text))
        assert set(plant.hidden) == values - met
        met |= values


def test_neither_order_nor_rank_nor_stretch_is_constant() -> None:
    spec = JoinsSpec(hops=3, decoys=3)
    depths = stratified_sets(np.random.default_rng(7), 600, spec.hops)
    orders, ranks, leads = Counter[Any](), Counter[Any](), Counter[Any]()
    for seed, targets in enumerate(depths):
        made = make(spec, seed, depths=tuple(targets.tolist()))
        orders[tuple(np.argsort([plant.depth for plant in made.plants[:3]]).tolist())] += 1
        ends = [made.plants[at].depth for at in (2, 5, 8, 11)]
        ranks[sorted(ends).index(ends[0])] += 1
        leads[made.lead] += 1
    assert len(orders) == 6
    assert min(orders.values()) > 70, "about 100 times each"
    assert len(ranks) == 4
    assert min(ranks.values()) > 110, "about 150 times each"
    assert set(leads) == {"It is town", "It is ship"}
    assert min(leads.values()) > 250, "about 300 times each"


def test_forks_come_to_every_bridge() -> None:
    spec = JoinsSpec(hops=4, decoys=0, forks=1)
    bridges = Counter(pairs(make(spec, seed))[-1][1].partition(" ")[0] for seed in range(300))
    assert set(bridges) == {"key", "locker", "town"}
    assert min(bridges.values()) > 70, "about 100 times each"


def test_no_name_comes_from_the_haystack() -> None:
    spec = JoinsSpec()
    haystack = " ".join(plant.text for plant in make(spec, seed=3).plants)
    made = make(spec, seed=3, haystack=haystack)
    names = [thing.partition(" ")[2] for fact in pairs(made) for thing in fact]
    assert not [name for name in names if name in haystack]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"hops": 1}, "greater than or equal to 2"),
        ({"hops": 5}, "less than or equal to 4"),
        ({"decoys": -1}, "greater than or equal to 0"),
        ({"hop": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        JoinsSpec(**fields)


def test_a_wrong_number_of_depths_is_refused() -> None:
    with pytest.raises(ValueError, match="1 depths for 2 pieces"):
        make(JoinsSpec(), depths=(0.1,))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.more[0].partition("=")[0])
def test_a_wording_states_each_relation_plainly(template: Template) -> None:
    roles, *more = template.more
    nouns = [role.partition("=")[0] for role in roles.split()]
    assert len(set(nouns)) == 5
    assert len(more) == 7
    for statement in (template.statement, *more[1::2]):
        assert (statement.count("{key}"), statement.count("{value}")) == (1, 1)
        assert not re.search(r"\d|(?<!^)[A-Z]", statement), "names and numbers are invented"
        assert not statement.startswith("{"), "a noun stays a noun, in small letters"
        assert not set(nouns) & set(re.findall(r"\w+", statement.replace("{key}", ""))), "no other"
    for noun, phrase in zip(nouns[1:], more[::2], strict=True):
        assert noun in phrase.split()
        assert phrase.count("{key}") == 1
    for phrase in more[2::2]:
        assert phrase.endswith("{key}"), "a longer way nests at the end"
    for first, hops in ((0, 4), (0, 2), (1, 2), (2, 2), (0, 3), (1, 3)):
        way = nouns[first]
        for phrase in more[::2][first : first + hops]:
            way = phrase.format(key=f"the {way}")
        words = re.findall(r"\w+", template.question.format(keys=way))
        asked = nouns[first : first + hops + 1]
        assert [word for word in words if word in nouns] == asked[::-1]


def test_the_task_is_found_by_its_file() -> None:
    assert load("joins") is TASK
    assert (TASK.unique, TASK.depth_kind) == ("value", "planted")
