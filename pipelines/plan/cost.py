"""What a mix will cost and waste, counted from its layout before a row is written.

Three questions for each stage: are rows full, and if not, could they be; which documents are cut,
lose text or come twice; what will training take, and how long will devices wait for each other.

    2 rows of 8:  a0 .. a7 | a8 a9 E b0 b1 b2 E .    13 text, 2 ends, 1 padding: fill 15 / 16
    document a lies in two segments: 1 of 2 documents is cut; 64 + 9 + 16 = 89 squares of 128
"""

from dataclasses import dataclass
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
from schemas.draw import Draw, Int64
from schemas.recipe import Recipe, StageSpec

MODEL = Model(num_params=7.5e9, num_layers=32, width=4096)
"""A decoder of 8 billion parameters, 0.5 of them input embeddings (Llama 3 8B, Dubey et al. 2024,
table 3): what costs are stated for where nobody names another."""
CLUSTER = Cluster(ranks=8, rows_per_step=64)
WAITS: dict[Wait, str] = {"row": "after every row", "step": "once a step"}
GIGA = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Natural:
    """The N natural spans of a layout, in order."""

    doc: Int64
    """int64[N]: which document, by corpus index."""
    text: Int64
    """int64[N], tokens without start and end ids."""
    epoch: Int64
    row: Int64
    segment: Int64
    """int64[N], counted through all rows."""

    def where(self, flags: npt.NDArray[np.bool_]) -> "_Natural":
        """Return the spans whose flag (bool[N]) is set."""
        return _Natural(
            doc=self.doc[flags],
            text=self.text[flags],
            epoch=self.epoch[flags],
            row=self.row[flags],
            segment=self.segment[flags],
        )


def plan_cost(
    recipe: Recipe,
    draw: Draw,
    documents: Documents,
    layout: Layout,
    *,
    model: Model = MODEL,
    cluster: Cluster = CLUSTER,
) -> dict[str, Any]:
    """Return the costs of a mix as JSON values, by stage; numbers are tokens unless named.

    `draw` is what was woven: the tokens of its samples' haystacks are used, not lost. Cost: a few
    passes over the spans and one sort of a stage's segments.
    """
    natural, segments = _natural(documents, layout.spans), _segments(layout.spans)
    stages, first = [], 0
    for spec in recipe.resolved_stages():
        mine = pc.equal(layout.shards["stage"], spec.name)
        stop = first + int(pc.sum(layout.shards.filter(mine)["num_rows"]).as_py() or 0)
        part = natural.where((natural.row >= first) & (natural.row < stop))
        rows = _rows_of(recipe, spec, segments, first=first, stop=stop)
        stages.append(
            {
                "stage": spec.name,
                "seq_len": spec.seq_len,
                **_filled(recipe, spec, rows),
                **_cuts(part),
                "attention": _attention(rows),
                "training": _training(rows, model),
                "waiting": _waiting(row_costs(rows, model, cluster), cluster),
            }
        )
        first = stop
    return {
        "model": {
            "num_params": model.num_params,
            "num_layers": model.num_layers,
            "width": model.width,
        },
        "cluster": {
            "ranks": cluster.ranks,
            "rows_per_step": cluster.rows_per_step,
            "context_parallel": cluster.context_parallel,
            "split": cluster.split,
        },
        "stages": stages,
        **_truncated(recipe, draw, documents, natural),
    }


def _segments(spans: pa.Table) -> tuple[Int64, Int64]:
    """Return int64[S], int64[S]: row and length of every segment, in order."""
    length = spans["length"].to_numpy().astype(np.int64)
    opens = np.flatnonzero(_opens(spans))
    return spans["row_id"].to_numpy()[opens], np.add.reduceat(length, opens)


def _opens(spans: pa.Table) -> npt.NDArray[np.bool_]:
    """Return bool[spans]: which open a segment; a segment may hold several."""
    row, segment = spans["row_id"].to_numpy(), spans["segment"].to_numpy()
    return np.append(True, (row[1:] != row[:-1]) | (segment[1:] != segment[:-1]))


def _natural(documents: Documents, spans: pa.Table) -> _Natural:
    doc_ids = documents.table["doc_id"].take(pa.array(documents.kept))
    is_natural = pc.invert(pc.starts_with(spans["source"], "task:"))
    own = spans["begin"].to_numpy().astype(np.int64) + spans["end"].to_numpy()
    flags = is_natural.to_numpy()
    doc = pc.index_in(spans["doc_id"].filter(is_natural), value_set=doc_ids.combine_chunks())
    return _Natural(
        doc=doc.to_numpy().astype(np.int64),
        text=(spans["length"].to_numpy() - own)[flags],
        epoch=spans["epoch"].to_numpy()[flags],
        row=spans["row_id"].to_numpy()[flags],
        segment=np.cumsum(_opens(spans))[flags],
    )


