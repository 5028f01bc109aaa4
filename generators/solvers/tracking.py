"""Re-solve a tracking sample by reading: from the asked holder back to where its value began.

The question names one holder in double quotes and says whether entries stand oldest or newest
first. Every line that names a holder is an entry: with a number of seven digits the holder is set;
with a second name one of the two is copied to the other, which is the one named first unless `into`
or `onto` stands between them; with a small number too, that is added or taken off, as a word such
as `plus` or `below` says.

    Telegram: set Ova at 1234567 stop / Telegram: set Lur same as Ova minus 5 stop
    what has Lur?  ->  1234562

What a copy takes is what the giver got last before it, if the question says that the newest entry
counts; if it does not, every earlier entry is a reading of its own, and two that differ make two
answers. An entry that cannot be read, or an answer that also stands elsewhere, leaves none. Cost: a
search in the text for each holder on the way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from generators.solvers._reading import lines_about, places, split
from schemas.task import Problem, Solution

_CAPITALISED = r"\b[A-Z][a-z]+ [A-Z][a-z]+\b"
_LOOKS = {
    "name": _CAPITALISED,
    "place": _CAPITALISED,
    "code": r"\b[A-Z]{2}\d-\d{2}[A-Z]\d\b",
    "identifier": r"\b[a-z]+(?:_[a-z]+){2}\b|\b[a-z]+(?:[A-Z][a-z]+){2}\b",
}
_HOLDER = "\0"
_NUMBER = re.compile(r"\d+")
_VALUE, _AMOUNT = re.compile(r"\d{7}"), re.compile(r"\d{1,2}")
_INTO = re.compile(r"\b(?:in|on)to\b")
_ADDED = re.compile(r"\b(?:plus|more|above)\b|\+")
_TAKEN_OFF = re.compile(r"\b(?:minus|less|below)\b|(?<= )-(?= )")
_MOST_ANSWERS = 16
"""More answers than this prove no more: the question is unfair from the second on."""


class _UnreadableError(Exception):
    """A line names a holder and says nothing that can be followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One line: `receiver` gets a number, or what `giver` has plus a number."""

    time: int
    receiver: str
    giver: str | None
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What there is to read, and by which rules."""

    context: str
    look: str
    pace: int
    """1 when later lines happened later, -1 when they happened earlier."""
    newest: bool
    """Whether of several entries the newest counts."""


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    question, context = split(problem)
    names = re.findall(r'"([^"\n]+)"', question)
    orders = re.findall(r"\b(oldest|newest) first\b", question)
    if len(names) != 1 or len(orders) != 1:
        return Solution(answers=())
    page = _Page(
        context=context,
        look=_LOOKS[problem.params["holder"]],
        pace=1 if orders == ["oldest"] else -1,
        newest="its newest entry counts" in question,
    )
    try:
        found = dict(islice(_values(page, names[0], len(context)), _MOST_ANSWERS))
    except _UnreadableError:
        return Solution(answers=())
    if any(len(places(context, value)) != stated for value, stated in found.items()):
        return Solution(answers=())
    return Solution(answers=tuple(found))


def _values(page: _Page, holder: str, before: int) -> Iterator[tuple[str, int]]:
    """Yield what a holder may have had before a time, and in how many lines that should stand.

    A number that was set stands in one line; one that was computed stands in none.
    """
    entries = [
        entry
        for entry in _entries(page, holder)
        if entry.receiver == holder and entry.time < before
    ]
    entries.sort(key=lambda entry: entry.time)
    for entry in entries[-1:] if page.newest else entries:
        if entry.giver is None:
            yield str(entry.number), 1
            continue
        for value, stated in _values(page, entry.giver, entry.time):
            yield str(int(value) + entry.number), 0 if entry.number else stated


def _entries(page: _Page, holder: str) -> Iterator[_Entry]:
    """Yield the entry of each line that names this holder. Raises _UnreadableError."""
    for start, line in lines_about(page.context, holder):
        rest = line.replace(holder, _HOLDER)
        others = re.findall(page.look, rest)
        words = re.sub(page.look, "", rest)
        numbers = _NUMBER.findall(words)
        if rest.count(_HOLDER) != 1 or len(others) > 1 or len(numbers) > 1:
            raise _UnreadableError
        time = page.pace * start
        if not others:
            if not numbers or not _VALUE.fullmatch(numbers[0]):
                raise _UnreadableError
            yield _Entry(time=time, receiver=holder, giver=None, number=int(numbers[0]))
            continue
        first, between, second = _in_order(rest, others[0], holder)
        receiver, giver = (second, first) if _INTO.search(between) else (first, second)
        yield _Entry(time=time, receiver=receiver, giver=giver, number=_shift(words, numbers))


def _in_order(rest: str, other: str, holder: str) -> tuple[str, str, str]:
    """Return the first name of a line, what stands between, and the second name."""
    before, _, after = rest.partition(_HOLDER)
    if other in before:
        return other, before.partition(other)[2], holder
    return holder, after.partition(other)[0], other


def _shift(words: str, numbers: list[str]) -> int:
    """Return what a copy adds: 0 without a number. Raises _UnreadableError."""
    if not numbers:
        return 0
    added, taken_off = bool(_ADDED.search(words)), bool(_TAKEN_OFF.search(words))
    if added == taken_off or not _AMOUNT.fullmatch(numbers[0]):
        raise _UnreadableError
    return int(numbers[0]) if added else -int(numbers[0])
