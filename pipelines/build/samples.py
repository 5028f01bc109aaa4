"""WEAVE as a whole: weave what the store does not hold, then count what came of all samples.

A sample that any earlier build has woven is taken from where it lies; only the others are woven.
What comes of it is told in the order of DRAW, so it is the same for both.
"""

import functools
import json
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from pipelines.build.job import Job, run_units
from pipelines.build.pairs import fields_of_samples
from pipelines.build.weave import left_to_weave, sample_keys, weave_unit, weave_units
from pipelines.plan.depths import depth_table
from pipelines.plan.documents import Documents
from pipelines.plan.stage import WovenAt
from pipelines.store.woven import Held, find_woven, held_table, unwoven_of
from schemas.draw import Draw, SampleDraw, Supply
from schemas.layout import UNWOVEN
from schemas.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class WovenSamples:
    """What WEAVE came to."""

    units: tuple[Held, ...]
    """Where the samples lie in the store, unit by unit."""
    samples: list[WovenAt]
    """Each finished sample's length and place, in the order of DRAW."""
    draw: Draw
    """What was drawn, without the samples that could not be woven."""
    unwoven: pa.Table
    """UNWOVEN."""
    depths: pa.Table
    """DEPTHS."""


def weave_samples(job: Job, draw: Draw, documents: Documents) -> WovenSamples:
    """Weave every sample that was drawn."""
    fields = _fields(job, draw, documents)
    lost = [
        {"sample_id": name, "reason": "no pair from another document is left"}
        for name, mine in fields.items()
        if mine is None
    ]
    asked = weave_units(
        job.recipe,
        [sample for sample in draw.samples if fields.get(sample.sample_id, {}) is not None],
        documents,
        job.tokenizer,
        decontaminate=job.decontaminate,
        fields=fields,
    )
    units = _weave(job, asked)
    number = {sample.sample_id: number for number, sample in enumerate(draw.samples)}
    unwoven = [entry for held in units for entry in unwoven_of(job.store, held)]
    lost += sorted(unwoven, key=lambda entry: number[entry["sample_id"]])
    drawn = {sample.sample_id: sample for sample in draw.samples}
    kept = _without(draw, {entry["sample_id"] for entry in lost})
    samples, depths = _read(job, units, drawn)
    planting = [use.name for use in job.uses if use.task.depth_kind == "planted"]
    return WovenSamples(
        units=units,
        samples=samples,
        draw=kept,
        unwoven=pa.Table.from_pylist(
            [{**entry, **_of(drawn[entry["sample_id"]])} for entry in lost], schema=UNWOVEN
        ),
        depths=depth_table(kept, depths, planting),
    )


def _weave(job: Job, asked: list[Unit]) -> tuple[Held, ...]:
    """Weave the samples of these units that the store does not hold; return where all of them lie.

    Units stand in the order of the first of their samples.
    """
    keys = [key for unit in asked for key in sample_keys(unit)]
    names = [sample["sample_id"] for unit in asked for sample in unit.description["samples"]]
    places = find_woven(job.store, keys)
    left = left_to_weave(asked, places)
    if places:
        job.progress.update("weave", 0, len(left), f"{len(places):,} samples are in the store")
    if left:
        work = functools.partial(weave_unit, job.context)
        run_units(job, work, left, lambda result: f"{result.get('samples', 0)} samples")
    for unit in left:
        places |= dict.fromkeys(sample_keys(unit), job.store.place(unit))
    found: dict[str, list[int]] = {}
    for number, key in enumerate(keys):
        found.setdefault(places[key], []).append(number)
    return tuple(
        Held(place=place, sample_ids=tuple(names[n] for n in numbers), numbers=tuple(numbers))
        for place, numbers in found.items()
    )


def _fields(job: Job, draw: Draw, documents: Documents) -> dict[str, dict[str, Any] | None]:
    names = documents.table["doc_id"]

    def doc_ids(sample: SampleDraw) -> list[str]:
        return [names[int(documents.kept[piece.doc])].as_py() for piece in sample.pieces]

    return fields_of_samples(job.recipe, draw, doc_ids, uses=job.uses, written=job.written)


def _of(sample: SampleDraw) -> dict[str, str]:
    return {"stage": sample.stage, "task": sample.use}


def _without(draw: Draw, lost: set[str]) -> Draw:
    """Leave samples out; what their tasks gave is so much less."""
    missing: dict[tuple[str, str], int] = {}
    for sample in draw.samples:
        if sample.sample_id in lost:
            key = sample.stage, f"task:{sample.use}"
            missing[key] = missing.get(key, 0) + sample.length

    def less(line: Supply) -> Supply:
        return replace(line, given=line.given - missing.get((line.stage, line.source), 0))

    return replace(
        draw,
        samples=tuple(sample for sample in draw.samples if sample.sample_id not in lost),
        supply=tuple(map(less, draw.supply)),
    )


def _read(
    job: Job, units: tuple[Held, ...], drawn: dict[str, SampleDraw]
) -> tuple[list[WovenAt], dict[str, list[float]]]:
    """Return each finished sample's length and place, and the depths of its evidence."""
    woven: dict[int, WovenAt] = {}
    depths = {}
    names = ["sample_id", "task", "num_tokens", "ids_start"]
    for held in units:
        table, numbers = held_table(job.store, held, [*names, "needles"])
        for number, line in zip(numbers.tolist(), table.select(names).to_pylist(), strict=True):
            stage = drawn[line["sample_id"]].stage
            woven[number] = WovenAt(**line, stage=stage, place=held.place)
        needles = zip(table["sample_id"].to_pylist(), table["needles"].to_pylist(), strict=True)
        for sample_id, text in needles:
            depths[sample_id] = [needle["depth"] for needle in json.loads(text)]
    return [woven[number] for number in sorted(woven)], depths
