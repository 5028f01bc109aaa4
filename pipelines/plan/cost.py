"""What a mix will cost and waste, counted from its layout before a row is written.

Three questions for each stage: are rows full, and if not, could they be; which documents are cut,
lose text or come twice; what will training take, and how long will devices wait for each other.

    2 rows of 8:  a0 .. a7 | a8 a9 E b0 b1 b2 E .    13 text, 2 ends, 1 padding: fill 15 / 16
    document a lies in two segments: 1 of 2 documents is cut; 64 + 9 + 16 = 89 squares of 128
    every token but the first of a segment is a target: 12 of 15
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from generators.costs import (
    Cluster,
    Model,
    Segments,
    Wait,
    efficiency,
    row_costs,
    squares,
    striped,
    train_flops,
)
from generators.mixing.framing import frame
from generators.packing._bound import lower_bound
from pipelines.plan.documents import Documents
from pipelines.plan.layout import Layout
from pipelines.plan.spans import documents_in, numbers_of
from pipelines.plan.targets import UNKNOWN, span_targets
from schemas.draw import Draw, Int64
from schemas.recipe import Recipe, StageSpec

WAITS: tuple[Wait, ...] = ("row", "step")
"""When ranks wait for each other: after every row, or once a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spans:
    """N spans of a layout, in order."""

    row: Int64
    """int64[N]."""
    segment: Int64
    """int64[N], counted through all rows."""
    length: Int64
    """int64[N], start and end ids included."""
    text: Int64
    """int64[N], without them."""
    targets: Int64
    """int64[N], UNKNOWN where only weaving will tell."""
    epoch: Int64
    doc: Int64
    """int64[N]: which document, by corpus index; -1 for a sample."""
    is_original: npt.NDArray[np.bool_]
    """bool[N]: those of rows with `rope_mode: original`."""
    name: Int64
    """int64[N], index into the names of sources and tasks."""

    def where(self, flags: npt.NDArray[np.bool_] | slice) -> "_Spans":
        """Return the spans whose flag (bool[N]) is set."""
        return _Spans(**{field.name: getattr(self, field.name)[flags] for field in fields(self)})


def plan_cost(
    recipe: Recipe,
    draw: Draw,
    documents: Documents,
    layout: Layout,
    *,
    targets: Mapping[str, int],
) -> dict[str, Any]:
    """Return the costs of a mix as JSON values, by stage; numbers are tokens unless named.

    `draw` is what was woven: the tokens of its samples' haystacks are used, not lost. `targets` has
    the targets of samples by sample_id, as counted or as the recipe states them; what it leaves out
    is unknown. Cost: a few passes over the spans and one sort of a stage's segments.
    """
    spans, names = _spans(documents, layout.spans, targets)
    lost, last_row = _lost(recipe, draw, documents, spans)
    stages, first = [], 0
    for spec in recipe.resolved_stages():
        mine = pc.equal(layout.shards["stage"], spec.name)
        stop = first + int(pc.sum(layout.shards.filter(mine)["num_rows"]).as_py() or 0)
        low, high = np.searchsorted(spans.row, (first, stop))
        part = spans.where(slice(low, high))
        ends_here = lost[(last_row >= first) & (last_row < stop)]
        stages.append(
            {
                "stage": spec.name,
                "seq_len": spec.seq_len,
                "claims": spec.claims or spec.seq_len,
                **_of_rows(recipe, spec, part, first=first, stop=stop),
                "by_source": _by_source(part, names),
                **_cuts(part.where(part.doc >= 0)),
                "truncated_documents": int(np.count_nonzero(ends_here)),
                "truncated": int(ends_here.sum()),
            }
        )
        first = stop
    return {
        "model": recipe.model.model_dump(),
        "cluster": recipe.cluster.model_dump(),
        "stages": stages,
        "passes": _passes(documents, spans),
        "truncated_documents": int(np.count_nonzero(lost)),
        "truncated": int(lost.sum()),
    }


def _spans(
    documents: Documents, spans: pa.Table, targets: Mapping[str, int]
) -> tuple[_Spans, list[str]]:
    """Return the spans as arrays, and the names that `name` counts."""
    row, segment = spans["row_id"].to_numpy(), spans["segment"].to_numpy()
    opens = np.append(True, (row[1:] != row[:-1]) | (segment[1:] != segment[:-1]))
    length = spans["length"].to_numpy().astype(np.int64)
    begin, end = (spans[name].to_numpy() for name in ("begin", "end"))
    names = spans["source"].unique()
    name = pc.index_in(spans["source"], value_set=names).to_numpy().astype(np.int64)
    is_sample = pc.starts_with(names, "task:").to_numpy(zero_copy_only=False)[name]
    arrays = _Spans(
        row=row,
        segment=np.cumsum(opens),
        length=length,
        text=length - begin - end,
        targets=span_targets(spans, opens, targets),
        epoch=spans["epoch"].to_numpy(),
        doc=np.where(is_sample, -1, documents_in(spans, documents)),
        is_original=numbers_of(spans["rope_mode"], ["original"]) == 0,
        name=name,
    )
    return arrays, names.to_pylist()


def _of_rows(
    recipe: Recipe, spec: StageSpec, spans: _Spans, *, first: int, stop: int
) -> dict[str, Any]:
    """Return what the rows [first, stop) hold and cost: those of one stage."""
    opens = np.flatnonzero(np.diff(spans.segment, prepend=-1))
    rows = Segments(
        length=np.add.reduceat(spans.length, opens) if len(opens) else spans.length,
        row=spans.row[opens] - first,
        num_rows=stop - first,
        row_len=spec.seq_len + int(recipe.extra_token),
    )
    model, cluster = Model(**recipe.model.model_dump()), Cluster(**recipe.cluster.model_dump())
    return {
        **_filled(recipe, spec, rows),
        "original_share": None if spec.original is None else spec.original.share,
        "original_rows": len(np.unique(spans.row[spans.is_original])),
        "attention": _attention(rows),
        "training": _training(rows, model),
        "waiting": _waiting(row_costs(rows, model, cluster), cluster),
    }


