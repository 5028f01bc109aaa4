"""Recall plans: words that occur once, beside a cue that occurs once."""

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.solvers.recall import solve
from generators.tasks import load
from generators.tasks.recall import RULE, TASK, WHERE, RecallSpec, num_evidence, plan
from schemas.errors import UnfitError
from schemas.task import Plan, Template
from tests.generators.composed import body, evidence, offer, solved

ASKED = Template(statement="", question="Give {count} words {where}.", lead="Here:")
FERRY = (
    "Once the ferry left at dawn with nine sheep on board and the boy pushed both oars away from "
    "the pier, while nobody told the keeper that his old lantern was gone."
)
ASKS = ("after", "before", "between")


def make(text: str, seed: int = 0, depth: float = 0.0, **fields: Any) -> Plan:
    spec = RecallSpec(**{"cue": 4, "words": 4, "shared": 0, **fields})
    rng = np.random.default_rng(seed)
    return plan(rng, spec, haystack=offer(text), depths=(depth,), template=ASKED)


def verses(seed: int, words: int = 400) -> str:
    """Return lines of a few words out of few, so that most runs of two words occur again."""
    rng = np.random.default_rng(seed)
    drawn = rng.choice([first + last for first in "bdfgklmn" for last in ("ar", "ell")], words)
    parts = rng.choice([" ", " ", " ", "\n", "\n    ", "\n\n"], words)
    return "".join(f"{word}{part}" for word, part in zip(drawn, parts, strict=True)).strip()


@pytest.mark.parametrize(
    ("ask", "question", "answer"),
    [
        ("after", 'Give 4 words right after "the ferry left at".', "dawn with nine sheep"),
        ("before", 'Give 4 words right before "dawn with nine sheep".', "the ferry left at"),
        (
            "between",
            'Give 4 words between "the ferry left at" and "on board and the".',
            "dawn with nine sheep",
        ),
    ],
)
def test_a_plan_can_be_read_by_eye(ask: Any, question: str, answer: str) -> None:
    made = make(FERRY, ask=ask)
    assert (made.question, made.gold) == (question + RULE, answer)
    assert body(made, offer(FERRY)) == FERRY
    whole = "the ferry left at dawn with nine sheep" + (" on board and the" * (ask == "between"))
    assert evidence(made, offer(FERRY)) == [whole]
    assert (made.params["ask"], made.params["words"], made.lead) == (ask, 4, "Here:")


def test_the_run_is_the_nearest_to_the_wished_depth() -> None:
    made = make(FERRY, depth=0.5, ask="after")
    assert made.question == f'Give 4 words right after "oars away from the".{RULE}'
    assert make(FERRY, depth=1, ask="after").gold == "his old lantern was"


def test_a_question_that_stands_first_counts_for_the_depth() -> None:
    spec, rng = RecallSpec(cue=4, words=4, shared=0, ask="after"), np.random.default_rng(0)
    opens = offer(FERRY, opens=True)
    ahead = 4 + len(RULE.split()) + 4  # words of the template, the rule and the cue
    depth = (ahead + 12.5) / (ahead + len(FERRY.split()))
    made = plan(rng, spec, haystack=opens, depths=(depth,), template=ASKED)
    assert FERRY.split()[12:16] == ["the", "boy", "pushed", "both"]
    assert made.question == f'Give 4 words right after "the boy pushed both".{RULE}'


def test_words_that_touch_the_answer_occur_elsewhere_too() -> None:
    made = make(FERRY, ask="after", shared=1)
    assert re.search(r' the"\. White', made.question)
    made = make(FERRY, ask="before", shared=1)
    assert re.search(r'before "the ', made.question)


def test_an_answer_of_which_a_half_occurs_again_is_passed_over() -> None:
    text = f"{FERRY} Once more: the ferry left and so on for a while."
    assert make(FERRY, ask="before", cue=2, words=6).gold.startswith("the ferry left")
    assert not make(text, ask="before", cue=2, words=6).gold.startswith("the ferry left")
    with pytest.raises(UnfitError, match="words that occur once"):
        make(f"{FERRY} {FERRY}")


