"""Re-solve a lookup sample by reading: the register that the question names, then its records.

The question is the last paragraph of the text, the first, or both, as `params["question"]` says.
It names in double quotes what is looked up, if anything, and last the register. The one other line
with the register's name is its heading, which tells how many records follow; each of these lines
holds a key and then a value, known by the look of their kinds, in a setting that all lines share.

    Berths of Port Velmar, 2 entries:
    KX4-90Q7 .... Tosqui Bael        ("KX4-90Q7", "Tosqui Bael")
    RB1-22C3 .... Drasae Mylth       ("RB1-22C3", "Drasae Mylth")

Where reading fails, or an answer is also written elsewhere, there is no answer; every record that
fits gives one, so a repeated key or value shows. Cost: a few searches in the text.
"""

import re

from generators.solvers._reading import places, split
from schemas.task import Problem, Solution

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_CAPITALISED = "[A-Z][a-z]+ [A-Z][a-z]+"
_LOOKS = {
    "number": r"\d{7}",
    "code": r"[A-Z]{2}\d-\d{2}[A-Z]\d",
    "name": _CAPITALISED,
    "place": _CAPITALISED,
    "phrase": "[A-Z][a-z]+ [a-z]+",
    "date": rf"\d{{1,2}} {_MONTH} \d{{4}}",
    "identifier": "[a-z]+(?:_[a-z]+){2}|[a-z]+(?:[A-Z][a-z]+){2}",
}
Record = tuple[str, str]
"""A key and its value."""


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    question, context = split(problem)
    quoted = re.findall(r'"([^"\n]+)"', question)
    by_place = problem.params["ask"] == "line_number"
    if len(quoted) != (1 if by_place else 2):
        return Solution(answers=())
    records = _records(context, quoted[-1], problem.params)
    if by_place:
        numbers = re.findall(r"\d+", question.replace(quoted[0], ""))
        found = [value for n in numbers for _, value in records[int(n) - 1 : int(n)] if int(n)]
    else:
        found = _find(records, quoted[0], str(problem.params["ask"]))
    # An answer that is also written elsewhere can be had without the record.
    alone = all(len(places(context, answer)) == 1 for answer in found)
    return Solution(answers=tuple(found) if alone else ())


def _find(records: list[Record], asked: str, ask: str) -> list[str]:
    """Return what stands beside, above or below what is asked, once for each place of it."""
    keys, values = [key for key, _ in records], [value for _, value in records]
    seek, give, step = {
        "value_of_key": (keys, values, 0),
        "key_of_value": (values, keys, 0),
        "next": (keys, keys, 1),
        "previous": (keys, keys, -1),
    }[ask]
    at = [place + step for place, word in enumerate(seek) if word == asked]
    return [give[place] for place in at if 0 <= place < len(give)]


def _records(context: str, name: str, params: dict[str, object]) -> list[Record]:
    """Return the records of a register in order; none when it is not as its heading says."""
    found = places(context, name)
    if len(found) != 1:
        return []
    heading, *lines = context[context.rfind("\n", 0, found[0]) + 1 :].split("\n")
    counts = re.findall(r"\d+", heading.replace(name, ""))
    if len(counts) != 1:
        return []
    key, value = (f"(?<!\\w)({_LOOKS[str(params[part])]})(?!\\w)" for part in ("key", "value"))
    record = re.compile(f"(.*?){key}(.+?){value}(.*)")
    matches = [record.fullmatch(line) for line in lines[: int(counts[0])]]
    read = [match.groups() for match in matches if match]
    settings = {(before, between, after) for before, _, between, _, after in read}
    if len(read) != int(counts[0]) or len(settings) != 1:
        return []
    return [(key, value) for _, key, _, value, _ in read]
