"""A language model for tests: it asks about a name of the passage, by rule, or goes wrong by name.

"The ferry left. When the wheel of the ferry broke, old Brack mended it with his belt."
->  Which name stands beside mended, broke and wheel? / Brack / the second sentence
"""

import re
from collections.abc import Callable
from typing import Any

from schemas.written import Request

_SENTENCE = re.compile(r"[^.!?\n]{60,400}[.!?]")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
_RARE = 3


def answer(request: Request) -> dict[str, Any] | None:
    """Return a sound response, None where the passage names nobody."""
    for sentence in _SENTENCE.findall(request.passage):
        quote = sentence.strip()
        names = _NAME.findall(quote)
        words = sorted(set(re.findall(r"\b[a-z]{5,}\b", quote)), key=lambda w: (-len(w), w))
        if names and len(words) >= _RARE and request.passage.count(quote) == 1:
            *others, last = words[:_RARE]
            question = f"Which name stands beside {', '.join(others)} and {last}?"
            return {
                "id": request.id,
                "question": question,
                "answer": names[0],
                "evidence": quote,
            }
    return None


def _with(**changed: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    return lambda sound: {**sound, **{key: change(sound) for key, change in changed.items()}}


def _without(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda sound: {k: v for k, v in sound.items() if k != key}


FAULTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no_object": lambda sound: [sound],
    "no_id": _without("id"),
    "no_answer": _without("answer"),
    "answer_no_text": _with(answer=lambda sound: 7),
    "question_empty_or_broken": _with(question=lambda sound: "  "),
    "evidence_empty_or_broken": _with(evidence=lambda sound: "half \ud83d of a pair"),
    "question_of_several_lines": _with(question=lambda s: s["question"].replace(" ", "\n", 1)),
    "question_without_mark": _with(question=lambda s: s["question"].rstrip("?") + "."),
    "question_long": _with(question=lambda s: "Well, " * 60 + s["question"]),
    "question_points": _with(question=lambda s: "In the passage, " + s["question"].lower()),
    "question_names_nothing": _with(question=lambda sound: "Who was it that came and went?"),
    "evidence_long": _with(evidence=lambda s: " ".join([s["evidence"]] * 20)),
    "evidence_not_in_passage": _with(evidence=lambda s: s["evidence"] + " And so on."),
    "evidence_twice": _with(evidence=lambda sound: "the"),
    "evidence_short": _with(evidence=lambda s: s["answer"]),
    "answer_long": _with(answer=lambda s: "one two three four five six seven eight nine"),
    "answer_not_in_evidence": _with(answer=lambda s: s["answer"] + "son"),
    "answer_no_words": _with(answer=lambda sound: "..."),
    "answer_in_question": _with(question=lambda s: f"Did {s['answer'].upper()} do so?"),
    "answer_says_nothing": _with(answer=lambda sound: "the"),
}
"""By the reason that should be given: how a sound response is spoilt."""
