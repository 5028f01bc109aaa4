"""Knots plans: texts in parts whose seams fit in one way, shuffled, and nothing of them lost."""

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
from generators.solvers.knots import solve
from generators.tasks import load
from generators.tasks.knots import TASK, TEMPLATES, KnotsSpec, plan
from schemas.errors import UnfitError
from schemas.task import Offer, Plan, Template
from tests.generators.composed import body, evidence, offer, solved

SHEET = Template(statement="[sheet {key}]", question="Wind.", lead="It is:", more=("sheet",))
LABEL = r"[A-Z]{2}\d-\d{2}[A-Z]\d"
FERRY = (
    "The ferry was late and nobody on the pier had thought of salt. Anna went home by the long "
    "road, past the mill, and found the door open and the lamp still warm on its hook. She sat "
    "down in her coat and counted the coins twice, once for the boat and once for the bread, and "
    "then she laughed, because the sum came out the same."
)
BELL = (
    "All day the bell had rung for a drowned man whom none of them could name. Toward evening a "
    "boy came up with a boot, which the widow took for her own and put by the stove to dry. "
    "Nobody told her otherwise, for the priest was away and the doctor had his own dead to see "
    "to, so the boot stayed where it was until spring and then grew flowers."
)
WORDS = 4


@cache
def texts(seed: int, count: int = 3, words: int = 240) -> Offer:
    """Return texts of few different words, so that only longer runs of them stand once."""
    rng = np.random.default_rng(seed)
    known = re.findall("[a-z]+", "rain came late over hills and men went home by lamp or snow")
    found = []
    for _ in range(count):
        lines = np.split(rng.choice(known, words), words // 10)
        found.append("\n".join(" ".join(line).capitalize() for line in lines))
    return offer(*found)


def make(given: Offer, seed: int = 0, template: Template = SHEET, **fields: Any) -> Plan:
    rng = np.random.default_rng(seed)
    return plan(rng, KnotsSpec(**fields), haystack=given, depths=(), template=template)


def made(given: Offer, seed: int = 0, **fields: Any) -> Plan:
    """Return the first plan of these seeds that these texts support."""
    for more in range(32):
        try:
            return make(given, 100 * seed + more, **fields)
        except UnfitError:
            continue
    raise AssertionError("no plan in 32 tries")


def sheets(text: str) -> dict[str, str]:
    """Return the words under each label, in the order of the text."""
    _, *pieces = re.split(rf"^\[sheet ({LABEL})\]\n", text, flags=re.MULTILINE)
    return {
        label: " ".join(found.split())
        for label, found in zip(pieces[::2], pieces[1::2], strict=True)
    }


def test_an_order_can_be_read_by_eye() -> None:
    given = offer(FERRY, BELL)
    for seed in range(20):
        made = make(given, seed, ask="order", parts=2, words=WORDS)
        found = sheets(body(made, given))
        first, second = (found[label] for label in made.parts)
        seam = " ".join(first.split()[-WORDS:])
        assert len(found) == 4
        assert second.startswith(f"{seam} ")
        assert first + second.removeprefix(seam) in (FERRY, BELL)
        assert evidence(made, given) == [seam]
        assert f"the last {WORDS} words" in made.question
        assert re.findall(rf'"({LABEL})"', made.question)[0] in made.parts


def test_what_comes_next_can_be_read_by_eye() -> None:
    given = offer(FERRY, BELL)
    for seed in range(20):
        label = make(given, seed, ask="next", parts=2, words=WORDS)
        words = make(given, seed, ask="words", parts=2, words=WORDS)
        for made in (label, words):
            found = sheets(body(made, given))
            (asked,) = re.findall(rf'"({LABEL})"', made.question)
            seam = " ".join(found[asked].split()[-WORDS:])
            (following,) = [one for one in found if found[one].startswith(f"{seam} ")]
            after = found[following].split()[WORDS : 2 * WORDS]
            assert made.gold == (following if made is label else " ".join(after))
            assert evidence(made, given) == [seam, " ".join(after)][: 1 + (made is words)]


@settings(deadline=None)
@given(
    seed=st.integers(0, 30),
    template=st.sampled_from(TEMPLATES),
    position=st.sampled_from(["first", "last", "both"]),
    fields=st.fixed_dictionaries(
        {
            "ask": st.sampled_from(["order", "next", "words", "mixed"]),
            "order": st.sampled_from(["any", "kept", "reversed", "mixed"]),
            "parts": st.integers(2, 6),
            "words": st.integers(5, 9),
        }
    ),
)
def test_a_plan_is_fair(
    *, seed: int, template: Template, position: str, fields: dict[str, Any]
) -> None:
    given = texts(seed)
    found = made(given, seed, template=template, **fields)
    assert solved(solve, found, given, question=position)
    labels = [passage.hidden[0] for passage in found.body if passage.hidden]
    assert len(set(labels)) == len(labels)
    assert not any(label in given.text for label in labels)
    evident = {mark.part for mark in found.marks} | {p.part for p in found.body} - {None}
    assert evident == set(range(len(found.parts)))
    assert found == made(given, seed, template=template, **fields)


@settings(deadline=None)
@given(seed=st.integers(0, 30), parts=st.integers(2, 6), order=st.sampled_from(["any", "kept"]))
def test_nothing_is_lost_and_no_part_stands_before_its_next(
    seed: int, parts: int, order: str
) -> None:
    given = texts(seed)
    found = made(given, seed, parts=parts, order=order)
    runs = [(p.start, p.stop) for p in found.body if not p.text]
    assert not any(one[1] == other[0] for one, other in itertools.pairwise(runs))
    ends = sorted(runs)
    lost = [given.text[a[1] : b[0]] for a, b in itertools.pairwise(ends)]
    assert set(lost) <= {"", "\n\n"}
    assert ends[0][0] == 0
    assert ends[-1][1] == len(given.text)


def test_orders_are_kept_or_reversed() -> None:
    given = texts(1)
    for order, step in (("kept", 1), ("reversed", -1)):
        for seed in range(10):
            plan = made(given, seed, ask="order", order=order, parts=4)
            stand = [label for label in sheets(body(plan, given)) if label in plan.parts]
            assert stand == list(plan.parts)[::step]


def test_no_place_tells_the_answer() -> None:
    places: Counter[int] = Counter()
    asked: Counter[int] = Counter()
    given = texts(2, count=4)
    for seed in range(400):
        plan = made(given, seed, ask="next", parts=2, words=6)
        labels = list(sheets(body(plan, given)))
        (label,) = re.findall(rf'"({LABEL})"', plan.question)
        places[labels.index(plan.gold)] += 1
        asked[(labels.index(plan.gold) - labels.index(label)) % 8] += 1
    assert len(places) == 8
    assert max(places.values()) < 90, places
    assert max(asked.values()) < 110, asked


def test_the_asked_part_is_any_of_its_text() -> None:
    given = texts(3)
    asked: Counter[int] = Counter()
    for seed in range(200):
        plan = made(given, seed, ask="order", parts=2)
        (label,) = re.findall(rf'"({LABEL})"', plan.question)
        asked[plan.parts.index(label)] += 1
    assert abs(asked[0] - 100) < 40, asked


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (offer(FERRY), "one text alone"),
        (offer("A rat.", "Too short."), "too short to be cut"),
        (offer(FERRY, FERRY), "words stand that it has once"),
        (offer(FERRY, "船が来た。" * 99), "words stand that it has once"),
    ],
)
def test_texts_that_support_no_sample_are_refused(given: Offer, reason: str) -> None:
    for seed in range(5):
        with pytest.raises(UnfitError, match=reason):
            make(given, seed, parts=2, words=WORDS)


