"""Tally plans: what is asked has one answer, and no count, place or order gives it away."""

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.decontam.firewall import overlaps
from generators.tasks import load, names
from generators.tasks._parts.tally_words import TEMPLATES
from generators.tasks.tally import (
    ASKS,
    TASK,
    TallySpec,
    num_evidence,
    outside,
    plan,
)
from schemas.task import Plan, Template

LOG = Template(
    statement="{person}; {amount}; {goods}; {place}",
    question="Take the entries[ that name {names}].",
    lead="Sum:",
    more=("bags",),
)
Records = list[tuple[dict[str, str], bool]]


def make(spec: TallySpec, seed: int = 0, **more: Any) -> Plan:
    depths = tuple(np.linspace(0, 0.99, num_evidence(spec)))
    given = {"haystack": "", "depths": depths, "template": LOG, **more}
    return plan(np.random.default_rng(seed), spec, **given)


def told(made: Plan) -> Records:
    """Return the records in the order of the text, and whether each is evidence."""
    stated = sorted(made.plants, key=lambda plant: plant.depth)
    fields = ("person", "amount", "goods", "place")
    return [
        (dict(zip(fields, p.text.split("; "), strict=True)), p.part is not None) for p in stated
    ]


def names_of(records: Records, kind: str, *, scope: bool) -> list[str]:
    return [record[kind] for record, inside in records if inside >= scope]


def specs(ask: Any, size: tuple[int, ...], filters: int, near: bool) -> TallySpec:
    records, people, places, goods, margin = size
    filters = filters if ask in ("most", "least") else max(filters, 1)
    return TallySpec(ask=ask, records=records, people=people, places=places, goods=goods,
                     margin=margin, filters=filters, near=near)  # fmt: skip


SPECS = st.builds(
    specs,
    st.sampled_from(ASKS),
    st.sampled_from([(8, 2, 2, 2, 2), (24, 4, 4, 3, 2), (42, 5, 3, 2, 4), (96, 12, 9, 6, 3)]),
    st.integers(0, 2),
    st.booleans(),
)


def test_a_plan_can_be_read_by_eye() -> None:
    made = make(TallySpec(ask="sum", records=8, people=2, places=2, goods=2), seed=4)
    asked = re.findall(r'"([^"]+)"', made.question)
    inside = [record for record, scope in told(made) if scope]
    assert len(made.plants) == 8
    assert len(asked) == 1
    assert inside == [record for record, _ in told(made) if asked[0] in record.values()]
    assert made.gold == str(sum(int(record["amount"]) for record in inside))
    assert made.question == (
        f'Take the entries that name "{asked[0]}". How many bags does that make over the whole '
        "text, added up? Give a number in digits. Two names are the same only if all their "
        "letters are."
    )


@pytest.mark.parametrize(
    ("ask", "filters", "wanted"),
    [
        ("count", 1, r'Take the entries that name "[^"]+"\. How many are there in the whole'),
        ("sum", 2, r'Take the entries that name both "[^"]+" and "[^"]+"\. How many bags does'),
        ("most", 0, r"Take the entries\. Which (person|place|kind of goods) is named in more of "),
        ("least", 1, r'"\. Which (person|place|kind of goods) is named in fewer of them than any '),
        ("list", 1, r'"\. Which (people|places|kinds of goods) are named .* in alphabetical order'),
        ("distinct", 2, r'"\. How many different (people|places|kinds of goods) are named in them'),
    ],
)  # fmt: skip
def test_the_question_says_scope_and_rule(ask: Any, filters: int, wanted: str) -> None:
    question = make(TallySpec(ask=ask, filters=filters)).question
    assert re.search(wanted, question)
    assert question.endswith(" Two names are the same only if all their letters are.")


