"""PACK: pieces and samples of known length become rows, rows become shards.

Stage by stage: documents are cut by their own policy, packed with the samples window by window,
joined to segments, put in order, and written down as spans.

    two stages of rows 8 and 16, shards of three rows   ->   one-00000 one-00001 | two-00000
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from generators import packing
from pipelines.plan.boundaries import segments_of
from pipelines.plan.documents import Documents
from pipelines.plan.orders import ordered
from pipelines.plan.parts import Rows, pack_stage
from pipelines.plan.related import document_neighbours
from pipelines.plan.spans import placed_spans
from pipelines.plan.stage import Breaks, Stage, WovenAt, dropped_tokens, no_breaks, open_stage
from pipelines.plan.windows import Windows, windows_of
from schemas.draw import Draw, Int64
from schemas.errors import LongmixError, RecipeError
from schemas.layout import SHARDS
from schemas.recipe import Recipe, StageSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The rows of a mix."""

    spans: pa.Table
    """PLACED_SPANS, in the order of the rows."""
    shards: pa.Table
    """SHARDS."""
    dropped: dict[str, int]
    """By source: tokens that `long_documents: drop_tail` left out of the first pass."""
    left: tuple[str, ...]
    """doc_ids of natural pieces that no row could take without a gap that nothing fills."""


def lay_out(
    recipe: Recipe,
    draw: Draw,
    documents: Documents,
    woven: Sequence[WovenAt],
    *,
    breaks: Breaks = no_breaks,
) -> Layout:
    """Pack every stage and cut its rows into shards; `breaks` says where a document may be cut."""
    spans, shards, left = [], [], []
    dropped = np.zeros(len(recipe.sources), np.int64)
    windows = windows_of(recipe, draw, documents, woven)
    work = _Work(recipe=recipe, draw=draw, documents=documents, woven=woven, breaks=breaks)
    first_row = 0
    for spec in recipe.resolved_stages():
        rows, lost = _packed(work, spec, windows[spec.name])
        dropped += lost
        left += _left(rows)
        rows, segment = ordered(rows, segments_of(rows))
        spans.append(placed_spans(rows, segment, first_row))
        shards += _shards(recipe, spec, rows.packing.free, first_row)
        first_row += len(rows.packing.free)
    if not first_row:
        raise RecipeError(
            f"the mix would have no rows: {len(documents.kept):,} of {len(documents.table):,} "
            "documents were kept (longmix plan says why), and `tokens` must allow one row at least"
        )
    return Layout(
        spans=pa.concat_tables(spans),
        shards=pa.Table.from_pylist(shards, schema=SHARDS),
        dropped=dict(zip(recipe.sources, dropped.tolist(), strict=True)),
        left=tuple(left),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What all stages are made of."""

    recipe: Recipe
    draw: Draw
    documents: Documents
    woven: Sequence[WovenAt]
    breaks: Breaks


def _packed(work: _Work, spec: StageSpec, windows: Windows | None) -> tuple[Rows, Int64]:
    """Return the rows of a stage, and int64[sources], the tokens that `drop_tail` took."""
    opened, lost = [], np.zeros(len(work.recipe.sources), np.int64)
    for drawn, original in ((work.draw.pieces, False), (work.draw.original, True)):
        pieces = drawn.get(spec.name)
        if pieces is None or (original and not len(pieces)):
            continue
        stage = open_stage(
            work.recipe,
            spec,
            work.documents,
            pieces=pieces,
            woven=[] if original else [s for s in work.woven if s.stage == spec.name],
            breaks=work.breaks,
            original=original,
        )
        lost += dropped_tokens(pieces, stage)
        opened.append(_with_near(stage))
    return pack_stage(opened[0], opened[1] if len(opened) > 1 else None, windows), lost


def _with_near(stage: Stage) -> Stage:
    """Find out which documents of a stage are alike, where the packer asks for it."""
    if not packing.needs_near(stage.recipe.packer):
        return stage
    return replace(stage, near=document_neighbours(stage.documents, among=stage.pieces.doc))


def _left(rows: Rows) -> list[str]:
    """Return the doc_ids of pieces that fit no row. Raises LongmixError for a sample."""
    stage, left = rows.stage, rows.packing.left
    natural = left[left < len(stage.pieces)]
    if len(natural) < len(left):
        name = stage.woven[int(left.max()) - len(stage.pieces)].sample_id
        raise LongmixError(f"sample {name} fits no row of stage {stage.spec.name}")
    # To take nothing from a column of many parts would copy all of it.
    return _doc_ids(stage.documents, stage.pieces.doc[natural]) if len(natural) else []


def _shards(
    recipe: Recipe, stage: StageSpec, free: np.ndarray, first_row: int
) -> list[dict[str, object]]:
    """Cut a stage's rows into shards of `shard_tokens` tokens, rounded up to whole rows."""
    row_len = stage.seq_len + int(recipe.extra_token)
    rows = -(-recipe.shard_tokens // row_len)
    return [
        {
            "path": f"data/{stage.name}/{stage.name}-{number:05d}.parquet",
            "stage": stage.name,
            "seq_len": stage.seq_len,
            "first_row": first_row + start,
            "num_rows": len(free[start : start + rows]),
            "num_pad": int(free[start : start + rows].sum()),
        }
        for number, start in enumerate(range(0, len(free), rows))
    ]


def _doc_ids(documents: Documents, doc: np.ndarray) -> list[str]:
    ids: list[str] = documents.table["doc_id"].take(documents.kept[doc]).to_pylist()
    return ids
