"""Code plans: a definition is asked for that stands once, in a window of the repository's files."""

import itertools
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.decontam.firewall import overlaps
from generators.solvers.code import solve
from generators.tasks import load
from generators.tasks.code import FORM, TASK, TEMPLATES, WHAT, CodeSpec, num_evidence, plan
from schemas.errors import UnfitError
from schemas.task import Plan, Template
from tests.generators.composed import body, evidence, solved
from tests.generators.tasks.code_repository import REPOSITORY, offered

PLAIN = Template(statement="`{path}` has `{line}`.", question="Give {what}.", lead="It is:")
ASKS = ("signature", "default", "constant", "base", "file")


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
        tried = (attempt(ask, seed, depths=(0.9,)) for seed in range(20))
        found = {made.gold: made for made in tried if made and "cut_sheet" in made.question}
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
    assert made.question == f"Give the value of the constant `FEED_RATE`. {FORM['constant']}"


@pytest.mark.parametrize(
    ("fault", "old", "new"),
    [
        ("bound twice", "def stop():", "FEED_RATE = 7742\n\n\ndef stop():"),
        ("the value stands elsewhere", "at night", "at 7741"),
        ("the value is common", "7741", "100"),
        ("used in its own file alone", "FEED_RATE * hours", "rate * hours"),
        ("no plain value", "7741", "read(7741)"),
        ("no Python", "conf/values.py", "conf/values.txt"),
    ],
)
def test_what_is_not_fair_is_not_asked(fault: str, old: str, new: str) -> None:
    with pytest.raises(UnfitError, match="no definition"):
        make("constant", text=REPOSITORY.replace(old, new))


def test_a_wrong_number_of_depths_is_refused() -> None:
    assert num_evidence(CodeSpec()) == 1
    with pytest.raises(ValueError, match="2 depths for 1 piece"):
        make("base", depths=(0.1, 0.2))


@pytest.mark.parametrize("fields", [{"ask": "body"}, {"far": -1}, {"parameters": 2}, {"asks": 1}])
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CodeSpec(**fields)


def test_templates_are_many_and_in_both_splits() -> None:
    splits = Counter(template.split for template in TEMPLATES)
    assert len({template.name for template in TEMPLATES}) == len(TEMPLATES) >= 24
    assert splits["train"] >= 15
    assert splits["held-out"] >= 4
    for template in TEMPLATES:
        words = template.statement, template.question
        assert [words[0].count(slot) for slot in ("`{path}`", "`{line}`")] == [1, 1], template
        assert words[1].count("{what}") == 1
        assert "`" not in words[1] + template.lead
        assert words[0].count("`") == 4


def test_templates_share_no_wording() -> None:
    texts = [f"{t.statement} {t.question} {t.lead}" for t in TEMPLATES]
    texts += [*WHAT.values(), *FORM.values()]
    assert [text for text in texts if overlaps(text)] == []
    grams = [
        {tuple(words[at : at + 8]) for at in range(len(words) - 7)}
        for words in (re.findall(r"\w+", text.lower()) for text in texts)
    ]
    assert not any(a & b for a, b in itertools.combinations(grams, 2))


def test_the_task_is_found_by_its_file() -> None:
    assert load("code") is TASK
    assert (TASK.composes, TASK.kinds, TASK.unique) == (True, ("repo",), "solution")
