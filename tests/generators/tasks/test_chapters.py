"""Chapters plans: names are replaced everywhere, and the question is about where they stand."""

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.solvers.chapters import solve
from generators.tasks import load
from generators.tasks.chapters import ASKS, TASK, ChaptersSpec, plan
from schemas.errors import UnfitError
from schemas.task import Offer, Plan, Template
from tests.generators.composed import body, offer, solved

MADE = Template(
    statement="Reel",
    question="Here are {count} reels, each below a line like {line}.",
    lead="On screen:",
    more=("Which reel has {name} for the {which} time?", "In what order come {names}?"),
)
CAST = (
    "Ann Bob", "Ann Cleo", "Bob Cleo", "Cleo Dan", "Dan Eve", "Eve Ann", "Bob Fay", "Fay Eve"
)  # fmt: skip
"""Who is in each of eight chapters."""
STORY = [
    f"Chapter {number}\n\n"
    + "\n\n".join(f"Then said {name} that it rained, and {name} had left." for name in who.split())
    for number, who in enumerate(CAST, 1)
]


def make(given: Offer, seed: int = 0, depth: float = 0.5, **fields: Any) -> Plan:
    spec = ChaptersSpec(**{"parts": 8, **fields})
    rng = np.random.default_rng(seed)
    return plan(rng, spec, haystack=given, depths=(depth,), template=MADE)


def draw(given: Offer, seed: int, depth: float = 0.5, **fields: Any) -> Plan:
    """Draw again, as the weaver does, where a question finds no such names."""
    for attempt in range(32):
        try:
            return make(given, seed + 1000 * attempt, depth, **fields)
        except UnfitError:
            continue
    raise AssertionError("32 draws without a sample")


def old_names(made: Plan, given: Offer) -> dict[str, str]:
    """Return the name of the story that each invented name stands for."""
    found, at = {}, 0
    for passage in made.body:
        if passage.stop:
            at = passage.stop
        elif re.fullmatch("[A-Z][a-z]+", passage.text):
            name = re.match(r"\w+", given.text[at:])
            found[passage.text] = name[0] if name else ""
            at += len(found[passage.text])
    return found


def chapters_of(name: str) -> list[int]:
    return [number for number, who in enumerate(CAST, 1) if name in who.split()]


def test_a_body_can_be_read_by_eye() -> None:
    given = offer(*STORY)
    made = make(given, ask="first")
    reels = re.split(r"(?:\n\n|^)Reel \d+\n\n", body(made, given))[1:]
    names = old_names(made, given)
    assert sorted(names.values()) == ["Ann", "Bob", "Cleo", "Dan", "Eve", "Fay"]
    for new, old in names.items():
        reels = [reel.replace(new, old) for reel in reels]
    assert reels == STORY


@pytest.mark.parametrize("ask", ASKS)
def test_each_question_has_the_answer_of_the_story(ask: Any) -> None:
    given = offer(*STORY)
    for seed in range(40):
        made = draw(given, seed, depth=seed / 40, ask=ask)
        names = old_names(made, given)
        asked = [names[new] for new in re.findall(r'"([A-Z][a-z]+)"', made.question)]
        where = {name: chapters_of(name) for name in asked}
        found = [names.get(part, part) for part in made.parts]
        if ask in ("first", "last"):
            assert found == [str(where[asked[0]][0 if ask == "first" else -1])]
        elif ask == "where":
            assert found == list(map(str, where[asked[0]]))
        elif ask == "who":
            part = re.findall(r"reel (\d+) has exactly", made.question)[0]
            mine = [name for name in where if int(part) in where[name]]
            assert found == ["ABCDE"[list(where).index(name)] for name in mine]
            assert len(mine) == 1
        elif ask == "order":
            assert found == sorted(asked, key=[n for who in CAST for n in who.split()].index)
        else:
            at = 0 if "the first reel with" in made.question else -1
            assert found == ["A" if where[asked[0]][at] < where[asked[1]][at] else "B"]


@settings(deadline=None)
@given(
    st.sampled_from([*ASKS, "mixed"]),
    st.integers(0, 999),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(["first", "last", "both"]),
)
def test_a_sample_is_solved(ask: Any, seed: int, depth: float, question: str) -> None:
    given = offer(*STORY)
    made = draw(given, seed, depth, ask=ask)
    assert solved(solve, made, given, question=question)
    assert "\n\n" not in made.question
    parts = {passage.part for passage in made.body} - {None}
    assert parts == set(range(len(made.parts)))
    new = old_names(made, given)
    assert len(new) >= 3
    assert not any(name in given.text for name in new)
    assert not any(a in b for a in new for b in new if a != b)
    assert made == draw(given, seed, depth, ask=ask)


@pytest.mark.parametrize("ask", ["first", "last", "where", "who"])
def test_a_spoiled_body_is_not_solved_as_planned(ask: Any) -> None:
    given = offer(*STORY)
    for seed in range(10):
        made = draw(given, seed, ask=ask)
        (name, *_) = re.findall(r'"([A-Z][a-z]+)"', made.question)
        if ask == "who":
            (name,) = (passage.text for passage in made.body if passage.part == 0)
        text = body(made, given)
        gone = text.replace(name, "Nobody")
        assert not solved(solve, made, given, text=gone)
        new = re.findall(r'"([A-Z][a-z]+)"', made.question)
        everywhere = re.sub(r"(Reel \d+\n)", rf"\1\n{' '.join(new)} came.\n", text)
        assert not solved(solve, made, given, text=everywhere)
        assert not solved(solve, made, given, text=text.replace("Reel 3", "Reel 4"))


def test_what_is_asked_about_lies_near_the_wish() -> None:
    given = offer(*STORY)
    for ask, depth, part in (("first", 0.0, "1"), ("first", 0.8, "7"), ("last", 0.99, "8")):
        answers = {make(given, seed, depth, ask=ask).gold for seed in range(10)}
        assert answers == {part}


def test_a_claim_is_either_and_about_the_rare_or_the_frequent_name() -> None:
    given = offer(*STORY)
    assert Counter(make(given, seed, ask="claim").gold for seed in range(200))["A"] in range(
        70, 130
    )
    assert len({draw(given, seed, seed / 20, ask="who").gold for seed in range(20)}) > 2


@pytest.mark.parametrize(
    "text", ["It rained.\n\n" * 40, "Then said Ann that Ann had left.\n\n" * 40]
)
def test_a_text_with_too_few_names_is_refused(text: str) -> None:
    with pytest.raises(UnfitError, match="can be replaced"):
        make(offer(text))


def test_a_line_that_looks_like_a_part_is_refused() -> None:
    with pytest.raises(UnfitError, match="as a part's line is"):
        make(offer(*STORY, "Reel 2"))


def test_parts_follow_the_length() -> None:
    given = [offer(*STORY, room=room) for room in (1000, 6144)]
    assert [make(one, parts=None, ask="first").params["parts"] for one in given] == [4, 6]


@pytest.mark.parametrize("fields", [{"parts": 2}, {"names": 9}, {"most": 3}, {"ask": "whom"}])
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ChaptersSpec(**fields)


def test_a_wrong_number_of_depths_is_refused() -> None:
    with pytest.raises(ValueError, match="0 depths"):
        plan(
            np.random.default_rng(0),
            ChaptersSpec(),
            haystack=offer(*STORY),
            depths=(),
            template=MADE,
        )


def test_the_task_is_found_by_its_file() -> None:
    assert load("chapters") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.composes) == ("solution", "spread", True)
    assert TASK.num_evidence(ChaptersSpec()) == 1
