"""Tally: records are spread over a long text, and those that fit the question are reckoned up.

A record says who handled how many of which goods at which place. All records of a sample have one
shape and few names, so a line alone tells nothing. The names in the question set its scope; records
outside it say the same of others. What a guess could lean on is drawn evenly and first: how many
records are in scope, how many names they hold, which name leads, and which comes first and last.

    records 8, filters 1  ->  "How many entries of the ferry log name "Port Velmar"?"
    3 of the 8 are drawn to name it, anywhere in the text; the other 5 name other places
    the answer is 3, and these 3 records are its evidence

Names are invented and occur nowhere in the haystack (generators/lexicon.py); no two records are
alike. Cost: a search in the haystack for each name, however many records there are.
"""

import re
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from generators.lexicon import Kind, fresh, near
from schemas.recipe import Strict
from schemas.task import Plan, Plant, Task, Template

Int64 = npt.NDArray[np.int64]
Ask = Literal["count", "sum", "most", "least", "list", "distinct"]
ASKS: tuple[Ask, ...] = ("count", "sum", "most", "least", "list", "distinct")
KINDS: tuple[tuple[str, Kind, str, str], ...] = (
    ("person", "name", "person", "people"),
    ("place", "place", "place", "places"),
    ("goods", "phrase", "kind of goods", "kinds of goods"),
)
"""What a record names: its place in the statement, its look, the words for one and for many."""
_ASKED = {
    "count": "How many are there in the whole text? Count each one, and give a number in digits.",
    "sum": "How many {unit} does that make over the whole text, added up? Give a number in digits.",
    "most": "Which {kind} is named in more of them than any other? Give the name alone.",
    "least": "Which {kind} is named in fewer of them than any other? Give the name alone.",
    "list": "Which {kinds} are named in them? Give each name once, in alphabetical order, with "
    "commas between the names.",
    "distinct": "How many different {kinds} are named in them? Give a number in digits.",
}
_SAME = "Two names are the same only if all their letters are."
_EVEN = 3.0  # of a Dirichlet law: shares that differ, and none near nothing; our choice


class TallySpec(Strict):
    """How hard one sample is."""

    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked; `mixed` draws it for each sample."""
    records: int = Field(default=24, ge=8, le=128)
    """Records in the text. A question with names has at most half of them in scope."""
    people: int = Field(default=4, ge=2, le=12)
    """Different people in the records."""
    places: int = Field(default=4, ge=2, le=12)
    """Different places in the records."""
    goods: int = Field(default=3, ge=2, le=12)
    """Different kinds of goods in the records."""
    filters: int = Field(default=1, ge=0, le=2)
    """Names that set the scope; without any, `most` and `least` are asked of all records."""
    margin: int = Field(default=2, ge=2, le=8)
    """Records by which the answer of `most` and `least` leads, so that one slip changes nothing."""
    near: bool = False
    """Let one other name of each kind be one or two letters away from the one in the question."""

    @model_validator(mode="after")
    def _fits(self) -> "TallySpec":
        most_names = max(self.people, self.places, self.goods)
        for ask in ASKS if self.ask == "mixed" else (self.ask,):
            if not self.filters and ask not in ("most", "least"):
                raise ValueError(
                    f"filters is 0 and ask is {self.ask}; only `most` and `least` can be asked of "
                    "all records, so name one of them, or let filters be 1 or 2"
                )
            if _fewest(self, ask, most_names) > _largest(self):
                raise ValueError(
                    f"records is {self.records}, of which {_largest(self)} can be in scope, and "
                    f"`{ask}` over {most_names} names needs {_fewest(self, ask, most_names)}; ask "
                    "for more records, fewer names or a smaller margin"
                )
        return self


def _fewest(spec: TallySpec, ask: Ask, num_names: int) -> int:
    """Return how many records must be in scope to leave every answer open."""
    alone = {"count": 1, "sum": 2, "most": num_names + spec.margin}
    return alone.get(ask, num_names + (num_names - 1) * spec.margin * (ask == "least"))


def _largest(spec: TallySpec) -> int:
    return spec.records // 2 if spec.filters else spec.records


def num_evidence(spec: TallySpec) -> int:
    """Return how many depths a sample needs: one for each record, in scope or not."""
    return spec.records


def plan(
    rng: np.random.Generator,
    spec: TallySpec,
    *,
    haystack: str,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: its records, which of them are in scope, the question and its answer.

    `depths` fall to records by chance. `haystack` is read only so that no name occurs in it.
    Raises ValueError when the number of depths is wrong.
    """
    if len(depths) != num_evidence(spec):
        raise ValueError(f"{len(depths)} depths for {num_evidence(spec)} records")
    ask = ASKS[int(rng.integers(len(ASKS)))] if spec.ask == "mixed" else spec.ask
    over, *fixed = rng.permutation(len(KINDS))[: 1 + spec.filters].tolist()
    names = _names(rng, spec, haystack)
    counts = _counts(rng, spec, ask=ask, num_names=len(names[over]))
    picks = _picks(rng, spec, counts=counts, over=over, fixed=fixed)
    size = int(counts.sum())
    parts, amounts = _answer(rng, spec, ask, counts=counts, names=names[over])
    slots = rng.permutation(spec.records)
    at = np.sort(depths)[[*np.sort(slots[:size]), *np.sort(slots[size:])]].tolist()
    plants = []
    for index, pick in enumerate(picks.tolist()):
        told = {kind[0]: of[i] for kind, of, i in zip(KINDS, names, pick, strict=True)}
        part = parts.index(told[KINDS[over][0]]) if ask == "list" and index < size else 0
        text = template.statement.format(amount=amounts[index], **told)
        part_of = part if index < size else None
        plants.append(Plant(text=text, depth=at[index], part=part_of, hidden=(amounts[index],)))
    return Plan(
        plants=tuple(plants),
        question=_question(template, ask, over=over, asked=[names[kind][0] for kind in fixed]),
        lead=template.lead,
        parts=tuple(parts),
        template=template.name,
        params=spec.model_dump()
        | {"ask": ask, "over": KINDS[over][0], "record": template.statement},
    )


