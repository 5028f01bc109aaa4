"""Re-solve a tally sample by reading: every record of the text, those in scope, and the reckoning.

`params["record"]` says what a record looks like, and a record is a whole line of that look. The
names that the question quotes set the scope; what is reckoned stands in `params` (`ask`, `over`).

    "stock row | keeper=Velmar Tosqui | site=Port Anholt | goods=Bruna kettle | qty=12"
    'Select the stock rows whose fields include "Port Anholt". How many are there ...'
    ->  the rows that name Port Anholt, counted

The text supports no answer when records are missing, too many or twice the same, when a name stands
anywhere but in a record, or when nothing is in scope; of several names that lead by less than the
margin each is an answer. Cost: one pass over the lines, and a count in the text for each name.
"""

import re
from collections import Counter
from typing import Any

from generators.solvers._reading import split
from schemas.task import Problem, Solution

Record = dict[str, str]

_NAMES = ("person", "place", "goods")
_LOOKS = {
    "person": r"[A-Z][a-z]+ [A-Z][a-z]+",
    "place": r"[A-Z][a-z]+ [A-Z][a-z]+",
    "goods": r"[A-Z][a-z]+ [a-z]+",
    "amount": r"[1-9][0-9]*",
}


_COMMENT = r"[ \t]*(?:(?:#|//|--) )?"


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    params = problem.params
    question, context = split(problem)
    records = _read(context, params["record"])
    asked = set(re.findall(r'"([^"\n]+)"', question))
    inside = [record for record in records if asked <= {record[kind] for kind in _NAMES}]
    sound = len(records) == params["records"] and _is_sound(context, records)
    if not sound or not inside or len(asked) != params["filters"]:
        return Solution(answers=())
    return Solution(answers=_reckon(records, inside, params))


def _read(context: str, look: str) -> list[Record]:
    """Return what each record says, in the order of the text; in code it stands in a comment."""
    pattern = re.escape(look)
    for field, words in _LOOKS.items():
        pattern = pattern.replace(re.escape(f"{{{field}}}"), f"(?P<{field}>{words})")
    return [
        found.groupdict() for found in re.finditer(rf"^{_COMMENT}{pattern}$", context, re.MULTILINE)
    ]


def _is_sound(context: str, records: list[Record]) -> bool:
    """Say whether no two records are the same and no name stands anywhere else."""
    told = Counter(record[kind] for record in records for kind in _NAMES)
    alike = len({tuple(record.values()) for record in records}) < len(records)
    return not alike and all(context.count(name) == times for name, times in told.items())


def _reckon(records: list[Record], inside: list[Record], params: dict[str, Any]) -> tuple[str, ...]:
    """Return the answers to what is asked of the records in scope."""
    ask, over = params["ask"], params["over"]
    if ask == "count":
        return (str(len(inside)),)
    if ask == "sum":
        return (str(sum(int(record["amount"]) for record in inside)),)
    times = Counter(record[over] for record in inside)
    if ask == "distinct":
        return (str(len(times)),)
    if ask == "list":
        return (", ".join(sorted(times)),)
    # A name that stands in records, but in none in scope, has none: it would be the fewest.
    behind = {
        record[over]: times[record[over]] * (-1 if ask == "most" else 1) for record in records
    }
    best = min(behind.values())
    return tuple(sorted(name for name, at in behind.items() if at - best < params["margin"]))
