"""What `longmix plan` shows: the tree of the mix, rows, disk, and what will be cut or is short."""

from collections import Counter
from typing import Any

import numpy as np

from generators.mixing.framing import frame
from pipelines.build.ahead import Ahead
from pipelines.build.mix import Planned
from pipelines.plan.depths import expected_depths
from pipelines.plan.ledger import supply_table
from pipelines.plan.positions import coverage_facts, coverage_text
from pipelines.plan.resources import BYTES_PER_TOKEN, STORE_BYTES_PER_TOKEN
from pipelines.report.amounts import amount, duration, size, with_lengths
from pipelines.report.bars import count, table
from pipelines.report.costs import cost_text
from pipelines.report.presets import preset_facts, preset_text
from pipelines.report.schedule import schedule_facts, schedule_text
from schemas.draw import Draw
from schemas.manifest import stable
from schemas.recipe import LongDocuments, Recipe, StageSpec

WHOLE = 0.9999
"""A part that is all there is, but for rounding to rows."""
CUTS: dict[LongDocuments, str] = {
    "paragraph": "will be cut between paragraphs",
    "section": "will be cut between sections",
    "fixed": "will be cut",
    "overlap": "will be cut with repeats",
    "drop_tail": "will lose their ends",
    "larger_bucket": "wait for longer rows",
}


def plan_facts(planned: Planned, ahead: Ahead) -> dict[str, Any]:
    """Return the plan as JSON values."""
    job, documents, draw = planned.job, planned.documents, planned.draw
    recipe = job.recipe
    corpus = documents.corpus
    planting = {use.name for use in job.uses if use.task.depth_kind == "planted"}
    stages = [_stage(recipe, stage, draw, corpus) for stage in recipe.resolved_stages()]
    accounting = ahead.cost and stable(ahead.cost)
    schedule = schedule_facts(planned, ahead)
    for stage, cost in zip(stages, accounting["stages"] if accounting else [], strict=False):
        stage |= {"rows": cost["rows"], "fill": cost["fill"]}
    for stage in stages:
        stage["tasks"] = _tasks(draw, stage["stage"], planting)
    tokens = sum(stage["tokens"] for stage in stages)
    text_bytes = int(documents.table["num_bytes"].to_numpy()[documents.kept].sum())
    seconds = schedule["totals"]["cpu_seconds"]
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
        "cpu_seconds_left": seconds.get("weave", 0.0) + seconds.get("write", 0.0),
        "preset": preset_facts(recipe.preset),
        "accounting": accounting,
        "refused": ahead.refused,
        "coverage": coverage_facts(recipe),
        "schedule": schedule,
    }


def _stage(recipe: Recipe, stage: StageSpec, draw: Draw, corpus: Any) -> dict[str, Any]:
    """Return one branch of the tree. Sample lengths are ceilings until they are woven."""
    parts = [draw.pieces[stage.name], *(draw.original[n] for n in draw.original if n == stage.name)]
    natural = np.concatenate([pieces.stop - pieces.start for pieces in parts])
    source = np.concatenate([corpus.source[pieces.doc] for pieces in parts])
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
        f"  short: {with_lengths(line)} gives {line['given']:,} of {line['asked']:,} in stage "
        f"{line['stage']}"
        for line in facts["supply"]
        if line["given"] < 0.99 * line["asked"]
    ]
    disk = facts["disk_bytes"]
    lines.append(
        f"disk: about {size(disk['mix'])} for the mix and {size(disk['store'])} for the store; "
        f"about {duration(facts['cpu_seconds_left'])} of one core from here"
    )
    return "\n".join([*lines, *_ahead_lines(facts)])


def scale_text(facts: dict[str, Any]) -> str:
    """Return a plan at another scale for a terminal."""
    schedule = facts["schedule"]
    part = 1 / schedule["factor"]
    laid_out = "" if part > WHOLE else f", {part:.2%} of it, and the rest is in proportion"
    lines = [
        f"{facts['name']}  at {amount(schedule['scale'])} tokens, from documents like "
        f"the {facts['documents']['kept']:,} that were kept",
        f"{amount(schedule['laid_out'])} tokens were laid out{laid_out}",
        "",
        *schedule_text(schedule),
        "",
        *preset_text(facts["preset"]),
        *_refusal(facts),
        *(cost_text(facts["accounting"]) if facts["accounting"] else []),
    ]
    return "\n".join(lines)


def scale_facts(planned: Planned, ahead: Ahead) -> dict[str, Any]:
    """Return a plan at another scale as JSON values; `accounting` is that of the part laid out.

    Passes over documents that were drawn again and again say nothing; `schedule` has the true ones.
    """
    cost = ahead.cost and {**ahead.cost, "passes": {}}
    return {
        "name": planned.job.recipe.name,
        "documents": {"met": len(planned.documents.table), "kept": len(planned.documents.kept)},
        "quarantined": [entry.as_json() for entry in planned.quarantined],
        "preset": preset_facts(planned.job.recipe.preset),
        "accounting": cost and stable(cost),
        "refused": ahead.refused,
        "schedule": schedule_facts(planned, ahead),
    }


def _ahead_lines(facts: dict[str, Any]) -> list[str]:
    """Return what laying out found: the accounting, and the stages of a curriculum in a table."""
    lines = ["", *preset_text(facts["preset"]), *_refusal(facts)]
    if facts["accounting"]:
        lines += ["rows, with samples at their greatest lengths:", *cost_text(facts["accounting"])]
    lines += coverage_text(facts["coverage"])
    if len(facts["stages"]) > 1:
        lines += ["", *schedule_text(facts["schedule"])]
    return lines


def _refusal(facts: dict[str, Any]) -> list[str]:
    return [facts["refused"]] if facts["refused"] else []


def _longer(part: dict[str, Any]) -> str:
    """Return what becomes of documents that no row holds, nothing where there are none."""
    number = part["longer_than_a_row"]
    return f"{number:,} longer than a row, {CUTS[part['long_documents']]}" if number else ""


def _stage_lines(stage: dict[str, Any]) -> list[str]:
    rows = [
        [
            f"├─ {name}",
            f"{part['tokens']:,} tokens",
            count(part["pieces"], "piece"),
            _longer(part),
            "",
        ]
        for name, part in stage["sources"].items()
    ]
    rows += [
        [
            f"├─ task:{part['use']}",
            f"{part['tokens']:,} tokens",
            count(part["samples"], "sample"),
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
