r"""Cloze: statements of the text are said again, each with its value where the text has it.

Lines about keys are planted, each with its value close behind the key; the question names `keys` of
them, and the answer repeats their lines in the order of the question, so that every value follows
the same words as in the text. `distractors` are lines about other keys; with `near`, that many of
these have a key one or two letters away from one that is asked for.

Short texts have room for it: 128 tokens for one or two keys without distractors, 256 for four, and
1,024 for four among as many distractors. In 128 tokens statements can lie at few depths only, so
such a use names `shortcuts: [depth]` (docs/gates.md).

    keys 2   ->   Tide table, left column: Velmar lantern at 1234567, rising.    (and another)
    At what does the tide table have "Tosqui gate" and "Velmar lantern" rising? ...
    lead      Tide table, left column: Tosqui gate at
    answer    2222222, rising.\nTide table, left column: Velmar lantern at 1234567

The first line's words as far as the value stand before the answer, and nothing follows the last
value. To find a value is a single step for a model that has met key, link and value before: the
least that retrieval can be. Keys and values are invented and occur nowhere in the haystack
(generators/lexicon.py). Cost: a search in the haystack for each key and value.
"""

from typing import Literal, cast, get_args

import numpy as np
from pydantic import Field, model_validator

from generators.lexicon import Kind, Taken, fresh, looks_random, near
from generators.tasks._parts.cloze_words import REQUESTS, TEMPLATES
from schemas.knobs import Strict
from schemas.task import Plan, Plant, Task, Template

KeyKind = Literal["phrase", "name", "place", "code", "identifier"]
ValueKind = Literal["number", "code", "name", "place", "date", "identifier"]


class ClozeSpec(Strict):
    """How hard one sample is."""

    keys: int = Field(default=4, ge=1, le=16)
    """Keys asked for; each has one statement, which is one piece of evidence."""
    distractors: int = Field(default=4, ge=0, le=256)
    """Statements about further keys."""
    near: int = Field(default=0, ge=0)
    """How many of the distractors have a key one or two letters away from an asked one."""
    key: KeyKind | Literal["mixed"] = "phrase"
    """What keys look like; `mixed` draws one kind for each sample."""
    value: ValueKind | Literal["mixed"] = "number"
    """What values look like; `mixed` draws one kind for each sample."""

    @model_validator(mode="after")
    def _fits(self) -> "ClozeSpec":
        if self.near > self.distractors:
            raise ValueError(
                f"near is {self.near} and distractors is {self.distractors}; "
                "near keys are counted among the distractors, so near is at most distractors"
            )
        return self


def num_evidence(spec: ClozeSpec) -> int:
    """Return how many statements are asked for: one of each key."""
    return spec.keys


def plan(
    rng: np.random.Generator,
    spec: ClozeSpec,
    *,
    haystack: str,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: what to state and how deep, the question, and the lines that answer it.

    `depths` are the targets of the asked statements and fall to keys by chance, so that the order
    of the answer is not that of the text. `haystack` is read only so that no key and no value
    occurs in it. Raises ValueError when the number of depths is wrong.
    """
    if len(depths) != spec.keys:
        raise ValueError(f"{len(depths)} depths for {spec.keys} pieces of evidence")
    spec = _settled(rng, spec)
    keys, values = _drawn(rng, spec, haystack=haystack)
    opening, _, ending = template.statement.partition("{value}")
    before = [opening.format(key=key) for key in keys]
    # Distractors are drawn as evidence is, each by itself, or their places would tell them apart.
    at = [*rng.permutation(depths).tolist(), *rng.random(spec.distractors).tolist()]
    plants = tuple(
        Plant(
            text=f"{words}{value}{ending}",
            depth=depth,
            part=index if index < spec.keys else None,
            hidden=(value,) if looks_random(value) else (),
        )
        for index, (words, value, depth) in enumerate(zip(before, values, at, strict=True))
    )
    asked = keys[: spec.keys]
    request = REQUESTS[int(rng.integers(len(REQUESTS)))][len(asked) > 1]
    return Plan(
        plants=plants,
        question=f"{template.question.format(keys=_quoted(asked))} {request}",
        lead=before[0].rstrip(),
        parts=tuple(values[: spec.keys]),
        joiners=tuple(f"{ending}\n{words}" for words in before[1 : spec.keys]),
        template=template.name,
        params=spec.model_dump(),
    )


def _settled(rng: np.random.Generator, spec: ClozeSpec) -> ClozeSpec:
    """Settle what is `mixed`, once for the sample: a line of its own kind would stand out."""
    choices = {"key": get_args(KeyKind), "value": get_args(ValueKind)}
    drawn = {name: kinds[int(rng.integers(len(kinds)))] for name, kinds in choices.items()}
    mixed = {name: kind for name, kind in drawn.items() if getattr(spec, name) == "mixed"}
    return spec.model_copy(update=mixed)


def _drawn(
    rng: np.random.Generator, spec: ClozeSpec, *, haystack: str
) -> tuple[list[str], list[str]]:
    """Draw the keys, those asked first and the near ones next, and a value for each."""
    taken = Taken()
    keys: list[str] = []
    for index in range(-spec.keys, spec.distractors):
        if 0 <= index < spec.near:
            made = near(rng, keys[index % spec.keys], taken=taken, haystack=haystack)
        else:
            made = fresh(rng, cast("Kind", spec.key), taken=taken, haystack=haystack)
        keys.append(taken.add(made))
    kind = cast("Kind", spec.value)
    return keys, [taken.add(fresh(rng, kind, taken=taken, haystack=haystack)) for _ in keys]


def _quoted(keys: list[str]) -> str:
    """Join keys as a question names them: "A", "B" and "C"."""
    *others, last = [f'"{key}"' for key in keys]
    return f"{', '.join(others)} and {last}" if others else last


TASK = Task(
    name="cloze",
    version=1,
    spec=ClozeSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    shortest=1024,
)
