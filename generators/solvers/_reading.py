r"""How every solver reads: the question apart from the text, and where a phrase stands in it.

    "It rained.\n\nWho came?\nAnswer:"   question last   ->  "Who came?" and "It rained."

Cost: a few searches in the text.
"""

import re

from schemas.task import Problem


def split(problem: Problem) -> tuple[str, str]:
    """Return the question and everything else. Empty when the two questions of `both` differ."""
    head, _, after_first = problem.text.partition("\n\n")
    before_last, _, tail = problem.text.rstrip().rpartition("\n\n")
    position = problem.params["question"]
    if position == "first":
        return head, after_first
    asked_last = tail.rpartition("\n")[0]
    if position == "last":
        return asked_last, before_last
    return (asked_last if asked_last == head else ""), before_last.partition("\n\n")[2]


def places(text: str, phrase: str) -> list[int]:
    """Return where a phrase begins, as a whole word or words: `ell` is not in `bell`."""
    return [
        found.start()
        for found in re.finditer(re.escape(phrase), text)
        if not _is_word(text[found.end() : found.end() + 1])
        and not _is_word(text[max(found.start() - 1, 0) : found.start()])
    ]


def lines_about(text: str, phrase: str) -> list[tuple[int, str]]:
    """Return each line that holds a phrase as whole words, once, with the place of its start."""
    starts = {text.rfind("\n", 0, place) + 1 for place in places(text, phrase)}
    return [(start, text[start:].partition("\n")[0]) for start in sorted(starts)]


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
