"""Re-solve a preferences sample by reading: the wishes about what is asked, in the text's order.

The question is the last paragraph of the text, the first, or both. It names an owner in double
quotes, the attribute `params["attribute"]`, and one wish: the last, or the first, second, ... one.
A wish is a line that holds owner and attribute and one value, known by its look; a line that asks
something is a proposal, and no wish.

    wish Ryno Galt, wish Stae Mivo, "would Dulo Varn be better?"    the last    ->  Stae Mivo

There is no answer when a line cannot be read, a value stands in two places, or the question is not
the one that `params` tell of. Cost: a search for the owner and each value.
"""

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
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    params = problem.params
    question, context = split(problem)
    owners = re.findall(r'"([^"\n]+)"', question)
    asked = question.partition(" Wishes are counted")[0].replace(f'"{"".join(owners)}"', "")
    moments = [word for word in re.findall(r"\w+", asked) if word in (*_ORDINALS, "last")]
    if len(owners) != 1 or len(moments) != 1 or not places(asked, params["attribute"]):
        return Solution(answers=())
    if (moments[0] == "last") != (params["ask"] == "latest"):
        return Solution(answers=())
    wishes = _wishes(context, owners[0], params)
    index = len(wishes) - 1 if moments[0] == "last" else _ORDINALS.index(moments[0])
    return Solution(answers=tuple(wishes[max(index, 0) : index + 1]))


def _wishes(context: str, owner: str, params: dict[str, Any]) -> list[str]:
    """Return the values wished for, in the order of the text; none when a line cannot be read."""
    before, after, _ = params["form"]
    names = "|".join(map(re.escape, params["speakers"]))
    opening = re.compile(f"{re.escape(before)}(?:{names}){re.escape(after.strip())}")
    wishes = []
    for _, line in lines_about(context, owner):
        if not places(line, params["attribute"]):
            continue
        said = opening.sub("", line, count=1) if opening.match(line) else line
        values = re.findall(_LOOKS[params["value"]], said.replace(owner, "\0"))
        if len(values) != 1 or len(places(context, values[0])) != 1:
            return []
        if "?" not in said:
            wishes.append(values[0])
    return wishes
