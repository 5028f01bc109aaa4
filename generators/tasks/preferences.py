"""Preferences: a speaker who changes his mind, over many conversations, and one state asked for.

Exchanges of two turns are put between the turns of natural conversations, in their own form: a wish
and its receipt, or a proposal that is turned down. `things` wishes have `updates` statements each,
some about the same owner, and for the asked one there are `proposals`. Asked is the `latest` wish,
the `first`, or the `nth`.

    user: I'd like 14 March 6184 as the start date for Velmar loom.      the latest start date
    assistant: Noted.                                                    for Velmar loom
    assistant: Would 2 May 7001 be a better start date for Velmar loom?    ->  9 June 3310
    user: No, leave it.
    user: Make it 9 June 3310, the start date for Velmar loom.

Owners and values are invented and stand nowhere in the conversations. The wish that answers lies at
a chosen depth, at the nearest turn. Where the text is short there are fewer things and statements.
Cost: linear, and a search in the text for each owner and value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
from pydantic import Field

from generators.depths import stratified
from generators.lexicon import Kind, fresh, looks_random
from generators.tasks._parts.preferences_words import ATTRIBUTES, RULE, WORDINGS
from generators.tasks._parts.turns import Ints, Talk, read
from generators.tasks._parts.wordings import fields_of
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Offer, Passage, Plan, Task, Template

KeyKind = Literal["phrase", "name", "place"]
ValueKind = Literal["number", "code", "name", "place", "date"]
Ask = Literal["latest", "first", "nth"]
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_PEOPLE = ("user", "human", "customer", "client", "caller")
_NOBODY = ("system", "tool", "function", "developer")
_SPARSE = 120
"""Tokens of text for each exchange, at least; one takes about 50."""
_NEAR_SHARE, _NEAR_TOKENS = 0.008, 56
"""How far from its depth the evidence may begin: somewhat less than the contract has it."""


class PreferencesSpec(Strict):
    """How hard one sample is."""

    things: int = Field(default=3, ge=1, le=16)
    """Owners and attributes that wishes are about; one of them is asked for."""
    updates: int = Field(default=4, ge=2, le=len(ORDINALS))
    """Wishes about each: the first and its revisions. The asked thing has fewer where its evidence
    lies so near the beginning or the end that they have no room there."""
    proposals: int = Field(default=2, ge=0, le=16)
    """Proposals about the asked thing that are turned down."""
    ask: Ask | Literal["mixed"] = "mixed"
    """Which wish is asked for; `mixed` draws one of the three for each sample."""
    key: KeyKind | Literal["mixed"] = "mixed"
    """What owners look like; `mixed` draws one kind for each sample."""
    value: ValueKind | Literal["mixed"] = "mixed"
    """What values look like; `mixed` draws one kind for each sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Two turns that the task writes."""

    depth: float
    first: str
    second: str
    value: str
    size: int
    wish: bool
    answers: bool


def num_evidence(spec: PreferencesSpec) -> int:
    """Return 1: the wish that answers."""
    return 1


def plan(
    rng: np.random.Generator,
    spec: PreferencesSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: the exchanges, where they stand, what is asked, and the value that answers.

    Raises UnfitError where turns cannot be told, or none opens near enough to the chosen depth;
    ValueError when the number of depths is not 1.
    """
    if len(depths) != num_evidence(spec):
        raise ValueError(f"{len(depths)} depths for {num_evidence(spec)} pieces of evidence")
    talk = read(haystack)
    spec = _settled(rng, spec, room=len(haystack.token_ends))
    frame = _frame(talk, haystack)
    exchanges, asked, holds = _exchanges(
        rng, spec, haystack=haystack, depth=depths[0], template=template, frame=frame
    )
    moment = "last" if spec.ask == "latest" else ORDINALS[holds]
    question = (template.question + RULE).format(
        key=f'"{asked[0]}"', attribute=asked[1], moment=moment
    )
    head = haystack.count(question) if haystack.opens else 0
    return Plan(
        body=tuple(_body(talk, haystack, exchanges, head=head)),
        question=question,
        lead=template.lead,
        parts=tuple(one.value for one in exchanges if one.answers),
        template=template.name,
        params={
            "ask": spec.ask,
            "attribute": asked[1],
            "value": spec.value,
            **talk.manner(),
        },
    )


