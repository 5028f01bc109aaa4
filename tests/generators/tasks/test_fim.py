"""Fim plans: a passage that leans on far places, cut out where a marker stands."""

import re
from collections import Counter
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.solvers.fim import solve
from generators.tasks import load
from generators.tasks._parts.fim_words import RULE
from generators.tasks.fim import TASK, WHERE, FimSpec, num_evidence, plan
from schemas.errors import UnfitError
from schemas.task import Plan, Template
from tests.generators.composed import body, evidence, offer, problem, solved

ASKED = Template(
    statement="[GAP]",
    question="Give the {count} words {where}.",
    lead="Gone:",
    more=("Later:", "Earlier:"),
)
SOLD = "In spring the ferry was sold to Bertram, who painted it green."
BACK = "Nobody had told the keeper that Bertram would come back by night, and so he lit no lamp."


def rain(first: int, last: int) -> str:
    """Return sentences of nine words that name nothing."""
    weather = ["rain", "sleet", "hail", "snow", "fog", "sun", "wind", "frost", "mist", "thaw"]
    return " ".join(
        f"On day {day} there was {weather[day % 10]} and some {weather[day // 10]} too."
        for day in range(first, last)
    )


TEXT = f"{rain(1, 20)} {SOLD} {rain(20, 60)} {BACK} {rain(60, 80)}"


def make(text: str = TEXT, seed: int = 0, depth: float = 0.7, **fields: Any) -> Plan:
    spec = FimSpec(**{"tokens": 18, "far": 100, "order": "psm", **fields})
    rng = np.random.default_rng(seed)
    return plan(rng, spec, haystack=offer(text), depths=(depth,), template=ASKED)


def story(seed: int) -> str:
    """Return paragraphs and lines, with names that come back somewhere."""
    rng = np.random.default_rng(seed)
    names = ["Tobrel", "Quandy", "Meskin", "Orvath", "Luthen", "Pirrow"]
    verbs = ["met", "saw", "fed", "hid", "led", "paid"]
    parts = [" ", " ", " ", "\n", "\n\n"]
    return "".join(
        f"That {verbs[rng.integers(6)]} and {rng.integers(100)} times "
        f"they {verbs[rng.integers(6)]} {names[who]}.{parts[rng.integers(5)]}"
        for who in rng.integers(6, size=80)
    ).strip()


def test_a_plan_can_be_read_by_eye() -> None:
    made = make()
    assert made.question == f'Give the 18 words at "[GAP]".{RULE}'
    assert made.gold == BACK
    assert body(made, offer(TEXT)) == f"{rain(1, 20)} {SOLD} {rain(20, 60)} [GAP] {rain(60, 80)}"
    assert evidence(made, offer(TEXT)) == ["Bertram"]
    assert TEXT[slice(*made.quotes[0])] == BACK
    assert made.params["far_characters"] == len(f", who painted it green. {rain(20, 60)} ")


def test_the_text_after_the_gap_may_stand_first() -> None:
    made = make(order="spm")
    assert made.question == (
        'Give the 18 words between the last words under "Earlier:" and the first under "Later:".'
        f"{RULE}"
    )
    assert body(made, offer(TEXT)) == (
        f"Later:\n {rain(60, 80)}\n\nEarlier:\n{rain(1, 20)} {SOLD} {rain(20, 60)} "
    )
    assert (made.gold, evidence(made, offer(TEXT))) == (BACK, ["Bertram"])


def test_the_evidence_may_stand_behind_the_gap() -> None:
    text = f"{rain(1, 20)} {BACK} {rain(20, 60)} {SOLD} {rain(60, 80)}"
    made = make(text, depth=0.3)
    assert (made.gold, evidence(made, offer(text))) == (BACK, ["Bertram"])
    assert made.params["far_characters"] == len(f" {rain(20, 60)} In spring the ferry was sold to ")


