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
    question, context = _split(problem)
    groups = [_values(context, key, problem.params) for key in re.findall(r'"([^"\n]+)"', question)]
    if not groups or any(group is None for group in groups):
        return Solution(answers=())
    choices = (itertools.combinations(group, problem.params["values"]) for group in groups if group)
    answers = (", ".join(itertools.chain(*choice)) for choice in itertools.product(*choices))
    return Solution(answers=tuple(dict.fromkeys(itertools.islice(answers, _MOST_ANSWERS))))


def _split(problem: Problem) -> tuple[str, str]:
    """Return the question and everything else. Empty when the two questions of `both` differ."""
    head, _, after_first = problem.text.partition("\n\n")
    before_last, _, tail = problem.text.rstrip().rpartition("\n\n")
    position = problem.params["question"]
    if position == "first":
        return head, after_first
    asked_last = tail.rpartition("\n")[0]
    if position == "last":
        return asked_last, before_last
    return (asked_last if asked_last == head else ""), before_last.partition("\n\n")[2]


def _values(context: str, key: str, params: dict[str, object]) -> list[str] | None:
    """Return the values stated for a key, in the order of the text; None when reading fails."""
    values = []
    for line in _lines_about(context, key):
        found = re.findall(_LOOKS[str(params["value"])], line.replace(key, "\0"))
        if len(found) != 1 or len(_places(context, found[0])) != 1:
            return None
        values.append(found[0])
    return values or None


def _lines_about(context: str, phrase: str) -> list[str]:
    """Return each line that holds the phrase, bounded by non-word characters, once."""
    starts = {context.rfind("\n", 0, place) + 1 for place in _places(context, phrase)}
    return [context[start:].partition("\n")[0] for start in sorted(starts)]


def _places(context: str, phrase: str) -> list[int]:
    """Return where the phrase begins, as a whole word or words: `ell` is not in `bell`."""
    return [
        found.start()
        for found in re.finditer(re.escape(phrase), context)
        if not _is_word(context[found.end() : found.end() + 1])
        and not _is_word(context[max(found.start() - 1, 0) : found.start()])
    ]


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
