"""Lookup: registers of many short records, one of which is asked for by key, value or place.

A register is a heading with its name and the number of its records, and the records, each on a line
of its own. Registers lie all over the text; the question names one. Names, keys and values are
invented, occur nowhere in the haystack (generators/lexicon.py) and each in one record; only with
`shared` does every register list the same keys, in an order and with values of its own.

    records 3, blocks 2, ask next  ->  2 registers of 3 lines, one of them evidence
    Which berth stands on the line just after "KX4-90Q7" in the berth ledger of "Port Velmar"?
    the answer is the key of the line below; with `previous`, of the line above

The evidence is the whole register and its depth is where it begins; the deepest begins its own
length before the end. Cost: for each key and value, a search in the haystack and among those drawn.
"""

import math
import re
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from generators.lexicon import fresh, looks_random, near
from schemas.recipe import Strict
from schemas.task import Plan, Plant, Task, Template

KeyKind = Literal["phrase", "name", "place", "code", "identifier"]
ValueKind = Literal["number", "code", "name", "place", "date", "identifier"]
Ask = Literal["value_of_key", "line_number", "key_of_value", "next", "previous"]
KEY_KINDS: tuple[KeyKind, ...] = ("phrase", "name", "place", "code", "identifier")
VALUE_KINDS: tuple[ValueKind, ...] = ("number", "code", "name", "place", "date", "identifier")
ASKS: tuple[Ask, ...] = ("value_of_key", "line_number", "key_of_value", "next", "previous")
FOR_VALUES = ASKS[:2]
"""What a value answers; a key answers the others."""
_HEAVY = 3
"""Tokens a character, against prose: 1.2 to 2.7 measured with two tokenizers and all kinds."""
_MALFORMED = re.compile(r"^0|^(29|[3-9]\d) | 0\d{3}$")
"""What a slip may make of a number or a date: 0234567, 74 March 6184, 14 March 0184."""


class LookupSpec(Strict):
    """How hard one sample is."""

    records: int = Field(default=20, ge=2, le=256)
    """Records of each register."""
    blocks: int = Field(default=1, ge=1, le=8)
    """Registers; one of them is asked about."""
    ask: Ask | Literal["mixed"] = "value_of_key"
    """What is asked: the value of a key, the value in entry n, the key of a value, the key on the
    next or on the previous line; `mixed` draws one for each sample."""
    near: int = Field(default=0, ge=0, le=64)
    """Other records whose key (with key_of_value: whose value) is one or two letters away."""
    shared: bool = False
    """Every register lists the same keys, so the one that is named has to be found."""
    key: KeyKind | Literal["mixed"] = "code"
    """What keys look like; `mixed` draws one kind for each sample."""
    value: ValueKind | Literal["mixed"] = "mixed"
    """What values look like; `mixed` draws one kind for each sample."""

    @model_validator(mode="after")
    def _fits(self) -> "LookupSpec":
        others = self.records * (1 if self.shared else self.blocks) - 1
        if self.near > others:
            raise ValueError(
                f"near is {self.near} and there are {others} keys besides the asked one; "
                "near ones are counted among these, so near is at most that many"
            )
        if self.near and self.ask == "line_number":
            raise ValueError("an entry asked for by its place has no near ones; leave near at 0")
        if self.shared and self.ask not in (*FOR_VALUES, "mixed"):
            raise ValueError(
                f"ask is {self.ask} and shared keys stand in every register, so no key can be the "
                f"only answer; with shared, ask is {' or '.join(FOR_VALUES)}, or mixed"
            )
        return self


