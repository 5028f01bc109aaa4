"""The summary of a finished mix: tokens by source and task, row fill, depths, what was left out."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.report.amounts import with_lengths
from pipelines.report.bars import bar, table
from pipelines.report.costs import cost_text
from pipelines.report.presets import preset_facts, preset_text
from pipelines.shards.mix import Mix, open_mix
from schemas.document import kind_of_reason

BINS = 10


def summary_facts(name: str) -> dict[str, Any]:
    """Return what `longmix inspect` shows, as JSON values."""
    mix = open_mix(name)
    totals = mix.manifest["totals"]
    documents = mix.table("documents", ["source", "kept", "reason"])
    rejected = documents.filter(pc.invert(documents["kept"]))
    kinds = map(kind_of_reason, rejected["reason"].to_pylist())
    counts = Counter(zip(rejected["source"].to_pylist(), kinds, strict=True))
    return {
        "mix": name,
        "name": mix.manifest["name"],
        "totals": totals,
        "fill": 1 - totals["pad"] / totals["tokens"],
        "documents": {"met": len(documents), "kept": pc.sum(documents["kept"]).as_py() or 0},
        "rejected": [
            {"source": source, "reason": reason, "documents": number}
            for (source, reason), number in sorted(counts.items())
        ],
        "quarantined": mix.manifest["quarantined"],
        "samples": len(mix.table("samples", ["sample_id"])),
        "depths": _depths(mix),
        "planned_depths": _planned_depths(mix),
        "unwoven": _unwoven(mix),
        "ledger": mix.read("plan/ledger.parquet").to_pylist(),
        "short_of": [
            line
            for line in mix.read("plan/supply.parquet").to_pylist()
            if line["given"] < 0.99 * line["asked"]
        ],
        "preset": preset_facts(mix.manifest["recipe"].get("preset")),
        "accounting": mix.manifest.get("accounting"),  # mixes of version 0.1.0 have none
    }


def _planned_depths(mix: Mix) -> dict[str, list[int]]:
    """Return the evidence that depths were chosen for, by tenths: as meant and as found."""
    table = mix.read("plan/depths.parquet")
    chosen = table.filter(pc.is_valid(table["expected"]))
    by_tenth = chosen.group_by("tenth").aggregate([("expected", "sum"), ("realised", "sum")])
    lines = by_tenth.sort_by("tenth").to_pylist()
    return {name: [line[f"{name}_sum"] for line in lines] for name in ("expected", "realised")}


def _unwoven(mix: Mix) -> list[dict[str, Any]]:
    """Count the samples that were left out, by task, with one reason for each."""
    lines = mix.read("plan/unwoven.parquet").to_pylist()
    reasons = {line["task"]: line["reason"] for line in reversed(lines)}
    counts = Counter(line["task"] for line in lines)
    return [
        {"task": task, "samples": count, "reason": reasons[task]}
        for task, count in sorted(counts.items())
    ]


def _depths(mix: Mix) -> list[dict[str, Any]]:
    """Count realised depths by task and power of two of the segment's length."""
    counts: Counter[tuple[str, int, int]] = Counter()
    for shard in mix.manifest["shards"]:
        for chunk in mix.read(shard["path"], ["needles", "seq_lengths"]).to_batches():
            counts.update(_depths_of(chunk))
    table: dict[tuple[str, int], list[int]] = {}
    for (task, length, place), count in sorted(counts.items()):
        table.setdefault((task, length), [0] * BINS)[place] += count
    return [
        {"task": task, "length": length, "bins": bins} for (task, length), bins in table.items()
    ]


def _depths_of(rows: pa.RecordBatch) -> Counter[tuple[str, int, int]]:
    """Count (task, power of two of the segment's length, tenth of depth) over some rows."""
    row = pc.list_parent_indices(rows["needles"]).to_numpy()
    needles = rows["needles"].flatten()
    first = rows["seq_lengths"].offsets.to_numpy()[row]
    segment = needles.field("segment").to_numpy()
    lengths = rows["seq_lengths"].values.to_numpy()[first + segment]
    powers = 2 ** np.ceil(np.log2(np.maximum(lengths, 1))).astype(int)
    tenths = np.minimum((needles.field("depth").to_numpy() * BINS).astype(int), BINS - 1)
    tasks = needles.field("task").to_pylist()
    return Counter(zip(tasks, powers.tolist(), tenths.tolist(), strict=True))