def _settled(rng: np.random.Generator, spec: PreferencesSpec, *, room: int) -> PreferencesSpec:
    """Settle what is `mixed`, and take as many things and wishes as the text has room for."""
    choices = {"ask": get_args(Ask), "key": get_args(KeyKind), "value": tuple(ATTRIBUTES)}
    drawn = {name: kinds[int(rng.integers(len(kinds)))] for name, kinds in choices.items()}
    mixed: dict[str, object] = {n: kind for n, kind in drawn.items() if getattr(spec, n) == "mixed"}
    most = max(room // _SPARSE, 3)
    proposals = min(spec.proposals, most // 4)
    updates = min(spec.updates, most - proposals)
    things = max(1, min(spec.things, (most - proposals) // updates))
    return spec.model_copy(
        update={**mixed, "things": things, "updates": updates, "proposals": proposals}
    )


def _exchanges(
    rng: np.random.Generator,
    spec: PreferencesSpec,
    *,
    haystack: Offer,
    depth: float,
    template: Template,
    frame: int,
) -> tuple[list[Exchange], tuple[str, str], int]:
    """Return the exchanges in the order of their depths, the asked thing, and which wish holds.

    `frame` is how many tokens the two turns of an exchange take apart from their words.
    """
    taken: list[str] = []

    def draw(kind: str) -> str:
        taken.append(fresh(rng, cast("Kind", kind), taken=taken, haystack=haystack.text))
        return taken[-1]

    revision, proposal, decline, receipt = template.more
    keys = [draw(spec.key) for _ in range((spec.things + 1) // 2)]
    labels = rng.permutation(ATTRIBUTES[spec.value])[:2].tolist()
    # Every owner has wishes on two points, so that neither owner nor point alone is enough.
    things = [(key, label) for key in keys for label in labels][: spec.things]
    mine, holds = _depths(rng, spec, depth, room=len(haystack.token_ends) / (2 * _SPARSE))
    # Independent places: among evenly spread ones the asked history would be easy to tell.
    others = rng.random(((len(things) - 1), spec.updates))
    made: list[Exchange] = []

    def add(at: float, wording: str, thing: tuple[str, str], **more: bool) -> None:
        value = draw(spec.value)
        first = wording.format(key=thing[0], attribute=thing[1], value=value)
        second = receipt if more["wish"] else decline
        size = haystack.count(f"{first}\n\n{second}\n\n") + frame
        made.append(Exchange(depth=at, first=first, second=second, value=value, size=size, **more))

    for thing, history in zip(things, [mine, *np.sort(others, axis=1).tolist()], strict=True):
        for index, at in enumerate(history):
            wording = revision if index and rng.integers(2) else template.statement
            answers = thing is things[0] and index == holds
            add(at, wording, thing, wish=True, answers=answers)
    for at in stratified(rng, spec.proposals).tolist():
        add(at, proposal, things[0], wish=False, answers=False)
    return sorted(made, key=lambda one: one.depth), things[0], holds


def _depths(
    rng: np.random.Generator, spec: PreferencesSpec, depth: float, *, room: float
) -> tuple[list[float], int]:
    """Return the depths of the asked thing's wishes, rising, and which of them holds."""
    last = spec.updates - 1
    middle = int(rng.integers(1, last)) if last > 1 else 0
    holds = {"latest": last, "first": 0}.get(spec.ask, middle)
    before = stratified(rng, min(holds, int(depth * room))) * depth
    after = 1 - stratified(rng, min(last - holds, int((1 - depth) * room))) * (1 - depth)
    return [*np.sort(before).tolist(), depth, *np.sort(after).tolist()], len(before)


def _body(talk: Talk, offer: Offer, exchanges: list[Exchange], *, head: int) -> Iterator[Passage]:
    """Yield the conversations with the exchanges between their turns, or behind the last one."""
    spots, partners = _places(talk)
    end = talk.conversations[-1][1]
    total = head + len(offer.token_ends) + sum(one.size for one in exchanges)
    gap = _gap(talk)
    at, own, least = 0, head, 0
    for one in exchanges:
        turns = spots[one.wish]
        opens = np.append(talk.starts[turns], end)
        tokens = np.searchsorted(offer.token_ends, opens, side="right")
        # Two at one turn stand in the order of their depths, and none before the last one.
        reach = np.abs(tokens - (one.depth * total - own)) + np.where(opens < least, np.inf, 0)
        nearest = int(np.argmin(reach))
        if one.answers and reach[nearest] > max(_NEAR_SHARE * total, _NEAR_TOKENS):
            raise UnfitError("no turn opens near the chosen depth")
        least = int(opens[nearest])
        if least > at:
            yield Passage(start=at, stop=least)
            at = least
        turn = int(turns[min(nearest, len(turns) - 1)])
        yield from _turns(talk, one, (talk.who[turn], partners[turn]), gap=gap, last=at == end)
        own += one.size
    if at < end:
        yield Passage(start=at, stop=end)


def _turns(
    talk: Talk, one: Exchange, speakers: tuple[str, str], *, gap: str, last: bool
) -> Iterator[Passage]:
    """Yield the two turns of an exchange, and what parts them from the turns around."""
    before, after, close = talk.form
    first, second = (
        f"{before}{speaker}{after}{words}"
        for speaker, words in zip(speakers, (one.first, one.second), strict=True)
    )
    hidden = (one.value,) if looks_random(one.value) else ()
    closed = close and talk.text.endswith(close, 0, talk.conversations[-1][1])
    head, tail = (gap.removeprefix(close) if closed else gap, close) if last else ("", gap)
    if not one.answers:
        yield Passage(text=f"{head}{first}{gap}{second}{tail}", hidden=hidden)
        return
    if head:
        yield Passage(text=head)
    yield Passage(text=first, hidden=hidden, part=0, depth=one.depth)
    yield Passage(text=f"{gap}{second}{tail}")


def _frame(talk: Talk, offer: Offer) -> int:
    before, after, _ = talk.form
    return 2 * max(offer.count(f"{before}{talk.speakers[0]}{after}{_gap(talk)}") - 1, 1)


def _gap(talk: Talk) -> str:
    """Return what stands between two turns of one conversation."""
    # Whoever has a partner has one in the same conversation, so there is such a pair.
    pairs = np.flatnonzero(talk.home[1:] == talk.home[:-1])
    first = int(pairs[0])
    return talk.text[int(talk.stops[first]) : int(talk.starts[first + 1])]


def _places(talk: Talk) -> tuple[tuple[Ints, Ints], list[str]]:
    """Return before which turns proposals and wishes can stand, and to whom each turn is said.

    It is said to whoever speaks before or else behind it. Wishes are the people's where there are
    people and machines, and anybody's where all have names.
    """
    names, who = np.unique(talk.who, return_inverse=True)
    mute = np.array([name.lower() in _NOBODY for name in names])
    people = np.array([name.lower() in _PEOPLE for name in names])[who]
    partners = np.full(len(who), -1)
    for step, edge in ((-1, -1), (1, 0)):  # whoever speaks before goes over who speaks behind
        other, home = np.roll(who, step), np.roll(talk.home, step)
        near = (home == talk.home) & (other != who) & ~mute[other]
        near[edge] = False
        partners[near] = other[near]
    able = (partners >= 0) & ~mute[who]
    wishes = able & people if people.any() else able
    proposals = able & ~people if people.any() else able
    if not wishes.any() or not proposals.any():
        raise UnfitError("nobody speaks to whom a wish or a proposal could be put")
    return (np.flatnonzero(proposals), np.flatnonzero(wishes)), names[partners].tolist()


TEMPLATES = tuple(
    Template(statement=wish, question=question, lead=lead, more=(revision, offer, decline, receipt))
    for wish, receipt, revision, offer, decline, question, lead in fields_of(WORDINGS, lines=4)
)

TASK = Task(
    name="preferences",
    version=1,
    spec=PreferencesSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    composes=True,
    kinds=("conversation",),
    haystack="gather",
)
