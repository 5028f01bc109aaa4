"""PACK: pieces and samples of known length become rows, rows become shards.

A piece in tokens of a row: the start id where its document begins, the text, the end id where its
document ends. The packer cuts pieces by these tokens; here the cuts become spans again.

    a document of 5 tokens with an end id, cut after 4:  4 text  |  1 text + end id
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from generators import packing
from generators.mixing.draw import frame
from generators.packing import Packing
from generators.seeds import rng_for
from pipelines.plan.documents import Documents
from schemas.draw import Draw, Int64, Pieces
from schemas.errors import LongmixError, RecipeError
from schemas.layout import PLACED_SPANS, SHARDS
from schemas.recipe import Recipe, StageSpec

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class WovenAt:
    """A finished sample: how long it is and where its ids lie in the store."""

    sample_id: str
    task: str
    stage: str
    num_tokens: int
    place: str
    ids_start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The rows of a mix."""

    spans: pa.Table
    """PLACED_SPANS, in the order of the rows."""
    shards: pa.Table
    """SHARDS."""
    left: tuple[str, ...]
    """doc_ids of natural pieces that no row could take without a gap that nothing fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """One stage to pack: its natural pieces and its finished samples."""

    recipe: Recipe
    spec: StageSpec
    documents: Documents
    pieces: Pieces
    woven: Sequence[WovenAt]

    @property
    def tokens(self) -> Int64:
        """int64[N]: tokens of the whole document behind each piece."""
        tokens = self.documents.table["num_tokens"].to_numpy()
        return np.asarray(tokens[self.documents.kept[self.pieces.doc]])

    @property
    def begins(self) -> Flags:
        """bool[N]: which pieces open with a start id."""
        return np.asarray((self.pieces.start == 0) & (self.recipe.bos == "document"))

    @property
    def ends(self) -> Flags:
        """bool[N]: which pieces close with an end id."""
        whole = self.pieces.stop == self.tokens
        return np.asarray((whole | self.recipe.eos_on_fragments) & self.recipe.eos)

    @property
    def lengths(self) -> Int64:
        """int64[N]: tokens of a row that each piece takes."""
        return np.asarray(self.pieces.stop - self.pieces.start + self.begins + self.ends)

    @property
    def cuttable(self) -> Flags:
        """bool[N]: pieces of documents longer than a row, or of a filler source."""
        filler = np.array([spec.filler for spec in self.recipe.sources.values()], bool)
        source = self.documents.corpus.source[self.pieces.doc]
        capacity = frame(self.recipe, self.spec).capacity
        # A document that only its end id makes longer than a row is longer than a row.
        return np.asarray(filler[source] | (self.tokens > capacity) | (self.lengths > capacity))


def lay_out(recipe: Recipe, draw: Draw, documents: Documents, woven: Sequence[WovenAt]) -> Layout:
    """Pack every stage and cut its rows into shards."""
    spans, shards, left = [], [], []
    first_row = 0
    for spec in recipe.resolved_stages():
        stage = _without_shred(
            _Stage(
                recipe=recipe,
                spec=spec,
                documents=documents,
                pieces=draw.pieces[spec.name],
                woven=[sample for sample in woven if sample.stage == spec.name],
            )
        )
        packed = _within_ceiling(stage, _pack(stage))
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
        left=tuple(left),
    )


def _without_shred(stage: _Stage) -> _Stage:
    """Leave out a rest that is too short for a row of its own: fewer than `min_fragment` tokens.

    10 rows and 7 tokens become 10 rows: a document that may be cut ends 7 tokens earlier, and the
    ledger counts them as unused.
    """
    framing = frame(stage.recipe, stage.spec)
    total = int(stage.lengths.sum()) + sum(sample.num_tokens for sample in stage.woven)
    rest = total % framing.capacity
    sizes = np.where(stage.cuttable, stage.pieces.stop - stage.pieces.start, 0)
    if not 0 < rest < framing.min_fragment or not len(sizes) or total < framing.capacity:
        return stage
    longest = int(np.argmax(sizes))
    if sizes[longest] < 2 * framing.min_fragment:
        return stage
    stop = stage.pieces.stop.copy()
    stop[longest] -= rest
    return replace(stage, pieces=replace(stage.pieces, stop=stop))


def _pack(stage: _Stage) -> Packing:
    framing = frame(stage.recipe, stage.spec)
    samples = np.array([sample.num_tokens for sample in stage.woven], np.int64)
    packed: Packing = packing.load(stage.recipe.packer)(
        rng_for(stage.recipe.seed, "pack", stage.spec.name),
        np.concatenate([stage.lengths, samples]),
        cuttable=np.concatenate([stage.cuttable, np.zeros(len(samples), bool)]),
        capacity=framing.capacity,
        min_fragment=framing.min_fragment,
        cut_cost=int(stage.recipe.eos and stage.recipe.eos_on_fragments),
    )
    return packed


def _within_ceiling(stage: _Stage, packed: Packing) -> Packing:
    """Leave out the last rows without samples that padding brought above the stage's `tokens`.

    Only a stage without anything to cut comes here; the ledger counts what is left out as unused.
    """
    row_len = stage.spec.seq_len + int(stage.recipe.extra_token)
    tokens = stage.spec.tokens or len(packed.free) * row_len
    excess = max(len(packed.free) - tokens // row_len, 0)
    keep = np.ones(len(packed.free), bool)
    plain = np.setdiff1d(np.arange(len(keep)), packed.row[packed.piece >= len(stage.pieces)])
    keep[plain[len(plain) - min(excess, len(plain)) :]] = False
    mine = keep[packed.row]
    return replace(
        packed,
        row=(np.cumsum(keep) - 1)[packed.row[mine]],
        piece=packed.piece[mine],
        start=packed.start[mine],
        length=packed.length[mine],
        free=packed.free[keep],
    )


def _spans(stage: _Stage, packed: Packing, first_row: int) -> pa.Table:
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
    arrays = [pa.array(columns[field.name], field.type) for field in PLACED_SPANS]
    return pa.table(arrays, schema=PLACED_SPANS)


def _natural_columns(stage: _Stage, packed: Packing) -> dict[str, np.ndarray]:
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
    }
    columns = {}
    for name, part in values.items():
        columns[name] = np.zeros(len(packed.piece), part.dtype)
        columns[name][natural] = part
    return columns


def _sample_columns(stage: _Stage, pieces: np.ndarray) -> dict[str, list[object]]:
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