def summary_text(facts: dict[str, Any]) -> str:
    """Return the summary for a terminal."""
    totals = facts["totals"]
    most = max(totals["by_source"].values(), default=1)
    targets = _targets(facts["accounting"])
    lines = [
        f"{facts['name']}: {totals['rows']:,} rows, {totals['tokens']:,} tokens, "
        f"{totals['targets']:,} of them targets; fill {facts['fill']:.3%}",
        "",
        "tokens by source and task",
        *table(
            [
                [
                    name,
                    f"{tokens:,}",
                    f"{tokens / totals['tokens']:.2%}",
                    bar(tokens, most),
                    f"{targets[name]:,} targets" if targets else "",
                ]
                for name, tokens in sorted(totals["by_source"].items(), key=lambda x: -x[1])
            ]
        ),
        "",
        f"documents: {facts['documents']['met']:,} met, {facts['documents']['kept']:,} kept",
        *(
            f"  {line['documents']:,} of {line['source']} rejected: {line['reason']}"
            for line in facts["rejected"][:20]
        ),
        *(
            f"  quarantined: {entry.get('doc_id') or entry['uri']}: {entry['reason']}"
            for entry in facts["quarantined"][:20]
        ),
        *_use(facts),
        *_depth_lines(facts),
        *(["", *cost_text(facts["accounting"])] if facts["accounting"] else []),
        *preset_text(facts["preset"]),
        "",
        facts["mix"],
    ]
    return "\n".join(lines)


def _targets(accounting: dict[str, Any] | None) -> Counter[str]:
    """Return the targets of each source and task in all stages."""
    found: Counter[str] = Counter()
    for stage in accounting["stages"] if accounting else []:
        found.update({name: part["targets"] for name, part in stage["by_source"].items()})
    return found


def _use(facts: dict[str, Any]) -> list[str]:
    heads = ["source", "kept", "natural", "haystack", "dropped", "unused", "repeated"]
    rows = [heads] + [
        [line["source"], *(f"{line[key]:,}" for key in heads[1:])] for line in facts["ledger"]
    ]
    lines = ["", "where the tokens of the kept documents went", *table(rows)]
    for line in facts["short_of"]:
        lines.append(
            f"  {with_lengths(line)} gave {line['given']:,} of the {line['asked']:,} tokens asked "
            f"of it in stage {line['stage']}"
        )
    for line in facts["unwoven"]:
        lines.append(
            f"  {line['samples']:,} samples of {line['task']} were left out; the first because "
            f"{line['reason']}"
        )
    return lines


def _depth_lines(facts: dict[str, Any]) -> list[str]:
    """Draw how deep the evidence lies: all tasks together, then a line for each task and length."""
    if not facts["depths"]:
        return []
    total = np.sum([entry["bins"] for entry in facts["depths"]], axis=0)
    lines = [
        "",
        f"depth of the evidence, {int(total.sum()):,} pieces in {facts['samples']:,} samples",
    ]
    lines += [
        f"  {10 * i:3d}-{10 * (i + 1):3d} %  {bar(count, total.max())} {count}"
        for i, count in enumerate(total.tolist())
    ]
    planned = facts["planned_depths"]
    if planned["expected"]:
        lines.append("  where depths were chosen, meant " + " ".join(map(str, planned["expected"])))
        lines.append("                            found " + " ".join(map(str, planned["realised"])))
    rows = [
        [entry["task"], f"<={entry['length']:,}", *map(str, entry["bins"])]
        for entry in facts["depths"]
    ]
    return [*lines, "  by task and segment length, in tenths:", *(f"  {x}" for x in table(rows))]