def test_a_cue_that_differs_by_case_or_line_breaks_alone_is_passed_over() -> None:
    for again in ("The ferry LEFT at", "the ferry\n left at"):
        made = make(f"{FERRY} Then {again} any rate.", ask="after")
        assert '"the ferry left at"' not in made.question


def test_a_cue_is_quoted_in_one_line_and_an_answer_keeps_its_lines() -> None:
    text = FERRY.replace("ferry left", "ferry\n  left").replace("nine sheep", "nine\n  sheep")
    made = make(text, ask="after")
    assert made.question == f'Give 4 words right after "the ferry left at".{RULE}'
    assert made.gold == "dawn with nine\n  sheep"


def test_nothing_runs_over_an_empty_line_or_through_a_quotation_mark() -> None:
    made = make(FERRY.replace("ferry left", "ferry\n\nleft"), ask="after")
    assert made.question == f'Give 4 words right after "left at dawn with".{RULE}'
    made = make(FERRY.replace("ferry left", 'ferry "left'), ask="after")
    assert '"at dawn with nine"' in made.question


def test_nothing_runs_over_the_line_of_a_file() -> None:
    made = make(FERRY.replace("ferry left", "ferry\n===== b.py =====\nleft"), ask="after")
    assert made.question == f'Give 4 words right after "left at dawn with".{RULE}'


def test_ornaments_are_no_answer() -> None:
    with pytest.raises(UnfitError):
        make("| 1 | 22 | 333 | 4 - 5 - 6 = 7 + 8 * 9 / 10 % 11 & 12 ( 13 ) 14 < 15 > 16")
    with pytest.raises(UnfitError):
        make("")


@given(
    seed=st.integers(0, 2**32),
    depth=st.floats(0, 1),
    ask=st.sampled_from([*ASKS, "mixed"]),
    words=st.integers(3, 9),
    shared=st.integers(0, 2),
    question=st.sampled_from(["first", "last", "both"]),
)
def test_a_plan_is_fair(
    *, seed: int, depth: float, ask: Any, words: int, shared: int, question: str
) -> None:
    text = verses(seed)
    fields = {"ask": ask, "words": words, "shared": shared, "cue": 5}
    try:
        made = make(text, seed, depth, **fields)
    except UnfitError:
        return
    (stated,) = evidence(made, offer(text))
    assert len(made.gold.split()) == words
    assert text.count(made.gold) == stated.count(made.gold) == 1
    assert made.gold not in made.question
    assert solved(solve, made, offer(text), question=question)
    assert made == make(text, seed, depth, **fields)


def test_searching_for_the_last_words_alone_ends_in_wrong_places() -> None:
    right, places = 0, 0
    for seed in range(100):
        text = verses(seed)
        made = make(text, seed, seed / 100, ask="after", shared=2, cue=6)
        near = r"\s+".join(re.findall('"(.+)"', made.question)[0].split()[-2:])
        found = re.findall(rf"\b{near}\s+(\S+)", text)
        right += found[0] == made.gold.split()[0]
        places += len(found)
    assert places >= 200
    assert right < 70


def test_mixed_asks_for_each_side() -> None:
    asks = Counter(make(FERRY, seed, ask="mixed").params["ask"] for seed in range(300))
    assert set(asks) == set(ASKS) == set(WHERE)
    assert min(asks.values()) > 70


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"cue": 2, "shared": 2}, "shared is 2 and cue is 2"),
        ({"words": 2}, "greater than or equal to 3"),
        ({"words": 65}, "less than or equal to 64"),
        ({"cue": 33}, "less than or equal to 32"),
        ({"word": 8}, "Extra inputs are not permitted"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        RecallSpec(**fields)


def test_one_depth_is_wished_for() -> None:
    assert num_evidence(RecallSpec()) == 1
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="unpack"):
        plan(rng, RecallSpec(), haystack=offer(FERRY), depths=(), template=ASKED)


def test_the_task_is_found_by_its_file() -> None:
    assert load("recall") is TASK
    assert (TASK.unique, TASK.depth_kind, TASK.composes) == ("value", "natural", True)
