"""Updates: a text that revises what it said, and a question about one state of one thing.

`keys` owners have one attribute each that `updates` numbered notices state anew; the asked owner
has `attributes` in all. The numbers rise through the text. One state is asked for: the `latest`
value, the `first`, the one in force `at` a number, or the `count` of changes.

    circular 12: the guardian of Port Velmar is Ryno Galt     as of the first circular: Ryno Galt
    circular 31: the guardian of Port Velmar is Stae Mivo     as of circular 40:        Stae Mivo
    circular 55: the guardian of Port Velmar is Dulo Varn     as of the last circular:  Dulo Varn

The notice that answers lies at a chosen depth. For a count all notices of the asked history are
evidence, and histories repeat values, so that the number of notices tells nothing; its answer, a
small number, stands in any novel: hence `solution`. Cost: a search for each owner and value.
"""

from typing import Literal, cast, get_args

import numpy as np
from pydantic import Field, model_validator

from generators.lexicon import Kind, Taken, fresh, looks_random
from generators.tasks._parts.updates_words import TEMPLATES
from schemas.knobs import Strict
from schemas.task import Plan, Plant, Task, Template

KeyKind = Literal["phrase", "name", "place", "code"]
ValueKind = Literal["number", "code", "name", "place", "date"]
Ask = Literal["latest", "first", "at", "count"]
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "number": ("levy", "quota", "bond", "valuation", "bounty", "ceiling"),
    "code": ("call sign", "permit", "warrant", "cipher", "seal", "docket"),
    "name": ("guardian", "sponsor", "agent", "trustee", "assessor", "deputy"),
    "place": ("depot", "domicile", "refuge", "mooring", "rendezvous", "outpost"),
    "date": ("renewal date", "hearing date", "expiry date", "audit date", "sale date", "due date"),
}
"""What an owner of any kind can have, by the kind of its value; none is part of another."""
MOMENTS = {
    "latest": "the last {unit} on this very point",
    "first": "the first {unit} on this very point",
    "at": "{unit} {time}",
}
COUNT_QUESTION = (
    "How many times does the {attribute} of {keys} change from the first {unit} that gives it to "
    "the last? A value that is only repeated is no change. Write the number as a word."
)
WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
MOST_NOTICES = 320
"""With gaps of 2 or 3 their numbers stay below 1,000, since four digits look random."""
_WIDEST_GAP = 12


class UpdatesSpec(Strict):
    """How hard one sample is."""

    keys: int = Field(default=4, ge=1, le=64)
    """Owners that have the asked attribute; one of them is asked for."""
    updates: int = Field(default=5, ge=2, le=64)
    """Notices of each history: its first value and the revisions. The asked one has fewer where
    its evidence lies so near the beginning or the end that they have no room on their side."""
    attributes: int = Field(default=2, ge=1, le=6)
    """Attributes of the asked owner, each with a history; one of them is asked for."""
    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked; `mixed` draws latest, first or at (a count has other evidence)."""
    key: KeyKind | Literal["mixed"] = "mixed"
    """What owners look like; `mixed` draws one kind for each sample."""
    value: ValueKind | Literal["mixed"] = "mixed"
    """What values look like; `mixed` draws one kind for each sample."""

    @model_validator(mode="after")
    def _fits(self) -> "UpdatesSpec":
        notices = (self.keys + self.attributes - 1) * self.updates
        if notices > MOST_NOTICES:
            raise ValueError(
                f"keys, attributes and updates make {notices} notices; "
                f"(keys + attributes - 1) x updates is at most {MOST_NOTICES}"
            )
        if self.ask == "count" and self.updates not in range(3, len(WORDS) + 1):
            raise ValueError(
                f"updates is {self.updates} and ask is count; the answer lies between 1 and "
                f"updates - 1, so updates is 3 to {len(WORDS)}"
            )
        return self


def num_evidence(spec: UpdatesSpec) -> int:
    """Return how many notices answer: the one that holds, or for a count the whole history."""
    return spec.updates if spec.ask == "count" else 1


def plan(
    rng: np.random.Generator,
    spec: UpdatesSpec,
    *,
    haystack: str,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: its notices, what is asked, and the value or number that answers.

    `haystack` is read for its length, and so that no owner and no value occurs in it. Raises
    ValueError when the number of depths is not `num_evidence(spec)`.
    """
    if len(depths) != num_evidence(spec):
        raise ValueError(f"{len(depths)} depths for {num_evidence(spec)} pieces of evidence")
    spec = _settled(rng, spec)
    counts = spec.ask == "count"
    asked, holds = _asked(rng, spec, depths, room=len(haystack) / (2 * len(template.statement)))
    # Drawn as the evidence is, each by itself: strata would leave it the middle of all notices.
    others = rng.random((spec.keys + spec.attributes - 2, spec.updates))
    histories = [asked, *np.sort(others, axis=1).tolist()]
    changes = [int(rng.integers(1, len(h))) if counts else len(h) - 1 for h in histories]
    stated = _stated(rng, spec, histories, changes=changes, haystack=haystack)
    at = [depth for history in histories for depth in history]
    order = np.argsort(at, kind="stable").tolist()
    times = dict(zip(order, _times(rng, len(order)), strict=True))
    evidence = range(len(asked)) if counts else (holds,)
    plants = tuple(
        Plant(
            text=template.statement.format(**stated[index], time=times[index]),
            depth=at[index],
            part=0 if index in evidence else None,
            hidden=(stated[index]["value"],) if looks_random(stated[index]["value"]) else (),
        )
        for index in order
    )
    # Between this notice and the next one that counts; the last one holds from then on.
    until = times[holds + 1] if holds + 1 < len(asked) else times[holds] + _WIDEST_GAP
    time = int(rng.integers(times[holds] + 1, until))
    return Plan(
        plants=plants,
        question=_question(spec, template, stated[0], time=time),
        lead="Changes:" if counts else template.lead,
        parts=(WORDS[changes[0]] if counts else stated[holds]["value"],),
        template=template.name,
        params={**spec.model_dump(), "attribute": stated[0]["attribute"]},
    )


