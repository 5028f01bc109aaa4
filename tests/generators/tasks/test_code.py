"""Code plans: a definition is asked for that stands once, in a window of the repository's files."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.solvers.code import solve
from generators.tasks import load
from generators.tasks._parts.code_uses import Ask
from generators.tasks._parts.code_window import Window
from generators.tasks._parts.code_words import TEMPLATES
from generators.tasks.code import (
    FORM,
    TASK,
    CodeSpec,
    _is_open,
    _ways,
    num_evidence,
    plan,
)
from schemas.errors import UnfitError
from schemas.task import Plan, Template
from tests.generators.composed import body, evidence, solved
from tests.generators.tasks.code_repository import REPOSITORY, SETTINGS, offered

PLAIN = Template(
    statement="`{path}` has `{line}`.",
    question="Give {what}.",
    lead="It is:",
    more=("Tell {what}.",),
)
ASKS: tuple[Ask, ...] = ("signature", "default", "constant", "base", "file")


LINES = "x: never assigned, only told of in remarks of the plant\n" * 40


def make(ask: Any, seed: int = 0, *, text: str = REPOSITORY, **more: Any) -> Plan:
    fields = {"ask": ask, "far": 0, **more}
    depths = fields.pop("depths", (0.4,))
    return plan(
        np.random.default_rng(seed),
        CodeSpec(**fields),
        haystack=offered(text),
        depths=depths,
        template=PLAIN,
    )


@pytest.mark.parametrize(
    ("ask", "question", "answers", "marks"),
    [
        ("constant", "`app.py` has `speed = FEED_RATE * hours`. Give the value of the constant "
         "`FEED_RATE`.", {"7741"}, ["FEED_RATE = 7741"]),
        ("base", "`app.py` has `press = CoilPress()`. Give what the class `CoilPress` is derived "
         "from.", {"TubeEngine"}, ["class CoilPress(TubeEngine)"]),
        ("file", "`app.py` has `left = press.cut_sheet(paper, 2)`. Give the file that defines the "
         "method `cut_sheet`.", {"plant/coils.py"}, ["===== plant/coils.py =====",
         'def cut_sheet(self, sheet, times, margin=34, *, mode="serrated")']),
    ],
)  # fmt: skip
def test_a_plan_can_be_read_by_eye(
    ask: str, question: str, answers: set[str], marks: list[str]
) -> None:
    found = {make(ask, seed).gold: make(ask, seed) for seed in range(20)} if ask != "file" else {}
    if ask == "file":
        tried = (attempt(ask, seed, depths=(0.9,)) for seed in range(100))
        quoting = (made for made in tried if made and made.params["cross_file"])
        found = {made.gold: made for made in quoting if made.params["name"] == "cut_sheet"}
    assert set(found) == answers
    (made,) = found.values()
    assert made.question == f"{question} {FORM[ask]}"
    given_ = offered()
    assert evidence(made, given_) == marks
    assert solved(solve, made, given_)


def attempt(ask: str, seed: int, **more: Any) -> Plan | None:
    try:
        return make(ask, seed, **more)
    except UnfitError:
        return None


def test_signatures_and_defaults_are_those_of_the_definition() -> None:
    golds = {ask: {make(ask, seed).gold for seed in range(40)} for ask in ASKS[:2]}
    assert golds["signature"] == {"sheet, times, margin, mode", "port, baud, parity, retries"}
    assert golds["default"] == {"34", '"serrated"', "(3, 9)"}


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32),
    ask=st.sampled_from([*ASKS, "mixed"]),
    depth=st.floats(0, 1, exclude_max=True),
    cross_file=st.booleans(),
    template=st.sampled_from(TEMPLATES),
    room=st.integers(40, 160),
    question=st.sampled_from(["first", "last", "both"]),
)
def test_every_plan_is_solved_again(
    *,
    seed: int,
    ask: Any,
    depth: float,
    cross_file: bool,
    template: Template,
    room: int,
    question: str,
) -> None:
    spec = CodeSpec(ask=ask, far=0, cross_file=cross_file)
    haystack = offered(room=room)
    rng = np.random.default_rng(seed)
    try:
        made = plan(rng, spec, haystack=haystack, depths=(depth,), template=template)
    except UnfitError:
        return
    text = body(made, haystack)
    assert len(text.split()) <= room + 12
    assert all(words in text for words in evidence(made, haystack))
    assert solved(solve, made, haystack, question=question)
    assert "\n" not in made.question
    again = plan(
        np.random.default_rng(seed), spec, haystack=haystack, depths=(depth,), template=template
    )
    assert again == made


def test_without_cross_file_the_name_stands_alone() -> None:
    made = make("constant", cross_file=False)
    assert made.question == f"Tell the value of the constant `FEED_RATE`. {FORM['constant']}"


@pytest.mark.parametrize(
    ("fault", "old", "new"),
    [
        ("bound twice", "def stop():", "FEED_RATE = 7742\n\n\ndef stop():"),
        ("the value stands elsewhere in its file", "LIMIT = 10", f"{LINES}LIMIT = 7741"),
        ("the value is common", "7741", "100"),
        ("no plain value", "7741", "read(7741)"),
        ("no Python", "conf/values.py", "conf/values.txt"),
    ],
)
def test_what_is_not_fair_is_not_asked(fault: str, old: str, new: str) -> None:
    with pytest.raises(UnfitError, match="no definition"):
        make("constant", text=REPOSITORY.replace(old, new))


def test_a_file_that_tells_the_answer_is_left_out() -> None:
    text = REPOSITORY.replace("at night", "at 7741")
    given_ = offered(text, room=60)
    made = plan(
        np.random.default_rng(0),
        CodeSpec(ask="constant", far=0),
        haystack=given_,
        depths=(0.4,),
        template=PLAIN,
    )
    assert "NOTES.md" not in body(made, given_)
    assert body(made, given_).count("7741") == 1


def test_without_a_use_elsewhere_the_name_is_asked_alone() -> None:
    made = make("constant", text=REPOSITORY.replace("FEED_RATE * hours", "rate * hours"))
    assert made.question == f"Tell the value of the constant `FEED_RATE`. {FORM['constant']}"
    assert made.params["cross_file"] is False
    assert make("constant").params["cross_file"] is True


def test_what_is_drawn_is_asked_where_it_can_be() -> None:
    asks = Counter(make("mixed", seed).params["ask"] for seed in range(200))
    assert set(asks) == set(ASKS)
    assert min(asks.values()) > 20
    # Nothing but a class and a method: every draw comes to one of them.
    alone = REPOSITORY.replace(', times, margin=34, *, mode="serrated"', "").replace(SETTINGS, "")
    assert {make("mixed", seed, text=alone).params["ask"] for seed in range(20)} <= {"base", "file"}


def test_a_draw_prefers_a_use_to_a_name_unless_it_is_of_a_value() -> None:
    found = list(_ways("file", ["base", "default"], cross_file=True))
    assert found == [
        ("file", True), ("base", True), ("default", True),
        ("file", False), ("base", False), ("default", False),
    ]  # fmt: skip
    found = list(_ways("default", ["base"], cross_file=True))
    assert found == [("default", True), ("default", False), ("base", True), ("base", False)]
    assert list(_ways("default", ["base"], cross_file=False)) == [
        ("default", False), ("base", False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("num_files", "num_larger", "share"), [(3, 2, 0), (4, 1, 1), (4, 0, 0.125), (10, 0, 0.05)]
)
def test_windows_with_the_largest_file_are_seldom_good(
    num_files: int, num_larger: int, share: float
) -> None:
    made = Window(body=(), use=None, num_files=num_files, num_larger=num_larger)
    times = sum(_is_open(made, f"{salt} cut_sheet") for salt in range(1000))
    assert abs(times / 1000 - share) < 0.03


def test_a_wrong_number_of_depths_is_refused() -> None:
    assert num_evidence(CodeSpec()) == 1
    with pytest.raises(ValueError, match="2 depths for 1 piece"):
        make("base", depths=(0.1, 0.2))


@pytest.mark.parametrize("fields", [{"ask": "body"}, {"far": -1}, {"parameters": 2}, {"asks": 1}])
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CodeSpec(**fields)


def test_the_task_is_found_by_its_file() -> None:
    assert load("code") is TASK
    assert (TASK.composes, TASK.kinds, TASK.unique) == (True, ("repo",), "solution")
