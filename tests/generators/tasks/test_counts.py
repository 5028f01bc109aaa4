"""Counts plans: words that every reader counts alike, in a scope that the question states."""

import itertools
import re
from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.decontam.firewall import overlaps
from generators.solvers.counts import solve
from generators.tasks import load
from generators.tasks.counts import TASK, TEMPLATES, CountsSpec, plan
from schemas.errors import UnfitError
from schemas.task import Offer, Plan, Template
from tests.generators.composed import body, evidence, offer, solved

MARKED = Template(statement="{key} in.", question="Count.", lead="It is:", more=("{key} out.",))
TEXT = """\
A Ship, two ships, and one ship more.
The tide took the rope; no tide gave rope back.
Ship's boys sang. Lamp out, lamp on, lamp gone.
A tide, a tide; rope, lamp, boat, boat.
"""
"""tide 4, lamp 4, rope 3, boat 2, sang 1; to one ship a `'s` clings."""


@cache
def prose(seed: int, lines: int = 300) -> Offer:
    """Return lines of 64 words, some frequent and some rare, which come in bursts."""
    rng = np.random.default_rng(seed)
    words = ["".join(three) for three in itertools.product(("zo", "zu", "xo", "xu"), repeat=3)]
    text = []
    for line in range(lines):
        if line % 20 == 0:
            shares = rng.choice([0.2, 1, 3], len(words)) / np.arange(1, len(words) + 1)
        text.append(" ".join(rng.choice(words, 3, p=shares / shares.sum())) + ", a day.\n")
    return offer("".join(text))


def make(given: Offer, seed: int = 0, template: Template = MARKED, **fields: Any) -> Plan:
    rng = np.random.default_rng(seed)
    return plan(rng, CountsSpec(**fields), haystack=given, depths=(), template=template)


def made(given: Offer, seed: int = 0, **fields: Any) -> Plan:
    """Return the first plan of these seeds that this text supports."""
    for more in range(32):
        try:
            return make(given, 100 * seed + more, **fields)
        except UnfitError:
            continue
    raise AssertionError("no plan in 32 tries")


def asked(plan: Plan) -> list[str]:
    return re.findall('"([a-z]+)"', plan.question)


def test_a_count_can_be_read_by_eye() -> None:
    given = offer(TEXT)
    truth = {"tide": "4", "lamp": "4", "rope": "3", "boat": "2"}
    found = {}
    for seed in range(60):
        plan = make(given, seed, ask="count", scope="whole")
        found[asked(plan)[0]] = plan.gold
        assert [word.lower() for word in evidence(plan, given)] == asked(plan) * int(plan.gold)
        assert body(plan, given) == TEXT
        assert "stand in the whole text? Give a number in digits." in plan.question
    assert found == truth


def test_a_winner_can_be_read_by_eye() -> None:
    given = offer(TEXT)
    for seed in range(20):
        plan = made(given, seed, ask="most", scope="whole", words=2)
        assert plan.gold in ("tide", "lamp")
        assert sorted(asked(plan)) in (["boat", "tide"], ["boat", "lamp"])
        assert Counter(evidence(plan, given))["boat"] == 2


def test_a_part_is_between_two_lines_and_the_word_stands_outside_too() -> None:
    for seed in range(20):
        given = prose(seed)
        plan = made(given, seed, ask="count", scope="part")
        text = body(plan, given)
        begin, end = re.findall('"([^"]+ (?:in|out)[.])"', plan.question)
        inside = text.partition(f"{begin}\n")[2].partition(f"{end}\n")[0]
        (word,) = asked(plan)
        assert inside.split().count(word) + inside.split().count(f"{word},") == int(plan.gold)
        assert 0.2 < len(inside) / len(text) < 0.7
        assert re.findall(rf"\b{word}\b", text.replace(inside, "")), word
        assert text.count(begin) == text.count(end) == 1
        assert f"\n{begin}\n" in f"\n{text}"
        assert f"\n{end}\n" in text
        assert text.replace(f"{begin}\n", "").replace(f"{end}\n", "") == given.text
        assert all(found in inside for found in evidence(plan, given))
        assert len(plan.marks) == int(plan.gold)


