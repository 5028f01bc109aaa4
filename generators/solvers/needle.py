"""Re-solve a needle sample by reading: the question's keys, the lines about them, their values.

The question is the last paragraph of the text, the first, or both, as `params["question"]` says; it
names its keys in double quotes. A line elsewhere that holds an asked key states a value, which is
known by the look of its kind (`params["value"]`). With more statements of a key than
`params["values"]`, every choice among them is an answer, so the question is not fair; with fewer,
or a statement without exactly one value, or a value that is written in other lines too, there is
none. Cost: a few searches in the text for each key.
"""

import itertools
import re

from generators.solvers._reading import lines_about, places, split
from schemas.task import Problem, Solution

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_CAPITALISED = r"\b[A-Z][a-z]+ [A-Z][a-z]+\b"
_LOOKS = {
    "number": r"\b\d{7}\b",
    "code": r"\b[A-Z]{2}\d-\d{2}[A-Z]\d\b",
    "name": _CAPITALISED,
    "place": _CAPITALISED,
    "date": rf"\b\d{{1,2}} {_MONTH} \d{{4}}\b",
    "identifier": r"\b[a-z]+(?:_[a-z]+){2}\b|\b[a-z]+(?:[A-Z][a-z]+){2}\b",
}
_MOST_ANSWERS = 16
"""More answers than this prove no more: the question is unfair from the second on."""


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    question, context = split(problem)
    groups = [_values(context, key, problem.params) for key in re.findall(r'"([^"\n]+)"', question)]
    if not groups or any(group is None for group in groups):
        return Solution(answers=())
    choices = (itertools.combinations(group, problem.params["values"]) for group in groups if group)
    answers = (", ".join(itertools.chain(*choice)) for choice in itertools.product(*choices))
    return Solution(answers=tuple(dict.fromkeys(itertools.islice(answers, _MOST_ANSWERS))))


def _values(context: str, key: str, params: dict[str, object]) -> list[str] | None:
    """Return the values stated for a key, in the order of the text; None when reading fails."""
    values = []
    for _, line in lines_about(context, key):
        found = re.findall(_LOOKS[str(params["value"])], line.replace(key, "\0"))
        if len(found) != 1 or len(places(context, found[0])) != 1:
            return None
        values.append(found[0])
    return values or None
