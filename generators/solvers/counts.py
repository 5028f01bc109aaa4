"""Re-solve a counts sample by reading: find the words asked about, in every way one may read.

The question is the last paragraph of the text, the first, or both. It names in double quotes the
words asked about and, for a part, the two lines that bound it; what holds a space is a line.

    ship, "A Ship, two ships, and one ship more."      letters, digits, joined words  ->  2, 2, 2
    ship, "Two ship-yards and a ship's boy."           letters, digits, joined words  ->  2, 2, 0

Three readers count: one for whom a word is a run of letters, one for whom digits and underscores
belong to it, and one for whom apostrophes and hyphens join words, a broken line included. Where
they differ there are several answers, and none where two words are nearer than `params["margin"]`,
a line that bounds the part is missing or doubled, or the question is not the one that `params` tell
of. Cost: a search in the text for each word.
"""

import itertools
import re

from generators.solvers._reading import split
from schemas.task import Problem, Solution

_ASKS = {
    "count": r"\bhow many times\b",
    "most": r"\bstands most often\b",
    "ranking": r"\bin order by how often\b",
}
_JOINTS = "-'_`\u2018\u2019\u2010\u2011\u00ad"
Counts = dict[str, int]


def solve(problem: Problem) -> Solution:
    """Return the answer of every reader, each once; one when the sample is fair."""
    params = problem.params
    question, context = split(problem)
    quoted = re.findall(r'"([^"\n]+)"', question)
    words = [phrase for phrase in quoted if " " not in phrase]
    lines = [phrase for phrase in quoted if " " in phrase]
    asks = [ask for ask, wording in _ASKS.items() if re.search(wording, question, re.IGNORECASE)]
    bounds = {"whole": 0, "part": 2}[params["scope"]]
    if asks != [params["ask"]] or len(lines) != bounds or len(set(words)) != len(words):
        return Solution(answers=())
    scope = _between(context, lines) if lines else context
    readings = [_occurrences(scope, word) for word in words]
    answers = [
        _answer(asks[0], dict(zip(words, counts, strict=True)), params["margin"])
        for counts in zip(*readings, strict=True)
    ]
    return Solution(answers=tuple(dict.fromkeys(answer for answer in answers if answer)))


def _between(context: str, lines: list[str]) -> str:
    """Return the text between two lines, each of which stands in it once; else nothing."""
    pieces = re.split("|".join(rf"^{re.escape(line)}$" for line in lines), context, flags=re.M)
    first, second = (f"\n{context}\n".find(f"\n{line}\n") for line in lines)
    return pieces[1] if len(pieces) == len(lines) + 1 and 0 <= first < second else ""


def _occurrences(text: str, word: str) -> tuple[int, int, int]:
    """Count a word for the reader of letters, of digits too, and of joined words."""
    letters = digits = joined = 0
    for found in re.finditer(f"(?ai:{re.escape(word)})", text):
        before, after = (
            text[max(found.start() - 2, 0) : found.start()],
            text[found.end() : found.end() + 1],
        )
        sides = before[-1:], after
        if any(map(str.isalpha, sides)):
            continue
        letters += 1
        if any(side.isalnum() or side == "_" for side in sides):
            continue
        digits += 1
        broken = before == "-\n"
        joined += not (broken or any(side and side in _JOINTS for side in sides))
    return letters, digits, joined


def _answer(ask: str, counts: Counts, margin: int) -> str:
    """Return what these counts answer; nothing where they are too near each other."""
    ranking = sorted(counts, key=lambda word: -counts[word])
    if ask == "count":
        return str(counts[ranking[0]]) if len(ranking) == 1 and counts[ranking[0]] else ""
    gaps = [counts[one] - counts[other] for one, other in itertools.pairwise(ranking)]
    if not gaps or min(gaps if ask == "ranking" else gaps[:1]) < margin:
        return ""
    return ranking[0] if ask == "most" else ", ".join(ranking)