def _filled(recipe: Recipe, spec: StageSpec, rows: Segments) -> dict[str, Any]:
    """Return how full rows are, and could be: with these segments, in any order."""
    start_ids = np.zeros(len(rows.length), np.int64)
    start_ids[np.flatnonzero(np.diff(rows.row, prepend=-1))] = recipe.bos == "row"
    tokens = int(rows.length.sum())
    size = rows.num_rows * rows.row_len
    least = lower_bound(rows.length - start_ids, frame(recipe, spec).capacity)
    return {
        "rows": rows.num_rows,
        "least_rows": least,
        "tokens": tokens,
        "padding": size - tokens,
        "fill": tokens / max(size, 1),
        "best_fill": min(tokens / max(least * rows.row_len, 1), 1.0),
    }


def _cuts(natural: _Spans) -> dict[str, Any]:
    """Return how many documents come whole, and what comes again."""
    passes = int(natural.epoch.max(initial=0)) + 1
    # Segments rise already, and one sort of one number is the fastest.
    order = np.argsort(natural.doc * passes + natural.epoch, kind="stable")
    doc, epoch, segment = natural.doc[order], natural.epoch[order], natural.segment[order]
    again = (doc[1:] == doc[:-1]) & (epoch[1:] == epoch[:-1]) & (segment[1:] != segment[:-1])
    return {
        "documents": int(np.count_nonzero(np.diff(doc, prepend=-1))),
        "cut_documents": int(np.count_nonzero(np.diff(doc[1:][again], prepend=-1))),
        "repeated": int(natural.text[natural.epoch > 0].sum()),
    }


def _lost(recipe: Recipe, draw: Draw, documents: Documents, spans: _Spans) -> tuple[Int64, Int64]:
    """Return what documents that are rows lose, and the last row of each, int64[D] both.

    Lost is text that no stage and no sample has in pass 0. The row is -1 where a document is none.
    """
    size = len(documents.kept)
    first = np.flatnonzero((spans.epoch == 0) & (spans.doc >= 0))
    doc = spans.doc[first]
    used = np.bincount(doc, spans.text[first], size).astype(np.int64)
    is_row = used > 0
    last_row = np.full(size, -1, np.int64)
    last_row[doc] = spans.row[first]  # rows rise, so a document's last span writes last
    if recipe.haystack_reuse != "shared":
        pieces = [p for sample in draw.samples for p in sample.pieces if p.epoch == 0]
        tokens = [piece.stop - piece.start for piece in pieces]
        doc = np.array([piece.doc for piece in pieces], np.int64)
        used += np.bincount(doc, tokens, size).astype(np.int64)
    return np.maximum(documents.corpus.num_tokens - used, 0) * is_row, last_row


def _by_source(spans: _Spans, names: list[str]) -> dict[str, Any]:
    """Return tokens and targets by source and `task:<name>`; targets are None where unknown."""
    tokens = np.bincount(spans.name, spans.length, len(names)).astype(np.int64)
    targets = np.bincount(spans.name, spans.targets, len(names)).astype(np.int64)
    unknown = np.bincount(spans.name[spans.targets == UNKNOWN], minlength=len(names)) > 0
    return {
        names[k]: {"tokens": int(tokens[k]), "targets": None if unknown[k] else int(targets[k])}
        for k in sorted(np.flatnonzero(tokens).tolist(), key=lambda k: names[k])
    }


def _passes(documents: Documents, spans: _Spans) -> dict[str, Any]:
    """Return how often the rows pass over each source: natural tokens / kept tokens."""
    corpus, size = documents.corpus, len(documents.corpus.sources)
    is_text = spans.doc >= 0
    source = corpus.source[spans.doc[is_text]]
    kept = np.bincount(corpus.source, corpus.num_tokens, size).astype(np.int64)
    used = np.bincount(source, spans.text[is_text], size).astype(np.int64)
    return {
        name: {
            "kept": int(kept[k]),
            "natural": int(used[k]),
            "passes": float(used[k] / max(kept[k], 1)),
        }
        for k, name in enumerate(corpus.sources)
    }


def _attention(rows: Segments) -> dict[str, Any]:
    """Return the squares, their share of rows of one document, and the mean over tokens."""
    total, tokens = int(squares(rows).sum()), int(rows.length.sum())
    return {
        "squares": total,
        "of_single": total / max(rows.num_rows * rows.row_len**2, 1),
        "mean_context": total / max(tokens, 1),
    }


def _training(rows: Segments, model: Model) -> dict[str, Any]:
    tokens, total = int(rows.length.sum()), int(squares(rows).sum())
    flops = train_flops(model, tokens=tokens, squares=total)
    return {
        "flops": flops,
        "flops_per_token": flops / max(tokens, 1),
        "attention_share": model.per_square * total / flops if flops else 0.0,
    }


def _waiting(costs: npt.NDArray[np.float64], cluster: Cluster) -> dict[str, Any]:
    """Return the share of the time in which ranks work, None with fewer rows than a step."""
    if len(costs) < cluster.rows_per_step:
        return {"steps": 0, "planned": None, "striped": None}
    orders = {"planned": costs, "striped": costs[striped(costs, cluster)]}
    return {
        "steps": len(costs) // cluster.rows_per_step,
        **{
            name: {wait: efficiency(values, cluster, wait=wait) for wait in WAITS}
            for name, values in orders.items()
        },
    }
