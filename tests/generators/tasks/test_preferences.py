"""Preferences plans: wishes between the turns of conversations, and one of them asked for."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.solvers.preferences import solve
from generators.tasks import load
from generators.tasks._parts.preferences_words import ATTRIBUTES, RULE
from generators.tasks.preferences import (
    ORDINALS,
    TASK,
    TEMPLATES,
    PreferencesSpec,
    num_evidence,
    plan,
)
from schemas.errors import UnfitError
from schemas.task import Offer, Passage, Plan, Template
from tests.generators.composed import body, offer, problem, solved

PLAIN = Template(
    statement="Please put {value} as the {attribute} of {key}.",
    question="Which {attribute} is the {moment} one wished for {key}?",
    lead="It is:",
    more=(
        "Rather put {value} as the {attribute} of {key}.",
        "Would it do, {value} as the {attribute} of {key}?",
        "No.",
        "Noted.",
    ),
)
WISH = re.compile(
    r"(?:Please put|Rather put|Would it do,) (.+) as the (.+) of (.+?)([.?])(?:<|$)", re.M
)
CHATML = "<|im_start|>{}\n{}<|im_end|>\n"
ONE_WISH = PreferencesSpec(
    things=1, updates=2, proposals=0, ask="latest", key="place", value="number"
)


def talks(
    *, count: int = 40, form: str = "{}: {}\n\n", names: Any = ("user", "assistant")
) -> Offer:
    """Return conversations of six turns of ten words."""
    said = "We talk of this and that, and so do they."
    turns = "".join(form.format(names[turn % 2], said) for turn in range(6)).rstrip("\n")
    return offer(*[turns] * count)


def make(spec: PreferencesSpec, given: Offer, seed: int = 0, **more: Any) -> Plan:
    known = {"depths": (0.6,), "template": PLAIN, **more}
    return plan(np.random.default_rng(seed), spec, haystack=given, **known)


def evidence(made: Plan) -> Passage:
    (one,) = [passage for passage in made.body if passage.part == 0]
    return one


def stated(made: Plan, given: Offer) -> list[tuple[str, bool]]:
    """Return the values stated for what is asked, and which of them are wishes."""
    owner = re.findall('"(.+)"', made.question)[0]
    found = [match.groups() for match in WISH.finditer(body(made, given))]
    mine = (made.params["attribute"], owner)
    return [(value, end == ".") for value, *thing, end in found if tuple(thing) == mine]


def test_a_plan_can_be_read_by_eye() -> None:
    given = talks(count=12)
    made = make(ONE_WISH, given, 4, depths=(0.5,))
    values = [value for value, _ in stated(made, given)]
    owner = re.findall('"(.+)"', made.question)[0]
    thing = made.params["attribute"]
    assert made.question.startswith(f'Which {thing} is the last one wished for "{owner}"? Wishes')
    assert made.parts == (values[-1],)
    assert re.fullmatch(
        f"user: (Rather|Please) put {made.gold} as the {thing} of {owner}\\.", evidence(made).text
    )
    assert (evidence(made).depth, evidence(made).hidden) == (0.5, (made.gold,))
    plain = re.sub(r"user: (Rather|Please) put .*\n\nassistant: Noted\.\n\n", "", body(made, given))
    assert plain == given.text


SPECS = st.builds(
    lambda things, updates, proposals, ask: PreferencesSpec(
        things=things, updates=updates, proposals=proposals, ask=ask
    ),
    st.integers(1, 5),
    st.integers(2, 6),
    st.integers(0, 4),
    st.sampled_from(["latest", "first", "nth", "mixed"]),
)


@given(
    SPECS,
    st.integers(0, 2**32),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(["{}: {}\n\n", CHATML]),
)
def test_a_plan_is_fair(spec: PreferencesSpec, seed: int, depth: float, form: str) -> None:
    given = talks(form=form)
    made = make(spec, given, seed, depths=(depth,))
    assert made == make(spec, given, seed, depths=(depth,))
    for question in ("first", "last", "both"):
        assert solved(solve, made, given, question=question)
    text = body(made, given)
    assert text.count(made.gold) == 1
    assert made.gold in evidence(made).text
    wishes = [value for value, wish in stated(made, given) if wish]
    ordinal = made.question.partition(RULE[:8])[0]
    expected = -1 if made.params["ask"] == "latest" else None
    if expected is None:
        (expected,) = [n for n, word in enumerate(ORDINALS) if f"the {word} one" in ordinal]
    assert wishes[expected] == made.gold
    kept = [(passage.start, passage.stop) for passage in made.body if not passage.text]
    assert "".join(given.text[a:b] for a, b in kept) == given.text
    assert text.count("<|im_start|>") == text.count("<|im_end|>")


@given(st.integers(0, 2**32), st.floats(0, 1, exclude_max=True), st.booleans())
def test_evidence_lies_at_its_depth(seed: int, depth: float, opens: bool) -> None:
    given = replace(talks(count=60), opens=opens)
    made = make(PreferencesSpec(), given, seed, depths=(depth,))
    head = f"{made.question}\n\n" if opens else ""
    text = head + body(made, given)
    before = len(text[: text.index(evidence(made).text)].split())
    assert abs(before - depth * len(text.split())) <= 64


def test_broken_samples_are_caught() -> None:
    for seed in range(15):
        given = talks()
        made = make(PreferencesSpec(proposals=3), given, seed)
        text, mine = body(made, given), stated(made, given)
        owner = re.findall('"(.+)"', made.question)[0]
        lines = [line for line in text.splitlines() if made.gold in line]
        broken = {
            "elsewhere": f"{text}\n\nassistant: It was {made.gold}.",
            "gone": text.replace(lines[0], "user: Nothing."),
            "two values": text.replace(lines[0], f"{lines[0]} {made.gold}"),
            "another owner": text.replace(lines[0], lines[0].replace(owner, "Nowhere")),
            "a question": text.replace(lines[0], lines[0].rstrip(".") + "?"),
        }
        for name, variant in broken.items():
            assert not solved(solve, made, given, text=variant), name
        for other, _ in mine:
            wrong = replace(made, parts=(other,))
            assert solved(solve, wrong, given) == (other == made.gold)


def test_a_shuffled_history_has_another_answer() -> None:
    for seed in range(20):
        given = talks()
        made = make(PreferencesSpec(ask="latest"), given, seed)
        wishes = [value for value, wish in stated(made, given) if wish]
        text = body(made, given).replace(wishes[0], "~").replace(wishes[-1], wishes[0])
        answers = solve(problem(made, given, text=text.replace("~", wishes[-1]))).answers
        assert answers == (wishes[0],) != (made.gold,)


def test_neither_the_last_line_nor_a_slot_gives_the_answer_away() -> None:
    found = Counter[str]()
    for seed in range(120):
        given = talks()
        made = make(PreferencesSpec(), given, seed, depths=((seed + 0.5) / 120,))
        mine = [value for value, _ in stated(made, given)]
        all_values = [match[1] for match in WISH.finditer(body(made, given))]
        found["asked"] += 1
        found["first of its own"] += mine[0] == made.gold
        found["last of its own"] += mine[-1] == made.gold
        found["first of all"] += all_values[0] == made.gold
        found["last of all"] += all_values[-1] == made.gold
    assert found["first of its own"] < 60 > found["last of its own"], found
    assert found["first of all"] < 30 > found["last of all"], found


def test_proposals_are_the_machines_and_turned_down() -> None:
    given = talks()
    made = make(PreferencesSpec(proposals=4), given, 5)
    text = body(made, given)
    assert len(re.findall(r"assistant: Would .+\?\n\nuser: No\.", text)) == 4
    assert not re.search(r"user: Would|assistant: (Rather|Please) put", text)


def test_people_with_names_speak_for_themselves() -> None:
    given = talks(names=("Ann", "Bob"))
    speakers = {
        evidence(make(PreferencesSpec(), given, seed, depths=(seed / 20,))).text.partition(":")[0]
        for seed in range(20)
    }
    assert speakers == {"Ann", "Bob"}


def test_a_short_text_has_fewer_things_and_wishes() -> None:
    sizes = []
    for count in (8, 16, 60):
        given = talks(count=count)
        made = make(PreferencesSpec(), given, 3)
        assert solved(solve, made, given)
        sizes.append(len(WISH.findall(body(made, given))))
    assert sizes[0] < sizes[1] < sizes[2] <= 14


def test_no_turn_near_the_depth_is_unfit() -> None:
    long = "word " * 3000
    given = offer(*[f"user: {long}\n\nassistant: {long}"] * 3)
    with pytest.raises(UnfitError, match="near the chosen depth"):
        make(PreferencesSpec(), given, depths=(0.1,))


def test_talk_with_nobody_to_ask_is_unfit() -> None:
    with pytest.raises(UnfitError, match="nobody speaks"):
        make(PreferencesSpec(), talks(names=("system", "tool")))
    with pytest.raises(UnfitError, match="opens with"):
        make(PreferencesSpec(), offer("It rained."))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"things": 0}, "greater than or equal to 1"),
        ({"updates": 10}, "less than or equal to 9"),
        ({"proposals": 17}, "less than or equal to 16"),
        ({"keyz": 2}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        PreferencesSpec(**fields)


def test_a_wrong_number_of_depths_is_refused() -> None:
    assert num_evidence(PreferencesSpec()) == 1
    with pytest.raises(ValueError, match="2 depths for 1 pieces"):
        make(PreferencesSpec(), talks(), depths=(0.1, 0.2))


def test_templates_can_be_read_and_state_nothing_of_their_own() -> None:
    labels = [label for kind in ATTRIBUTES.values() for label in kind]
    assert not any(a in b for a in labels for b in labels if a != b)
    for template in TEMPLATES:
        revision, proposal, decline, receipt = template.more
        for text in (template.statement, revision, proposal):
            assert [text.count(slot) for slot in ("{key}", "{value}", "{attribute}")] == [1] * 3
            # Two capitalised words read as a name.
            assert not re.search(r"[A-Z][a-z]+ ([A-Z][a-z]|\{value\})", text), text
            assert not re.search(r"\{value\} ([A-Z]|\{)", text), text
            assert not re.search(r'\d|"|\n', text), text
        assert (template.statement + revision + decline + receipt).count("?") == 0
        assert proposal.endswith("?")
        slots = ("{key}", "{moment}", "{attribute}")
        assert [template.question.count(slot) for slot in slots] == [1] * 3
        words = re.findall(r"\w+", template.question)
        assert not set(words) & {*ORDINALS, "last"}
        whole = " ".join([template.statement, template.question, *template.more])
        assert not any(label in whole for label in labels), whole


def test_every_template_is_solved_in_every_kind() -> None:
    for seed, template in enumerate(TEMPLATES * 5):
        value: Any = list(ATTRIBUTES)[seed // len(TEMPLATES)]
        given = talks()
        made = make(PreferencesSpec(value=value), given, seed, template=template)
        assert solved(solve, made, given), made.question


def test_the_task_is_found_by_its_file() -> None:
    assert load("preferences") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.composes) == ("value", "planted", True)
