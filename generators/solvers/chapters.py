"""Re-solve a chapters sample by reading: in which part each name of the question stands, and where.

The parts stand below lines of one noun and a number, which run from 1. Names are the quoted words
of the question; each is looked for as a whole word. What is asked is read from the question.

    1: Velmar    2: Tosqui    3: Velmar    every reel with "Velmar"   ->   1, 3

There is no answer when a name stands nowhere, the numbers do not run, both claims or neither hold,
several names stand in the asked part, or the question is not the one that `params` tell of. Cost:
a search for each name.
"""

import re
from collections.abc import Callable

from generators.solvers._reading import places, split
from schemas.task import Problem, Solution

_NAME = r'"([A-Z][a-z]+)"'
_WORDINGS = {
    "claim": re.compile(
        rf"\bA: the (first|last) \w+ with {_NAME} comes before the \1 one with {_NAME}\. "
        r'B: the \1 \w+ with "\3" comes before the \1 one with "\2"\.'
    ),
    "who": re.compile(r"\bOf these names \w+ (\d+) has exactly one: "),
    "where": re.compile(rf"\bWhich \w+ have {_NAME} in them\?"),
    "first": re.compile(r"\bfor the (first) time\b"),
    "last": re.compile(r"\bfor the (last) time\b"),
    "order": re.compile(r"\bone met earliest first\b"),
}
"""Of several that are found, as none should be, there is no answer."""

Stands = dict[str, list[tuple[int, int]]]
"""For each name of the question: part and character of each of its places."""


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    question, context = split(problem)
    params = problem.params
    asks = [ask for ask, wording in _WORDINGS.items() if wording.search(question)]
    if asks != [params["ask"]]:
        return Solution(answers=())
    line = re.compile(rf"^{re.escape(params['line'])} (\d+)$", re.MULTILINE)
    lines = [(int(found[1]), found.start()) for found in line.finditer(context)]
    if [number for number, _ in lines] != list(range(1, params["parts"] + 1)):
        return Solution(answers=())
    listed = list(dict.fromkeys(re.findall(_NAME, question)))
    stands = {
        name: [(sum(start < at for _, start in lines), at) for at in places(context, name)]
        for name in listed
    }
    if not listed or not all(stands.values()):
        return Solution(answers=())
    found = _WORDINGS[asks[0]].search(question)
    if asks == ["who"] and found:
        lettered = re.findall(rf"\b([A-Z]) {_NAME}", question)
        return Solution(answers=_who(stands, int(found[1]), lettered))
    return Solution(
        answers=_ANSWERS[asks[0]](stands, found[1] if found and found.re.groups else "")
    )


def _once(stands: Stands, which: str) -> tuple[str, ...]:
    (places_of, *others) = stands.values()
    parts = [part for part, _ in places_of]
    return () if others else (str(min(parts) if which == "first" else max(parts)),)


def _where(stands: Stands, name: str) -> tuple[str, ...]:
    parts = sorted({part for part, _ in stands[name]})
    return (", ".join(map(str, parts)),) if len(stands) == 1 else ()


def _who(stands: Stands, part: int, lettered: list[tuple[str, str]]) -> tuple[str, ...]:
    if len(lettered) != len(stands):
        return ()
    here = {name for name, places_of in stands.items() if part in {mine for mine, _ in places_of}}
    return tuple(letter for letter, name in lettered if name in here)


def _order(stands: Stands, _: str) -> tuple[str, ...]:
    ranked = sorted(stands, key=lambda name: stands[name][0][1])
    return (", ".join(ranked),) if len(ranked) > 1 else ()


def _claim(stands: Stands, which: str) -> tuple[str, ...]:
    if len(stands) != 2:  # noqa: PLR2004 - a claim is about two
        return ()
    at = 0 if which == "first" else -1
    one, other = (places_of[at][0] for places_of in stands.values())
    return tuple(letter for letter, holds in (("A", one < other), ("B", other < one)) if holds)


_ANSWERS: dict[str, Callable[[Stands, str], tuple[str, ...]]] = {
    "claim": _claim,
    "where": _where,
    "first": _once,
    "last": _once,
    "order": _order,
}
