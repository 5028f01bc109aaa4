"""Re-solve a joins sample by reading: begin at the quoted name, follow one fact after the other.

The question stands in the last paragraph, the first, or both, as `params["question"]` says. A line
that holds a known name states a fact: two names, each behind the noun that says what it is. The
other name is the way on when its noun is what the question speaks of next, to the left of where the
reader stands:

    Name the quay used by the lighter taken out by pilot "Velmar Tosqui".
    pilot Velmar Tosqui - lighter KX4-90Q7    `lighter` is left of `pilot`: go there
    lighter KX4-90Q7 - pilot Rasko Delm       `pilot` is not left of `lighter`: leads back
    lighter KX4-90Q7 - quay Port Anholt       `quay`, the second hop of two: the answer

Where two ways lead on there are two answers, and none where a name that is needed stands in a line
that states anything else, or the answer in a second line. Cost: a few searches for each hop.
"""

import re

from generators.solvers._reading import split
from schemas.task import Problem, Solution

_LOOKS = (
    r"[A-Z][a-z]+ [A-Z][a-z]+",  # people and places
    r"[A-Z]{2}\d-\d{2}[A-Z]\d",  # codes
    r"\d{7}",
    r"[a-z]+(?:_[a-z]+){2}|[a-z]+(?:[A-Z][a-z]+){2}",  # names in programs
)
_THING = re.compile(rf"\b([a-z]+) ({'|'.join(_LOOKS)})(?!\w)")
"""A noun and a name: `lighter KX4-90Q7`."""
_START = re.compile(r'\b([a-z]+) "([^"\n]+)"')
_MOST_ANSWERS = 16
"""More answers than this prove no more: the question is unfair from the second on."""

_Thing = tuple[str, str]


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    question, context = split(problem)
    starts = list(_START.finditer(question))
    if len(starts) != 1:
        return Solution(answers=())
    # Where a reader may stand: a thing, and the place of its noun in the question.
    reached: list[tuple[_Thing, int]] = [((starts[0][1], starts[0][2]), starts[0].start())]
    for _ in range(problem.params["hops"]):
        onward: list[tuple[_Thing, int]] = []
        for thing, place in reached:
            others = _others(context, thing)
            if others is None:
                return Solution(answers=())
            places = [(other, _rightmost(question[:place], other[0])) for other in others]
            onward += [(other, at) for other, at in places if at >= 0]
        reached = list(dict.fromkeys(onward))[:_MOST_ANSWERS]
    answers = tuple(dict.fromkeys(name for (_, name), _ in reached))
    if any(len(_lines_with(context, name)) != 1 for name in answers):
        return Solution(answers=())
    return Solution(answers=answers)


def _others(context: str, thing: _Thing) -> list[_Thing] | None:
    """Return what each line with a thing's name joins it to; None when a line states no fact."""
    others = []
    for line in _lines_with(context, thing[1]):
        stated = _THING.findall(line)
        if len(stated) != 2 or stated.count(thing) != 1:  # noqa: PLR2004 - a fact joins two
            return None
        others += [other for other in stated if other != thing]
    return others


def _lines_with(context: str, name: str) -> list[str]:
    """Return the lines that hold a name as a word or words of its own; one twice for two places."""
    return [
        context[context.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0]
        for found in re.finditer(rf"{re.escape(name)}(?!\w)", context)
        if not re.match(r"\w", context[max(found.start() - 1, 0) : found.start()])
    ]


def _rightmost(text: str, word: str) -> int:
    """Return where a word stands last in a text, -1 where it does not."""
    return max((found.start() for found in re.finditer(rf"\b{word}\b", text)), default=-1)
