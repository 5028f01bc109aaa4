"""PACK: pieces and samples of known length become rows, rows become shards.

A piece in tokens of a row: the start id where its document begins, the text, the end id where its
document ends. The packer cuts pieces by these tokens; here the cuts become spans again.

    a document of 5 tokens with an end id, cut after 4:  4 text  |  1 text + end id
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from generators.packing import Packing
from pipelines.plan.documents import Documents
from pipelines.plan.stage import (
    Breaks,
    Stage,
    WovenAt,
    dropped_tokens,
    no_breaks,
    open_stage,
    pack_stage,
)
from schemas.draw import Draw
from schemas.errors import LongmixError, RecipeError
from schemas.layout import PLACED_SPANS, SHARDS
from schemas.recipe import Recipe, StageSpec

Flags = npt.NDArray[np.bool_]


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
    first_row = 0
    for spec in recipe.resolved_stages():
        mine = [sample for sample in woven if sample.stage == spec.name]
        pieces = draw.pieces[spec.name]
        stage = open_stage(recipe, spec, documents, pieces=pieces, woven=mine, breaks=breaks)
        dropped += dropped_tokens(pieces, stage)
        stage, packed = pack_stage(stage)
        natural = packed.left[packed.left < len(stage.pieces)]
        if len(natural) < len(packed.left):
            name = stage.woven[int(packed.left.max()) - len(stage.pieces)].sample_id
            raise LongmixError(f"sample {name} fits no row of stage {spec.name}")
        left += _doc_ids(documents, stage.pieces.doc[natural])
        spans.append(_spans(stage, packed, first_row))
        shards += _shards(recipe, spec, packed.free, first_row)
        first_row += len(packed.free)
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


def _spans(stage: Stage, packed: Packing, first_row: int) -> pa.Table:
    """Turn the packer's fragments into PLACED_SPANS."""
    is_sample = packed.piece >= len(stage.pieces)
    columns = _natural_columns(stage, packed)
    for name, values in _sample_columns(stage, packed.piece[is_sample]).items():
        columns[name][is_sample] = values
    length = packed.length + columns.pop("extra")
    opens_row = np.append(True, packed.row[1:] != packed.row[:-1])[: len(length)]
    first = np.flatnonzero(opens_row)
    per_row = np.diff(np.append(first, len(length)))
    # A start id before the row's first token belongs to the span that it opens.
    start_id = opens_row & (stage.recipe.bos == "row")
    length = length + start_id
    before = np.cumsum(length) - length
    columns |= {
        "row_id": packed.row + first_row,
        "segment": np.arange(len(length)) - np.repeat(first, per_row),
        "start": before - np.repeat(before[first], per_row),
        "length": length,
        "begin": columns["begin"] | start_id,
    }
    repeat = columns.pop("repeat")
    arrays = [pa.array(columns[field.name], field.type) for field in PLACED_SPANS]
    return _with_repeats(pa.table(arrays, schema=PLACED_SPANS), repeat)


def _with_repeats(spans: pa.Table, repeat: np.ndarray) -> pa.Table:
    """Cut spans in two where their first `repeat` tokens (int64[N]) were used before.

    Both stand in one segment; the first counts as text of the next pass.
    """
    if not repeat.any():
        return spans
    head = np.flatnonzero(repeat)
    index = np.sort(np.append(np.arange(len(spans)), head))
    is_head = np.zeros(len(index), bool)
    is_head[head + np.arange(len(head))] = True
    is_tail = np.append(False, is_head[:-1])
    cut = repeat[index]
    columns = {name: spans[name].take(pa.array(index)).to_numpy() for name in spans.column_names}
    begin = columns["begin"].astype(np.int64)
    moved = np.where(is_tail, cut, 0)
    columns["start"] = columns["start"] + np.where(is_tail, cut + begin, 0)
    columns["length"] = np.where(
        is_head, cut + begin, columns["length"] - np.where(is_tail, cut + begin, 0)
    )
    columns["doc_offset"] = columns["doc_offset"] + moved
    columns["ids_start"] = columns["ids_start"] + moved
    columns["epoch"] = columns["epoch"] + is_head
    columns["begin"] = columns["begin"] & ~is_tail
    columns["end"] = columns["end"] & ~is_head
    arrays = [pa.array(columns[field.name], field.type) for field in PLACED_SPANS]
    return pa.table(arrays, schema=PLACED_SPANS)


def _natural_columns(stage: Stage, packed: Packing) -> dict[str, np.ndarray]:
    """Return the columns of natural fragments, blank where a sample stands."""
    natural = packed.piece < len(stage.pieces)
    which = packed.piece[natural]
    start, length = packed.start[natural], packed.length[natural]
    pieces, begins = stage.pieces, stage.begins[which]
    reaches_end = start + length == stage.lengths[which]
    extra = ~reaches_end & stage.recipe.eos & stage.recipe.eos_on_fragments
    offset = pieces.start[which] + np.maximum(start - begins, 0)
    lines = stage.documents.table.take(stage.documents.kept[pieces.doc[which]])
    values = {
        "doc_id": lines["doc_id"].to_numpy(),
        "doc_offset": offset,
        "source": lines["source"].to_numpy(),
        "epoch": pieces.epoch[which],
        "begin": (start == 0) & begins,
        "end": (reaches_end & stage.ends[which]) | extra,
        "place": np.array(stage.documents.places, object)[lines["unit"].to_numpy()],
        "ids_start": lines["ids_start"].to_numpy() + offset,
        "extra": extra.astype(np.int64),
        "repeat": stage.repeat[which],
    }
    columns = {}
    for name, part in values.items():
        columns[name] = np.zeros(len(packed.piece), part.dtype)
        columns[name][natural] = part
    return columns


def _sample_columns(stage: Stage, pieces: np.ndarray) -> dict[str, list[object]]:
    """Return the columns that samples fill, in the order of their `pieces`."""
    samples = [stage.woven[number - len(stage.pieces)] for number in pieces.tolist()]
    return {
        "doc_id": [sample.sample_id for sample in samples],
        "source": [f"task:{sample.task}" for sample in samples],
        "place": [sample.place for sample in samples],
        "ids_start": [sample.ids_start for sample in samples],
    }


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
            "rope_mode": stage.rope_mode,
            "first_row": first_row + start,
            "num_rows": len(free[start : start + rows]),
            "num_pad": int(free[start : start + rows].sum()),
        }
        for number, start in enumerate(range(0, len(free), rows))
    ]


def _doc_ids(documents: Documents, doc: np.ndarray) -> list[str]:
    ids: list[str] = documents.table["doc_id"].take(documents.kept[doc]).to_pylist()
    return ids
