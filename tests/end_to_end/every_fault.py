"""Ways to break a sample of any task, each a function that returns a broken copy.

What a change has to write stands in the place of as many tokens of the context, on lines of its
own, so that nothing else moves. `quiet` finds such a place: one where other words of the same
number of tokens do the sample no harm, so that a failure is owed to what is written there.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.end_to_end.every_task import Sample

Span = tuple[int, int]

_IDLE = "so it went on and on "
_STEPS = 48
_PLACES = 2
"""Places that are tried for one line, and those of them that are used."""


def answered(sample: Sample, gold: str) -> Sample:
    """Return the sample with another answer in its tokens, its line and its needles.

    Each needle has all of it as its part, and none says any more that it is spelled in evidence.
    """
    start, stop = sample.answer
    old = sample.text(start, stop)
    ids, mask = sample.row.ids, sample.row.targets()
    new = sample.encode(old[: len(old) - len(old.lstrip())] + gold)
    end = start + len(new)
    whole = {"answer_start": start, "answer_end": end, "answer": gold, "extractive": False}
    opens = sample.line["question"] == "first"
    needles = [
        needle
        | whole
        | {"distance": start - needle["evidence_end"]}
        | ({"depth": needle["evidence_start"] / start} if opens else {})
        for needle in sample.needles
    ]
    changed = sample.changed(gold=gold, answer_end=end).with_needles(needles)
    if sample.line["depth_kind"] == "spread":
        changed = changed.with_params(**spread(needles))
    return changed.with_ids(
        np.concatenate([ids[:start], new, ids[stop:]]),
        np.concatenate([mask[:start], np.ones(len(new), bool), mask[stop:]]),
    )


def spread(needles: list[dict[str, Any]]) -> dict[str, float]:
    """Return what a sample says of the depths of evidence that lies everywhere."""
    depths = [needle["depth"] for needle in needles]
    mean = sum(depths) / len(depths)
    return {"depth_min": min(depths), "depth_mean": mean, "depth_max": max(depths)}


def near(answer: str) -> str:
    """Return what is nearly the answer: its last digit, or else its last letter, is the next one.

    17 -> 18, KX4-90Q7 -> KX4-90Q8, Velmar Tosqui -> Velmar Tosquj
    """
    found = list(re.finditer(r"\d", answer)) or list(re.finditer(r"[A-Za-z]", answer))
    sign = found[-1][0]
    other = {"z": "a", "Z": "A", "9": "1"}.get(sign) or chr(ord(sign) + 1)
    return answer[: found[-1].start()] + other + answer[found[-1].end() :]


def context(sample: Sample) -> Span:
    """Return the tokens behind a first question and before the last paragraph."""
    text = sample.text(0, sample.answer[0])
    opens = 0 if sample.line["question"] == "last" else text.index("\n\n") + 2
    return sample.token_at(opens) + 1, sample.token_at(text.rstrip().rindex("\n\n"))


def questions(sample: Sample) -> list[Span]:
    """Return the tokens of the question, at each place where it stands."""
    first, last = context(sample)
    found = {"first": [(0, first - 2)], "last": [(last + 2, sample.answer[0] - 1)]}
    return found.get(sample.line["question"]) or [*found["first"], *found["last"]]


def evidence(sample: Sample) -> list[Span]:
    """Return the tokens of each piece of evidence, in the order of the text."""
    return sorted({(n["evidence_start"], n["evidence_end"]) for n in sample.needles})


def idle(sample: Sample, size: int) -> npt.NDArray[np.int32]:
    """Return so many tokens of a line that says nothing."""
    line = sample.encode("\n" + _IDLE * size)[: size - 1]
    return np.concatenate([line, sample.encode("\n")])


def quiet(sample: Sample, size: int, within: Span | None = None) -> Iterator[int]:
    """Yield places for so many tokens: no evidence is there, and nothing else that is needed."""
    first, last = within or context(sample)
    for at in np.unique(np.linspace(first, last - size, _STEPS).astype(int)).tolist():
        free = all(at + size <= start or stop <= at for start, stop in evidence(sample))
        if first <= at and free and not sample.overwritten(at, idle(sample, size)).failures():
            yield at


def inserted(sample: Sample, words: str, within: Span | None = None) -> list[Sample]:
    """Return the sample with a line of these words, at one quiet place each."""
    ids = sample.encode(f"\n{words}\n")
    places = islice(quiet(sample, len(ids), within), _PLACES)
    return [sample.overwritten(at, ids) for at in places]


def stated(sample: Sample, *, changed: bool) -> str:
    """Return the words of a piece of evidence: as they are, or of one that spells the answer, with
    another answer."""
    for needle in sample.needles:
        words = sample.text(needle["evidence_start"], needle["evidence_end"]).strip()
        if not changed:
            return words
        if needle["extractive"] and needle["answer"] in words:
            return words.replace(needle["answer"], near(needle["answer"]))
    return stated(sample, changed=False)
