r"""Re-solve a multidoc sample by reading: which labelled passage has the words, and what it says.

The question is the last paragraph of the text, the first, or both. What it asks about stands
between double quotes: words with a blank, words in a row, or several words. A passage is what
follows a heading, a line like `params["heading"]`, up to the next one.

    Passage Kovutal / The ferry for Margate left ...    "The ferry for _____ left"  ->  Margate
    Passage Ralodem / The ferry for Dover left ...      "for Dover left"            ->  Ralodem

Line breaks count as spaces. There is no answer when no passage fits, when a label is given twice,
when what answers stands anywhere else too, or when the question is not of the kind that `params`
tell of. Cost: a search in the text for what is quoted.
"""

import re

from generators.solvers._reading import places, split
from schemas.task import Problem, Solution

_LINE = "_____"


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    ask, position = problem.params["ask"], problem.params["question"]
    question, context = split(problem)
    if position == "first":
        context = context.rpartition("\n\n")[0]
    quoted = re.findall(r'"([^"]+)"', question)
    passages = _passages(context, problem.params["heading"])
    labels = [label for label, _ in passages]
    if not quoted or _kind(quoted) != ask or len(set(labels)) < len(labels):
        return Solution(answers=())
    if ask == "cloze":
        answers = [word for _, passage in passages for word in _blanked(passage, quoted[0])]
    elif ask == "source":
        answers = [label for label, passage in passages if f" {quoted[0]} " in f" {passage} "]
    else:
        answers = [label for label, passage in passages if _has_all(passage, quoted)]
    alone = [word for word in dict.fromkeys(answers) if len(places(context, word)) == 1]
    return Solution(answers=tuple(alone if len(alone) == len(answers) else ()))


def _kind(quoted: list[str]) -> str:
    """Say what is asked for, by what is quoted."""
    if len(quoted) > 1:
        return "terms"
    return "cloze" if quoted[0].count(_LINE) == 1 else "source"


def _passages(context: str, heading: str) -> list[tuple[str, str]]:
    """Return label and words of each passage, white space made single spaces."""
    before, _, after = heading.partition("{label}")
    line = re.compile(rf"^{re.escape(before)}([A-Z][a-z]+){re.escape(after)}$", re.MULTILINE)
    found = list(line.finditer(context))
    stops = [each.start() for each in found[1:]] + [len(context)]
    return [
        (each[1], " ".join(context[each.end() : stop].split()))
        for each, stop in zip(found, stops, strict=True)
    ]


def _blanked(passage: str, quote: str) -> list[str]:
    """Return what a passage has in place of the line."""
    before, _, after = quote.partition(_LINE)
    pattern = rf"(?<!\S){re.escape(before)}(\w+){re.escape(after)}(?!\S)"
    return re.findall(pattern, passage)


def _has_all(passage: str, terms: list[str]) -> bool:
    passage = passage.lower()
    return all(places(passage, term.lower()) for term in terms)
