"""Re-solve a reorder sample by reading: find each quote, or chain the pieces by what they repeat.

Quotes are the lines of the question that begin with a label and a colon; each must stand in the
text once, as whole words. Pieces stand below lines of one noun and a label, and a piece goes on
from the one whose last words it opens with; the labels must make one chain of all pieces, and the
words of a seam stand nowhere else.

    B: the ferry was late    C: snow lay on both banks    the text has C, then B   ->   C, B

There is no answer when a quote stands nowhere or twice, two pieces go on from one, or the question
is not the one that `params` tell of. Cost: the words of the text once, and a search a quote.
"""

import itertools
import re
from typing import Any

from generators.solvers._reading import split
from schemas.task import Problem, Solution

_LISTED = re.compile(r"^([B-Z]|\d{1,2}): (.+)$", re.MULTILINE)
_WHOLE = re.compile(r"\ball labels, the earliest first\b")
_STEP = re.compile(r'\bdirectly (after|before) "(\w+)"')
_STEPS = {"after": ("next", 1), "before": ("previous", -1)}


def solve(problem: Problem) -> Solution:
    """Return the whole order, or the neighbour that is asked for; nothing when it is not clear."""
    question, context = split(problem)
    params = problem.params
    if params["question"] == "first":  # what leads to the answer is no part of the last piece
        context = context.rstrip().rpartition("\n\n")[0]
    quoted = params["form"] == "quotes"
    order = _by_place(question, context) if quoted else _by_seams(context, params)
    if len(order) != params["units"]:
        return Solution(answers=())
    asked = question.rpartition("\n")[2]
    found, whole = _STEP.findall(asked), _WHOLE.search(asked) is not None
    if whole != (params["ask"] == "order") or (whole and found):
        return Solution(answers=())
    if whole:
        return Solution(answers=(", ".join(order),))
    if len(found) != 1 or found[0][1] not in order or _STEPS[found[0][0]][0] != params["ask"]:
        return Solution(answers=())
    place = order.index(found[0][1]) + _STEPS[found[0][0]][1]
    return Solution(answers=tuple(order[place : place + 1]) if place >= 0 else ())


def _by_place(question: str, context: str) -> list[str]:
    """Return the labels of the quotes as these stand in the text; none if one is not clear."""
    plain = f" {' '.join(context.split())} "
    placed = []
    for label, quote in _LISTED.findall(question):
        first = plain.find(f" {quote} ")
        if first < 0 or plain.find(quote) != first + 1 or quote in plain[first + 2 :]:
            return []
        placed.append((first, label))
    labels = [label for _, label in sorted(placed)]
    return labels if len(set(labels)) == len(labels) else []


def _by_seams(context: str, params: dict[str, Any]) -> list[str]:
    """Return the labels of the pieces, each after the one whose last words it repeats."""
    heading = re.compile(rf"^{re.escape(params['line'])} ([B-Z]|\d{{1,2}})$", re.MULTILINE)
    heads = list(heading.finditer(context))
    edges = [*(head.start() for head in heads), len(context)]
    if not heads or context[: edges[0]].strip():
        return []
    words = params["words"]
    opens, ends = {}, {}
    for head, (_, stop) in zip(heads, itertools.pairwise(edges), strict=True):
        piece = context[head.end() : stop]
        opens[head[1]] = tuple(piece.split(maxsplit=words)[:words])
        ends[head[1]] = tuple(piece.rsplit(maxsplit=words)[-words:])
    if len(opens) != len(heads):
        return []
    follows = {
        label: [other for other in opens if opens[other] == ends[label] and other != label]
        for label in opens
    }
    reached = [other for others in follows.values() for other in others]
    starts = [label for label in opens if label not in reached]
    if len(starts) != 1 or len(reached) != len(set(reached)):
        return []
    order = starts
    while (others := follows[order[-1]]) and len(order) < len(opens):
        order.append(others[0])
    plain = " ".join(context.split())
    seams = [" ".join(ends[label]) for label in order[:-1]]
    alone = all(plain.count(seam) == 2 for seam in seams)  # noqa: PLR2004 - an end, an opening
    return order if alone and all(len(others) < 2 for others in follows.values()) else []  # noqa: PLR2004
