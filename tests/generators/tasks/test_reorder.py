"""Reorder plans: natural text in its order or in pieces, and an order that the text proves."""

import itertools
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.solvers.reorder import solve
from generators.tasks import load
from generators.tasks._parts.reorder_words import RULES
from generators.tasks.reorder import TASK, ReorderSpec, plan
from schemas.errors import UnfitError
from schemas.task import Offer, Plan, Template
from tests.generators.composed import body, evidence, offer, solved

MADE = Template(
    statement="Sheet",
    question="Here are {count} quotes.",
    lead="Order:",
    more=(
        "Here are {count} sheets.",
        "Which order?",
        'Which label is directly {side} "{label}"?',
    ),
)
NAMES = "ann bob cleo dan eve fay gus hal ida jo kit lou".split()  # noqa: SIM905
PARAGRAPHS = [
    f"Here {name} went out by the old gate.\nThere {name} met nobody, and {name} came home again."
    for name in NAMES
]
STORY = "\n\n".join(PARAGRAPHS)


def make(given: Offer, seed: int = 0, **fields: Any) -> Plan:
    spec = ReorderSpec(**{"units": 4, "words": 6, **fields})
    rng = np.random.default_rng(seed)
    return plan(rng, spec, haystack=given, depths=(), template=MADE)


def test_quotes_can_be_read_by_eye() -> None:
    given = offer(STORY)
    made = make(given, form="quotes", ask="order", seed=1)
    assert body(made, given) == STORY
    intro, *listed, asked = made.question.split("\n")
    assert intro == f"Here are 4 quotes. {RULES['quotes']}"
    assert asked == f"Which order? {RULES['order']}"
    quotes = dict(line.split(": ") for line in listed)
    assert list(quotes) == sorted(quotes)
    places = [STORY.replace("\n", " ").index(quotes[label]) for label in made.parts]
    assert places == sorted(places)
    assert [" ".join(words.split()) for words in evidence(made, given)] == [
        quotes[label] for label in made.parts
    ]


def test_pieces_can_be_read_by_eye() -> None:
    given = offer(STORY)
    made = make(given, form="pieces", ask="order", seed=2)
    pieces: dict[str, list[str]] = {}
    for piece in body(made, given).split("Sheet ")[1:]:
        label, text = piece.split("\n", 1)
        pieces[label] = text.split()
    told = [pieces[label] for label in made.parts]
    for one, other in itertools.pairwise(told):
        assert one[-6:] == other[:6]
    rebuilt = told[0] + [word for piece in told[1:] for word in piece[6:]]
    assert rebuilt == STORY.split()


@pytest.mark.parametrize("form", ["quotes", "pieces"])
@pytest.mark.parametrize(
    ("ask", "side", "step"), [("next", "after", 1), ("previous", "before", -1)]
)
def test_a_neighbour_is_that_of_the_order(form: Any, ask: Any, side: str, step: int) -> None:
    for seed in range(20):
        given = offer(STORY)
        order = make(given, seed, form=form, ask="order").parts
        made = make(given, seed, form=form, ask=ask)
        asked = made.question.split('"')[-2]
        assert f'directly {side} "{asked}"' in made.question
        assert made.parts == (order[order.index(asked) + step],)
        assert len(made.marks) == (4 if form == "quotes" else 2)


@given(
    st.integers(3, 8),
    st.sampled_from(list(itertools.product(["quotes", "pieces"], ["order", "next", "previous"]))),
    st.integers(0, 999),
    st.sampled_from(["first", "last", "both"]),
)
def test_a_sample_is_solved(units: int, asked: tuple[Any, Any], seed: int, question: str) -> None:
    given, (form, ask) = offer(STORY), asked
    try:
        made = make(given, seed, units=units, form=form, ask=ask)
    except UnfitError:  # a piece with nothing but its seam
        return
    assert solved(solve, made, given, question=question)
    assert "\n\n" not in made.question
    spans = sorted((mark.start, mark.stop) for mark in made.marks)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    for start, stop in spans:
        assert any(run.start <= start < stop <= run.stop for run in made.body if not run.text)
    assert {mark.part for mark in made.marks} == set(range(len(made.parts)))
    assert made == make(given, seed, units=units, form=form, ask=ask)