def plan(
    rng: np.random.Generator,
    spec: LookupSpec,
    *,
    haystack: str,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: the registers and where they begin, what is asked, and what answers.

    The asked record stands on any line with the same chance, as long as there is a line after or
    before it where that is asked. Raises ValueError when there is not exactly one depth.
    """
    if len(depths) != 1:
        raise ValueError(f"{len(depths)} depths for 1 piece of evidence")
    spec = _settle(rng, spec)
    slot = int(rng.integers(spec.ask == "previous", spec.records - (spec.ask == "next")))
    names, keys, values = _draw(rng, spec, slot, haystack=haystack)
    texts = []
    for name, *columns in zip(names, keys, values, strict=True):
        lines = [template.statement.format(key=k, value=v) for k, v in zip(*columns, strict=True)]
        heading = template.more[0].format(block=name, count=spec.records)
        texts.append("\n".join([heading, *lines]))
    share = _HEAVY * max(map(len, texts)) / max(len(haystack), 1)
    at = spots(rng, depths[0], count=spec.blocks, share=min(share, 1 / (spec.blocks + 1)))
    step = {"next": 1, "previous": -1}.get(spec.ask, 0)
    answers = values[0] if spec.ask in FOR_VALUES else keys[0]
    wordings = (template.question, *template.more[1:], template.more[-1])
    return Plan(
        plants=tuple(
            Plant(
                text=text,
                depth=at[index],
                part=None if index else 0,
                hidden=tuple(filter(looks_random, keys[index] + values[index])),
            )
            for index, text in enumerate(texts)
        ),
        question=wordings[ASKS.index(spec.ask)].format(
            key=f'"{keys[0][slot]}"',
            value=f'"{values[0][slot]}"',
            block=f'"{names[0]}"',
            n=slot + 1,
            side="before" if spec.ask == "previous" else "after",
        ),
        lead=template.lead,
        parts=(answers[slot + step],),
        template=template.name,
        params=spec.model_dump(),
    )


def spots(rng: np.random.Generator, depth: float, *, count: int, share: float) -> list[float]:
    """Return where registers begin that each take `share` of the text, the asked one first.

    It begins at depth x (1 - share), to end before the text does. The others keep clear of it and
    of each other. How many come before it is drawn, as far as there is room, so that for uniform
    depths it is as often the first as the last.
    """
    mine = depth * (1 - share)
    least, most = math.ceil(count - (1 - mine) / share), math.floor(mine / share)
    before = max(least, min(most, int(rng.binomial(count - 1, depth))))
    found = [mine]
    for number, low, high in ((before, 0.0, mine), (count - 1 - before, mine + share, 1.0)):
        free = max(high - low - number * share, 0)
        found += (low + np.sort(rng.random(number)) * free + np.arange(number) * share).tolist()
    return found


def _settle(rng: np.random.Generator, spec: LookupSpec) -> LookupSpec:
    """Settle each `mixed`, once for the sample: an answer of its own kind would stand out."""
    choices = {"ask": ASKS, "key": KEY_KINDS, "value": VALUE_KINDS}
    if spec.shared:
        choices["ask"] = FOR_VALUES
    mixed = {name: among for name, among in choices.items() if getattr(spec, name) == "mixed"}
    drawn: dict[str, Any] = {
        name: among[int(rng.integers(len(among)))] for name, among in mixed.items()
    }
    if drawn.get("ask") == "line_number":
        drawn["near"] = 0
    return spec.model_copy(update=drawn)


def _draw(
    rng: np.random.Generator, spec: LookupSpec, slot: int, *, haystack: str
) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """Return the registers' names, keys and values; the asked record is the first one's `slot`."""
    taken: list[str] = []

    def draw(kind: Any, count: int, num_near: int = 0) -> list[str]:
        first = len(taken)
        for index in range(count):
            made = "" if 0 < index <= num_near else fresh(rng, kind, taken=taken, haystack=haystack)
            while not made or _MALFORMED.search(made):
                made = near(rng, taken[first], taken=taken, haystack=haystack)
            taken.append(made)
        return taken[first:]

    total = spec.records * spec.blocks
    of_keys, of_values = (0, spec.near) if spec.ask == "key_of_value" else (spec.near, 0)
    names = draw("place", spec.blocks)
    listed = draw(spec.key, spec.records if spec.shared else total, of_keys)
    values = _deal(rng, draw(spec.value, total, of_values), spec.records, slot)
    keys = _deal(rng, listed, spec.records, slot)
    keys += [rng.permutation(listed).tolist() for _ in range(spec.blocks - len(keys))]
    return names, keys, values


def _deal(rng: np.random.Generator, words: list[str], size: int, slot: int) -> list[list[str]]:
    """Return registers of `size` words by chance, the first word in the first register's `slot`."""
    rest = rng.permutation(words[1:]).tolist()
    rest.insert(slot, words[0])
    return [rest[at : at + size] for at in range(0, len(rest), size)]


def _templates(text: str) -> tuple[Template, ...]:
    """Read wordings of four lines: heading / record, lead, where / by key, n / by value, beside."""
    lines = [line.strip() for line in text.strip().split("\n")]
    found = []
    for heading, record, *asked in zip(*(lines[at::4] for at in range(4)), strict=True):
        statement, lead, where = record.split(" ~ ")
        question, *more = [f"{part} {where}?" for line in asked for part in line.split(" ~ ")]
        words = {"statement": statement, "question": question, "lead": lead}
        found.append(Template(**words, more=(heading, *more)))
    return tuple(found)


TEMPLATES = _templates("""
Berth ledger of {block}, fair copy, {count} berths:
  {key} .... {value} ~ The ledger has: ~ in the berth ledger of {block}
  What is entered against {key} ~ What is entered against berth number {n} from the top
  Against which berth is {value} entered ~ Which berth is on the line just {side} {key}
# stock.csv, depot {block}, columns shelf and content, {count} data rows
  {key},{value} ~ # cell: ~ in the stock file of depot {block}
  Which content does shelf {key} have ~ Which content does data row {n} have
  Which shelf has the content {value} ~ Which shelf is in the row directly {side} shelf {key}
// relay dump, station {block}, {count} objects, one a line
  {{"from": "{key}", "to": "{value}"}} ~ // prints ~ in the relay dump of station {block}
  Which `to` goes with the `from` {key} ~ Which `to` stands in object {n}
  Which `from` goes with the `to` {value} ~ Which `from` is in the object right {side} that of {key}
I copied the guest board of the inn at {block} for you, all {count} lines of it:
  {key}, and chalked beside it {value} ~ On the board: ~ on the guest board of the inn at {block}
  What is chalked beside {key} ~ What is chalked at the end of line {n}
  Beside whom or what is {value} chalked ~ What begins the line immediately {side} that of {key}
Seed drawers on the east wall, glasshouse of {block} ({count} drawers, top to bottom):
  - {key}: {value} ~ Drawer card: ~ in the glasshouse of {block}
  What does the card of drawer {key} say ~ What does the card of drawer number {n} from the top say
  The card of which drawer says {value} ~ Which drawer is listed immediately {side} {key}
| lamp | filed as | (signal office {block}, {count} lamps)
  | {key} | {value} | ~ The table says: ~ in the table of signal office {block}
  As what is lamp {key} filed ~ As what is the lamp filed that comes as number {n}
  Which lamp is filed as {value} ~ Which lamp has the row directly {side} that of lamp {key}
[routes.{block}]  # {count} settings
  {key} = "{value}" ~ setting: ~ in the routes section of {block}
  To what is {key} set ~ To what is setting number {n} set
  Which setting is set to {value} ~ Which setting is on the line just {side} that of {key}
NOTICE. Lost property held at {block}; {count} tickets, oldest first.
  ticket {key}, claim word {value} ~ At the desk: ~ on the lost property notice of {block}
  Which claim word belongs to ticket {key} ~ Which claim word has ticket number {n} from the top
  Which ticket has the claim word {value} ~ Which ticket comes immediately {side} {key}
Night log of relay hut {block}, calls in the order received, {count} calls.
  call from {key}; reply given: {value} ~ From the log: ~ in the night log of relay hut {block}
  Which reply was given to {key} ~ Which reply was given to call number {n}
  To whose call was {value} the reply ~ Whose call was logged immediately {side} that of {key}
Auction at {block}, printed catalogue, {count} lots:
  lot {key} -- bidder's mark {value} ~ Catalogue: ~ in the catalogue of the auction at {block}
  Which bidder's mark has lot {key} ~ Which bidder's mark has lot number {n} in order of printing
  Which lot has the bidder's mark {value} ~ Which lot is printed immediately {side} {key}
-- seed data, table {block}, {count} tuples
  ('{key}', '{value}'), ~ -- returns ~ in the seed data of table {block}
  What comes second in the tuple of {key} ~ What comes second in tuple number {n}
  What comes first in the tuple of {value} ~ What comes first in the tuple just {side} that of {key}
Organ stops as labelled in the chapel of {block}, left jamb downwards, {count} knobs:
  knob {key} draws {value} ~ By the labels: ~ on the organ in the chapel of {block}
  What does knob {key} draw ~ What does knob number {n} from the top draw
  Which knob draws {value} ~ Which knob is labelled immediately {side} {key}
Signals agreed with the agent at {block}, {count} in all, to be burnt after reading:
  {key} means {value} ~ Decoded: ~ among the signals agreed with the agent at {block}
  What does {key} mean ~ What does signal number {n} of the list mean
  Which signal means {value} ~ Which signal is on the line just {side} that of {key}
<!-- index of plates, atlas sheet {block}, {count} plates -->
  <plate id="{key}">{value}</plate> ~ <!-- found --> ~ in the plate index of atlas sheet {block}
  What does the plate with the id {key} contain ~ What does plate number {n} of the list contain
  Which id has the plate that contains {value} ~ Which id is on the line just {side} that of {key}
Pinned to the kitchen door at {block}, in pencil, {count} jars from left to right:
  {key} => {value} ~ In pencil: ~ on the kitchen door at {block}
  What is pencilled for jar {key} ~ What is pencilled for jar number {n} from the left
  For which jar is {value} pencilled ~ Which jar is pencilled immediately {side} {key}
DEBUG flushing cache of node {block}, {count} pairs follow
  put {key} <- {value} ~ DEBUG ~ when the cache of node {block} was flushed
  What was put under {key} ~ What did put number {n} store
  Under which key was {value} put ~ Which key was put immediately {side} {key}
Exhibits laid before the court of {block}, {count} of them, in the order of the hearing:
  exhibit {key}, entered as {value} ~ Court record: ~ in the list of the court of {block}
  As what was exhibit {key} entered ~ As what was exhibit number {n} entered
  Which exhibit was entered as {value} ~ Which exhibit was laid immediately {side} {key}
Playbill cupboard of the theatre at {block}: {count} boxes, lowest shelf first
  box {key} holds {value} ~ It is: ~ in the playbill cupboard of the theatre at {block}
  What does box {key} hold ~ What does the box hold that is listed as number {n}
  Which box holds {value} ~ Which box is listed immediately {side} {key}
Dear brother, the graves at {block} as the sexton walked me past them, {count} stones:
  + {key}, cut below it: {value} ~ The stones say: ~ among the graves at {block}
  What is cut below {key} ~ What is cut below number {n} of the stones
  Below what is {value} cut ~ Which stone did they pass immediately {side} {key}
Wiring of panel {block}, {count} terminals, read downwards
  {key} >> {value} ~ Wired so: ~ on panel {block}
  To what is terminal {key} wired ~ To what is terminal number {n} from the top wired
  Which terminal is wired to {value} ~ Which terminal is listed just {side} terminal {key}
Errata slip for the almanac of {block}, {count} corrections in the order of its pages:
  for {key} read {value} ~ Errata: ~ on the errata slip for the almanac of {block}
  What is to be read for {key} ~ What is to be read by correction number {n}
  For what is {value} to be read ~ What is corrected immediately {side} {key}
""")
"""Our own wordings; after the heading each record has the same shape, its key before its value."""

TASK = Task(
    name="lookup",
    version=1,
    spec=LookupSpec,
    templates=TEMPLATES,
    num_evidence=lambda _: 1,
    plan=plan,
)
