"""WEAVE as a whole: run its units, then count what came of the samples that DRAW asked for."""

import functools
import json
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from pipelines.build.job import Job, run_units
from pipelines.build.pairs import fields_of_samples
from pipelines.build.weave import weave_unit, weave_units
from pipelines.plan.depths import depth_table
from pipelines.plan.documents import Documents
from pipelines.plan.stage import WovenAt
from schemas.draw import Draw, SampleDraw, Supply
from schemas.layout import UNWOVEN
from schemas.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class WovenSamples:
    """What WEAVE came to."""

    units: list[Unit]
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
    units = weave_units(
        job.recipe,
        [sample for sample in draw.samples if fields.get(sample.sample_id, {}) is not None],
        documents,
        job.tokenizer,
        decontaminate=job.decontaminate,
        fields=fields,
    )
    results = {}
    if units:
        work = functools.partial(weave_unit, job.context)
        results = run_units(job, work, units, lambda result: f"{result.get('samples', 0)} samples")
    drawn = {sample.sample_id: sample for sample in draw.samples}
    lost += [entry for index in sorted(results) for entry in results[index]["unwoven"]]
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
    job: Job, units: list[Unit], drawn: dict[str, SampleDraw]
) -> tuple[list[WovenAt], dict[str, list[float]]]:
    """Return each finished sample's length and place, and the depths of its evidence."""
    woven, depths = [], {}
    for unit in units:
        place = job.store.place(unit)
        table = job.store.table(place, "samples.parquet")
        names = ["sample_id", "task", "num_tokens", "ids_start"]
        for line in table.select(names).to_pylist():
            woven.append(WovenAt(**line, stage=drawn[line["sample_id"]].stage, place=place))
        needles = zip(table["sample_id"].to_pylist(), table["needles"].to_pylist(), strict=True)
        for sample_id, text in needles:
            depths[sample_id] = [needle["depth"] for needle in json.loads(text)]
    return woven, depths