def _names(rng: np.random.Generator, spec: TallySpec, haystack: str) -> list[list[str]]:
    """Draw the names of each kind; the first is the one that a question may ask for."""
    taken: list[str] = []
    found = []
    for (_, kind, *_words), count in zip(
        KINDS, (spec.people, spec.places, spec.goods), strict=True
    ):
        while True:
            mine = [fresh(rng, kind, taken=taken, haystack=haystack)]
            if spec.near:
                mine.append(near(rng, mine[0], taken=taken + mine, haystack=haystack))
            while len(mine) < count:
                mine.append(fresh(rng, kind, taken=taken + mine, haystack=haystack))
            # Alphabetical order must not depend on whether a space counts.
            if sorted(mine) == sorted(mine, key=lambda name: name.replace(" ", "").lower()):
                break
        taken += mine
        found.append(mine)
    return found


def _counts(rng: np.random.Generator, spec: TallySpec, *, ask: Ask, num_names: int) -> Int64:
    """Draw how many records in scope each name has: 7, of which 2 of 3 names -> [3, 0, 4].

    How many records and how many names are drawn apart, so the one does not tell the other.
    """
    most = _largest(spec)
    size = int(rng.integers(_fewest(spec, ask, num_names), most + 1)) if spec.filters else most
    lead = np.zeros(num_names, np.int64)
    if ask in ("most", "least"):
        lead[:1], lead[1:] = (spec.margin, 0) if ask == "most" else (0, spec.margin)
    present = int(rng.integers(1, num_names + 1)) if ask in ("list", "distinct") else num_names
    least = 0 if ask in ("count", "sum") else 1
    spare = size - least * present - int(lead.sum())
    shares = rng.multinomial(spare, rng.dirichlet(np.full(present, _EVEN)))
    shares = np.sort(shares)[:: -1 if ask == "most" else 1] + least
    return rng.permutation(np.pad(shares, (0, num_names - present)) + lead)


def _picks(
    rng: np.random.Generator, spec: TallySpec, *, counts: Int64, over: int, fixed: list[int]
) -> Int64:
    """Draw which names each record has: int64[records, 3], those in scope first, in text order."""
    size, sizes = int(counts.sum()), (spec.people, spec.places, spec.goods)
    num_outside, every = spec.records - size, np.arange(len(counts))
    # Outside, each name of the kind asked for occurs, and most often those that are rare in scope.
    total, outside = counts + 1, rng.permutation(every).tolist()
    while len(outside) < num_outside:
        outside.append(rng.choice(np.flatnonzero(total == total.min())))
        total[outside[-1]] += 1
    picks = np.stack([rng.integers(0, kinds, spec.records) for kinds in sizes], axis=1)
    inside = _even_ends(rng, np.repeat(every, counts))
    picks[:, over] = [*inside, *_even_ends(rng, np.array(outside[:num_outside], np.int64))]
    # Of two names, a record outside has one, the other or neither.
    missing = rng.choice(3, num_outside, p=rng.dirichlet(np.full(3, _EVEN)))
    for nth, kind in enumerate(fixed):
        has = (len(fixed) > 1) & (missing == nth)
        picks[:size, kind] = 0
        picks[size:, kind] = np.where(has, 0, rng.integers(1, sizes[kind], num_outside))
    return picks


def _even_ends(rng: np.random.Generator, names: Int64) -> Int64:
    """Shuffle; then, however frequent, each name is as likely as any to come first, and last."""
    names = rng.permutation(names)
    for end, name in zip((0, -1), rng.permutation(np.unique(names)), strict=False):
        chosen = rng.choice(np.flatnonzero(names == name))
        names[[end, chosen]] = names[[chosen, end]]
    return names