@given(SPECS, st.integers(0, 2**32))
def test_a_plan_is_fair(spec: TallySpec, seed: int) -> None:
    made = make(spec, seed)
    records, over = told(made), made.params["over"]
    asked = set(re.findall(r'"([^"]+)"', made.question))
    assert len(records) == len({tuple(record.values()) for record, _ in records}) == spec.records
    assert [scope for _, scope in records] == [asked <= set(r.values()) for r, _ in records]
    inside = Counter(names_of(records, over, scope=True))
    size, order = sum(inside.values()), [name for name, _ in inside.most_common()]
    expected = {"count": [str(size)], "distinct": [str(len(inside))], "list": sorted(inside),
                "most": order[:1], "least": order[-1:],
                "sum": [str(sum(int(r["amount"]) for r, scope in records if scope))]}  # fmt: skip
    assert list(made.parts) == expected[spec.ask]
    ahead = [a - b for a, b in zip(sorted(inside.values())[1:], sorted(inside.values()),
                                   strict=False)]  # fmt: skip
    assert spec.ask != "most" or ahead[-1] >= spec.margin
    assert spec.ask != "least" or ahead[0] >= spec.margin
    assert spec.ask not in ("most", "least") or set(inside) == set(
        names_of(records, over, scope=False)
    )
    for plant in made.plants:
        counted = spec.ask in ("count", "distinct", "sum") and plant.part is not None
        assert not (counted and made.gold in plant.text)
        assert spec.ask != "list" or plant.part is None or made.parts[plant.part] in plant.text
    assert made == make(spec, seed)


def shares(spec: TallySpec, what: Any, plans: int = 200) -> Counter[Any]:
    return Counter(what(made := make(spec, seed), told(made)) for seed in range(plans))


@pytest.mark.parametrize("ask", ["most", "least"])
@pytest.mark.parametrize("filters", [0, 1])
@pytest.mark.parametrize("end", [0, -1])
@pytest.mark.parametrize("scope", [True, False])
def test_the_first_and_the_last_record_do_not_tell_who_leads(
    ask: Any, filters: int, end: int, scope: bool
) -> None:
    spec = TallySpec(ask=ask, filters=filters, people=4, places=4, goods=4)
    hits = shares(
        spec, lambda p, told: names_of(told, p.params["over"], scope=scope)[end] == p.gold
    )
    assert hits[True] / 200 == pytest.approx(1 / 4, abs=0.1)


@pytest.mark.parametrize("ask", ["most", "least", "list"])
@pytest.mark.parametrize("records", [24, 48])
def test_how_often_a_name_stands_in_the_whole_text_does_not_tell_who_is_asked_for(
    ask: Any, records: int
) -> None:
    """Neither the most frequent of four names nor the rarest is right in more than about 1/4."""
    spec = TallySpec(ask=ask, records=records, people=4, places=4, goods=4)
    right = {max: [], min: []}  # type: ignore[var-annotated]
    for seed in range(300):
        made = make(spec, seed)
        if ask == "list" and len(made.parts) > 1:
            continue
        times = Counter(names_of(told(made), made.params["over"], scope=False))
        for end, credit in right.items():
            tied = [name for name, number in times.items() if number == end(times.values())]
            credit.append((made.gold in tied) / len(tied))
    assert all(np.mean(credit) < 1 / 4 + 0.1 for credit in right.values())


@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=8), st.integers(0, 60), st.integers(0, 2**32)
)
def test_all_records_outside_are_dealt_to_names(counts: list[int], number: int, seed: int) -> None:
    given = np.array(counts, np.int64)
    found = outside(np.random.default_rng(seed), given, number)
    assert found.sum() == number
    assert (found >= int(number >= len(counts))).all()


def test_any_order_of_names_by_their_records_in_all_can_be_drawn() -> None:
    """In scope [4, 1, 1] with 10 outside: each name leads in all in a third of 300 draws."""
    counts = np.array([4, 1, 1])
    leads = Counter[int]()
    for seed in range(300):
        total = counts + outside(np.random.default_rng(seed), counts, 10)
        leads[int(total.argmax())] += 1
    assert all(75 <= leads[name] <= 125 for name in range(3)), leads


def test_the_leader_is_each_name_in_alphabetical_order_about_equally_often() -> None:
    spec = TallySpec(ask="most", people=4, places=4, goods=4)
    ranks = shares(
        spec, lambda p, told: sorted({r[p.params["over"]] for r, _ in told}).index(p.gold)
    )
    assert all(30 <= ranks[rank] <= 70 for rank in range(4)), ranks


def test_each_number_is_about_equally_often_the_answer() -> None:
    counts = shares(TallySpec(ask="count"), lambda p, _: int(p.gold))
    assert set(counts) == set(range(1, 13))
    assert max(counts.values()) <= 30
    names = TallySpec(ask="distinct", people=4, places=4, goods=4)
    kinds = shares(names, lambda p, _: int(p.gold))
    assert all(30 <= kinds[number] <= 70 for number in (1, 2, 3, 4)), kinds


