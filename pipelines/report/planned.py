"""What `longmix plan` shows: the tree of the mix, rows, disk, and what will be cut or is short."""

from collections import Counter
from typing import Any

from generators.mixing.framing import frame
from pipelines.build.mix import Planned
from pipelines.plan.depths import expected_depths
from pipelines.plan.ledger import supply_table
from pipelines.report.bars import count, table
from schemas.draw import Draw
from schemas.recipe import LongDocuments, Recipe, StageSpec

STEP = 1000
CUTS: dict[LongDocuments, str] = {
    "paragraph": "will be cut between paragraphs",
    "section": "will be cut between sections",
    "fixed": "will be cut",
    "overlap": "will be cut with repeats",
    "drop_tail": "will lose their ends",
    "larger_bucket": "wait for longer rows",
}
BYTES_PER_TOKEN = 1.6
"""Disk of a shard for each token: whole rows of novels took 1.57; code takes less
(docs/benchmarks.md)."""
STORE_BYTES_PER_TOKEN = 4.0
"""Raw ids of the store; the cleaned text comes on top, at its own size."""
WRITE_SECONDS = 50e-9
"""CPU seconds a token of what is left after a plan, weaving apart: gathering, digests, Parquet,
reading back and publishing took 11.6 s for a GB of 242 M tokens (docs/benchmarks.md)."""


def plan_facts(planned: Planned) -> dict[str, Any]:
    """Return the plan as JSON values."""
    job, documents, draw = planned.job, planned.documents, planned.draw
    recipe = job.recipe
    corpus = documents.corpus
    planting = {use.name for use in job.uses if use.task.depth_kind == "planted"}
    stages = [_stage(recipe, stage, draw, corpus) for stage in recipe.resolved_stages()]
    for stage in stages:
        stage["tasks"] = _tasks(draw, stage["stage"], planting)
    tokens = sum(stage["tokens"] for stage in stages)
    text_bytes = int(documents.table["num_bytes"].to_numpy()[documents.kept].sum())
    return {
        "name": recipe.name,
        "tokenizer": {"engine": job.tokenizer.engine, "vocab_size": job.tokenizer.vocab_size},
        "documents": {"met": len(documents.table), "kept": len(documents.kept)},
        "rejected": [
            {"source": source, "reason": reason, "documents": number}
            for (source, reason), number in sorted(documents.reasons().items())
        ],
        "quarantined": [entry.as_json() for entry in planned.quarantined],
        "stages": stages,
        "written": {name: found.facts() for name, found in job.written.items()},
        "supply": supply_table(draw).to_pylist(),
        "tokens": tokens,
        "disk_bytes": {
            "mix": int(tokens * BYTES_PER_TOKEN),
            "store": int(corpus.num_tokens.sum() * STORE_BYTES_PER_TOKEN) + text_bytes,
        },
        "cpu_seconds_left": tokens * WRITE_SECONDS,
    }


