"""Joins: facts far apart that have to be put together before the question can be answered.

A chain of `hops` facts leads from one entity to the next. The question names the first entity and
the way from there; the fact that holds the answer shares no name with it. `decoys` are chains of
the same relations over other entities, and each chain has `forks`: facts that lead into one of its
bridges from elsewhere, so that what stands beside a name is not always the way on.

    Until the roster is posted, pilot Velmar Tosqui takes out lighter KX4-90Q7.
    After every trip lighter KX4-90Q7 makes fast at quay Port Anholt and nowhere else.
    Name the quay used by the lighter taken out by pilot "Velmar Tosqui".  ->  Port Anholt

The rule: from each entity a relation leads to one other, while several may lead to the same one.
Entities are invented and occur nowhere in the haystack (generators/lexicon.py). Cost: a search in
the haystack for each of the (decoys + 1) x (hops + 1 + forks) entities.
"""

from typing import NamedTuple, cast

import numpy as np
from pydantic import Field

from generators.lexicon import Kind, fresh, looks_random
from schemas.knobs import Strict
from schemas.task import Plan, Plant, Task, Template


class JoinsSpec(Strict):
    """How hard one sample is."""

    hops: int = Field(default=2, ge=2, le=4)
    """Facts that lead from the entity in the question to the answer, each at its own depth."""
    decoys: int = Field(default=3, ge=0, le=32)
    """Chains of the same relations that share no entity with the asked one."""
    forks: int = Field(default=1, ge=0, le=4)
    """For each chain, decoys too: facts that lead into one of its bridges from another entity."""


class _Fact(NamedTuple):
    """Relation `step` leads from `key` to `value`."""

    step: int
    key: str
    value: str


def num_evidence(spec: JoinsSpec) -> int:
    """Return how many facts must be put together: one for each hop."""
    return spec.hops


