"""Tracking: values that are passed on from holder to holder, in several chains at once.

A chain begins with a holder that is set to a number; each of `hops` further statements copies what
one holder has to the next, and adds or subtracts a little in `arithmetic` of them. Up to two more
copies lead on from the asked holder, so it is not always the last of its chain. All chains are
drawn alike; which one is asked for shows in the question alone:

    A is put at 1234567.  ...  B is put at the sum of A.  ...  C is put at the sum of B plus 14.
    chains 4, hops 2  ->  three such statements a chain; those of the asked chain are evidence
    the answer to "C" is 1234581

Statements stand oldest first or newest first (`reversed`); the question says which. With `reassign`
holders are set again, before a copy overwrites them or after their value was passed on; the answer
stays, and the question says which entry counts. No number, stated or computed, stands in another
chain or the haystack. Cost: a search in the haystack for each.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from generators.depths import FREELY, stratified
from generators.lexicon import Kind, Taken, fresh
from generators.tasks._parts.tracking_words import TEMPLATES
from schemas.knobs import Strict
from schemas.task import Plan, Plant, Task, Template

HolderKind = Literal["name", "place", "code", "identifier"]
Order = Literal["forward", "reversed"]
HOLDER_KINDS: tuple[HolderKind, ...] = ("name", "place", "code", "identifier")
ORDERS: tuple[Order, ...] = ("forward", "reversed")

_MOST_ONWARD = 2  # copies that lead on from the asked holder
_DIGITS = 7  # of every number that a holder has, so that no length gives one away
_AMOUNTS = (2, 100)  # small enough to add in one's head
_TRIES = 1000
_OPTIONAL = re.compile(r"<([^<>]*)>")
_MORE = {"plus": "plus", "more": "more", "above": "above", "sign": "+"}
_LESS = {"plus": "minus", "more": "less", "above": "below", "sign": "-"}


class TrackingSpec(Strict):
    """How hard one sample is."""

    hops: int = Field(default=3, ge=1, le=8)
    """Copies between the first statement and the holder that is asked for."""
    chains: int = Field(default=4, ge=2, le=32)
    """Chains in all, the asked one among them."""
    order: Order | Literal["mixed"] = "mixed"
    """Oldest statement first, or newest first (`reversed`); `mixed` draws one for each sample."""
    reassign: int = Field(default=0, ge=0, le=8)
    """Second settings of holders in each chain, which the answer does not follow."""
    arithmetic: int = Field(default=0, ge=0)
    """How many of the hops add or subtract a small number."""
    holder: HolderKind | Literal["mixed"] = "mixed"
    """What holders are called; `mixed` draws one kind for each sample."""

    @model_validator(mode="after")
    def _fits(self) -> "TrackingSpec":
        if self.arithmetic > self.hops:
            raise ValueError(
                f"arithmetic is {self.arithmetic} and hops is {self.hops}; "
                "only a hop can add or subtract, so arithmetic is at most hops"
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """Who passes what to whom: holder i + 1 gets the value of holder i plus shift i."""

    holders: list[str]
    shifts: list[int]
    values: list[int]


def num_evidence(spec: TrackingSpec) -> int:
    """Return how many statements lead to the answer: the first one and each hop."""
    return spec.hops + 1


def plan(
    rng: np.random.Generator,
    spec: TrackingSpec,
    *,
    haystack: str,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: the statements of all chains, and the holder that is asked for.

    `depths` are the targets of the asked chain's statements; they are put in the order in which
    these happen. `haystack` is read only so that no holder and no number occurs in it. Raises
    ValueError when the number of depths is wrong.
    """
    if len(depths) != num_evidence(spec):
        raise ValueError(f"{len(depths)} depths for {num_evidence(spec)} pieces of evidence")
    kinds = HOLDER_KINDS if spec.holder == "mixed" else (spec.holder,)
    orders = ORDERS if spec.order == "mixed" else (spec.order,)
    kind, order = kinds[int(rng.integers(len(kinds)))], orders[int(rng.integers(len(orders)))]
    end = 1.0 if order == "forward" else 0.0
    taken = Taken()
    chains = [
        _chain(rng, spec, kind=kind, taken=taken, haystack=haystack) for _ in range(spec.chains)
    ]
    room = len(haystack) / (2 * len(template.statement))
    decoys = [_decoy_depths(rng, spec, depths, end=end, room=room) for _ in chains[1:]]
    plants: list[Plant] = []
    for chain, targets in zip(chains, [depths, *decoys], strict=True):
        at = _moments(rng, targets, count=len(chain.holders), end=end)
        plants += _links(chain, at, asked=len(depths) * (chain is chains[0]), template=template)
        for holder, depth in _settings(rng, spec, at, end=end):
            value = taken.add(fresh(rng, "number", taken=taken, haystack=haystack))
            text = template.statement.format(key=chain.holders[holder], value=value)
            plants.append(Plant(text=text, depth=depth, hidden=(value,)))
    keys = f'"{chains[0].holders[spec.hops]}"'
    rules = _ORDER.format(_FIRST[order]) + (_NEWEST if spec.reassign else "")
    return Plan(
        plants=tuple(plants),
        question=template.question.format(keys=keys) + rules,
        lead=template.lead,
        parts=(str(chains[0].values[spec.hops]),),
        template=template.name,
        params={**spec.model_dump(), "holder": kind, "order": order},
    )


