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

from generators.depths import stratified
from generators.lexicon import Kind, fresh, looks_random, near
from schemas.recipe import Strict
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
    values = list(keys)
    for _ in range(len(depths) + num_others):
        values.append(fresh(rng, kinds[1], taken=values, haystack=haystack))
    values = values[len(keys) :]
    asked = keys[: spec.queries]
    # Depths fall to keys by chance; within a key they ascend, as the answers will.
    deep = np.sort(rng.permutation(depths).reshape(spec.queries, spec.values), axis=1)
    stated = np.repeat(keys[: spec.keys], spec.values).tolist() + keys[spec.keys :]
    at = [*deep.ravel().tolist(), *stratified(rng, num_others).tolist()]
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
    keys: list[str] = []
    for _ in range(spec.keys):
        keys.append(fresh(rng, kind, taken=keys, haystack=haystack))
    for index in range(spec.distractors):
        if index < spec.near:
            asked = keys[index % spec.queries]
            keys.append(near(rng, asked, taken=keys, haystack=haystack))
        else:
            keys.append(fresh(rng, kind, taken=keys, haystack=haystack))
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


TEMPLATES = tuple(
    Template(statement=statement, question=question, lead=lead)
    for statement, question, lead in (
        (
            "Harbour ledger: against berth {key} the clerk has set down {value}.",
            "What has the harbour clerk set down against {keys}?",
            "Set down:",
        ),
        (
            "P.S. You asked me about {key}; my note from that evening says {value}.",
            "According to the letter writer's note from that evening, what belongs to {keys}?",
            "The note says:",
        ),
        (
            "Box list, third shelf: {key}, old label gone, new label {value}.",
            "Which new label does the box list give for {keys}?",
            "New label:",
        ),
        (
            "Forenoon watch: passed the mark {key}, wrote {value} beside it, wind steady.",
            "What did the forenoon watch write beside the mark {keys}?",
            "Beside it stands:",
        ),
        (
            "# reviewed: {key} is bound to {value} until the next migration",
            "According to the review comment, to what is {keys} bound until the next migration?",
            "Bound to:",
        ),
        (
            "Bench notebook, page torn: vial {key} was relabelled as {value} after the spill.",
            "As what was vial {keys} relabelled after the spill?",
            "Relabelled as:",
        ),
        (
            "The catalogue card for exhibit {key} carries one pencilled remark, {value}.",
            "Which pencilled remark does the catalogue card of exhibit {keys} carry?",
            "Pencilled remark:",
        ),
        (
            "At the reading desk, whoever asks for volume {key} is sent to {value} instead.",
            "To what is a reader sent who asks at the desk for volume {keys}?",
            "Sent to:",
        ),
        (
            "Signal box, late shift: for {key} the despatcher chalked up {value}.",
            "What did the despatcher of the late shift chalk up for {keys}?",
            "Chalked up:",
        ),
        (
            "Weather post {key} signed off for the winter with the single entry {value}.",
            "With which entry did weather post {keys} sign off for the winter?",
            "Entry:",
        ),
        (
            "The witness, asked what stood on file {key}, answered without a pause: {value}.",
            "What did the witness say stood on file {keys}?",
            "The witness said:",
        ),
        (
            "Seed drawer {key} now holds the packet marked {value}; the earlier one was mouldy.",
            "How is the packet marked that seed drawer {keys} now holds?",
            "Marked:",
        ),
        (
            "In the conductor's copy somebody has tied passage {key} to the entry {value}.",
            "To what is passage {keys} tied in the conductor's copy?",
            "Tied to:",
        ),
        (
            "Shaft report: lamp {key} came up again with {value} scratched on its base.",
            "What was scratched on the base of lamp {keys} when it came up again?",
            "Scratched on it:",
        ),
        (
            "Customs shed: crate {key} was let through under the reference {value}.",
            "Under which reference was crate {keys} let through the customs shed?",
            "Reference:",
        ),
        (
            "Props table, before the second act: for {key} fetch the tray with {value} on it.",
            "What is on the tray that the props table wants fetched for {keys}?",
            "On the tray:",
        ),
        (
            "Plate {key}, exposed before dawn, is filed in the dome under {value}.",
            "Under what is plate {keys} filed in the dome?",
            "Filed under:",
        ),
        (
            "// when the caller passes {key}, the lookup must come back with {value}",
            "With what must the lookup come back when the caller passes {keys}?",
            "Comes back with:",
        ),
        (
            '"And for {key}?" she asked; he looked it up and read out {value}.',
            "What did he read out when she asked about {keys}?",
            "He read out:",
        ),
        (
            "Telegram received: regarding {key} stop proceed with {value} stop regards.",
            "With what does the telegram say to proceed regarding {keys}?",
            "Proceed with:",
        ),
        (
            "Lot {key} went to the bidder who had registered as {value}.",
            "As what had the bidder registered who took lot {keys}?",
            "Registered as:",
        ),
        (
            "Hive card {key}: queen seen, frames heavy, tag now {value}.",
            "Which tag does the hive card give for {keys}?",
            "Tag:",
        ),
        (
            "Workshop slate, left column {key}, right column {value}, both still wet.",
            "What stood in the right column of the workshop slate, across from {keys}?",
            "Right column:",
        ),
        (
            "My grandmother kept a list, and next to {key} it has just {value}.",
            "What does the grandmother's list have next to {keys}?",
            "Her list has:",
        ),
        (
            "Release note: option {key} falls back to {value} when it is left out.",
            "To what does option {keys} fall back when it is left out?",
            "Falls back to:",
        ),
        (
            "On the surveyor's sketch, point {key} is joined by a dotted line to {value}.",
            "To what does a dotted line join point {keys} on the surveyor's sketch?",
            "Joined to:",
        ),
    )
)
"""Our own wordings, in many genres; each says something that any kind of value can complete."""

TASK = Task(
    name="needle",
    version=1,
    spec=NeedleSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
)