def test_the_line_of_a_file_is_never_said_again_nor_asked_for() -> None:
    lines = [f"We carried {number} sacks past gate {number} and rested" for number in range(40)]
    files = [f"===== gate/{at}.py =====\n{line}" for at, line in enumerate(lines)]
    given = offer("\n".join(files[:20]), "\n".join(files[20:]))
    for seed in range(30):
        plan = made(given, seed, ask="words", words=WORDS)
        assert "=" not in plan.gold
        assert body(plan, given).count("=====") == given.text.count("=====")
        assert not any("=" in passage.text for passage in plan.body)


def test_a_short_text_stays_whole_and_is_not_asked_about() -> None:
    for seed in range(10):
        plan = make(offer("Rain.", FERRY), seed, ask="order", parts=2, words=WORDS)
        found = sheets(body(plan, offer("Rain.", FERRY)))
        assert [label for label in found if label not in plan.parts] == [
            label for label, text in found.items() if text == "Rain."
        ]


def test_lines_like_ours_are_refused() -> None:
    own = "\n".join([FERRY, "[sheet 12]", "and so on."])
    with pytest.raises(UnfitError, match="lines of its own"):
        make(offer(own, BELL), parts=2, words=WORDS)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"parts": 1}, "greater than or equal to 2"),
        ({"words": 3}, "greater than or equal to 4"),
        ({"ask": "last"}, "Input should be"),
        ({"partz": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        KnotsSpec(**fields)


def test_depths_are_refused() -> None:
    with pytest.raises(ValueError, match="1 depths"):
        plan(np.random.default_rng(0), KnotsSpec(), haystack=offer(FERRY, BELL), depths=(0.5,),
             template=SHEET)  # fmt: skip


def wordings() -> list[str]:
    return [" ".join((t.statement, *t.more, t.question, t.lead)) for t in TEMPLATES]


def test_templates_can_be_read_and_share_nothing_with_benchmarks() -> None:
    for template in TEMPLATES:
        (unit,) = template.more
        assert template.statement.count("{key}") == 1
        assert not re.search(r'"|\d', template.statement + template.question)
        assert template.statement == template.statement.strip()
        assert re.fullmatch("[a-z]+[a-rt-z]", unit)
    plans = [made(texts(0), seed, ask=ask, template=template)
             for seed, template in enumerate(TEMPLATES)
             for ask in ("order", "next", "words")]  # fmt: skip
    assert [plan.question for plan in plans if overlaps(plan.question)] == []


def test_the_task_is_found_by_its_file() -> None:
    assert load("knots") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.haystack) == ("solution", "spread", "several")
    assert TASK.num_evidence(KnotsSpec()) == 0
