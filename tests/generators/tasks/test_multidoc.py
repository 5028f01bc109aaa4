"""Multidoc plans: one passage answers, at its depth, and no other passage gives it away."""

import re
from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.solvers.multidoc import solve
from generators.tasks import load
from generators.tasks._parts.multidoc_words import ABSENT, RULES
from generators.tasks.multidoc import ASKS, TASK, MultidocSpec, num_evidence, plan
from schemas.errors import UnfitError
from schemas.task import Offer, Plan, Template
from tests.generators.composed import body, evidence, offer, solved

PLAIN = Template(
    statement="Passage {label}",
    question="What fills {quote}?",
    lead="It is:",
    more=("passage", "Which {unit} has {what}?"),
)
SYLLABLES = ("ba", "lo", "mi", "ten", "ru", "sar", "vel", "qui", "do", "pha", "gor", "nix")


def novel(seed: int, *, words: int = 800, documents: int = 3) -> list[str]:
    """Return documents of sentences of invented words, some of them names and numbers."""
    return _novel(seed % 16, words, documents)


@cache
def _novel(seed: int, words: int, documents: int) -> list[str]:
    rng = np.random.default_rng([seed, 1])
    vocabulary = ["".join(rng.choice(SYLLABLES, size=rng.integers(1, 5))) for _ in range(400)]
    texts = []
    for _ in range(documents):
        sentences = []
        for _ in range(words // 12):
            said = rng.choice(vocabulary, size=12).tolist()
            said[5] = said[5].capitalize() if rng.integers(3) else str(rng.integers(10, 9999))
            sentences.append(" ".join(said).capitalize().replace(said[5].lower(), said[5]) + ".")
        texts.append("\n".join(sentences))
    return texts


def make(spec: MultidocSpec, seed: int = 0, depth: float = 0.5, **more: Any) -> tuple[Plan, Offer]:
    haystack = more.pop("haystack", None) or offer(*novel(seed), room=1500)
    given = {"haystack": haystack, "depths": (depth,), "template": PLAIN, **more}
    return plan(np.random.default_rng(seed), spec, **given), haystack


def passages(made: Plan, given: Offer) -> list[tuple[str, str]]:
    """Return label and text of each passage of the body."""
    parts = re.split(r"(?:^|\n\n)Passage (\w+)\n", body(made, given))[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def realised(made: Plan, given: Offer, where: str) -> float:
    """Return the depth of a text, in words."""
    whole = body(made, given)
    opening = given.count(made.question) if given.opens else 0
    before = opening + len(whole[: whole.index(where)].split())
    return before / (opening + len(whole.split()))


@pytest.mark.parametrize("ask", ASKS)
def test_a_plan_can_be_read_by_eye(ask: Any) -> None:
    given = offer(
        "The ferry for Margate left at noon today. Nobody waved at all, and nobody wept.",
        "Rain fell upon Sandwich harbour from seven o'clock. Somebody whistled tunes behind us.",
        "Snow covered the marshes around Canterbury for weeks. Everybody stayed inside and slept.",
        room=60,
    )
    spec = MultidocSpec(ask=ask, passage=32, quote=6, terms=2, unanswerable=0)
    made, _ = make(spec, seed=1, haystack=given)
    stated = passages(made, given)
    assert sorted(text for _, text in stated) == sorted(given.text.split("\n\n"))
    ((label, text),) = [one for one in stated if evidence(made, given)[0] in one[1]]
    if ask == "cloze":
        quoted = re.findall('"(.+)"', made.question)[0]
        assert evidence(made, given) == [quoted.replace("_____", made.gold)]
        assert made.question == f'What fills "{quoted}"? {RULES["cloze"]}'.format(
            unit="passage", absent=ABSENT
        )
    elif ask == "source":
        (quoted,) = re.findall('"(.+)"', made.question)
        assert (quoted in text, made.gold) == (True, label)
        assert made.question.startswith(f'Which passage has the words "{quoted}"? Any')
    else:
        one, other = re.findall('"([a-z]+)"', made.question)
        assert one in text.lower()
        assert other in text.lower()
        assert made.gold == label
        assert made.question.startswith(f'Which passage has all the words "{one}" and "{other}"?')


def test_no_keyword_of_a_language_is_blanked_out() -> None:
    given = offer(
        "If the old oar is no good then continue all of it at once and go on.",
        "If a new oar is no use then go at once on Monday, Clavering and all of it.",
        "Row on and on in the old boat, and sit in it till it is too dark by far.",
        room=60,
    )
    spec = MultidocSpec(ask="cloze", passage=32, quote=6, unanswerable=0)
    blanked = {make(spec, seed=seed, haystack=given)[0].gold for seed in range(12)}
    assert blanked
    assert blanked <= {"Monday", "Clavering"}


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**20), st.floats(0.1, 0.9), st.sampled_from([*ASKS, "mixed"]))
def test_a_plan_is_fair(seed: int, depth: float, ask: Any) -> None:
    made, given = make(MultidocSpec(ask=ask, passage=60), seed, depth)
    stated = passages(made, given)
    labels = [label for label, _ in stated]
    assert len(set(labels)) == len(labels) >= 10
    assert not any(label in text for label in labels for _, text in stated)
    assert 1500 - 100 < len(body(made, given).split()) <= 1500
    assert made.answerable == (made.gold != ABSENT)
    assert "\n" not in made.question
    assert solved(solve, made, given)
    assert made == make(MultidocSpec(ask=ask, passage=60), seed, depth)[0]
    if made.answerable:
        whole = re.compile(rf"(?<!\w){re.escape(made.gold)}(?!\w)", re.IGNORECASE)
        assert len(whole.findall(body(made, given))) == 1
        assert not whole.search(made.question + made.lead)
        holders = [label for label, text in stated if evidence(made, given)[0] in text]
        assert len(holders) == 1 or made.params["ask"] == "terms"
    else:
        assert made.marks == ()
        assert not any(passage.part is not None for passage in made.body)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**20), st.floats(0, 1), st.sampled_from(ASKS), st.booleans())
