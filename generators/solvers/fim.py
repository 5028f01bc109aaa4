"""Judge a fim sample: nobody can derive a passage of a novel, but a wrong one can be told.

The question is the last paragraph of the text, the first, or both. It quotes the marker of the gap,
or the heading of the text before the gap and then that of the text after it, and says how many
words are missing. The claimed passage is an answer when

    it has so many words, and stands nowhere in the text
    it fits the gap: the hash of the passage and of the text at its seams is `params["seal"]`
    it leans on the far text: `entities` of its names, identifiers and numbers stand there 1 to
    `rare` times, and none of those places is nearer to the gap than `far_characters`

The seal fails when the passage, or the place of the gap, is another one than in the document; the
rest is read from the text itself. Cost: a search in the text for each rare word of the passage.
"""

import hashlib
import re
from typing import Any

from generators.solvers._reading import places, split
from schemas.task import Problem, Solution

_SEAM, _NEAR_SEAM = 80, 1000
_SHORTEST_NAME, _SHORTEST_NUMBER = 4, 3


def solve(problem: Problem) -> Solution:
    """Return the claimed passage when it is the one that is missing, and nothing otherwise."""
    params, claim = problem.params, problem.claim.strip()
    question, context = split(problem)
    if params["question"] == "first":
        context = context.rpartition("\n\n")[0]
    sides = _sides(context, re.findall(r'"([^"\n]+)"', question), params["order"])
    numbers = re.findall(r"\b\d+\b", re.sub(r'"[^"\n]+"', "", question))
    if sides is None or numbers != [str(len(claim.split()))] or claim in context:
        return Solution(answers=())
    fits = _seal(claim, *sides) == params["seal"]
    return Solution(answers=(claim,) if fits and _leans(claim, sides, params) else ())


def _sides(context: str, quoted: list[str], order: str) -> tuple[str, str] | None:
    """Return the text before the gap and after it, each marker being there once."""
    if len(quoted) != {"psm": 1, "spm": 2}[order] or any(context.count(q) != 1 for q in quoted):
        return None
    if order == "psm":
        before, _, after = context.partition(quoted[0])
        return before, after
    nothing, _, rest = context.partition(f"{quoted[1]}\n")
    after, _, before = rest.partition(f"\n\n{quoted[0]}\n")
    return None if nothing else (before, after)


def _seal(claim: str, before: str, after: str) -> str:
    """Return the hash of the claim between the 80 characters, no spaces, at either seam."""
    left = re.sub(r"\s+", "", before[-_NEAR_SEAM:])[-_SEAM:]
    right = re.sub(r"\s+", "", after[:_NEAR_SEAM])[:_SEAM]
    return hashlib.sha256("\n".join((left, claim, right)).encode()).hexdigest()


def _leans(claim: str, sides: tuple[str, str], params: dict[str, Any]) -> bool:
    """Say whether enough rare words of the claim stand in the text, and far from the gap alone."""
    before, after = sides
    leant = 0
    for word in _rare_looking(claim):
        away = [len(before) - place - len(word) for place in places(before, word)]
        away += places(after, word)
        leant += 0 < len(away) <= params["rare"] and min(away) >= params["far_characters"]
    return leant >= int(params["entities"])


def _rare_looking(claim: str) -> set[str]:
    """Return the words that look like a name inside a sentence, an identifier or a number."""
    found = set()
    for match in re.finditer(r"\w+", claim):
        word, ahead = match[0], claim[max(match.start() - 2, 0) : match.start()]
        inside = len(ahead) > 1 and ahead[1] == " " and (ahead[0].islower() or ahead[0] in ",;")
        name = word[0].isupper() and inside
        number = word.isdigit() and len(word) >= _SHORTEST_NUMBER
        bare = word.strip("_")
        mixed = not bare.isalpha() and any(letter.isalpha() for letter in bare)
        camel = not word.islower() and any(letter.isupper() for letter in word[1:])
        if number or ((name or mixed or camel) and len(word) >= _SHORTEST_NAME):
            found.add(word)
    return found