def _stage(recipe: Recipe, stage: StageSpec, draw: Draw, corpus: Any) -> dict[str, Any]:
    """Return one branch of the tree. Sample lengths are ceilings until they are woven."""
    pieces = draw.pieces[stage.name]
    natural = pieces.stop - pieces.start
    source = corpus.source[pieces.doc]
    samples = [sample for sample in draw.samples if sample.stage == stage.name]
    tokens = int(natural.sum()) + sum(sample.length for sample in samples)
    row_len = stage.seq_len + int(recipe.extra_token)
    capacity = frame(recipe, stage).capacity
    rows = -(-tokens // capacity)
    return {
        "stage": stage.name,
        "seq_len": stage.seq_len,
        "rows": rows,
        "shards": -(-rows // -(-recipe.shard_tokens // row_len)),
        "tokens": tokens,
        "fill": tokens / max(rows * capacity, 1),
        "sources": {
            name: {
                "tokens": int(natural[source == index].sum()),
                "pieces": int((source == index).sum()),
                "longer_than_a_row": int((natural[source == index] > capacity).sum()),
                "long_documents": recipe.sources[name].long_documents,
            }
            for index, name in enumerate(corpus.sources)
        },
    }


def _tasks(draw: Draw, stage: str, planting: set[str]) -> list[dict[str, Any]]:
    """Return a line for each task and length: its samples, and the tenths that depths aim at."""
    counts = Counter((s.use, s.length) for s in draw.samples if s.stage == stage)
    depths = expected_depths(draw)
    return [
        {
            "use": use,
            "length": length,
            "samples": number,
            "tokens": number * length,
            "depths": depths[stage, use, length].tolist() if use in planting else None,
        }
        for (use, length), number in counts.items()
    ]


def plan_text(facts: dict[str, Any]) -> str:
    """Return the plan for a terminal, as a tree."""
    lines = [f"{facts['name']}  about {facts['tokens']:,} tokens"]
    for stage in facts["stages"]:
        lines += _stage_lines(stage)
    lines.append(
        f"documents: {facts['documents']['met']:,} met, {facts['documents']['kept']:,} kept"
    )
    lines += [
        f"  {line['documents']:,} of {line['source']} rejected: {line['reason']}"
        for line in facts["rejected"]
    ]
    lines += [
        f"  quarantined: {entry.get('doc_id') or entry.get('uri')}: {entry['reason']}"
        for entry in facts["quarantined"]
    ]
    for use, found in facts["written"].items():
        lines.append(
            f"  {use}: {found['pairs']:,} pairs of {found['requests']:,} requests, "
            f"{found['unanswered']:,} unanswered"
        )
        lines += [f"    {n:,} rejected: {reason}" for reason, n in found["reasons"].items()]
    lines += [
        f"  short: {line['source']} can give {line['given']:,} of {line['asked']:,}"
        for line in facts["supply"]
        if line["given"] < 0.99 * line["asked"]
    ]
    disk = facts["disk_bytes"]
    lines.append(
        f"disk: about {_size(disk['mix'])} for the mix and {_size(disk['store'])} for the store; "
        f"about {_duration(facts['cpu_seconds_left'])} of one core from here"
    )
    return "\n".join(lines)


def _size(num_bytes: float) -> str:
    """Return 1234567890 as `1.2 GB`."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if num_bytes < STEP:
            return f"{num_bytes:.3g} {unit}"
        num_bytes /= STEP
    return f"{num_bytes:.3g} TB"


def _duration(seconds: float) -> str:
    """Return 5400 as `1.5 hours`."""
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def _longer(part: dict[str, Any]) -> str:
    """Return what becomes of documents that no row holds, nothing where there are none."""
    number = part["longer_than_a_row"]
    return f"{number:,} longer than a row, {CUTS[part['long_documents']]}" if number else ""


def _stage_lines(stage: dict[str, Any]) -> list[str]:
    rows = [
        [
            f"├─ {name}",
            f"{part['tokens']:,} tokens",
            f"{part['pieces']:,} pieces",
            _longer(part),
            "",
        ]
        for name, part in stage["sources"].items()
    ]
    rows += [
        [
            f"├─ task:{part['use']}",
            f"{part['tokens']:,} tokens",
            f"{part['samples']:,} samples",
            f"of at most {part['length']:,}",
            "  depths " + " ".join(map(str, part["depths"])) if part["depths"] else "",
        ]
        for part in stage["tasks"]
    ]
    head = (
        f"└─ {stage['stage']}  {count(stage['rows'], 'row')} of {stage['seq_len']:,} in "
        f"{count(stage['shards'], 'shard')}, {stage['fill']:.1%} full"
    )
    if any(part["depths"] for part in stage["tasks"]):
        rows.append(["", "", "", "", "target depths, by tenths"])
    return [head, *(f"   {line}" for line in table(rows))]
