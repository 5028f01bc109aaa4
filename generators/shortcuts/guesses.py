"""Guesses: what rules of thumb would answer, and how much of each guess is right.

A rule that cannot tell two candidates apart takes either, so it earns half: credits are 1 for a
right guess, 1/m for one among m that tie, 0 for a wrong one.

    Ryno Galt ... Dulo Varn ... Ryno Galt ...    the answer is Ryno Galt
    first 1   last 1   frequent 1   rare 0   longest 1/2 (both have nine letters)
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

from generators.shortcuts.candidates import Candidate, Choice

Rule = Callable[[Candidate], float]

_QUOTED = re.compile(r'"([^"]{1,80})"')

RULES: dict[str, Rule] = {
    "first": lambda candidate: -candidate.places[0],
    "last": lambda candidate: candidate.places[-1],
    "frequent": lambda candidate: len(candidate.places),
    "rare": lambda candidate: -len(candidate.places),
    "longest": lambda candidate: len(candidate.value),
    "shortest": lambda candidate: -len(candidate.value),
}
"""Each takes the candidate with the greatest value. The last is nearest to a question that stands
last, the first to one that stands first."""


def choose(choice: Choice, values: Sequence[float]) -> float:
    """Return the credit of the rule that gives each candidate its value and takes the greatest."""
    most = max(values)
    tied = sum(value == most for value in values)
    return 1 / tied if values[choice.gold] == most else 0.0


def credits_of(choice: Choice, oddness: Callable[[int, int], float]) -> dict[str, float]:
    """Return the credit of every rule; `odd` takes the candidate on the most surprising line."""
    credit = {
        name: choose(choice, [rule(candidate) for candidate in choice.candidates])
        for name, rule in RULES.items()
    }
    credit["odd"] = choose(choice, [oddness(*candidate.line) for candidate in choice.candidates])
    return credit


def search(choice: Choice, text: str, question: str) -> float | None:
    """Return the credit of one search: the candidate nearest to a name that the question quotes.

    None where the question quotes nothing that stands in the text. `text` may hold the question.
    """
    body = text.replace(question, " " * len(question))
    asked = {name for name in _QUOTED.findall(question) if name}
    mentions = sorted(m.span() for name in asked for m in re.finditer(re.escape(name), body))
    if not mentions:
        return None
    return choose(choice, [-_gap(candidate, mentions) for candidate in choice.candidates])


def _gap(candidate: Candidate, mentions: Sequence[tuple[int, int]]) -> int:
    """Return how many characters part a candidate from the nearest mention, before or behind it."""
    size = len(candidate.value)
    gaps = []
    for place in candidate.places:
        at = bisect_left(mentions, (place, place))
        beside = mentions[max(at - 1, 0) : at + 1]
        gaps += [max(place - stop, start - place - size) for start, stop in beside]
    return min(gaps)


def usual(seen: Sequence[Hashable]) -> list[float]:
    """Return for each of `seen` the credit of the guess that it is what most of the others are.

    ["a", "a", "b"] -> [1/2, 1/2, 0]: to the first a, the others are one a and one b. Left out of
    its own count a value would never lead where all are as frequent, so values that lack one of the
    most frequent tie with it: of ["a", "a", "b", "b"] each has 1/2.
    """
    counts = Counter(seen)
    levels = Counter(counts.values())
    credit = {own: _among_others(own, levels) for own in levels}
    return [credit[counts[value]] for value in seen]


def _among_others(own: int, levels: Mapping[int, int]) -> float:
    """Return the credit of a value that stands `own` times, itself left out of the count.

    `levels` says how many values stand so many times.
    """
    others = {count: number - (count == own) for count, number in levels.items()}
    most = max([own - 1, *(count for count, number in others.items() if number)])
    least = max(most - 1, 1)
    if own - 1 < least:
        return 0.0
    return 1 / (1 + sum(number for count, number in others.items() if count >= least))


def usual_lengths(seen: Mapping[int, int], own: int) -> frozenset[int]:
    """Return the most frequent lengths of the others, those that lack one of it among them.

    `seen` counts all lengths, `own` among them: {7: 3, 9: 1} -> {7} for the 9.
    """
    others = {length: count - (length == own) for length, count in seen.items()}
    least = max(max(others.values(), default=0) - 1, 1)
    return frozenset(length for length, count in others.items() if count >= least)


def nearest_length(lengths: Mapping[int, int], own: int, expected: Collection[int]) -> float:
    """Return the credit of taking the candidate whose length is nearest to an expected one.

    `lengths` says how many candidates have each length; all tie where none is expected.
    """
    if not expected:
        return 1 / sum(lengths.values())
    off = {length: min(abs(length - one) for one in expected) for length in lengths}
    least = min(off.values())
    tied = sum(count for length, count in lengths.items() if off[length] == least)
    return 1 / tied if off[own] == least else 0.0