def plan(
    rng: np.random.Generator,
    spec: JoinsSpec,
    *,
    haystack: str,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: the facts and how deep, the question along the chain, and its far end.

    `depths` are the targets of the facts of the asked chain and fall to them by chance, so that the
    second hop may well stand before the first. Any `hops` relations in a row of the wording's four
    may be asked for. Raises ValueError when the number of depths is wrong.
    """
    if len(depths) != spec.hops:
        raise ValueError(f"{len(depths)} depths for {spec.hops} pieces of evidence")
    nouns, kinds, relations = _world(template)
    first = int(rng.integers(len(relations) - spec.hops + 1))
    nouns, kinds = nouns[first:][: spec.hops + 1], kinds[first:][: spec.hops + 1]
    relations = relations[first:][: spec.hops]
    facts = _facts(rng, spec, kinds=kinds, haystack=haystack)
    # Independent, as the evidence of one sample is: strata would push decoys outwards of it.
    others = rng.random(len(facts) - spec.hops)
    at = [*rng.permutation(depths).tolist(), *others.tolist()]
    hidden = _first_stated(facts, at)
    plants = tuple(
        Plant(
            text=relations[fact.step][0].format(
                key=f"{nouns[fact.step]} {fact.key}",
                value=f"{nouns[fact.step + 1]} {fact.value}",
            ),
            depth=at[index],
            part=0 if index < spec.hops else None,
            hidden=hidden[index],
        )
        for index, fact in enumerate(facts)
    )
    way = f'{nouns[0]} "{facts[0].key}"'
    for _, phrase in relations:
        way = "the " + phrase.format(key=way)
    return Plan(
        plants=plants,
        question=template.question.format(keys=way),
        lead=template.lead.format(noun=nouns[-1]),
        parts=(facts[spec.hops - 1].value,),
        template=template.name,
        params=spec.model_dump(),
    )


def _facts(
    rng: np.random.Generator, spec: JoinsSpec, *, kinds: list[Kind], haystack: str
) -> list[_Fact]:
    """Return the asked chain's facts in order, then the decoys', then the forks of all."""
    taken: list[str] = []

    def invent(step: int) -> str:
        taken.append(fresh(rng, kinds[step], taken=taken, haystack=haystack))
        return taken[-1]

    chains = [[invent(step) for step in range(len(kinds))] for _ in range(spec.decoys + 1)]
    facts = [_Fact(i, *chain[i : i + 2]) for chain in chains for i in range(spec.hops)]
    for chain in chains:  # A chain with more forks than the others would give itself away.
        for step in rng.integers(spec.hops - 1, size=spec.forks).tolist():
            facts.append(_Fact(step, invent(step), chain[step + 1]))
    return facts


def _first_stated(facts: list[_Fact], at: list[float]) -> list[tuple[str, ...]]:
    """Return for each fact the random-looking names that no fact before it in the text has."""
    hidden: list[tuple[str, ...]] = [()] * len(facts)
    met: set[str] = set()
    for index in sorted(range(len(facts)), key=at.__getitem__):
        names = {facts[index].key, facts[index].value} - met
        hidden[index] = tuple(sorted(filter(looks_random, names)))
        met |= names
    return hidden


def _world(template: Template) -> tuple[list[str], list[Kind], list[tuple[str, str]]]:
    """Return a wording's nouns, the kinds of their names, and its relations: fact and question."""
    roles, *more = template.more
    nouns, _, kinds = zip(*(role.partition("=") for role in roles.split()), strict=True)
    relations = zip([template.statement, *more[1::2]], more[::2], strict=True)
    return list(nouns), cast(list[Kind], list(kinds)), list(relations)


def _template(block: str) -> Template:
    """Read one wording: its roles, its question and lead, then a relation a line."""
    roles, frame, *relations = block.split("\n")
    question, lead = frame.split(" | ")
    statement, *more = (text for line in relations for text in line.split(" | "))
    return Template(statement=statement, question=question, lead=lead, more=(roles, *more))


_WORDINGS = """
pilot=name lighter=code quay=place crane=number foreman=name
Taking the harbour notices together, can you name {keys}? | By the notices it is {noun}
Until the roster is posted, {key} takes out {value}. | lighter taken out by {key}
After every trip {key} makes fast at {value} and nowhere else. | quay used by {key}
Heavy pieces landed on {key} are swung by {value}. | crane that swings heavy pieces on {key}
Should anything jam, the man to call for {key} is {value}. | foreman to call for {key}

reader=name folio=code shelf=number warden=name town=place
What do the archive's papers give as {keys}? | The papers give {noun}
The slip in my hand says that {key} has asked to see {value}. | folio that {key} has asked to see
To fetch {key}, walk down the nave of stacks as far as {value}. | shelf that holds {key}
A brass plate tells visitors that {value} watches over {key}. | warden who watches over {key}
Each winter, when the stoves go out, {key} goes home to {value}. | home town of {key}

chemist=name vial=code freezer=number building=place porter=name
Work it out from the bench notes: which one is {keys}? | The notes lead to {noun}
The label was still damp when {key} put the seal on {value}. | vial sealed by {key}
For want of space {value} has taken in {key} since the autumn. | freezer that has taken in {key}
Deliveries for {key} go to {value}, by the side door. | building that takes deliveries for {key}
After dark the only one who can let you into {key} is {value}. | porter who can let you into {key}

guard=name train=number depot=place inspector=name badge=code
From the railway's staff orders, identify {keys}. | Staff orders say {noun}
From tonight and until relieved, {key} rides with {value}. | train that {key} rides with
Once emptied and swept, {key} is shunted back to {value}. | depot that takes back {key}
Nobody signs for repairs at {key} except {value}. | inspector who signs for repairs at {key}
Out of the new box, {value} was pinned on {key}. | badge pinned on {key}

job=identifier queue=identifier table=identifier maintainer=name ticket=number
Going by the code comments alone, name {keys}. | Per the comments: {noun}
# keep in step: {key} writes to {value} and to nothing else | queue that {key} writes to
# nightly: everything left in {key} is flushed into {value} | table that takes what is left in {key}
# before you change {key}, talk to {value} | maintainer to talk to about {key}
# the limits agreed with {key} are written up in {value} | ticket on the limits agreed with {key}

sledge=code driver=name camp=place surgeon=name chest=number
In the expedition's log, which one was {keys}? | In the log it was {noun}
Noon, cloud low, snow soft: {key} goes on under {value}. | driver of {key}
By lantern light we settled it, and {key} will winter at {value}. | winter camp of {key}
The only one fit to set a bone at {key} is {value}. | surgeon at {key}
Weighed and roped, the instruments of {key} went into {value}. | chest with the instruments of {key}

witness=name carriage=code stable=place groom=name policy=number
On the evidence given in court, establish {keys}. | It is established to be {noun}
Asked how the evening ended, {key} spoke of leaving in {value}. | carriage that {key} left in
The wheel marks were clear: {key} had been hired from {value}. | stable that hired out {key}
At that hour, the jury heard, {value} alone had the run of {key}. | groom who had the run of {key}
Counsel then read out {value}, drawn up in favour of {key}. | policy in favour of {key}

captain=name brig=place agent=name account=number branch=place
The auditor wants {keys}. What must the books show? | The books show {noun}
Paid in silver, wages of {key}, who now sails in {value}. | brig in which {key} now sails
Charges upon {key} are to be settled through {value}. | agent who settles charges upon {key}
Sums due to {key} are carried without delay to {value}. | account for sums due to {key}
Quarterly interest on {key} is entered at {value}. | branch that enters the interest on {key}

patient=name ward=code sister=name school=place bursar=name
Which one, from what the night book tells, is {keys}? | The night book leads to {noun}
Brought in before dawn, {key} was taken up to {value}. | ward that took in {key}
Whenever the bell rings in {key}, it is {value} who comes. | sister who answers the bell in {key}
It is no secret that {key} learned her calling at {value}. | school that taught {key}
The fee books of {key} are still with {value}. | bursar who has the fee books of {key}

envoy=name courier=name hotel=place line=number broker=name
Sift the telegrams and report {keys}. | Reported: {noun}
Arriving late stop {key} will be met by {value} stop carry nothing. | courier who will meet {key}
Urgent stop hold all post for {key} at {value} stop. | hotel that holds the post for {key}
Repeat stop night desk of {key} answers only on {value} stop. | line of the night desk of {key}
Note stop tolls on {key} are paid by {value} stop regards. | broker who pays the tolls on {key}

actor=name room=code trunk=number dresser=name inn=place
The stage manager is looking for {keys}; which one is it? | Stage manager's answer: {noun}
For the second act {key} changes in {value}. | room in which {key} changes
Whatever lies about in {key} at the end goes into {value}. | trunk for what lies about in {key}
Nobody lifts the lid of {key} without a nod from {value}. | dresser who guards the lid of {key}
Should the rehearsal run late, {key} puts up at {value}. | inn that puts up {key}

gardener=name greenhouse=code boiler=number stoker=name cottage=place
Ask the garden's day book: what is given there for {keys}? | The day book has {noun}
All this week and the next {key} is watering in {value}. | greenhouse that {key} is watering in
Warm water for {key} is piped across the yard from {value}. | boiler that warms {key}
At five each morning, frost or no frost, {value} rakes out {key}. | stoker who rakes out {key}
We pay the rent of {value}, and {key} lives there. | cottage of {key}

plate=code telescope=place observer=name notebook=number binder=name
For the observatory's yearbook, supply {keys}. | Supplied: {noun}
Exposed in fair seeing, {key} came down from {value}. | telescope behind {key}
This season all the dark nights at {key} belong to {value}. | observer with the nights at {key}
Whatever {key} corrects for drift is written into {value}. | notebook of drift corrections by {key}
To have its spine mended, {key} was left with {value}. | binder who is mending {key}

pupil=name form=code tutor=name study=number wing=place
A parent writes in to ask about {keys}. Which one is meant? | The parent means {noun}
New this term and rather shy, {key} has been put into {value}. | form that {key} has been put into
Notes of absence from {key} are handed to {value}. | tutor who is handed notes from {key}
The door with the cracked pane is {value}, where {key} marks papers. | study used by {key}
From the yard you reach {key} by the stairs of {value}. | wing whose stairs lead to {key}

miner=name shaft=code winch=number fitter=name village=place
Put the shift reports side by side and name {keys}. | Side by side they name {noun}
At the early bell {key} goes down {value} with the others. | shaft that {key} goes down
Rope for {key} is paid out from {value}. | winch that pays out rope for {key}
Oil can in hand, {value} sees to {key} twice a shift. | fitter who sees to {key}
The wages of {key} are sent home to {value}, less the rent. | village that gets the wages of {key}

parcel=code cart=number carrier=name hamlet=place postmistress=name
Trace it through the post office diary: which one is {keys}? | Traced to {noun}
Twine doubled, stamp smudged: {key} leaves with {value}. | cart that {key} leaves with
On the northern round {key} is driven by {value}. | carrier who drives {key}
The last stop of {key}, rain or shine, is {value}. | hamlet that is the last stop of {key}
Since the flood {value} hands out letters in {key}. | postmistress who hands out letters in {key}

author=name manuscript=code printer=name mill=place account=number
In the publishing house's files, look up {keys}. | The files have {noun}
The cover sheet lists {key} among the hands behind {value}. | manuscript that {key} had a hand in
We have promised {key} to {value}, proofs by the autumn. | printer to whom we have promised {key}
Reams for {key} come down the river from {value}. | mill that sends reams to {key}
Whatever {key} bills us for is booked under {value}. | account for the bills of {key}

heron=code ringer=name reserve=place boat=number boatman=name
To close the field report, fill in {keys}. | Filled in: {noun}
Weighed at first light, {key} was ringed by {value}. | ringer of {key}
It is {value} that {key} walks from end to end each week. | reserve walked each week by {key}
No bridge leads to {key}; one crosses in {value}. | boat that crosses to {key}
The tiller of {key} is in the hands of {value}. | boatman at the tiller of {key}

alert=identifier service=identifier pipeline=identifier engineer=name pager=number
During the incident somebody needs {keys}. Which one do the runbooks name? | They name {noun}
When {key} goes off, look first at {value}. | service to look at first after {key}
Never patch {key} by hand; it is rolled out by {value}. | pipeline that rolls out {key}
This quarter a release through {key} needs the word of {value}. | engineer whose word releases {key}
Out of hours {key} carries {value}. | pager carried by {key}

bidder=name lot=number restorer=name workshop=place key=code
Tidying up after the sale, one needs {keys}. Which is it? | It is {noun}
On the telephone all evening, {key} was bidding for {value}. | lot that {key} was bidding for
Its veneer lifting, {key} had first been sent to {value}. | restorer who was sent {key}
Most days of the week {key} is to be found in {value}. | workshop of {key}
The padlock on {key} turns only for {value}. | key to the padlock on {key}
"""
"""Our own, in many registers: roles and the kinds of their names; question and lead; then four
relations, each a fact and the words for its far end (in `{key}` at their end a way goes on)."""

TEMPLATES = tuple(map(_template, _WORDINGS.strip().split("\n\n")))

TASK = Task(
    name="joins",
    version=1,
    spec=JoinsSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
)
