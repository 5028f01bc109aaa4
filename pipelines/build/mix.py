"""Build a mix: PREPARE, DRAW, WEAVE, PACK, ASSEMBLE, publish; each step resumes by itself.

Read this file to see the machine. Every parallel step is units that are done once; every step
between is one process over lengths. Run again after any interruption, the same command goes on.
"""

import functools
import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from generators import sources
from generators.mixing.draw import draw
from pipelines.build.assemble import AssembleContext, assemble, assemble_units
from pipelines.build.breaks import StoredBreaks
from pipelines.build.job import (
    Job,
    Options,
    items_by_source,
    judge_units,
    open_job,
    prepare_corpus,
    prepare_some,
    run_units,
    units_of,
)
from pipelines.build.pairs import rejected_responses
from pipelines.build.publish import Published, publish
from pipelines.build.samples import WovenSamples, weave_samples
from pipelines.build.score import Prepared
from pipelines.build.targets import counted_targets
from pipelines.plan.cost import plan_cost
from pipelines.plan.documents import Documents, Quarantined
from pipelines.plan.inputs import sampling_order
from pipelines.plan.layout import Layout, lay_out
from pipelines.plan.ledger import ledger, supply_table
from pipelines.plan.positions import numbering
from pipelines.progress import Progress
from schemas.canonical import digest
from schemas.draw import Draw
from schemas.layout import LEFT, SPANS, table_digest
from schemas.manifest import mix_digest
from schemas.recipe import Recipe
from schemas.unit import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build came to."""

    manifest: dict[str, Any]
    fresh: bool
    """False when the mix was already there and nothing had to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Everything that is known before WEAVE."""

    job: Job
    documents: Documents
    quarantined: list[Quarantined]
    draw: Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """The documents of some of the inputs."""

    job: Job
    documents: Documents
    quarantined: list[Quarantined]
    items: dict[str, list[Item]]
    """By source: the inputs that were read."""


def plan_mix(recipe: Recipe, options: Options, progress: Progress, stack: ExitStack) -> Planned:
    """PREPARE and DRAW."""
    job = open_job(recipe, options, progress, stack)
    return draw_mix(job)


def draw_mix(job: Job) -> Planned:
    """Read the documents and decide what becomes of them."""
    documents, quarantined = prepare_corpus(job)
    most = {name: len(found.pairs) for name, found in job.written.items()}
    uses = tuple(use.for_draw(most.get(use.name)) for use in job.uses)
    drawn = draw(documents.corpus, job.recipe, uses)
    return Planned(job=job, documents=documents, quarantined=quarantined, draw=drawn)


def sample_mix(
    recipe: Recipe, options: Options, progress: Progress, stack: ExitStack, *, documents: int
) -> Sampled:
    """PREPARE and SCORE a sample of each source's inputs: `documents` of them at least, or all."""
    job = open_job(recipe, options, progress, stack)
    prepared: list[Prepared] = []
    quarantined: list[Quarantined] = []
    chosen: dict[str, list[Item]] = {}
    for name, items in items_by_source(job).items():
        waiting = sampling_order(recipe, items)
        chosen[name] = []
        met = 0
        while waiting and met < documents:
            step = documents if sources.load(recipe.sources[name].reader).ONE_DOCUMENT else 1
            part, waiting = waiting[:step], waiting[step:]
            units = units_of(job, {name: part})
            done, lost = prepare_some(job, units)
            prepared, quarantined = prepared + done, quarantined + lost
            chosen[name] += part
            met += sum(len(table) for _, _, table in done)
    found, quarantined = judge_units(job, prepared, quarantined)
    return Sampled(job=job, documents=found, quarantined=quarantined, items=chosen)