def test_what_answers_stands_at_its_depth(seed: int, depth: float, ask: Any, opens: bool) -> None:
    haystack = offer(*novel(seed), room=1500, opens=opens)
    try:
        spec = MultidocSpec(ask=ask, passage=40, unanswerable=0)
        made, given = make(spec, seed, depth, haystack=haystack)
    except UnfitError:
        event("unfit")
        assume(not opens and depth < 0.97)
        raise
    where = evidence(made, given)[0] if ask == "cloze" else f"Passage {made.gold}\n"
    assert abs(realised(made, given, where) - depth) * 1560 <= 64
    depths = [mark.depth for mark in made.marks] + [passage.depth for passage in made.body]
    assert [one for one in depths if one is not None] == [depth]


def test_the_passages_most_like_the_question_are_taken() -> None:
    shared = 0.0
    for seed in range(20):
        made, given = make(MultidocSpec(ask="source", passage=40, unanswerable=0), seed)
        asked = set(re.findall('"(.+)"', made.question)[0].lower().split())
        used = body(made, given)
        left_out = [line for line in given.text.splitlines() if line and line not in used]
        taken = [line for line in given.text.splitlines() if line and line in used]
        like = [
            np.mean([len(asked & set(line.lower().split())) for line in lines])
            for lines in (taken, left_out)
        ]
        shared += float(like[0] - like[1])
    assert shared > 0


