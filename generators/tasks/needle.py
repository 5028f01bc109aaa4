"""Needle: keys and values stated in a long text, some of them asked for afterwards.

`keys` x `values` statements are planted, `queries` of the keys are asked for, and `distractors` are
statements of the same shape about other keys, so that what answers is never the only odd line. With
`near`, that many distractors speak of a key one or two letters away from one that is asked for.

    keys 2, values 2, queries 1, distractors 3  ->  7 statements, 2 of them evidence at chosen
    depths; the answer is the 2 values of the asked key in the order of the text

Keys and values are invented and occur nowhere in the haystack (generators/lexicon.py), so the
question has one answer. Cost: a search in the haystack for each key and value.
"""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from generators.lexicon import Kind, Taken, fresh, looks_random, near
from generators.tasks._parts.needle_words import TEMPLATES
from schemas.knobs import Strict
from schemas.task import Plan, Plant, Task, Template

KeyKind = Literal["phrase", "name", "place", "code", "identifier"]
ValueKind = Literal["number", "code", "name", "place", "date", "identifier"]
KEY_KINDS: tuple[KeyKind, ...] = ("phrase", "name", "place", "code", "identifier")
_BOTH = 2
VALUE_KINDS: tuple[ValueKind, ...] = ("number", "code", "name", "place", "date", "identifier")


class NeedleSpec(Strict):
    """How hard one sample is."""

    keys: int = Field(default=1, ge=1, le=64)
    """Keys that may be asked for; those that are not asked are distractors too."""
    values: int = Field(default=1, ge=1, le=16)
    """Statements of each key, each with its own value."""
    queries: int = Field(default=1, ge=1)
    """Keys asked for in one question."""
    distractors: int = Field(default=3, ge=0, le=256)
    """Statements about further keys."""
    near: int = Field(default=0, ge=0)
    """How many of the distractors have a key one or two letters away from an asked one."""
    key: KeyKind | Literal["mixed"] = "phrase"
    """What keys look like; `mixed` draws one kind for each sample."""
    value: ValueKind | Literal["mixed"] = "mixed"
    """What values look like; `mixed` draws one kind for each sample."""

    @model_validator(mode="after")
    def _fits(self) -> "NeedleSpec":
        if self.queries > self.keys:
            raise ValueError(
                f"queries is {self.queries} and keys is {self.keys}; "
                "only keys that are planted can be asked for, so queries is at most keys"
            )
        if self.near > self.distractors:
            raise ValueError(
                f"near is {self.near} and distractors is {self.distractors}; "
                "near keys are counted among the distractors, so near is at most distractors"
            )
        return self


def num_evidence(spec: NeedleSpec) -> int:
    """Return how many statements answer the question: 2 keys asked, 3 values each -> 6."""
    return spec.queries * spec.values


def plan(
    rng: np.random.Generator,
    spec: NeedleSpec,
    *,
    haystack: str,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: what to state and how deep, the question, and the values that answer it.

    `depths` are the targets of the `num_evidence(spec)` pieces of evidence, and fall to keys by
    chance; the values of one key then stand in the order in which they are answered. `haystack` is
    read only so that no key and no value occurs in it. Raises ValueError when the number of depths
    is wrong.
    """
    if len(depths) != num_evidence(spec):
        raise ValueError(f"{len(depths)} depths for {num_evidence(spec)} pieces of evidence")
    kinds = _kinds(rng, spec)
    keys = _keys(rng, spec, kind=kinds[0], haystack=haystack)
    num_others = (spec.keys - spec.queries) * spec.values + spec.distractors
    taken = Taken(keys)
    values = [
        taken.add(fresh(rng, kinds[1], taken=taken, haystack=haystack))
        for _ in range(len(depths) + num_others)
    ]
    asked = keys[: spec.queries]
    # Depths fall to keys by chance; within a key they ascend, as the answers will.
    deep = np.sort(rng.permutation(depths).reshape(spec.queries, spec.values), axis=1)
    stated = np.repeat(keys[: spec.keys], spec.values).tolist() + keys[spec.keys :]
    # Drawn as the evidence is, each by itself: strata would leave it the middle of its look-alikes.
    at = [*deep.ravel().tolist(), *rng.random(num_others).tolist()]
    plants = tuple(
        Plant(
            text=template.statement.format(key=key, value=value),
            depth=depth,
            part=index if index < len(depths) else None,
            hidden=(value,) if looks_random(value) else (),
        )
        for index, (key, value, depth) in enumerate(zip(stated, values, at, strict=True))
    )
    return Plan(
        plants=plants,
        question=template.question.format(keys=_quoted(asked)) + _order(spec),
        lead=template.lead,
        parts=tuple(values[: len(depths)]),
        template=template.name,
        params={**spec.model_dump(), "key": kinds[0], "value": kinds[1]},
    )


def _kinds(rng: np.random.Generator, spec: NeedleSpec) -> tuple[Kind, Kind]:
    """Settle `mixed`, once for the sample: an answer of its own kind would stand out."""
    key = KEY_KINDS[int(rng.integers(len(KEY_KINDS)))] if spec.key == "mixed" else spec.key
    value = (
        VALUE_KINDS[int(rng.integers(len(VALUE_KINDS)))] if spec.value == "mixed" else spec.value
    )
    return key, value


def _keys(rng: np.random.Generator, spec: NeedleSpec, *, kind: Kind, haystack: str) -> list[str]:
    """Draw the asked keys, the others, then the distractors' keys, near ones first."""
    taken = Taken()
    keys: list[str] = []
    for index in range(-spec.keys, spec.distractors):
        if 0 <= index < spec.near:
            made = near(rng, keys[index % spec.queries], taken=taken, haystack=haystack)
        else:
            made = fresh(rng, kind, taken=taken, haystack=haystack)
        keys.append(taken.add(made))
    return keys


def _quoted(keys: list[str]) -> str:
    """Join keys as a question names them: "A", "B" and "C"."""
    quoted = [f'"{key}"' for key in keys]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def _order(spec: NeedleSpec) -> str:
    """Say how many answers there are and in which order; nothing when there is one."""
    every = "both" if spec.values == _BOTH else f"all {spec.values}"
    each = f"{every} answers in the order in which they stand in the text"
    if spec.queries == 1:
        return "" if spec.values == 1 else f" Give {each}, with commas between them."
    one_each = "Give one answer for each" if spec.values == 1 else f"For each give {each}"
    return f" {one_each}, taking them in the order just named, with commas between the answers."


TASK = Task(
    name="needle",
    version=2,
    spec=NeedleSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
)
