"""Lookup: registers of many short records, one of which is asked for by key, value or place.

A register is a heading with its name and the number of its records, and the records, each on a line
of its own. Registers lie all over the text; the question names one. Names, keys and values are
invented, occur nowhere in the haystack (generators/lexicon.py) and each in one record; only with
`shared` does every register list the same keys, in an order and with values of its own.

    records 3, blocks 2, ask next  ->  2 registers of 3 lines, one of them evidence
    Which berth stands on the line just after "KX4-90Q7" in the berth ledger of "Port Velmar"?
    the answer is the key of the line below; with `previous`, of the line above

The evidence is the record that answers, with the one beside it where that is asked for, and lies at
a chosen depth; any line of the register is as likely, as far as the text has room for the register
around it: at depth 0 it is the first. Cost: a search in the haystack for each key and value.
"""

import math
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from generators.lexicon import Taken, fresh, looks_random, near
from generators.tasks._parts.lookup_words import TEMPLATES
from schemas.knobs import Strict
from schemas.task import Plan, Plant, Task, Template

KeyKind = Literal["phrase", "name", "place", "code", "identifier"]
ValueKind = Literal["number", "code", "name", "place", "date", "identifier"]
Ask = Literal["value_of_key", "line_number", "key_of_value", "next", "previous"]
KEY_KINDS: tuple[KeyKind, ...] = ("phrase", "name", "place", "code", "identifier")
VALUE_KINDS: tuple[ValueKind, ...] = ("number", "code", "name", "place", "date", "identifier")
ASKS: tuple[Ask, ...] = ("value_of_key", "line_number", "key_of_value", "next", "previous")
FOR_VALUES = ASKS[:2]
"""What a value answers; a key answers the others."""
_HEAVY = 2
"""Tokens a character, against prose: 1.2 to 2.7 measured with two tokenizers and all kinds. More
would keep lines in the middle of a register from the edges of a short text for nothing."""


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

    Raises ValueError when there is not exactly one depth.
    """
    if len(depths) != 1:
        raise ValueError(f"{len(depths)} depths for 1 piece of evidence")
    spec = _settle(rng, spec)
    names, listed, stated = _draw(rng, spec, haystack=haystack)
    share = _share(template, spec, listed, stated) / max(len(haystack), 1)
    slot, lines = _slot(rng, spec, depths[0], share=share)
    keys, values = _tables(rng, spec, listed, slot), _deal(rng, stated, spec.records, slot)
    texts = [
        _register(template, name, list(zip(*columns, strict=True)))
        for name, *columns in zip(names, keys, values, strict=True)
    ]
    begin = depths[0] - share * (lines.start + 1) / (spec.records + 1)
    others = spots(rng, begin, count=spec.blocks, share=min(share, 1 / (spec.blocks + 1)))[1:]
    at = [depths[0], *others]
    evidence = "\n".join(texts[0].split("\n")[lines.start + 1 : lines.stop + 1])
    answers = values[0] if spec.ask in FOR_VALUES else keys[0]
    wordings = (template.question, *template.more[1:], template.more[-1])
    return Plan(
        plants=tuple(
            Plant(
                text=text,
                depth=at[index],
                part=None if index else 0,
                evidence="" if index else evidence,
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
        parts=(answers[lines.start if spec.ask == "previous" else lines.stop - 1],),
        template=template.name,
        params=spec.model_dump(),
    )


def _slot(
    rng: np.random.Generator, spec: LookupSpec, depth: float, *, share: float
) -> tuple[int, range]:
    """Draw the line of what is asked; return also the lines that answer, one or two.

    The first of these lies at the depth, and the register, which takes `share` of the text, has
    room before and behind.
    """
    line = share / (spec.records + 1)
    beside = spec.ask in ("next", "previous")
    last = spec.records - 1 - beside
    low = min(max(math.ceil(spec.records - (1 - depth) / line), 0), last)
    high = max(min(math.floor(depth / line) - 1, last), 0)
    if low > high:  # The register takes about all of the text.
        low = high = round(depth * last)
    first = int(rng.integers(low, high, endpoint=True))
    return first + (spec.ask == "previous"), range(first, first + 1 + beside)


def _share(template: Template, spec: LookupSpec, keys: list[str], values: list[str]) -> float:
    """Return how many characters of prose take as many tokens as one register, at most."""
    words = sum(sum(map(len, words)) / len(words) for words in (keys, values))
    return _HEAVY * (len(template.more[0]) + spec.records * (len(template.statement) + words))


def _register(template: Template, name: str, rows: list[tuple[str, str]]) -> str:
    heading = template.more[0].format(block=name, count=len(rows))
    return "\n".join(
        [heading, *(template.statement.format(key=key, value=value) for key, value in rows)]
    )


def spots(rng: np.random.Generator, begin: float, *, count: int, share: float) -> list[float]:
    """Return where registers begin that each take `share` of the text, the asked one first.

    That begins at `begin`, as far as it then ends before the text does. The others keep clear of it
    and of each other. How many come before it is drawn, as far as there is room, so that where it
    begins anywhere it is as often the first as the last.
    """
    mine = min(max(begin, 0.0), 1 - share)
    least, most = math.ceil(count - (1 - mine) / share), math.floor(mine / share)
    before = max(least, min(most, int(rng.binomial(count - 1, mine / (1 - share)))))
    before = min(max(before, 0), count - 1)
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
    rng: np.random.Generator, spec: LookupSpec, *, haystack: str
) -> tuple[list[str], list[str], list[str]]:
    """Return the registers' names, all keys and all values, what is asked about first."""
    taken = Taken()

    def draw(kind: Any, count: int, num_near: int = 0) -> list[str]:
        made = [taken.add(fresh(rng, kind, taken=taken, haystack=haystack))]
        for index in range(1, count):
            if index <= num_near:
                other = near(rng, made[0], taken=taken, haystack=haystack)
            else:
                other = fresh(rng, kind, taken=taken, haystack=haystack)
            made.append(taken.add(other))
        return made

    total = spec.records * spec.blocks
    of_keys, of_values = (0, spec.near) if spec.ask == "key_of_value" else (spec.near, 0)
    names = draw("place", spec.blocks)
    listed = draw(spec.key, spec.records if spec.shared else total, of_keys)
    return names, listed, draw(spec.value, total, of_values)


def _tables(
    rng: np.random.Generator, spec: LookupSpec, listed: list[str], slot: int
) -> list[list[str]]:
    """Return the keys of each register; with `shared` all registers have the same."""
    keys = _deal(rng, listed, spec.records, slot)
    return keys + [rng.permutation(listed).tolist() for _ in range(spec.blocks - len(keys))]


def _deal(rng: np.random.Generator, words: list[str], size: int, slot: int) -> list[list[str]]:
    """Return registers of `size` words by chance, the first word in the first register's `slot`."""
    rest = rng.permutation(words[1:]).tolist()
    rest.insert(slot, words[0])
    return [rest[at : at + size] for at in range(0, len(rest), size)]


TASK = Task(
    name="lookup",
    version=1,
    spec=LookupSpec,
    templates=TEMPLATES,
    num_evidence=lambda _: 1,
    plan=plan,
)
