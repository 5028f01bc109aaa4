"""Re-solve an updates sample by reading: the notices on what is asked, by number and by value.

The question is the last paragraph of the text, the first, or both. It names an owner in double
quotes, the attribute `params["attribute"]`, and one state: the first, the last, that of a number,
or how many times the value changes. A notice is a line that holds owner and attribute; what else it
holds is one value, known by its look, and one number.

    notices 12 Ryno Galt, 31 Stae Mivo, 55 Dulo Varn    as of 40    ->  Stae Mivo
    notices 12 Ryno Galt, 31 Stae Mivo, 31 Dulo Varn    the last    ->  both, so it is not fair

There is no answer when a notice cannot be read, numbers fall, a value stands in other lines too,
or the question is not the one that `params` tell of. Cost: a search for the owner and each value.
"""

import itertools
import re
from typing import Any

from generators.solvers._reading import lines_about, places, split
from schemas.task import Problem, Solution

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_TWO_NAMES = r"\b[A-Z][a-z]+ [A-Z][a-z]+\b"
_LOOKS = {
    "number": r"\b\d{7}\b",
    "code": r"\b[A-Z]{2}\d-\d{2}[A-Z]\d\b",
    "name": _TWO_NAMES,
    "place": _TWO_NAMES,
    "date": rf"\b\d{{1,2}} {_MONTH} \d{{4}}\b",
}
_ASKS = {
    "count": r"\bhow many times\b",
    "first": r"\bas of the first\b",
    "latest": r"\bas of the last\b",
    "at": r"\bas of (?!the\b)[a-z ]+\d+\b",
}
_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip

Notice = tuple[int, str]
"""The number of a notice and the value that it states."""


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    params = problem.params
    question, context = split(problem)
    owners = re.findall(r'"([^"\n]+)"', question)
    asks = [ask for ask, wording in _ASKS.items() if re.search(wording, question, re.IGNORECASE)]
    if len(owners) != 1 or asks != [params["ask"]] or not places(question, params["attribute"]):
        return Solution(answers=())
    notices = _notices(context, owners[0], params)
    if asks == ["count"]:
        return Solution(answers=_count(notices, params["updates"]))
    asked_number = re.search(r"\d+", question.replace(f'"{owners[0]}"', ""))
    return Solution(answers=_in_force(notices, asks[0], int((asked_number or [0])[0])))


def _notices(context: str, owner: str, params: dict[str, Any]) -> list[Notice]:
    """Return the notices in the order of the text; none at all when one cannot be read."""
    lines = [line for _, line in lines_about(context, owner) if places(line, params["attribute"])]
    notices = []
    for line in lines:
        rest = line.replace(owner, "\0")
        values = re.findall(_LOOKS[params["value"]], rest)
        numbers = re.findall(r"\b\d+\b", rest.replace(values[0], "\0")) if values else []
        if len(values) != 1 or len(numbers) != 1:
            return []
        notices.append((int(numbers[0]), values[0]))
    for value in {value for _, value in notices}:
        stated = [line for line, (_, mine) in zip(lines, notices, strict=True) if mine == value]
        if [line for _, line in lines_about(context, value)] != stated:
            return []
    rising = all(one <= other for (one, _), (other, _) in itertools.pairwise(notices))
    return notices if rising else []


def _in_force(notices: list[Notice], ask: str, asked_number: int) -> tuple[str, ...]:
    """Return the values that the first, the last, or the last notice up to a number states."""
    numbers = [number for number, _ in notices if ask != "at" or number <= asked_number]
    if not numbers:
        return ()
    wanted = numbers[0] if ask == "first" else numbers[-1]
    return tuple(dict.fromkeys(value for number, value in notices if number == wanted))


def _count(notices: list[Notice], updates: int) -> tuple[str, ...]:
    """Return how often the value of a notice is not that of the one before, as a word."""
    numbers = {number for number, _ in notices}
    if not len(notices) == len(numbers) == updates:
        return ()
    changes = sum(one != other for (_, one), (_, other) in itertools.pairwise(notices))
    return (_WORDS[changes],)
