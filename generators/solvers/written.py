r"""Re-solve a written sample by reading: one place of the text fits the cloze, and fills its blank.

Nobody has to understand the question for that. `params["cloze"]` is a run of the text with `____`
for the answer; where the words around the blank stand, what stands between them is the answer.

    cloze "Old ____, who had the wheel"      text "Old Brack, who had the wheel, was deaf."
    answer "Brack"

With several places every filling is an answer, so the question is not fair. There is none when the
answer also stands farther away than a passage is long (`params["passage_chars"]`), or in the
question, or when the question is not the one that was written (`params["asked"]`).
Cost: one search for the words around the blank, one for the answer.
"""

import re

from generators.solvers._reading import places, split
from schemas.task import Problem, Solution

_BLANK = re.compile("_{4}")
_MOST_CHARS = 400
"""Characters that a blank may stand for."""


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    params = problem.params
    question, context = split(problem)
    if params["asked"] not in question:
        return Solution(answers=())
    found = [(match.start(), match["blank"]) for match in _places_of(params["cloze"], context)]
    for at, answer in found:
        elsewhere = (abs(place - at) > params["passage_chars"] for place in places(context, answer))
        if any(elsewhere) or places(question, answer):
            return Solution(answers=())
    return Solution(answers=tuple(answer for _, answer in found))


def _places_of(cloze: str, context: str) -> list[re.Match[str]]:
    """Return the places that a cloze fits; a blank at its edge is at the edge of a line."""
    first, *others = [re.escape(words) for words in _BLANK.split(cloze)]
    if not others:
        return []
    blank = rf"(?P<blank>[^\s](?:[^\n]{{0,{_MOST_CHARS}}}?[^\s])??)"
    opening = first or "(?:^)"
    closing = [*others[:-1], others[-1] or "$"]
    return list(re.finditer(opening + blank + "(?P=blank)".join(closing), context, re.MULTILINE))