def test_the_number_of_records_in_scope_does_not_tell_how_many_names_they_have() -> None:
    spec = TallySpec(ask="distinct", people=4, places=4, goods=4)
    pairs = [(int(p.gold), sum(scope for _, scope in told(p)))
             for p in (make(spec, seed) for seed in range(300))]  # fmt: skip
    assert abs(np.corrcoef(np.array(pairs).T)[0, 1]) < 0.15


def test_the_name_asked_for_is_not_always_the_most_frequent_nor_the_least() -> None:
    def rank(made: Plan, records: Records) -> int:
        asked = re.findall(r'"([^"]+)"', made.question)[0]
        kind = next(k for k in ("person", "place", "goods") if asked in names_of(
            records, k, scope=False))  # fmt: skip
        return [name for name, _ in Counter(names_of(records, kind, scope=False)).most_common()
                ].index(asked)  # fmt: skip

    ranks = shares(TallySpec(ask="count", people=4, places=4, goods=4), rank)
    assert min(ranks[at] for at in range(4)) >= 10, ranks


@pytest.mark.parametrize("slot", [0, 7, 23])
def test_a_record_in_scope_may_stand_in_any_place(slot: int) -> None:
    inside = shares(TallySpec(ask="count"), lambda _, records: records[slot][1])
    assert inside[True] / 200 == pytest.approx(6.5 / 24, abs=0.1)


def test_all_questions_and_all_kinds_come_up() -> None:
    drawn = shares(TallySpec(), lambda p, _: (p.params["ask"], p.params["over"]), plans=400)
    assert len(drawn) == 18


def test_with_two_names_other_records_have_one_of_them_alone() -> None:
    made = make(TallySpec(ask="count", filters=2, records=40), seed=1)
    asked = set(re.findall(r'"([^"]+)"', made.question))
    met = Counter(len(asked & set(record.values())) for record, _ in told(made))
    assert met[2] == int(made.gold)
    assert met[1] >= 5


def test_a_near_name_is_one_or_two_letters_away() -> None:
    made = make(TallySpec(ask="count", near=True, people=2, places=2, goods=2), seed=2)
    for kind in ("person", "place", "goods"):
        one, other = set(names_of(told(made), kind, scope=False))
        assert len(one) == len(other)
        assert sum(a != b for a, b in zip(one, other, strict=True)) in (1, 2)


def test_no_name_comes_from_the_haystack() -> None:
    haystack = " ".join(plant.text for plant in make(TallySpec(), seed=3).plants)
    made = make(TallySpec(), seed=3, haystack=haystack)
    words = {record[kind] for record, _ in told(made) for kind in ("person", "place", "goods")}
    assert not any(word in haystack for word in words)


def test_amounts_are_hidden_where_they_stand() -> None:
    assert all(f"; {plant.hidden[0]};" in plant.text for plant in make(TallySpec()).plants)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"filters": 0}, "filters is 0 and ask is mixed"),
        ({"filters": 0, "ask": "count"}, "only `most` and `least` can be asked of all records"),
        ({"ask": "least", "people": 12}, "records is 24, of which 12 can be in scope, and `least`"),
        ({"ask": "list", "records": 8}, "`list` over 5 names needs 5"),
        ({"margin": 1}, "greater than or equal to 2"),
        ({"recordz": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        TallySpec(**({"people": 5} | fields))


def test_a_wrong_number_of_depths_is_refused() -> None:
    with pytest.raises(ValueError, match="2 depths for 24 records"):
        make(TallySpec(), depths=(0.1, 0.2))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_wording_says_each_thing_once_and_is_its_own(template: Template) -> None:
    filled = template.statement.format(person="PERSON", place="PLACE", goods="GOODS", amount="9")
    assert [filled.count(word) for word in ("PERSON", "PLACE", "GOODS", "9")] == [1, 1, 1, 1]
    assert sum(map(str.isdigit, filled)) == 1
    assert re.search(r"\[.*\{names\}.*\]", template.question)
    assert len(template.more) == 1
    words = "".join((template.question, template.lead, *template.more))
    assert not set('"\n').intersection(words)
    for ask in ASKS:
        made = make(TallySpec(ask=ask), template=template)
        own = "\n\n".join([*(plant.text for plant in made.plants), made.question, made.lead])
        assert overlaps(own) == ()


def test_the_task_is_found_by_its_file() -> None:
    assert "tally" in names()
    assert load("tally") is TASK