def build_mix(recipe: Recipe, options: Options, progress: Progress) -> Built:
    """Build the mix of a recipe, or say that it is already built."""
    with ExitStack() as stack:
        job = open_job(recipe, options, progress, stack)
        finished = _finished(job)
        if finished is not None:
            return Built(manifest=finished, fresh=False)
        planned = draw_mix(job)
        woven = weave_samples(job, planned.draw, planned.documents)
        layout = lay_out(
            job.recipe,
            woven.draw,
            planned.documents,
            woven.samples,
            breaks=StoredBreaks(job.store, planned.documents).read,
        )
        tables = _tables(planned, woven, layout)
        planned_as = _plan_digest(planned, tables)
        mine = mix_digest(digest(job.portable), job.tokenizer.sha256, list(job.items), planned_as)
        shards = assemble_shards(job, layout, mine)
        targets = counted_targets(job.store, woven.units)
        published = Published(
            documents=planned.documents,
            quarantined=planned.quarantined,
            layout=layout,
            tables=tables,
            shards=shards,
            weave_work=woven.units,
            accounting=plan_cost(
                job.recipe, woven.draw, planned.documents, layout, targets=targets
            ),
            plan_digest=planned_as,
            mix_digest=mine,
        )
        return Built(manifest=publish(job, published), fresh=True)


def _tables(planned: Planned, woven: WovenSamples, layout: Layout) -> dict[str, pa.Table]:
    """Return what goes under plan/, by name."""
    job = planned.job
    tables = {
        "spans": layout.spans.select(SPANS.names),
        "shards": layout.shards,
        "supply": supply_table(woven.draw),
        "ledger": ledger(job.recipe, woven.draw, planned.documents, layout),
        "left": pa.table([list(layout.left)], schema=LEFT),
        "unwoven": woven.unwoven,
        "depths": woven.depths,
    }
    if job.written:
        tables["responses"] = rejected_responses(job.written)
    return tables


def _plan_digest(planned: Planned, tables: dict[str, pa.Table]) -> str:
    decided: dict[str, Any] = {
        "tables": {name: table_digest(table) for name, table in tables.items()},
        "quarantined": [entry.as_json() for entry in planned.quarantined],
    }
    if planned.job.decontaminate is not None:  # what it cuts need not show in any length
        decided["decontaminate"] = planned.job.decontaminate
    if planned.job.written:  # another answer need not show in any length either
        decided["written"] = {
            name: [found.requests_sha256, found.responses_sha256]
            for name, found in planned.job.written.items()
        }
    return digest(decided)


def _finished(job: Job) -> dict[str, Any] | None:
    """Return the manifest when every file that it lists is there with its size.

    A mix that lost a file is built again like an unfinished one: what is whole stays.
    """
    if not job.mix.exists("manifest.json"):
        return None
    manifest: dict[str, Any] = json.loads(job.mix.read("manifest.json"))
    whole = all(job.mix.size(file["path"]) == file["bytes"] for file in manifest["files"])
    return manifest if whole else None


def assemble_shards(job: Job, layout: Layout, mine: str) -> dict[int, dict[str, Any]]:
    """ASSEMBLE: write every shard, return what each marker says."""
    _write_plan(job, layout)
    tokenizer, recipe = job.tokenizer, job.recipe
    pad_id = tokenizer.eos_id if tokenizer.pad_id is None else tokenizer.pad_id
    form = {
        "extra_token": recipe.extra_token,
        "eos_id": tokenizer.eos_id,
        "bos_id": tokenizer.bos_id,
        "pad_id": 0 if pad_id is None else pad_id,
        "continue_below": recipe.pos_target_len
        if recipe.fragment_positions == "continue"
        else None,
        "numbering": numbering(recipe),
    }
    context = AssembleContext(
        store=job.store.folder.uri,
        work=job.work.uri,
        mix=job.mix.uri,
        tokenizer_sha256=tokenizer.sha256,
    )
    units = assemble_units(layout.shards, mine, form)
    return run_units(
        job,
        functools.partial(assemble, context),
        units,
        lambda result: f"{result.get('rows', 0)} rows",
    )


def _write_plan(job: Job, layout: Layout) -> None:
    """Write the spans for the workers, one row group a shard, so that each reads just its own."""
    row_ids = layout.spans["row_id"].to_numpy()
    with (
        job.work.create("plan/spans.parquet", moment="plan.spans") as stream,
        pq.ParquetWriter(stream, layout.spans.schema, compression="zstd") as writer,
    ):
        for shard in layout.shards.to_pylist():
            last = shard["first_row"] + shard["num_rows"]
            a, b = row_ids.searchsorted([shard["first_row"], last]).tolist()
            part: pa.Table = layout.spans.slice(a, b - a)
            writer.write_table(part, row_group_size=max(len(part), 1))