def test_the_seal_is_a_hash_of_the_passage_between_its_seams() -> None:
    left = "".join(rain(20, 60).split())[-80:]
    right = "".join(rain(60, 80).split())[:80]
    expected = sha256(f"{left}\n{BACK}\n{right}".encode()).hexdigest()
    assert make().params["seal"] == make(order="spm").params["seal"] == expected


@pytest.mark.parametrize(
    ("reason", "text", "fields"),
    [
        ("all names are near", f"{rain(1, 52)} {SOLD} {rain(52, 60)} {BACK} {rain(60, 80)}", {}),
        ("one of them is near to each", TEXT.replace("On day 67", "Then Bertram slept. On day 67")
         .replace("On day 26", "Then Bertram left. On day 26"), {}),
        ("no name comes back", TEXT.replace("Bertram, who", "someone who"), {}),
        ("one name is not enough", TEXT, {"entities": 2}),
        ("too many places", TEXT.replace("ferry was", "Bertram Bertram was"), {"rare": 2}),
        ("each passage stands twice", f"{TEXT} {rain(80, 99)} {TEXT}", {}),
        ("most of its words do", TEXT.replace(SOLD, f"{SOLD} {BACK[:-20]}er."), {}),
        ("the passage is too long", TEXT, {"tokens": 1000}),
        ("a marker of its own", TEXT.replace("frost", "[GAP]"), {}),
        ("nothing at all", "", {}),
    ],
)  # fmt: skip
def test_a_text_that_supports_no_such_sample_is_refused(
    reason: str, text: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(UnfitError):
        print(reason, make(text, **fields).gold)


@pytest.mark.parametrize(
    "word", ["Bertram", "Ångström", "block_size", "_old_lamp", "readLine", "HttpServer", "1851"]
)
def test_names_identifiers_and_numbers_are_leant_on(word: str) -> None:
    text = TEXT.replace("Bertram", word)
    assert evidence(make(text), offer(text)) == [word]


@pytest.mark.parametrize("word", ["Bob", "someone", "17", "__up__", "x_y", "Bertrams"])
def test_short_and_common_words_are_not(word: str) -> None:
    text = TEXT.replace("to Bertram", f"to {word}").replace("that Bertram", f"that {word[:7]}")
    with pytest.raises(UnfitError):
        make(text)


def test_a_word_that_opens_a_sentence_is_no_name() -> None:
    with pytest.raises(UnfitError):
        make(TEXT.replace("was sold to Bertram", "was old. Nobody"))


def test_lines_of_code_are_cut_out_whole_and_keep_their_indents() -> None:
    lines = [f"    call_{chr(97 + n // 26)}{chr(97 + n % 26)}(one, two)" for n in range(90)]
    lines[10] = "limit = frame_size * 2"
    lines[60] = "        if last > frame_size:\n            return None"
    text = "\n".join(lines)
    made = make(text, tokens=16, depth=0.66)
    opening = "if last > frame_size:\n            return None\n    call_cj(one, two)"
    assert made.gold.startswith(opening)
    assert text[slice(*made.quotes[0])] == made.gold == made.gold.strip()
    assert "    call_ch(one, two)\n        [GAP]\n    call_" in body(made, offer(text))
    assert evidence(made, offer(text)) == ["frame_size"]


def test_an_empty_line_is_never_inside_and_titles_end_no_sentence() -> None:
    text = TEXT.replace(BACK, f"\n\n{BACK}\n\n").replace("the keeper", "Mr. Keeper of St. Ives")
    assert make(text, tokens=24).gold == BACK.replace("the keeper", "Mr. Keeper of St. Ives")


def test_no_passage_ends_inside_a_word_that_a_line_breaks() -> None:
    text = TEXT.replace("come back by night, and", "come back by mid-\nnight, and")
    for tokens in range(16, 29):
        gold = make(text, tokens=tokens).gold
        assert not gold.endswith("-")
        assert not gold.startswith("night")


def test_no_passage_goes_over_the_line_of_a_file() -> None:
    """Nobody could know which file comes next."""
    line = "===== harbour/lamps.py ====="
    text = TEXT.replace(BACK, BACK.replace(", and so", f",\n{line}\nand so"))
    for tokens in range(16, 29):
        assert line not in make(text, tokens=tokens).gold


def test_far_grows_with_the_sample_unless_given() -> None:
    spec = FimSpec(tokens=18)
    for room, fits in ((2000, True), (8000, False)):
        given = offer(TEXT, room=room)
        try:
            plan(np.random.default_rng(0), spec, haystack=given, depths=(0.7,), template=ASKED)
        except UnfitError:
            assert not fits
        else:
            assert fits


@given(
    seed=st.integers(0, 2**32),
    depth=st.floats(0, 1),
    order=st.sampled_from(["psm", "spm", "mixed"]),
    rare=st.integers(1, 20),
    question=st.sampled_from(["first", "last", "both"]),
)
def test_a_plan_is_fair(*, seed: int, depth: float, order: Any, rare: int, question: str) -> None:
    text = story(seed)
    fields = {"tokens": 30, "far": 64, "rare": rare, "order": order}
    try:
        made = make(text, seed, depth, **fields)
    except UnfitError:
        return
    given = offer(text)
    ((start, stop),) = made.quotes
    assert made.gold == text[start:stop] not in body(made, given)
    assert 15 <= given.tokens(start, stop) <= 45
    assert {*evidence(made, given)} <= {*re.findall(r"\w+", made.gold)}
    for mark in made.marks:
        assert not text[max(mark.start - 1, 0) : mark.start].isalnum()
        assert mark.stop <= start or mark.start >= stop
        away = (
            given.tokens(mark.stop, start) if mark.stop <= start else given.tokens(stop, mark.start)
        )
        assert away >= 64
    assert solved(solve, made, given, question=question)
    assert made == make(text, seed, depth, **fields)


@pytest.mark.parametrize("order", ["psm", "spm"])
def test_a_broken_sample_is_told(order: Any) -> None:
    """Each fault is made in the text or in the answer that the solver judges."""
    made, given = make(order=order), offer(TEXT)
    whole = body(made, given)
    assert solve(problem(made, given)).answers == (BACK,)
    texts = {
        "the far place is gone": whole.replace("Bertram", "someone"),
        "a near place": whole.replace("On day 58", "Bertram: on day 58"),
        "the gap moved": whole.replace(" [GAP] On day 60", " On day [GAP] 60").replace(
            "Later:\n On day 60", "Later:\n day 60 On"
        ),
        "the passage leaks": whole.replace(SOLD, f"{SOLD} {BACK}"),
        "two gaps": whole.replace(SOLD, f"{SOLD} [GAP] Later:"),
        "no gap": whole.replace("[GAP]", "").replace("Later:", ""),
    }
    for fault, text in texts.items():
        assert text != whole, fault
        assert solve(problem(made, given, text=text)).answers == (), fault


def test_mixed_draws_both_orders() -> None:
    orders = Counter(make(seed=seed, order="mixed").params["order"] for seed in range(100))
    assert set(orders) == set(WHERE)
    assert min(orders.values()) > 30


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"tokens": 8}, "greater than or equal to 16"),
        ({"far": 0}, "greater than or equal to 64"),
        ({"entities": 0}, "greater than or equal to 1"),
        ({"order": "smp"}, "'psm' or 'spm'"),
        ({"size": 8}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        FimSpec(**fields)


def test_one_depth_is_wished_for() -> None:
    assert num_evidence(FimSpec()) == 1
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="unpack"):
        plan(rng, FimSpec(), haystack=offer(TEXT), depths=(), template=ASKED)


def test_the_task_is_found_by_its_file() -> None:
    assert load("fim") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.composes) == ("value", "natural", True)