def test_what_counts_the_chapters_is_left_out_of_pieces() -> None:
    chapters = (f"CHAPTER {n}\n\n{text}" for n, text in enumerate(STORY.split("\n\n"), 1))
    given = offer(*chapters)
    for seed in range(1, 10):
        made = make(given, seed, form="pieces")
        assert "CHAPTER" not in body(made, given)
        assert solved(solve, made, given)


@pytest.mark.parametrize("form", ["quotes", "pieces"])
def test_what_names_the_files_is_neither_quoted_nor_in_a_piece(form: Any) -> None:
    files = [
        f"===== gate/{name}.py =====\n{text}" for name, text in zip(NAMES, PARAGRAPHS, strict=True)
    ]
    given = offer("\n".join(files))
    for seed in range(1, 10):
        made = make(given, seed, form=form, words=12)
        assert "=====" not in made.question
        assert ("=====" in body(made, given)) == (form == "quotes")
        assert solved(solve, made, given)


def test_files_of_one_line_each_are_refused() -> None:
    lines = [f"===== {n}.py =====\nwe went {n} times by night" for n in range(100, 160)]
    with pytest.raises(UnfitError, match="of one file alone"):
        make(offer("\n".join(lines)), form="pieces", words=12)


def test_a_text_that_begins_with_a_seam_is_refused() -> None:
    short = "one two three four five six seven"
    given = offer("I", short, "Then all of it was over at last and they all went home in the rain.")
    with pytest.raises(UnfitError, match="begins with words that a piece ends with"):
        make(replace(given, token_ends=np.array([0, 37, 80, 99])), form="pieces", units=3)


def test_a_text_that_repeats_itself_is_refused() -> None:
    with pytest.raises(UnfitError, match="stand once"):
        make(offer(*["It rained on all of us today, and nobody came here."] * 40))


def test_a_line_that_looks_like_a_label_is_refused() -> None:
    with pytest.raises(UnfitError, match="as a label's line is"):
        make(offer(f"Sheet B\n\n{STORY}"), form="pieces")


def test_units_follow_the_length() -> None:
    given = [offer(STORY, room=room) for room in (1000, 10_240)]
    assert [make(one, units=None, form="quotes").params["units"] for one in given] == [8, 10]


def test_no_label_is_likelier_than_another() -> None:
    given, first, neighbour = offer(STORY), Counter[str](), Counter[str]()
    for seed in range(300):
        first[make(given, seed, form="quotes", ask="order").parts[0]] += 1
        neighbour[make(given, seed, form="pieces", ask="next").parts[0]] += 1
    for found in (first, neighbour):
        assert len(found) == 8  # four letters and four numbers
        assert max(found.values()) < 70, found


def test_mixed_draws_each_form_and_each_question() -> None:
    given = offer(STORY)
    drawn = [make(given, seed).params for seed in range(200)]
    assert Counter(mine["form"] for mine in drawn)["quotes"] in range(70, 130)
    asks = Counter(mine["ask"] for mine in drawn)
    assert asks["order"] in range(70, 130)
    assert min(asks["next"], asks["previous"]) > 25


@pytest.mark.parametrize("fields", [{"units": 2}, {"units": 65}, {"words": 5}, {"unitz": 4}])
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ReorderSpec(**fields)


def test_depths_are_refused() -> None:
    with pytest.raises(ValueError, match="1 depths"):
        plan(
            np.random.default_rng(0),
            ReorderSpec(),
            haystack=offer(STORY),
            depths=(0.5,),
            template=MADE,
        )


def test_the_task_is_found_by_its_file() -> None:
    assert load("reorder") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.composes) == ("solution", "spread", True)
    assert TASK.num_evidence(ReorderSpec()) == 0
