"""Written plans: the passage moved to its depth, nothing else that answers, a frame of our own.

The pair is fixed here; which pairs are sound is asked in tests/generators/written.
"""

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.tasks import load
from generators.tasks.written import (
    TASK,
    TEMPLATES,
    WrittenSpec,
    answers,
    num_evidence,
    plan,
)
from schemas.errors import UnfitError
from schemas.task import Plan, Template
from schemas.written import Pair, Rules

PASSAGE = """The ferry left at noon.

Old Brack, who had the wheel, was deaf in one ear."""
PAIR = Pair(
    id="p1",
    doc_id="books:a",
    start=7,
    end=7 + len(PASSAGE),
    license="CC0",
    passage=PASSAGE,
    question="Who had the wheel of the ferry?",
    answer="Old Brack",
    cloze="ferry left at noon.\n\n____, who had the wheel",
    anchors=("wheel", "ferry"),
)
NOTE = Template(statement="{passage}", question="Tell: {question} One name.", lead="Told:")
HAYSTACK = "It rained over the hills. " * 400
OTHERS = tuple(
    f"Mill {n} stood still all year, and the owner {n} sold it for a song." for n in range(6)
)


def make(seed: int = 0, depth: float = 0.5, haystack: str = HAYSTACK, **fields: Any) -> Plan:
    spec = WrittenSpec(**{"pair": PAIR, "others": OTHERS, "distractors": 2, **fields})
    rng = np.random.default_rng(seed)
    return plan(rng, spec, haystack=haystack, depths=(depth,), template=NOTE)


def test_a_plan_can_be_read_by_eye() -> None:
    made = make()
    evidence, *others = made.plants
    assert (evidence.text, evidence.part, evidence.hidden) == (PASSAGE, 0, ())
    assert evidence.depth == pytest.approx(0.5 * (1 - 1.3 * len(PASSAGE) / len(HAYSTACK)))
    assert made.question == "Tell: Who had the wheel of the ferry? One name."
    assert (made.lead, made.parts, made.gold) == ("Told:", ("Old Brack",), "Old Brack")
    assert len(others) == 2
    assert all(plant.part is None and plant.text in OTHERS for plant in others)
    assert made.params == {
        "pair": "p1",
        "passage": {"doc_id": "books:a", "start": 7, "end": 82, "license": "CC0"},
        "passage_chars": 75,
        "asked": PAIR.question,
        "cloze": PAIR.cloze,
        "distractors": 2,
    }


@given(st.integers(0, 2**32), st.floats(0, 1, exclude_max=True), st.integers(0, 6))
def test_a_plan_is_fair(seed: int, depth: float, distractors: int) -> None:
    made = make(seed, depth, distractors=distractors)
    assert len(made.plants) == 1 + distractors == 1 + len({p.text for p in made.plants[1:]})
    assert all(0 <= plant.depth < 1 for plant in made.plants)
    assert [made.gold in plant.text for plant in made.plants] == [True] + [False] * distractors
    assert made.gold not in made.question + str(made.params)
    assert made == make(seed, depth, distractors=distractors)


def test_evidence_and_distractors_lie_alike_and_any_of_them_comes_first() -> None:
    """Else the first foreign passage, or the deepest, would be the one to read."""
    rng = np.random.default_rng(5)
    ranks: Counter[int] = Counter()
    for seed in range(300):
        plants = make(seed, float(rng.random())).plants
        ranks[sorted(plant.depth for plant in plants).index(plants[0].depth)] += 1
    assert all(70 < ranks[rank] < 130 for rank in range(3)), ranks


@pytest.mark.parametrize(
    "sentence",
    [
        "Then Old Brack came in.",
        "The ferry was old, and its wheel was broken.",
        "His WHEEL, said he, was once a Ferry's.",
    ],
)
def test_a_haystack_that_may_answer_too_is_unfit(sentence: str) -> None:
    with pytest.raises(UnfitError, match="may answer the question of pair p1"):
        make(haystack=HAYSTACK + sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Then old Brack came in.",
        "Then Old Brackley came in.",
        "Nobody had a wheel.",
        "The wheel was broken. " + "It rained. " * 20 + "The ferry left.",
        "The wheels of the ferryman.",
    ],
)
def test_a_haystack_that_speaks_of_less_is_fit(sentence: str) -> None:
    assert make(haystack=HAYSTACK + sentence).gold == "Old Brack"


def test_a_pair_without_anchors_is_judged_by_its_answer_alone() -> None:
    bare = PAIR.model_copy(update={"anchors": ()})
    assert not answers(bare, "It rained.")
    assert answers(bare, "It rained on Old Brack.")


def test_a_passage_that_answers_is_no_distractor() -> None:
    told = ("They buried Old Brack in May.", "The ferry lost its wheel.", OTHERS[0])
    (_, other) = make(others=told, distractors=3).plants
    assert other.text == OTHERS[0]


def test_passages_leave_half_of_the_text_to_the_haystack() -> None:
    long = tuple(f"{n} " * 600 for n in range(6))
    assert len(make(others=long, distractors=6).plants) == 1 + 4
    assert len(make(others=long, haystack="It rained. " * 20).plants) == 1
    with pytest.raises(UnfitError, match="more than half of so short a text"):
        make(haystack="It rained. " * 10)


def test_an_answer_that_looks_random_is_hidden_in_the_passage_alone() -> None:
    number = PAIR.model_copy(
        update={"answer": "1847", "passage": PASSAGE.replace("noon", "noon in 1847")}
    )
    assert [plant.hidden for plant in make(pair=number).plants] == [("1847",), (), ()]


def test_braces_in_a_question_stay() -> None:
    braced = PAIR.model_copy(update={"question": "Who had the {wheel} of the ferry?"})
    assert "{wheel}" in make(pair=braced).question


def test_without_a_pair_or_with_other_depths_there_is_no_plan() -> None:
    with pytest.raises(ValueError, match="no pair: the build fills it in"):
        make(pair=None)
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="2 depths for 1 piece"):
        plan(rng, WrittenSpec(pair=PAIR), haystack="", depths=(0.1, 0.2), template=NOTE)
    assert num_evidence(WrittenSpec()) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"distractors": 33}, "less than or equal to 32"),
        ({"rules": {"max_answer_words": 0}}, "greater than or equal to 1"),
        ({"respnses": "x"}, "Extra inputs are not permitted"),
        ({"pair": {"id": "x"}}, "Field required"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        WrittenSpec(**fields)


def test_fields_of_a_sample_survive_json() -> None:
    spec = WrittenSpec(pair=PAIR, others=OTHERS, rules=Rules(max_answer_words=3))
    assert WrittenSpec.model_validate(spec.model_dump(mode="json")) == spec


def test_templates_frame_the_question_in_one_paragraph_and_point_nowhere() -> None:
    for template in TEMPLATES:
        assert template.question.count("{question}") == 1
        assert "\n" not in template.question + template.lead
        words = template.question.lower()
        assert not re.search(r"\b(above|below|end|beginning|first|earlier|later)\b", words), words


def test_the_task_is_found_by_its_file() -> None:
    assert load("written") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.composes) == ("value", "planted", False)
