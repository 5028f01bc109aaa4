r"""Re-solve a cloze sample by reading: find the line of each key, and say all of them again.

The question is the last paragraph of the text, the first, or both, as `params["question"]` says; it
names its keys in double quotes. The last line of the text is the beginning of the first key's line,
which shows what stands before a key, and between it and its value:

    Tide table, left column: Tosqui gate at      ->   "Tide table, left column: ", " at "

Every other line that has these words around an asked key, and then a value by the look of its kind
(`params["value"]`), states it. With two lines about a key each is an answer, so the question is not
fair; without one, or where a line about a key reads otherwise, or a value stands elsewhere too,
there is none. Cost: a few searches in the text for each key.
"""

import itertools
import re
from dataclasses import replace

from generators.solvers._reading import lines_about, places, split
from schemas.task import Problem, Solution

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_CAPITALISED = "[A-Z][a-z]+ [A-Z][a-z]+"
_LOOKS = {
    "number": r"\d{7}",
    "code": r"[A-Z]{2}\d-\d{2}[A-Z]\d",
    "name": _CAPITALISED,
    "place": _CAPITALISED,
    "date": rf"\d{{1,2}} {_MONTH} \d{{4}}",
    "identifier": "[a-z]+(?:_[a-z]+){2}|[a-z]+(?:[A-Z][a-z]+){2}",
}
_MOST_ANSWERS = 16
"""More answers than this prove no more: the question is unfair from the second on."""
Line = tuple[str, str]
"""A value, and what its line says behind it."""


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    question, context = split(problem)
    text, _, lead = problem.text.rstrip().rpartition("\n")
    if problem.params["question"] == "first":
        context = split(replace(problem, text=text))[1]
    keys = re.findall(r'"([^"\n]+)"', question)
    if not keys or len(places(lead, keys[0])) != 1:
        return Solution(answers=())
    (at,) = places(lead, keys[0])
    before, link = lead[:at], f"{lead[at + len(keys[0]) :]} "
    groups = [_lines(context, key, around=(before, link), params=problem.params) for key in keys]
    openings = ["", *(f"\n{before}{key}{link}" for key in keys[1:])]
    answers = (_said(openings, choice) for choice in itertools.product(*groups))
    return Solution(answers=tuple(dict.fromkeys(itertools.islice(answers, _MOST_ANSWERS))))


def _said(openings: list[str], lines: tuple[Line, ...]) -> str:
    """Return the lines one below the other: the first from its value on, the last up to it."""
    whole = [*lines[:-1], (lines[-1][0], "")]
    return "".join(a + value + rest for a, (value, rest) in zip(openings, whole, strict=True))


def _lines(
    context: str, key: str, *, around: tuple[str, str], params: dict[str, object]
) -> list[Line]:
    """Return the value of each line about a key and what follows it; none when reading fails.

    In code a line has the sign of a comment before its own words.
    """
    before, link = map(re.escape, around)
    look = _LOOKS[str(params["value"])]
    stated = re.compile(rf"\W*{before}{re.escape(key)}{link}({look})(?!\w)(.*)")
    found = [stated.fullmatch(line) for _, line in lines_about(context, key)]
    read = [(match[1], match[2]) for match in found if match]
    alone = all(len(places(context, value)) == 1 for value, _ in read)
    return read if alone and len(read) == len(found) else []
