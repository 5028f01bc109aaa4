"""A curriculum as a table: what each stage takes and wastes, and what its sources cannot supply.

    stage  rows of   claims  tokens   rows  shards     disk  CPU hours  ...  attention    FLOPs
    short   65,536   32,768  15.0 B  229 K     224  24.0 GB       1.10  ...      8.1 %  7.2e+20

The same table stands for a plan and for the plan at another scale (`--scale 20B`), of which a part
was laid out and the rest is in proportion. Text of documents that a stage's ceiling cuts counts as
truncated; as few of them would be cut at the other scale, so there that figure is a bound.
"""

from collections import Counter
from typing import Any

import numpy as np

from pipelines.build.ahead import Ahead
from pipelines.build.mix import Planned
from pipelines.plan.resources import (
    BYTES_PER_TOKEN,
    STORE_BYTES_PER_TOKEN,
    WOVEN_BYTES_PER_TOKEN,
    read_seconds,
    weave_seconds,
    write_seconds,
)
from pipelines.report.amounts import amount, size, with_lengths
from pipelines.report.bars import table
from pipelines.report.costs import targets_of
from schemas.draw import Int64, SampleDraw
from schemas.recipe import Recipe

HOUR = 3600
SUMS = (
    *("tokens", "targets", "rows", "shards", "disk_bytes", "cut_documents", "truncated"),
    *("padding", "flops", "repeated"),
)
HEADS = (
    *("stage", "rows of", "claims", "tokens", "rows", "shards", "disk", "CPU hours", "cut docs"),
    *("truncated", "padding", "attention", "FLOPs"),
)


def schedule_facts(planned: Planned, ahead: Ahead) -> dict[str, Any]:
    """Return the table as JSON values; nothing but the sources where there would be no rows."""
    text = _Text(planned)
    costs = [] if ahead.cost is None else ahead.cost["stages"]
    stages = [_stage(text, ahead, cost) for cost in costs]
    totals: dict[str, Any] = {name: sum(stage[name] for stage in stages) for name in SUMS}
    totals["cpu_seconds"] = dict(
        sum((Counter(stage["cpu_seconds"]) for stage in stages), Counter())
    )
    totals["store_bytes"] = sum(stage["store_bytes"] for stage in stages)
    return {
        "scale": ahead.scale,
        "factor": ahead.factor,
        "laid_out": sum(cost["tokens"] for cost in costs),
        "refused": ahead.refused,
        "stages": stages,
        "totals": totals,
        "sources": _sources(planned, ahead),
    }


class _Text:
    """How dense the documents are that were read: bytes and tokens, kept and met, by source."""

    def __init__(self, planned: Planned) -> None:
        """Count them once."""
        documents = planned.documents
        corpus = documents.corpus
        self.sources = corpus.sources
        self.kept = np.bincount(corpus.source, corpus.num_tokens, len(self.sources))
        sizes = documents.table["num_bytes"].to_numpy()
        kept_bytes = np.bincount(corpus.source, sizes[documents.kept], len(self.sources))
        met = Counter[str]()
        met_by = documents.table.group_by("source").aggregate([("num_bytes", "sum")])
        for line in met_by.to_pylist():
            met[line["source"]] = line["num_bytes_sum"]
        self.met_per_token = np.array([met[name] for name in self.sources]) / np.maximum(
            self.kept, 1
        )
        self.bytes_per_token = float(kept_bytes.sum() / max(self.kept.sum(), 1))
        self.task_of = {use.name: use.task.name for use in planned.job.uses}

    def to_read(self, tokens: Int64) -> dict[str, float]:
        """Return the bytes to read by source, for int64[sources] tokens that are used."""
        return dict(zip(self.sources, (tokens * self.met_per_token).tolist(), strict=True))


