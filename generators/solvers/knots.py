"""Re-solve a knots sample by reading: which part opens with the words that another one ends with.

The question is the last paragraph of the text, the first, or both. It names one label in double
quotes, says how many words are said again at a seam, and asks for the labels of a text, for the
label of the next part, or for the words of it that come next. A part reaches from its line, whose
shape is `params["line"]`, to the next such line.

    [part B] ... nobody thought of salt    [part A] of salt. He went ...     2 words  ->  B, A

There is no answer where the words of an asked seam stand a third time, two parts bear one label, a
text runs in a circle, or the question is not the one that `params` tell of; and several where more
than one part fits. Cost: the words of the text once, and a search for each seam asked about.
"""

import re

from generators.solvers._reading import split
from schemas.task import Problem, Solution

_LABEL = r"[A-Z]{2}\d-\d{2}[A-Z]\d"
_ASKS = {"order": r"\blabels of all\b", "next": r"\bgive its label\b", "words": r"\bcopy them\b"}
Parts = dict[str, str]
"""What stands under each label."""


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    params = problem.params
    question, context = split(problem)
    if params["question"] == "first":
        context = context.rstrip().rpartition("\n\n")[0]  # the lead of the answer
    asks = [ask for ask, wording in _ASKS.items() if re.search(wording, question, re.IGNORECASE)]
    labels = re.findall(rf'"({_LABEL})"', question)
    sizes = {int(size) for size in re.findall(r"\b(\d+) words\b", question)}
    parts = _parts(context, params["line"])
    if asks != [params["ask"]] or len(labels) != 1 or len(sizes) != 1 or labels[0] not in parts:
        return Solution(answers=())
    seams = _Seams(context, parts, sizes.pop())
    if asks == ["order"]:
        return Solution(answers=seams.order(labels[0]))
    found = seams.after(labels[0])
    if asks == ["words"]:
        found = [" ".join(parts[label].split()[seams.size : 2 * seams.size]) for label in found]
    return Solution(answers=tuple(dict.fromkeys(found)))


def _parts(context: str, line: str) -> Parts:
    """Return the parts by label; none where two have one label, or words stand before them all."""
    shape = re.escape(line).replace(re.escape("{key}"), f"({_LABEL})")
    before, *pieces = re.split(rf"^{shape}\n", context, flags=re.MULTILINE)
    labels, texts = pieces[::2], pieces[1::2]
    if before.strip() or len(set(labels)) < len(labels):
        return {}
    return dict(zip(labels, texts, strict=True))


class _Seams:
    """How the parts of a context hang together."""

    def __init__(self, context: str, parts: Parts, size: int) -> None:
        self.size = size
        self._text = " ".join(context.split()).lower()
        self._opens: dict[str, list[str]] = {}
        self._ends: dict[str, list[str]] = {}
        self._first = {
            label: _joined(text.split(None, size)[:size]) for label, text in parts.items()
        }
        self._last = {
            label: _joined(text.rsplit(None, size)[-size:]) for label, text in parts.items()
        }
        for label in parts:
            self._opens.setdefault(self._first[label], []).append(label)
            self._ends.setdefault(self._last[label], []).append(label)

    def after(self, label: str) -> list[str]:
        """Return the parts that open with the last words of this one."""
        return self._known(self._last[label], self._opens)

    def before(self, label: str) -> list[str]:
        """Return the parts that end with the first words of this one."""
        return self._known(self._first[label], self._ends)

    def order(self, label: str) -> tuple[str, ...]:
        """Return the one order of the text of a part; nothing where the way forks or circles."""
        chain = [label]
        for step, end in ((self.before, 0), (self.after, -1)):
            while found := step(chain[end]):
                if len(found) > 1 or found[0] in chain:
                    return ()
                chain.insert(0 if end == 0 else len(chain), found[0])
        return (", ".join(chain),) if len(chain) > 1 else ()

    def _known(self, words: str, among: dict[str, list[str]]) -> list[str]:
        """Return who has these words at the seam, if they stand at one seam alone."""
        found = among.get(words, [])
        return found if self._text.count(words.lower()) == 1 + len(found) else []


def _joined(words: list[str]) -> str:
    return " ".join(words)