def _answer(
    rng: np.random.Generator, spec: TallySpec, ask: Ask, *, counts: Int64, names: list[str]
) -> tuple[list[str], list[str]]:
    """Return the parts of the answer and the amount of each record, those in scope first."""
    size = int(counts.sum())
    chosen = {"most": counts == counts.max(), "least": counts == counts.min()}.get(ask, counts > 0)
    parts = sorted(names[i] for i in np.flatnonzero(chosen))
    if ask in ("count", "distinct"):
        parts = [str(size if ask == "count" else len(parts))]
    amounts = [str(a) for a in rng.permutation(np.arange(2, 3 * spec.records)).tolist()]
    # A number to be found by counting is spelled in no evidence, not even inside another.
    amounts.sort(key=lambda amount: parts[0] in amount)
    rest = amounts[size:]
    rng.shuffle(rest)
    amounts = [*amounts[:size], *rest[: spec.records - size]]
    return ([str(sum(map(int, amounts[:size])))] if ask == "sum" else parts), amounts


def _question(template: Template, ask: Ask, *, over: int, asked: list[str]) -> str:
    """Say which records are meant, then what is asked of them; [...] goes where none is named."""
    scope = re.sub(r"\[(.*)\]", r"\1" if asked else "", template.question)
    names = ("both " if asked[1:] else "") + " and ".join(f'"{name}"' for name in asked)
    said = _ASKED[ask].format(unit=template.more[0], kind=KINDS[over][2], kinds=KINDS[over][3])
    return f"{scope.format(names=names)} {said} {_SAME}"


_WORDINGS = """
Ferry log: {person} carried {amount} crates marked {goods} across to {place}.
    Take the entries of the ferry log[ that name {names}]. | crates | Out of the log:
By the evening post: {person} writes from {place} that {amount} boxes labelled {goods} came dry.
    Think of the letters that came by the evening post[ and mention {names}]. | boxes | Post says:
NOTICE. {person} may collect {amount} sacks stamped {goods} at {place}; bring a cart.
    Go round the notices about a cart[ and keep those with {names} on them]. | sacks | Notices:
# restock: {person} moved {amount} bins tagged {goods} over to {place}
    Search the restock comments[ for those that contain {names}]. | bins | # restock result:
Sold at {place}: {amount} lots catalogued as {goods}, the hammer falling to {person}.
    Collect the reports of sales[ in which one reads {names}]. | lots | From the sales:
Props call: {person} wants {amount} pieces from the {goods} set brought on at {place}.
    The stage manager goes through all props calls[ that involve {names}]. | pieces | Props:
Loan slip, from {place}: cases inscribed {goods}, {amount} of them, signed for by {person}.
    Lay out the loan slips[ that bear {names}] side by side. | cases | The slips give:
Radio room, {place} calling: {person} has {amount} drums of brand {goods} aboard, over.
    Recall the calls to the radio room[ that tell of {names}]. | drums | Heard in all:
Constable's book: {person} of {place} reports {amount} bales stolen, all with the mark {goods}.
    Read up the reports in the constable's book[ that concern {names}]. | bales | By the book:
stock row | keeper={person} | site={place} | goods={goods} | qty={amount}
    Select the stock rows[ whose fields include {names}]. | units of qty | rows:
In her copybook: uncle {person} came home from {place} with {amount} parcels of {goods} make.
    Turn to the homecomings in her copybook[ that have to do with {names}]. | parcels | Copybook:
'Put down {amount} casks, sort {goods},' said {person} to the clerk of {place}.
    Listen to the orders spoken to a clerk[ where {names} can be heard]. | casks | Put down:
Telegram for agent {person} at {place} stop forward {amount} trunks pattern {goods} stop
    Sort out the telegrams for agents[ that cite {names}]. | trunks | Telegrams:
Depot diary, snow again, yet {person} got {amount} loads of {goods} stock through to {place}.
    Follow the snow days of the depot diary[ that bring up {names}]. | loads | The diary has:
Market toll at {place} gate: paid by {person} on {amount} baskets, wares {goods}.
    Check the market tolls[ that were noted with {names}]. | baskets | Toll keeper:
Item, brother {person} has received {amount} chests of the work {goods} for our house at {place}.
    Consider the items received by the brothers[ that refer to {names}]. | chests | By the roll:
[storebot] {person} checked out {amount} packs of {goods} @ {place}
    Filter the storebot messages[, keeping those that match {names}]. | packs | storebot:
Waybill: consignee {person}, to the station of {place}, {amount} wagons, load {goods}.
    Gather the waybills[ on which {names} is entered]. | wagons | Waybills:
Quartermaster's return: to {person}, camp of {place}, issued {amount} kits, model {goods}.
    Go over the quartermaster's returns[ that touch on {names}]. | kits | All returns:
The estate: the loft in {place} holds {amount} shelves of {goods} ware that {person} bought.
    Examine the lines about the estate[ that speak of {names}]. | shelves | The estate:
"""
"""Two lines each: a record; then which records are meant, what they count, how an answer begins."""
_LINES = [line.strip() for line in _WORDINGS.strip().splitlines()]
TEMPLATES = tuple(
    Template(statement=statement, question=question, lead=lead, more=(unit,))
    for statement, asked in zip(_LINES[::2], _LINES[1::2], strict=True)
    for question, unit, lead in [asked.split(" | ")]
)
TASK = Task(
    name="tally",
    version=1,
    spec=TallySpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    depth_kind="spread",
    unique="solution",
    shortest=4096,
)
