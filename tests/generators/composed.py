"""Composed plans in tests: an offer of plain text, and the sample that a plan would become.

    offer("It rained.", "It snowed.")     text "It rained.\\n\\nIt snowed.", starts (0, 12)

Tokens are words here, so that a person can count them.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from schemas.task import Offer, Passage, Plan, Problem, Solution


def offer(*documents: str, room: int | None = None, opens: bool = False) -> Offer:
    """Return the offer of these documents; `room` is all of its words unless given."""
    text = "\n\n".join(documents)
    starts = [0]
    for document in documents[:-1]:
        starts.append(starts[-1] + len(document) + 2)
    ends = np.array([word.end() for word in re.finditer(r"\S+", text)], np.int64)
    return Offer(
        text=text,
        starts=tuple(starts),
        token_ends=ends,
        room=len(ends) if room is None else room,
        opens=opens,
        count=lambda words: len(words.split()),
    )


def body(plan: Plan, given: Offer) -> str:
    """Return the text of a composed body."""
    return "".join(_words(passage, given) for passage in plan.body)


def problem(plan: Plan, given: Offer, *, question: str = "last", text: str = "") -> Problem:
    """Return what a solver is given of the sample; `text` stands for the body where it is given."""
    asked = {"first": 0, "last": 1, "both": 2}[question]
    head = "" if asked == 1 else f"{plan.question}\n\n"
    tail = "" if asked == 0 else f"{plan.question}\n"
    whole = f"{head}{text or body(plan, given)}\n\n{tail}{plan.lead} "
    params = {**plan.params, "question": question}
    return Problem(text=whole, params=params, claim=plan.gold)


def solved(solve: Callable[[Problem], Solution], plan: Plan, given: Offer, **more: Any) -> bool:
    """Say whether a solver finds the plan's answer and no other."""
    expected = (plan.gold,) if plan.answerable else ()
    return solve(problem(plan, given, **more)).answers == expected


def evidence(plan: Plan, given: Offer) -> list[str]:
    """Return the text of each mark."""
    return [given.text[mark.start : mark.stop] for mark in plan.marks]


def _words(passage: Passage, given: Offer) -> str:
    return passage.text or given.text[passage.start : passage.stop]
