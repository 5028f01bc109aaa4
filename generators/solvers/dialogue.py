"""Re-solve a dialogue sample by reading: all turns, then those that the question is about.

A line that is `params["header"]` with a number opens a conversation. A line that begins with the
name of one of `params["speakers"]`, in the form of `params["form"]`, opens a turn, which lasts
until the next opening of either kind.

    nth      the turns of the named speaker that hold the named word, counted   ->  its first words
    reply    the turn with the quoted words, some turns on or back              ->  its first words
    speaker  each turn with quoted words                                        ->  number and name

There is no answer when quoted words stand in no turn or in several, when the words of an answer
stand elsewhere too, or when the question is not the one that `params` tell of. Cost: a search for
the openings, and one for each word or quotation.
"""

import re
from dataclasses import dataclass
from typing import Any

from generators.solvers._reading import places, split
from schemas.task import Problem, Solution

_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4}
_NUMBERS |= {"five": 5, "six": 6, "seven": 7, "eight": 8}
_STEP = re.compile(r"\b(?:right|([a-z]+) turns) (after|before)\b")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, and the number of the conversation that it is of."""

    number: str
    speaker: str
    start: int
    said: str


def solve(problem: Problem) -> Solution:
    """Return every answer that the text supports; one when the sample is fair."""
    params = problem.params
    question, context = split(problem)
    if params["question"] == "first":
        context = context.rstrip().rpartition("\n\n")[0]
    turns = _turns(context, params)
    quoted = re.findall(r'"([^"\n]+)"', question)
    unquoted = re.sub(r'"[^"\n]+"', "", question)
    if params["ask"] == "speaker":
        return Solution(answers=_speakers(context, turns, quoted))
    if params["ask"] == "nth":
        found = _nth(turns, set(quoted), unquoted.partition("Count turns")[0], params)
    else:
        found = _reply(context, turns, quoted, unquoted)
    answers = dict.fromkeys(" ".join(turn.said.split()[: params["words"]]) for turn in found)
    return Solution(answers=tuple(one for one in answers if len(places(context, one)) == 1))


def _turns(context: str, params: dict[str, Any]) -> list[Turn]:
    """Return all turns in the order of the text."""
    before, after, close = params["form"]
    header = re.escape(params["header"]).replace(re.escape("{number}"), "(?P<number>[0-9]+)")
    names = "|".join(sorted(map(re.escape, params["speakers"]), key=len, reverse=True))
    turn = f"{re.escape(before)}(?P<who>{names}){re.escape(after)}"
    openings = list(re.finditer(rf"^(?:{header}$|{turn})", context, re.MULTILINE))
    ends = [one.start() for one in openings[1:]] + [len(context)]
    turns, number = [], ""
    for opening, end in zip(openings, ends, strict=True):
        if opening["number"]:
            number = opening["number"]
        else:
            said = context[opening.end() : end].strip().removesuffix(close).rstrip()
            turns.append(Turn(number, opening["who"], opening.end(), said))
    return turns


def _nth(turns: list[Turn], quoted: set[str], wording: str, params: dict[str, Any]) -> list[Turn]:
    """Return the one turn that a count comes to, or none."""
    speakers = quoted & set(params["speakers"])
    words = quoted - speakers
    asked = [_ORDINALS.index(word) for word in re.findall(r"\w+", wording) if word in _ORDINALS]
    if not len(speakers) == len(words) == len(asked) == 1:
        return []
    word = words.pop()
    mine = [turn for turn in turns if turn.speaker in speakers and word in turn.said]
    return [turn for turn in mine if places(turn.said, word)][asked[0] : asked[0] + 1]


def _reply(context: str, turns: list[Turn], quoted: list[str], unquoted: str) -> list[Turn]:
    """Return the turn that stands so many turns after or before the quoted one."""
    steps = _STEP.findall(unquoted)
    if len(quoted) != 1 or len(steps) != 1:
        return []
    step = _NUMBERS.get(steps[0][0], 1) * (1 if steps[0][1] == "after" else -1)
    held = _holding(context, turns, quoted[0])
    if len(held) != 1 or not 0 <= held[0] + step < len(turns):
        return []
    reply = turns[held[0] + step]
    return [reply] if reply.number == turns[held[0]].number else []


def _speakers(context: str, turns: list[Turn], quoted: list[str]) -> tuple[str, ...]:
    """Return the conversation and the speaker of each quotation, as one answer."""
    held = [_holding(context, turns, quote) for quote in quoted]
    if not held or any(len(one) != 1 for one in held):
        return ()
    found = [turns[at] for (at,) in held]
    return ("; ".join(f"{turn.number} {turn.speaker}" for turn in found),)


def _holding(context: str, turns: list[Turn], quote: str) -> list[int]:
    """Return which turns hold quoted words; none where the words stand outside of turns too."""
    held = [at for at, turn in enumerate(turns) if quote in turn.said]
    return held if len(held) == len(places(context, quote)) else []