@pytest.mark.parametrize("order", ["relevant_first", "relevant_last", "both_ends", "random"])
def test_an_order_puts_the_most_like_where_it_says(order: Any) -> None:
    first = middle = last = 0.0
    for seed in range(40):
        spec = MultidocSpec(ask="source", passage=40, order=order, unanswerable=0.9)
        made, given = make(spec, seed)
        asked = set(re.findall('"(.+)"', made.question)[0].lower().split())
        texts = [text for _, text in passages(made, given)]
        like = [len(asked & set(re.findall(r"\w+", text.lower()))) for text in texts]
        quarter = len(texts) // 4
        first += sum(like[:quarter])
        middle += sum(like[quarter:-quarter]) / (len(like) - 2 * quarter) * quarter
        last += sum(like[-quarter:])
    assert {
        "relevant_first": first > 1.2 * last,
        "relevant_last": last > 1.2 * first,
        "both_ends": min(first, last) > 1.2 * middle,
        "random": max(first, last) < 1.4 * min(first, last),
    }[order], (first, middle, last)


def test_a_share_cannot_be_answered_whatever_is_asked() -> None:
    made = [make(MultidocSpec(passage=60), seed)[0] for seed in range(300)]
    missing = Counter(one.params["ask"] for one in made if not one.answerable)
    assert 35 < sum(missing.values()) < 90
    assert set(missing) == set(ASKS)
    assert all(make(MultidocSpec(unanswerable=0), seed)[0].answerable for seed in range(30))


def test_nothing_but_the_words_tells_which_passage_answers() -> None:
    """Neither the number of the passage, nor its size, nor the alphabet of the labels."""
    first = longest = smallest = 0
    for seed in range(200):
        spec = MultidocSpec(ask="source", passage=60, unanswerable=0)
        made, given = make(spec, seed, depth=(seed % 17 + 1) / 19)
        stated = passages(made, given)
        labels = [label for label, _ in stated]
        first += made.gold == labels[0]
        smallest += made.gold == min(labels)
        longest += made.gold == max(stated, key=lambda one: len(one[1]))[0]
    assert max(first, longest, smallest) < 200 * 0.12


@pytest.mark.parametrize(
    ("documents", "sentence"),
    [
        (["It rained."], "fewer than 3"),
        (["Rain. " * 400], "no passage that a question of the kind"),
        ([*novel(0), "Passage Seven\n" + novel(1)[0]], "reads like a heading"),
    ],
)
def test_a_text_that_supports_no_question_is_unfit(documents: list[str], sentence: str) -> None:
    with pytest.raises(UnfitError, match=sentence):
        make(MultidocSpec(ask="source"), haystack=offer(*documents))


def test_a_depth_inside_the_question_is_unfit() -> None:
    haystack = offer(*novel(0), opens=True)
    haystack = Offer(**{**_fields(haystack), "count": lambda words: 40 * len(words.split())})
    with pytest.raises(UnfitError, match="question that stands first is longer"):
        make(MultidocSpec(), depth=0.0, haystack=haystack)


def _fields(given: Offer) -> dict[str, Any]:
    return {name: getattr(given, name) for name in Offer.__dataclass_fields__}


def test_a_text_with_a_repeated_document_is_asked_of_what_stands_once() -> None:
    one, other, third = novel(3, words=400)
    for seed in range(10):
        haystack = offer(one, other, third, one, room=1200)
        made, given = make(MultidocSpec(passage=40), seed, haystack=haystack)
        assert solved(solve, made, given)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"passage": 16}, "greater than or equal to 32"),
        ({"terms": 1}, "greater than or equal to 2"),
        ({"unanswerable": 1}, "less than or equal to 0.9"),
        ({"order": "gold_first"}, "Input should be"),
        ({"ask": "title"}, "Input should be"),
        ({"quotes": 3}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        MultidocSpec(**fields)


def test_a_wrong_number_of_depths_is_refused() -> None:
    assert num_evidence(MultidocSpec()) == 1
    with pytest.raises(ValueError, match="2 depths for 1 piece"):
        make(MultidocSpec(), depths=(0.1, 0.2))


def test_the_task_is_found_by_its_file() -> None:
    assert load("multidoc") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.composes) == ("value", "planted", True)
    assert (TASK.haystack, TASK.offered) == ("several", 1.5)