def _stage(text: _Text, ahead: Ahead, cost: dict[str, Any]) -> dict[str, Any]:
    """Return a line: the figures of the stage that was laid out, times the factor."""
    times, recipe = ahead.factor, ahead.recipe
    samples = [sample for sample in ahead.draw.samples if sample.stage == cost["stage"]]
    used = _first_use(ahead, cost["stage"], samples)
    row_len = cost["seq_len"] + int(recipe.extra_token)
    rows = round(cost["rows"] * times)
    woven = sum(sample.length for sample in samples)
    seconds = {
        "read": read_seconds(recipe, text.to_read(used)),
        "weave": weave_seconds(samples, text.task_of, text.bytes_per_token),
        "write": write_seconds(cost["tokens"], cost["documents"] + len(samples)),
    }
    targets, unknown = targets_of(cost)
    shown = ("stage", "seq_len", "claims", "fill", "best_fill", "waiting")
    scaled = ("tokens", "documents", "cut_documents", "truncated", "padding", "repeated")
    return {
        **{name: cost[name] for name in shown},
        **{name: round(cost[name] * times) for name in scaled},
        "targets": round(targets * times),
        "targets_unknown": unknown,
        "rows": rows,
        "original_rows": round(cost["original_rows"] * times),
        "shards": -(-rows // -(-recipe.shard_tokens // row_len)),
        "disk_bytes": round(rows * row_len * BYTES_PER_TOKEN),
        "store_bytes": round(
            times
            * (
                used.sum() * (STORE_BYTES_PER_TOKEN + text.bytes_per_token)
                + woven * WOVEN_BYTES_PER_TOKEN
            )
        ),
        "cpu_seconds": {name: value * times for name, value in seconds.items()},
        "attention_share": cost["training"]["attention_share"],
        "flops": cost["training"]["flops"] * times,
    }


def _first_use(ahead: Ahead, stage: str, samples: list[SampleDraw]) -> Int64:
    """Return int64[sources]: the tokens of text that a stage is the first to need."""
    corpus = ahead.documents.corpus
    used = np.zeros(len(corpus.sources), np.int64)
    for parts in (ahead.draw.pieces, ahead.draw.original):
        if stage in parts:
            first = parts[stage].epoch == 0
            tokens = (parts[stage].stop - parts[stage].start)[first]
            source = corpus.source[parts[stage].doc[first]]
            used += np.bincount(source, tokens, len(used)).astype(np.int64)
    taken = [(p.doc, p.stop - p.start) for s in samples for p in s.pieces if p.epoch == 0]
    doc, size = np.array(taken, np.int64).reshape(-1, 2).T
    return np.asarray(used + np.bincount(corpus.source[doc], size, len(used)).astype(np.int64))


def _sources(planned: Planned, ahead: Ahead) -> list[dict[str, Any]]:
    """Return what is asked of each source, by length where shares go by it, and what there is."""
    corpus, draw = planned.documents.corpus, ahead.draw
    asked: Counter[tuple[str, int]] = Counter()
    ends: dict[tuple[str, int], int | None] = {}
    for line in draw.supply:
        if line.source in corpus.sources:
            asked[line.source, line.at_least] += line.asked
            ends[line.source, line.at_least] = line.below
    haystacks = _haystacks_by_length(ahead, list(ends))
    lines = []
    for (name, low), tokens in sorted(asked.items()):
        high = ends[name, low]
        tokens_of = corpus.num_tokens
        mine = (corpus.source == corpus.sources.index(name)) & (tokens_of >= low)
        kept = int(tokens_of[mine & (tokens_of < high) if high else mine].sum())
        needed = round((tokens + haystacks[name, low]) * ahead.factor)
        lines.append(
            {
                "source": name,
                "at_least": low,
                "below": high,
                "kept": kept,
                "needed": needed,
                "passes": needed / kept if kept else None,
                "short": max(needed - kept * _epochs(planned.job.recipe, name), 0),
            }
        )
    return lines


def _epochs(recipe: Recipe, name: str) -> int:
    return recipe.max_epochs or recipe.sources[name].max_epochs


def _haystacks_by_length(ahead: Ahead, cells: list[tuple[str, int]]) -> Counter[tuple[str, int]]:
    """Return the tokens of haystacks that come from documents of each source and class."""
    corpus, draw = ahead.documents.corpus, ahead.draw
    found: Counter[tuple[str, int]] = Counter()
    if ahead.recipe.haystack_reuse == "shared":
        return found
    bounds = {name: sorted(low for of, low in cells if of == name) for name in corpus.sources}
    for sample in draw.samples:
        for piece in sample.pieces:
            name = corpus.sources[corpus.source[piece.doc]]
            lows = [low for low in bounds[name] if low <= corpus.num_tokens[piece.doc]]
            found[name, lows[-1] if lows else 0] += piece.stop - piece.start
    return found


def schedule_text(facts: dict[str, Any]) -> list[str]:
    """Return the table for a terminal, the totals, and what sources cannot supply."""
    totals = facts["totals"]
    rows = [list(HEADS), *(_cells(stage) for stage in facts["stages"])]
    if len(facts["stages"]) > 1:
        rows.append(_cells({**totals, "stage": "in all"}))
    return [*table(rows), *(["", *_source_lines(facts)] if facts["sources"] else [])]


def _cells(stage: dict[str, Any]) -> list[str]:
    shape = [f"{stage[name]:,}" if name in stage else "" for name in ("seq_len", "claims")]
    share = f"{stage['attention_share']:.1%}" if "attention_share" in stage else ""
    return [
        stage["stage"],
        *shape,
        amount(stage["tokens"]),
        amount(stage["rows"]),
        f"{stage['shards']:,}",
        size(stage["disk_bytes"]),
        f"{sum(stage['cpu_seconds'].values()) / HOUR:.3g}",
        amount(stage["cut_documents"]),
        amount(stage["truncated"]),
        amount(stage["padding"]),
        share,
        f"{stage['flops']:.3g}",
    ]


def _source_lines(facts: dict[str, Any]) -> list[str]:
    """Return a line for each source and class: what of it is used, and whether it suffices."""
    rows = []
    for line in (line for line in facts["sources"] if line["needed"]):
        used = "has none" if line["passes"] is None else f"{line['passes']:,.2f} passes"
        short = f"short of {amount(line['short'])}" if line["short"] else ""
        rows.append(
            [with_lengths(line), amount(line["needed"]), "of", amount(line["kept"]), used, short]
        )
    return ["needed of what was kept", *(f"  {line}" for line in table(rows))]