def test_a_ranking_falls_by_the_margin() -> None:
    for seed in range(6):
        given = prose(seed)
        plan = made(given, seed, ask="ranking", scope="whole", high=60, margin=3)
        counts = [len(re.findall(rf"\b{word}\b", given.text)) for word in plan.parts]
        assert all(a - b >= 3 for a, b in itertools.pairwise(counts))
        assert sorted(asked(plan)) == sorted(plan.parts)
        assert [sum(m.part == i for m in plan.marks) for i in range(len(counts))] == counts


@settings(deadline=None)  # a text is made when it is first asked for
@given(
    seed=st.integers(0, 40),
    template=st.sampled_from(TEMPLATES),
    position=st.sampled_from(["first", "last", "both"]),
    fields=st.fixed_dictionaries(
        {
            "ask": st.sampled_from(["count", "most", "ranking", "mixed"]),
            "scope": st.sampled_from(["whole", "part", "mixed"]),
            "words": st.integers(2, 5),
            "high": st.integers(20, 60),
        }
    ),
)
def test_a_plan_is_fair(
    *, seed: int, template: Template, position: str, fields: dict[str, Any]
) -> None:
    given = prose(seed)
    plan = made(given, seed, template=template, **fields)
    assert solved(solve, plan, given, question=position)
    marks = sorted((mark.start, mark.stop) for mark in plan.marks)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(marks))
    assert {mark.part for mark in plan.marks} == set(range(len(plan.parts)))
    assert "gold" not in plan.params
    assert plan == made(given, seed, template=template, **fields)


def test_no_place_in_the_list_and_no_count_outside_tells_the_winner() -> None:
    listed: Counter[int] = Counter()
    whole: Counter[int] = Counter()
    for seed in range(120):
        given = prose(seed % 10, 600)
        plan = made(given, seed, ask="most", scope="part", high=60)
        words = asked(plan)
        counts = {word: len(re.findall(rf"\b{word}\b", given.text)) for word in words}
        listed[words.index(plan.gold)] += 1
        whole[sorted(words, key=lambda word: -counts[word]).index(plan.gold)] += 1
    assert all(14 < listed[place] < 50 for place in range(4)), listed
    assert whole[0] < 54, whole


def test_no_count_is_a_good_guess() -> None:
    given = prose(1, 600)
    golds = Counter(made(given, seed, ask="count", scope="whole").gold for seed in range(200))
    assert max(golds.values()) < 50, golds
    assert all(2 <= int(gold) <= 24 for gold in golds)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("zuxo zuxo " * 9, "nearly all the same count"),
        ("Thou\u017f and ships. " * 9, "read as s or k"),
        ("船が来た。" * 99, "nearly all the same count"),
    ],
)
def test_a_text_that_supports_no_sample_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnfitError, match=reason):
        make(offer(text), scope="whole")


def test_a_text_without_lines_has_no_part() -> None:
    with pytest.raises(UnfitError, match="no line begins near"):
        make(offer("zuxo zuux zuux zoux zoux zoux " * 90), scope="part")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"low": 20, "words": 4, "margin": 4}, "need counts from 20 to 32"),
        ({"low": 23, "ask": "count"}, "raise high"),
        ({"words": 8, "high": 100}, "8 words of up to 100"),
        ({"words": 9}, "less than or equal to 8"),
        ({"wordz": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        CountsSpec(**fields)


def test_depths_are_refused() -> None:
    with pytest.raises(ValueError, match="1 depths"):
        plan(np.random.default_rng(0), CountsSpec(), haystack=offer(TEXT), depths=(0.5,),
             template=MARKED)  # fmt: skip


def wordings() -> list[str]:
    return [" ".join((t.statement, *t.more, t.question, t.lead)) for t in TEMPLATES]


def test_templates_can_be_read_and_share_nothing_with_benchmarks() -> None:
    for template in TEMPLATES:
        (end,) = template.more
        assert template.statement != end
        assert [line.count("{key}") for line in (template.statement, end)] == [1, 1]
        assert all(" " in line.replace("{key}", "") for line in (template.statement, end))
        assert not re.search(r'"|\d|\{(?!key)', "".join(wordings()).replace("8<", ""))
    plans = [made(prose(0), seed, ask=ask, scope="part", template=template)
             for seed, template in enumerate(TEMPLATES)
             for ask in ("count", "most")]  # fmt: skip
    assert [plan.question for plan in plans if overlaps(plan.question)] == []


def test_the_task_is_found_by_its_file() -> None:
    assert load("counts") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.composes) == ("solution", "spread", True)
    assert TASK.num_evidence(CountsSpec()) == 0