def _settled(rng: np.random.Generator, spec: UpdatesSpec) -> UpdatesSpec:
    """Settle what is `mixed`, once for the sample: a notice of its own kind would stand out."""
    choices = {"ask": tuple(MOMENTS), "key": get_args(KeyKind), "value": tuple(ATTRIBUTES)}
    drawn = {name: kinds[int(rng.integers(len(kinds)))] for name, kinds in choices.items()}
    mixed = {name: kind for name, kind in drawn.items() if getattr(spec, name) == "mixed"}
    return spec.model_copy(update=mixed)


def _asked(
    rng: np.random.Generator, spec: UpdatesSpec, depths: tuple[float, ...], *, room: float
) -> tuple[list[float], int]:
    """Return the depths of the asked history, rising, and which of its notices holds.

    The text has `room` for so many notices: near an edge of it there are fewer, or those beyond the
    one that holds would crowd it off its depth.
    """
    if spec.ask == "count":
        return sorted(depths), 0
    depth, last = depths[0], spec.updates - 1
    # Of a history that is asked `at` a number, the others lie anywhere: as many before as come so.
    holds = {"latest": last, "first": 0}.get(spec.ask, int(rng.binomial(last, depth)))
    before = rng.random(min(holds, int(depth * room))) * depth
    after = 1 - rng.random(min(last - holds, int((1 - depth) * room))) * (1 - depth)
    return [*np.sort(before).tolist(), depth, *np.sort(after).tolist()], len(before)


def _stated(
    rng: np.random.Generator,
    spec: UpdatesSpec,
    histories: list[list[float]],
    *,
    changes: list[int],
    haystack: str,
) -> list[dict[str, str]]:
    """Return the owner, the attribute and the value of each notice, history after history."""
    # The word of a count is taken, so that no name holds it: `one` is in Bone.
    taken = Taken([WORDS[changes[0]]] if spec.ask == "count" else ())

    def draw(kind: str) -> str:
        return taken.add(fresh(rng, cast("Kind", kind), taken=taken, haystack=haystack))

    attributes = rng.permutation(ATTRIBUTES[spec.value])[: spec.attributes].tolist()
    owners = [draw(spec.key) for _ in range(spec.keys)]
    things = [(key, attributes[0]) for key in owners]
    things += [(owners[0], attribute) for attribute in attributes[1:]]
    stated = []
    for (key, attribute), history, number in zip(things, histories, changes, strict=True):
        values = [draw(spec.value) for _ in range(number + 1)]
        new = 1 + rng.permutation(len(history) - 1)[:number]
        stated += [
            {"key": key, "attribute": attribute, "value": values[int(np.sum(new <= index))]}
            for index in range(len(history))
        ]
    return stated


def _times(rng: np.random.Generator, count: int) -> list[int]:
    """Return rising numbers below 1,000, two apart or more: one fits between."""
    gaps = rng.integers(2, min(_WIDEST_GAP, 960 // count) + 1, size=count)
    times: list[int] = (int(rng.integers(20)) + np.cumsum(gaps)).tolist()
    return times


def _question(spec: UpdatesSpec, template: Template, asked: dict[str, str], *, time: int) -> str:
    (unit,) = template.more
    moment = MOMENTS.get(spec.ask, "").format(unit=unit, time=time)
    wording = COUNT_QUESTION if spec.ask == "count" else template.question
    return wording.format(
        keys=f'"{asked["key"]}"', attribute=asked["attribute"], unit=unit, moment=moment
    )


TASK = Task(
    name="updates",
    version=1,
    spec=UpdatesSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    unique="solution",
)