def _chain(
    rng: np.random.Generator, spec: TrackingSpec, *, kind: Kind, taken: Taken, haystack: str
) -> _Chain:
    """Draw a chain and note its numbers, computed ones too, and its names as taken."""
    num_onward = int(rng.integers(_MOST_ONWARD + 1))
    for _ in range(_TRIES):
        shifts = _shifts(rng, spec, num_onward)
        first = int(fresh(rng, "number", taken=taken, haystack=haystack))
        values: list[int] = np.cumsum([first, *shifts]).tolist()
        numbers = {str(value) for value in values}
        # A sum that comes back to an earlier number would be stated in passing.
        apart = len(numbers) == 1 + np.count_nonzero(shifts)
        even = all(len(number) == _DIGITS and number not in haystack for number in numbers)
        if apart and even and not any(map(taken.meets, numbers)):
            break
    else:
        raise ValueError(f"no unused numbers in {_TRIES} draws; ask for fewer chains")
    for number in sorted(numbers):
        taken.add(number)
    holders = [taken.add(fresh(rng, kind, taken=taken, haystack=haystack)) for _ in values]
    return _Chain(holders=holders, shifts=shifts, values=values)


def _shifts(rng: np.random.Generator, spec: TrackingSpec, num_onward: int) -> list[int]:
    """Draw what each copy adds: 0 for a plain one. The onward ones are as mixed as the hops."""
    amounts = rng.integers(*_AMOUNTS, size=spec.hops + num_onward)
    signs = rng.choice((-1, 1), size=len(amounts))
    hops = rng.permutation(np.arange(spec.hops) < spec.arithmetic)
    shifting = np.concatenate([hops, rng.choice(hops, size=num_onward)])
    return [int(shift) for shift in amounts * signs * shifting]


def _decoy_depths(
    rng: np.random.Generator,
    spec: TrackingSpec,
    asked: Sequence[float],
    *,
    end: float,
    room: float,
) -> list[float]:
    """Draw depths of a decoy: what precedes its last hop precedes that of the asked chain too.

    All chains' first settings then lie alike around the asked holder's copy, and its own is not the
    nearest more often than others. Where the text, which has `room` for so many statements, has
    none for that, depths are drawn as those of the asked chain are, apart from all others.
    """
    count, time = len(asked), max(abs(1 - end - depth) for depth in asked)
    if count > FREELY:
        return [float(depth) for depth in stratified(rng, count)]
    moments = rng.random(count)
    if time * room >= spec.chains * spec.hops:
        moments[:-1] *= time
        moments[-1] = _between(rng, moments[:-1].max(), 1.0)
    return [float(abs(1 - end - moment)) for moment in moments]


def _moments(
    rng: np.random.Generator, targets: Sequence[float], *, count: int, end: float
) -> list[float]:
    """Return the depths of a chain's `count` links as they happen; time runs towards `end`."""
    at = sorted(targets, reverse=not end)
    onward = [_between(rng, at[-1], end) for _ in range(count - len(at))]
    return [*at, *sorted(onward, reverse=not end)]


def _settings(
    rng: np.random.Generator, spec: TrackingSpec, at: list[float], *, end: float
) -> Iterator[tuple[int, float]]:
    """Yield which holders are set once more, and where; no later holder's value changes by it."""
    for index in rng.integers(2 * spec.hops + 1, size=spec.reassign).tolist():
        if index <= spec.hops:  # before the holder gets the value that it passes on
            yield index, _between(rng, 1 - end, at[index])
        else:  # after it has passed that on
            holder = index - spec.hops - 1
            yield holder, _between(rng, at[holder + 1], end)


def _between(rng: np.random.Generator, first: float, second: float) -> float:
    return first + (second - first) * float(rng.random())


def _links(chain: _Chain, at: list[float], *, asked: int, template: Template) -> Iterator[Plant]:
    """Yield the first setting and the copies; the first `asked` of them are evidence."""
    first = str(chain.values[0])
    text = template.statement.format(key=chain.holders[0], value=first)
    yield Plant(text=text, depth=at[0], part=0 if asked else None, hidden=(first,))
    for index, shift in enumerate(chain.shifts, start=1):
        # What stands between < and > speaks of the shift.
        wording = _OPTIONAL.sub(r"\1" if shift else "", template.more[0])
        names = {"other": chain.holders[index - 1], "key": chain.holders[index]}
        text = wording.format(**names, amount=abs(shift), **(_MORE if shift > 0 else _LESS))
        yield Plant(text=text, depth=at[index], part=0 if index < asked else None)


_ORDER = " The entries stand {} first in the text; answer for the time after them all."
_FIRST = {"forward": "oldest", "reversed": "newest"}
_NEWEST = """ Where something is set more than once, its newest entry counts; an entry that refers \
to something else means what that had at the time."""


TASK = Task(
    name="tracking",
    version=1,
    spec=TrackingSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
)