def _rows_of(
    recipe: Recipe, spec: StageSpec, segments: tuple[Int64, Int64], *, first: int, stop: int
) -> Segments:
    """Return the segments of the rows [first, stop), which are those of one stage."""
    row, length = segments
    low, high = np.searchsorted(row, (first, stop))
    return Segments(
        length=length[low:high],
        row=row[low:high] - first,
        num_rows=stop - first,
        row_len=spec.seq_len + int(recipe.extra_token),
    )


def _filled(recipe: Recipe, spec: StageSpec, rows: Segments) -> dict[str, Any]:
    """Return how full rows are, and could be: with these segments, in any order."""
    start_ids = np.zeros(len(rows.length), np.int64)
    start_ids[np.unique(rows.row, return_index=True)[1]] = recipe.bos == "row"
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


def _cuts(natural: _Natural) -> dict[str, Any]:
    """Return how many documents come whole, and what comes again."""
    order = np.lexsort((natural.segment, natural.epoch, natural.doc))
    doc, epoch, segment = natural.doc[order], natural.epoch[order], natural.segment[order]
    again = (doc[1:] == doc[:-1]) & (epoch[1:] == epoch[:-1]) & (segment[1:] != segment[:-1])
    return {
        "documents": len(np.unique(doc)),
        "cut_documents": len(np.unique(doc[1:][again])),
        "repeated": int(natural.text[natural.epoch > 0].sum()),
    }


def _truncated(
    recipe: Recipe, draw: Draw, documents: Documents, natural: _Natural
) -> dict[str, Any]:
    """Return what documents that are rows lose: text that no stage and no sample has in pass 0."""
    size = len(documents.kept)
    first = natural.where(natural.epoch == 0)
    used = np.bincount(first.doc, first.text, size).astype(np.int64)
    is_row = used > 0
    if recipe.haystack_reuse != "shared":
        pieces = [p for sample in draw.samples for p in sample.pieces if p.epoch == 0]
        tokens = [piece.stop - piece.start for piece in pieces]
        doc = np.array([piece.doc for piece in pieces], np.int64)
        used += np.bincount(doc, tokens, size).astype(np.int64)
    lost = np.maximum(documents.corpus.num_tokens - used, 0) * is_row
    return {"truncated_documents": int(np.count_nonzero(lost)), "truncated": int(lost.sum())}


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


def cost_text(facts: dict[str, Any]) -> list[str]:
    """Return the lines of `plan_cost` for a terminal."""
    cluster, model = facts["cluster"], facts["model"]
    lines = [line for stage in facts["stages"] for line in _stage_lines(stage, cluster)]
    if facts["truncated"]:
        lines.append(
            f"truncated: {facts['truncated_documents']:,} documents without "
            f"{facts['truncated']:,} tokens of their text"
        )
    lines.append(
        f"costs are those of a decoder with {model['num_params'] / GIGA:.3g} billion parameters, "
        f"{model['num_layers']} layers of width {model['width']:,}"
    )
    return lines


def _stage_lines(stage: dict[str, Any], cluster: dict[str, Any]) -> list[str]:
    attention, training, waiting = stage["attention"], stage["training"], stage["waiting"]
    lines = [
        f"{stage['stage']}  {stage['rows']:,} rows of {stage['seq_len']:,}, {stage['fill']:.2%} "
        f"full ({stage['padding']:,} padding; at best {stage['best_fill']:.2%} in "
        f"{stage['least_rows']:,} rows)",
        f"  documents: {stage['cut_documents']:,} of {stage['documents']:,} lie in several "
        f"segments; {stage['repeated']:,} tokens come again",
        f"  attention: {attention['of_single']:.1%} of rows of one document; a token's segment "
        f"has {attention['mean_context']:,.0f} tokens on average",
        f"  training: {training['flops']:.3g} FLOPs, {training['flops_per_token'] / GIGA:,.1f} "
        f"billion a token, {training['attention_share']:.1%} of them attention",
    ]
    if not waiting["steps"]:
        return [*lines, f"  waiting: fewer rows than a step of {cluster['rows_per_step']:,}"]
    shares = "; ".join(
        f"{waiting['planned'][wait]:.1%}, sorted in steps {waiting['striped'][wait]:.1%}, when "
        f"they wait {words}"
        for wait, words in WAITS.items()
    )
    return [*lines, f"  {_shape(cluster)} work at most {shares}"]


def _shape(cluster: dict[str, Any]) -> str:
    """Return the cluster in words."""
    each = cluster["context_parallel"]
    devices = f" of {each} devices ({cluster['split']})" if each > 1 else ""
    return f"{cluster['ranks']:,} ranks{devices} at {cluster['rows_per_step']:,} rows a step"
