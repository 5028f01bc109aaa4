"""Tally: records are spread over a long text, and those that fit the question are reckoned up.

A record says who handled how many of which goods at which place. All records of a sample have one
shape and few names, so a line alone tells nothing. The names in the question set its scope; records
outside it say the same of others. What a guess could lean on is drawn evenly and first: how many
records are in scope, how many names they hold, which name leads there, which comes first and last,
and in which order names come by how often the whole text has them.

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
from generators.tasks._parts.tally_words import TEMPLATES
from schemas.knobs import Strict
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
_TRIES = 100


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
    least, present = int(ask not in ("count", "sum")), num_names
    if ask in ("list", "distinct"):
        present = int(rng.integers(1, num_names + 1))
    lead = np.zeros(num_names, np.int64)
    if ask in ("most", "least"):
        lead[:1], lead[1:] = (spec.margin, 0) if ask == "most" else (0, spec.margin)
    greatest = _greatest(spec, ask, num_names)
    sizes = _fewest(spec, ask, num_names), min(_largest(spec), _most(spec, ask, num_names))
    while True:  # The smallest size always fits.
        size = int(rng.integers(*sizes, endpoint=True)) if spec.filters else spec.records
        spare = size - least * present - int(lead.sum())
        shares = rng.multinomial(spare, rng.dirichlet(np.full(present, _EVEN)))
        shares = np.sort(shares)[:: -1 if ask == "most" else 1] + least
        counts = np.pad(shares, (0, num_names - present)) + lead
        if counts.max() <= greatest:
            return rng.permutation(counts)


def _greatest(spec: TallySpec, ask: Ask, num_names: int) -> int:
    """Return in how many records in scope one name may be, where names are asked for.

    Up to here any other name can be made to stand more often in the whole text.
    """
    if not spec.filters or ask in ("count", "sum"):
        return spec.records
    needed = 1 + spec.margin if ask in ("most", "least") else _fewest(spec, ask, num_names)
    return max(spec.records // num_names - 1, needed)


def _most(spec: TallySpec, ask: Ask, num_names: int) -> int:
    """Return how many records can be in scope: as many as fit, whichever names they hold."""
    greatest = _greatest(spec, ask, num_names)
    behind = {"most": num_names - 1, "least": 1}.get(ask, 0)
    return (num_names if behind else 1) * greatest - behind * spec.margin


def _picks(
    rng: np.random.Generator, spec: TallySpec, *, counts: Int64, over: int, fixed: list[int]
) -> Int64:
    """Draw which names each record has: int64[records, 3], those in scope first, in text order."""
    size, sizes = int(counts.sum()), (spec.people, spec.places, spec.goods)
    num_outside, every = spec.records - size, np.arange(len(counts))
    others = np.repeat(every, outside(rng, counts, num_outside))
    picks = np.stack([rng.integers(0, kinds, spec.records) for kinds in sizes], axis=1)
    inside = _even_ends(rng, np.repeat(every, counts))
    # A name that is missing in scope would come first too often if all did outside it alike.
    others = _even_ends(rng, others) if counts.all() else rng.permutation(others)
    picks[:, over] = [*inside, *others]
    # Of two names, a record outside has one, the other or neither.
    missing = rng.choice(3, num_outside, p=rng.dirichlet(np.full(3, _EVEN)))
    for nth, kind in enumerate(fixed):
        has = (len(fixed) > 1) & (missing == nth)
        picks[:size, kind] = 0
        picks[size:, kind] = np.where(has, 0, rng.integers(1, sizes[kind], num_outside))
    return picks


def outside(rng: np.random.Generator, counts: Int64, number: int) -> Int64:
    """Draw how many records outside the scope have each name; each has one, if they suffice.

    In the whole text names come in an order of their own, drawn first:

        in scope [5, 1, 1], 9 outside, order 2 0 1  ->  in all [6, 2, 8] or [6, 3, 7]
    """
    least = counts + int(number >= len(counts))
    total, order = least, np.arange(len(counts))
    for attempt in range(_TRIES):
        order = rng.permutation(order) if attempt % 2 == 0 else order
        # From the rarest up, each has at least as many as those below it: one more, if that fits.
        steps = np.arange(len(counts)) * (attempt % 2 == 0)
        raised = np.empty_like(least)
        raised[order[::-1]] = np.maximum.accumulate(least[order[::-1]] - steps) + steps
        if raised.sum() - counts.sum() <= number:
            total = raised
            break
    spare = number - int(total.sum() - counts.sum())
    more = rng.multinomial(spare, rng.dirichlet(np.full(len(counts), _EVEN)))
    found: Int64 = total - counts
    found[order] += np.sort(more)[::-1]
    return found


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
