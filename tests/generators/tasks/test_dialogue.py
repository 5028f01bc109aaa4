"""Dialogue plans: what is said in conversations, told from all else that is said there."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.solvers.dialogue import solve
from generators.tasks import load
from generators.tasks.dialogue import (
    ORDINALS,
    RULES,
    TASK,
    TEMPLATES,
    DialogueSpec,
    num_evidence,
    plan,
)
from schemas.errors import UnfitError
from schemas.task import Offer, Plan, Template
from tests.generators.composed import body, evidence, offer, problem, solved

PLAIN = Template(
    statement="Conversation {number}",
    question='Quote the {ordinal} turn in which "{speaker}" says "{word}".',
    lead="Answer:",
    more=("Quote the turn {moment} {quote}.", "Who says {quote}?", "conversation"),
)
CAB = """user: I need a taxi to the harbour.

assistant: Any taxi can take you there.

user: Then the taxi must be cheap.

assistant: Certainly, it is on its way."""
LATE = """user: The taxi never came to me.

assistant: That is a great pity."""
FORMS = (
    "{}: {}\n\n",
    "{}:\n{}\n\n",
    "### {}: {}\n",
    "### {}:\n{}\n",
    "**{}:** {}\n",
    "**{}**: {}\n",
    "[{}]: {}\n",
    "<{}> {}\n",
    "<|im_start|>{}\n{}<|im_end|>\n",
)


def talks(seed: int, count: int = 6, *, form: str = FORMS[0], names: Any = None) -> Offer:
    """Return conversations of eight turns, with words that come back now and then."""
    rng = np.random.default_rng(seed)
    names = names or ("user", "assistant")
    written = []
    for _ in range(count):
        turns = []
        for turn in range(8):
            rare = "".join(rng.choice(list("bdfgklmn"), 5)) + "ia"
            common = ["river", "candle", "window", "basket"][int(rng.integers(4))]
            turns.append(form.format(names[turn % 2], f"We saw {rare} by the {common} today."))
        written.append("".join(turns).rstrip("\n"))
    return offer(*written)


def make(spec: DialogueSpec, given: Offer, seed: int = 0, **more: Any) -> Plan:
    depths = tuple(np.linspace(0.1, 0.9, num_evidence(spec)).tolist())
    known = {"depths": depths, "template": PLAIN, **more}
    return plan(np.random.default_rng(seed), spec, haystack=given, **known)


def test_the_nth_mention_can_be_read_by_eye() -> None:
    made = make(DialogueSpec(ask="nth", words=4), offer(CAB, LATE), depths=(0.7,))
    numbers = re.findall(r"Conversation (\d)", body(made, offer(CAB, LATE)))
    assert sorted(numbers) == ["1", "2"]
    one, two = numbers
    whole = f"Conversation {one}\n\n{CAB}\n\nConversation {two}\n\n{LATE}"
    assert body(made, offer(CAB, LATE)) == whole
    assert made.question.startswith('Quote the third turn in which "user" says "taxi".')
    assert made.parts == ("The taxi never came",)
    assert evidence(made, offer(CAB, LATE)) == ["user: The taxi never came to me."]


def test_a_reply_can_be_read_by_eye() -> None:
    spec = DialogueSpec(ask="reply", words=32, steps=1)
    made = make(spec, offer(CAB, LATE), depths=(0.99,))
    assert made.question.startswith('Quote the turn right after "The taxi never came to me.".')
    assert made.parts == ("That is a great pity.",)
    other = make(spec, offer(CAB, LATE), 2, depths=(0.99,))
    assert other.question.startswith('Quote the turn right before "That is a great pity.".')
    assert (
        evidence(made, offer(CAB, LATE)) == LATE.split("\n\n") == evidence(other, offer(CAB, LATE))
    )


def test_speakers_can_be_read_by_eye() -> None:
    made = make(DialogueSpec(ask="speaker", words=32, quotes=2), offer(CAB, LATE))
    first, second = evidence(made, offer(CAB, LATE))
    quotes = [turn.partition(": ")[2] for turn in (first, second)]
    assert made.question.startswith(f'Who says "{quotes[0]}" and "{quotes[1]}"?')
    numbers = re.findall(r"Conversation (\d)", body(made, offer(CAB, LATE)))
    speakers = [turn.partition(":")[0] for turn in (first, second)]
    assert made.gold == "; ".join(f"{a} {b}" for a, b in zip(numbers, speakers, strict=True))


SPECS = st.builds(
    lambda ask, words, steps, quotes: DialogueSpec(
        ask=ask, words=words, steps=steps, quotes=quotes
    ),
    st.sampled_from(["nth", "reply", "speaker", "mixed"]),
    st.integers(4, 12),
    st.integers(1, 4),
    st.integers(1, 4),
)


@given(SPECS, st.integers(0, 2**32), st.sampled_from(FORMS), st.sampled_from(["first", "both"]))
def test_a_plan_is_fair(spec: DialogueSpec, seed: int, form: str, question: str) -> None:
    given = talks(seed % 5, form=form)
    try:
        made = make(spec, given, seed)
    except UnfitError:
        assert spec.ask != "speaker"
        return
    assert solved(solve, made, given)
    assert solved(solve, made, given, question=question)
    assert made == make(spec, given, seed)
    assert "\n" not in made.question + made.gold
    assert {mark.part for mark in made.marks} == set(range(len(made.parts)))
    if made.params["ask"] != "speaker":
        assert given.text.count(made.gold) == 1
        assert any(made.gold in text for text in evidence(made, given))


@pytest.mark.parametrize("ask", ["nth", "reply", "speaker"])
def test_broken_samples_are_caught(ask: Any) -> None:
    """The answer elsewhere, evidence gone or moved, another answer: none is what was planned."""
    caught = Counter[str]()
    for seed in range(12):
        given = talks(seed)
        made = make(DialogueSpec(ask=ask), given, seed)
        text = body(made, given)
        marked = evidence(made, given)[0]
        said = marked.partition(": ")[2]
        broken = {
            "twice": f"{text}\n\nuser: {said}",
            "gone": text.replace(marked, f"{marked.partition(':')[0]}: Nothing."),
            "other speaker": text.replace(
                marked,
                marked.replace("user:", "~")
                .replace("assistant:", "user:")
                .replace("~", "assistant:"),
            ),
            "other home": re.sub(r"Conversation (\d)", "Conversation 1\\1", text),
        }
        for name, variant in broken.items():
            caught[name] += not solved(solve, made, given, text=variant)
        wrong = replace(made, parts=("We saw nothing of that kind.",))
        assert not solved(solve, wrong, given)
    assert caught["twice"] == caught["gone"] == 12, caught
    if ask != "reply":
        assert caught["other speaker"] == 12
    if ask == "speaker":
        assert caught["other home"] == 12


def test_another_ordinal_or_word_is_another_answer() -> None:
    for seed in range(12):
        given = talks(seed)
        made = make(DialogueSpec(ask="nth"), given, seed)
        n = next(n for n, word in enumerate(ORDINALS) if f"the {word} turn" in made.question)
        wording = made.question.replace(ORDINALS[n], ORDINALS[n + 1 if n == 0 else n - 1])
        assert solve(problem(replace(made, question=wording), given)).answers != (made.gold,)


def test_somebody_else_says_the_word_too_and_no_n_is_the_rule() -> None:
    ns = Counter[int]()
    for seed in range(120):
        given = talks(seed, 5)
        made = make(DialogueSpec(ask="nth"), given, seed, depths=((seed + 0.5) / 120,))
        speaker, word = re.findall('"(.+?)"', made.question)[:2]
        turns = [turn for turn in given.text.split("\n\n") if word in turn]
        mine = [turn for turn in turns if turn.startswith(speaker)]
        assert 3 <= len(mine) <= 8
        assert turns.index(evidence(made, given)[0]) > mine.index(evidence(made, given)[0])
        ns[mine.index(evidence(made, given)[0])] += 1
    assert max(ns.values()) < 45, ns


def test_evidence_lies_near_the_wished_depth() -> None:
    for ask in ("nth", "reply", "speaker"):
        for depth in (0.2, 0.5, 0.8):
            given = talks(3, 12)
            made = make(DialogueSpec(ask=ask, quotes=1), given, depths=(depth,))
            places = [given.tokens(0, mark.start) / given.room for mark in made.marks]
            assert min(abs(place - depth) for place in places) < (0.2 if ask == "nth" else 0.06)


def test_who_and_which_way_are_asked_evenly() -> None:
    found = Counter[str]()
    for seed in range(200):
        reply = make(DialogueSpec(ask="reply"), talks(seed % 7), seed, depths=(0.5,))
        found[
            "after" if " after " in reply.question.partition(RULES["reply"])[0] else "before"
        ] += 1
        who = make(DialogueSpec(ask="speaker"), talks(seed % 7), seed)
        found[who.parts[0].split()[1]] += 1
    assert all(70 < number < 130 for number in found.values()), found


@pytest.mark.parametrize("text", ["It rained.", "It rained: again.\n\nuser: Hello there.", CAB])
def test_text_without_enough_turns_is_unfit(text: str) -> None:
    with pytest.raises(UnfitError):
        make(DialogueSpec(), offer(text))


def test_turns_that_all_say_the_same_are_unfit() -> None:
    same = "\n\n".join(["user: Have a very nice day.", "assistant: Have a very nice day."] * 6)
    for ask in ("nth", "reply", "speaker"):
        with pytest.raises(UnfitError):
            make(DialogueSpec(ask=ask), offer(same, same, same))


def test_a_line_that_reads_like_a_header_is_unfit() -> None:
    with pytest.raises(UnfitError, match="one of ours"):
        make(DialogueSpec(), offer(f"{CAB}\n\nConversation 3\n\n{CAB}", LATE))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"words": 3}, "greater than or equal to 4"),
        ({"mentions": 11}, "less than or equal to 10"),
        ({"steps": 9}, "less than or equal to 8"),
        ({"quotes": 0}, "greater than or equal to 1"),
        ({"askk": "nth"}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        DialogueSpec(**fields)


def test_a_wrong_number_of_depths_is_refused() -> None:
    assert num_evidence(DialogueSpec(quotes=4)) == 4
    assert num_evidence(DialogueSpec(ask="nth")) == 1
    with pytest.raises(ValueError, match="2 depths for 1 pieces"):
        make(DialogueSpec(ask="reply"), talks(1), depths=(0.1, 0.2))


def test_templates_have_their_slots_and_the_words_that_a_reader_looks_for() -> None:
    for template in TEMPLATES:
        nth, (reply, speaker, unit) = template.question, template.more
        assert [nth.count(slot) for slot in ("{ordinal}", '"{speaker}"', '"{word}"')] == [1, 1, 1]
        assert [reply.count(slot) for slot in ("{quote}", "{moment}")] == [1, 1]
        assert speaker.count("{quote}") == 1
        assert template.statement.count("{number}") == 1
        assert nth.count('"') == 4
        assert '"' not in reply + speaker + unit
        assert not set(re.findall(r"\w+", nth)) & set(ORDINALS)


def test_the_task_is_found_by_its_file() -> None:
    assert load("dialogue") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.composes) == ("solution", "natural", True)
