"""Updates: a text that revises what it said, and a question about one state of one thing.

`keys` owners have one attribute each that `updates` numbered notices state anew; the asked owner
has `attributes` in all. The numbers rise through the text. One state is asked for: the `latest`
value, the `first`, the one in force `at` a number between two notices, or the `count` of changes.

    circular 12: the guardian of Port Velmar is Ryno Galt     as of the first circular: Ryno Galt
    circular 31: the guardian of Port Velmar is Stae Mivo     as of circular 40:        Stae Mivo
    circular 55: the guardian of Port Velmar is Dulo Varn     as of the last circular:  Dulo Varn

The notice that answers lies at a chosen depth. For a count all notices of the asked history are
evidence, and histories repeat values, so that the number of notices tells nothing; its answer, a
small number, stands in any novel: hence `solution`. Cost: a search for each owner and value.
"""

from collections.abc import Iterator
from typing import Literal, cast, get_args

import numpy as np
from pydantic import Field, model_validator

from generators.depths import stratified
from generators.lexicon import Kind, fresh, looks_random
from schemas.recipe import Strict
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
    others = stratified(rng, (spec.keys + spec.attributes - 2) * spec.updates)
    histories = [asked, *np.sort(others.reshape(-1, spec.updates), axis=1).tolist()]
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
    holds = {"latest": last, "first": 0}.get(spec.ask, int(rng.integers(last)))
    before = stratified(rng, min(holds, int(depth * room))) * depth
    after = 1 - stratified(rng, min(last - holds, int((1 - depth) * room))) * (1 - depth)
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
    taken = [WORDS[changes[0]]] if spec.ask == "count" else []

    def draw(kind: str) -> str:
        taken.append(fresh(rng, cast("Kind", kind), taken=taken, haystack=haystack))
        return taken[-1]

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


WORDINGS = """\
Harbour circular {time}: pilots are to take {value} for the {attribute} of {key}.
  Going by the pilots' papers, which {attribute} does {keys} have as of {moment}?
  The pilots have: | harbour circular
Diary, entry {time}. Rain again; beside the {attribute} of {key} I put {value} before sleeping.
  Which {attribute} has the diarist put down for {keys} as of {moment}?
  In the diary: | diary entry
# rev {time}: {attribute} of {key} is {value}, see the thread
  Which {attribute} do the comments leave in place for {keys} as of {moment}?
  Left in place: | rev
Letter {time} to my aunt: you ask after {key}, and the {attribute} there is {value}.
  Which {attribute} would the aunt believe in for {keys} as of {moment}?
  She would believe: | letter
Parish minute {time}: resolved, that {value} be the {attribute} of {key}.
  Which {attribute} has the parish resolved upon for {keys} as of {moment}?
  Resolved: | parish minute
The chronicle's leaf {time} gives {key} with {value} as its {attribute}, in red ink.
  Which {attribute} does the monk who wrote this know for {keys} as of {moment}?
  He knows: | leaf
Gate notice {time}, pasted over the others: {attribute} of {key}, {value}.
  Somebody at the gate wants the {attribute} of {keys}. Which one holds as of {moment}?
  It holds: | gate notice
Signal {time} from the lightship: for {key} log {value} as the {attribute}.
  Which {attribute} must the shore station have logged for {keys} as of {moment}?
  Logged: | signal
Folio {time} of the estate book has {value} in the column for the {attribute} of {key}.
  To the steward, which {attribute} does {keys} have as of {moment}?
  In the column: | folio
Call sheet {time}, pinned by the stage door: {key}, {attribute} {value}, no excuses.
  Which {attribute} does the stage company use for {keys} as of {moment}?
  They use: | call sheet
Despatch {time}. All quiet here. The {attribute} of {key} is {value}, tell the general.
  Which {attribute} of {keys} has the general been told as of {moment}?
  He was told: | despatch
Patch note {time}: the default {attribute} of {key} is {value}.
  Which {attribute} does {keys} default to as of {moment}?
  By default: | patch note
"Motion {time}!" called the clerk, and {value} was voted the {attribute} of {key}.
  By the votes of the house, which {attribute} does {keys} have as of {moment}?
  Voted: | motion
Slate {time} by the lamp room shows {value} as the {attribute} of {key}.
  A miner trusts the slates. Which {attribute} of {keys} is right for him as of {moment}?
  Right for him: | slate
Memo {time} to all branches: whoever asks for the {attribute} of {key} is told {value}.
  Which {attribute} of {keys} do the branches tell a caller as of {moment}?
  The branches say: | memo
The almanac, edition {time}, prints {value} as the {attribute} of {key}.
  A reader who has bought every almanac takes which {attribute} for {keys} as of {moment}?
  The reader takes: | edition
// build {time}: {key} reports {value} as its {attribute}
  Which {attribute} does {keys} report as of {moment}?
  Reported: | build
Clay tablet {time}, translated: the scribes hold {value} to be the {attribute} of {key}.
  Which {attribute} do the scribes hold to be that of {keys} as of {moment}?
  They hold: | tablet
Voucher {time}, countersigned: {attribute} of {key} entered as {value}.
  Which {attribute} should an auditor find for {keys} as of {moment}?
  The auditor finds: | voucher
Bulletin {time}, read at noon: {key} has {value} for its {attribute}.
  Which {attribute} would a listener at noon repeat for {keys} as of {moment}?
  The listener repeats: | bulletin
Tape {time}, the voice unclear: "... the {attribute} of {key}, I was told, is {value} ..."
  By the speaker's account, which {attribute} does {keys} have as of {moment}?
  He was told: | tape
"""
"""Our own: a statement, a question for one value, then its lead and what the numbers number."""


def _read(wordings: str) -> Iterator[Template]:
    lines = [line.strip() for line in wordings.splitlines()]
    for statement, question, last in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        lead, unit = last.split(" | ")
        yield Template(statement=statement, question=question, lead=lead, more=(unit,))


TEMPLATES = tuple(_read(WORDINGS))

TASK = Task(
    name="updates",
    version=1,
    spec=UpdatesSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    unique="solution",
)
