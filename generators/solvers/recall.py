"""Re-solve a recall sample by reading: find the quoted words and take those beside them.

The question is the last paragraph of the text, the first, or both. It quotes one cue and says right
after or right before, or quotes two and says between, and gives a number of words.

    "It rained and nobody came to the gate."    2 words right after "and nobody"  ->  came to
    the same text twice                         ->  both places, so it is not fair

White space of any kind parts words, and counts as a space in a cue; the answer is the text's own
with its line breaks. There is no answer when the question does
not ask what `params` tell of, or when the answer's words stand in a second place. Cost: a few
searches in the text and a copy of it.
"""

import re

from generators.solvers._reading import split
from schemas.task import Problem, Solution

_ASKS = {
    "after": r"\bright after \0",
    "before": r"\bright before \0",
    "between": r"\bbetween \0 and \0",
}

_FARTHEST = 1 << 14
"""Characters beside a cue that are read; 96 words have fewer."""


def solve(problem: Problem) -> Solution:
    """Return the words beside each place where the cue stands; one run when the sample is fair."""
    question, context = split(problem)
    cues = re.findall(r'"([^"\n]+)"', question)
    wording = re.sub(r'"[^"\n]+"', "\0", question)
    asks = [ask for ask, pattern in _ASKS.items() if re.search(pattern, wording)]
    numbers = re.findall(r"\b\d+\b", wording)
    ask, size = problem.params["ask"], int(problem.params["words"])
    if asks != [ask] or numbers != [str(size)] or len(cues) != (2 if ask == "between" else 1):
        return Solution(answers=())
    found = []
    for start, stop in _stands(context, cues[0]):
        behind = context[stop : stop + _FARTHEST]
        text = context[max(start - _FARTHEST, 0) : start] if ask == "before" else behind
        words = [word.span() for word in re.finditer(r"\S+", text)]
        words = words[-size:] if ask == "before" else words[:size]
        rest = " ".join(behind[words[-1][1] :].split()) if words else ""
        if len(words) == size and (ask != "between" or f"{rest} ".startswith(f"{cues[1]} ")):
            found.append(text[words[0][0] : words[-1][1]])
    alone = all(len(_stands(context, answer, whole=False)) == 1 for answer in found)
    return Solution(answers=tuple(found) if alone else ())


def _stands(text: str, phrase: str, *, whole: bool = True) -> list[tuple[int, int]]:
    """Return where a phrase stands, with any white space between its words.

    With `whole` it begins and ends where white space, or the text, does.
    """
    pattern = re.compile(r"\s+".join(map(re.escape, phrase.split())))
    return [
        found.span()
        for found in pattern.finditer(text)
        if not whole
        or not (
            text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1]
        ).strip()
    ]
