"""The rows of a stage, packed in parts: window by window, and rows of `original` by themselves.

    2 windows      pieces of the first, pieces of the second: rows 0 1 2 . | . 3 4
    original       short documents: rows 5 6, which the order of rows mixes with the others

What a window's last row would pad goes over to the next window, and what a last row of `original`
would pad to the others, so that the stage has one padded row and not one a part.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generators import packing
from generators.packing import Packing
from pipelines.plan.filling import MOST_PADDED, Part, pack_part
from pipelines.plan.stage import Stage, WovenAt
from pipelines.plan.windows import Windows, split
from schemas.draw import Int64, Pieces

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """R rows of a stage and what they are made of."""

    stage: Stage
    """All pieces and samples, of whatever part."""
    packing: Packing
    """`piece` counts the pieces of the stage, and behind them its samples."""
    original: Flags
    """bool[R]: rows that keep the model's original positions, whatever the stage says."""
    window: Int64
    """int64[R], ascending but for rows of `original`, which stand behind the others."""

    @property
    def early_ends(self) -> Flags:
        """bool[K]: fragments with an end id of their own, cut before their document ends."""
        stage, packed = self.stage, self.packing
        early = np.zeros(len(packed.piece), bool)
        if stage.recipe.eos and stage.recipe.eos_on_fragments:
            text = packed.piece < len(stage.pieces)
            whole = stage.lengths[packed.piece[text]]
            early[text] = packed.start[text] + packed.length[text] < whole
        return early


def pack_stage(stage: Stage, original: Stage | None, windows: Windows | None) -> Rows:
    """Pack a stage, and the documents of its rows of `original`, window by window.

    What the last row of `original` would pad goes to the other rows.
    """
    aside, carried = _windows(original, windows, _nothing(stage), last=False)
    parts, _ = _windows(stage, windows, carried, last=True)
    return within_ceiling(_joined([*parts, *aside]))


def _windows(
    stage: Stage | None, windows: Windows | None, carried: Stage, *, last: bool
) -> tuple[list[tuple[Stage, Packing, int]], Stage]:
    """Pack each window with what the one before held over; return what the last one does.

    With `last` it keeps its padded row, and the first window gets what is `carried` to it.
    """
    parts: list[tuple[Stage, Packing, int]] = []
    stages = split(stage, windows) if stage is not None else []
    for number, one in enumerate(stages):
        part: Part = ("original",) * one.original + (number,) * (number > 0)
        ends = last and number == len(stages) - 1
        packable, packed = pack_part(_with_more(one, carried), part, last=ends)
        carried = _nothing(packable)
        if not ends:
            packed, carried = _held_over(packable, packed)
        parts.append((packable, packed, number))
    return parts, carried


def within_ceiling(rows: Rows) -> Rows:
    """Leave out the last rows without samples that padding brought above the stage's `tokens`.

    Only a stage without anything to cut comes here; the ledger counts what is left out as unused.
    """
    stage, packed = rows.stage, rows.packing
    row_len = stage.spec.seq_len + int(stage.recipe.extra_token)
    tokens = stage.spec.tokens or len(packed.free) * row_len
    excess = max(len(packed.free) - tokens // row_len, 0)
    if not excess:
        return rows
    keep = np.ones(len(packed.free), bool)
    plain = np.setdiff1d(np.arange(len(keep)), packed.row[packed.piece >= len(stage.pieces)])
    keep[plain[len(plain) - min(excess, len(plain)) :]] = False
    return replace(
        rows,
        packing=_some_rows(packed, keep),
        original=rows.original[keep],
        window=rows.window[keep],
    )


def _some_rows(packed: Packing, keep: Flags) -> Packing:
    """Return the rows whose flag (bool[R]) is set."""
    mine = keep[packed.row]
    return replace(
        packed,
        row=(np.cumsum(keep) - 1)[packed.row[mine]],
        piece=packed.piece[mine],
        start=packed.start[mine],
        length=packed.length[mine],
        free=packed.free[keep],
        group=None if packed.group is None else packed.group[mine],
    )


def _nothing(stage: Stage) -> Stage:
    none = np.zeros(0, np.int64)
    pieces = Pieces.joined([])
    return replace(stage, pieces=pieces, repeat=none, loose=none.astype(bool), woven=())


def _with_more(stage: Stage, more: Stage) -> Stage:
    """Append the pieces and samples of `more`."""
    if not len(more.pieces) and not more.woven:
        return stage
    return replace(
        stage,
        pieces=Pieces.joined([stage.pieces, more.pieces]),
        repeat=np.concatenate([stage.repeat, more.repeat]),
        loose=np.concatenate([stage.loose, more.loose]),
        woven=[*stage.woven, *more.woven],
    )


def _held_over(stage: Stage, packed: Packing) -> tuple[Packing, Stage]:
    """Take padded rows and what fits none out of a window; return them for the next.

    Where many rows are padded, because nothing may be cut or the packer pads, they stay.
    """
    keep = packed.free == 0
    if not packing.fills_rows(stage.recipe.packer) or np.count_nonzero(~keep) > MOST_PADDED:
        return packed, _nothing(stage)
    out = ~keep[packed.row]
    is_text = packed.piece < len(stage.pieces)
    left = packed.left[packed.left < len(stage.pieces)]
    mine = out & is_text
    which = np.concatenate([packed.piece[mine], left])
    start = np.concatenate([packed.start[mine], np.zeros_like(left)])
    length = np.concatenate([packed.length[mine], stage.lengths[left]])
    begins = stage.begins[which]
    ends = (start + length == stage.lengths[which]) & stage.ends[which]
    pieces = stage.pieces.taken(which)
    first = pieces.start + np.maximum(start - begins, 0)
    text = length - (begins & (start == 0)) - ends
    again = np.concatenate([packed.piece[out & ~is_text], packed.left[len(left) :]])
    carried = replace(
        stage,
        pieces=replace(pieces, start=first, stop=first + text),
        repeat=np.where(start == 0, stage.repeat[which], 0),
        loose=stage.loose[which],
        woven=_samples(stage, again),
    )
    return replace(_some_rows(packed, keep), left=np.zeros(0, np.int64)), carried


def _samples(stage: Stage, pieces: Int64) -> list[WovenAt]:
    return [stage.woven[number - len(stage.pieces)] for number in pieces.tolist()]


def _joined(parts: Sequence[tuple[Stage, Packing, int]]) -> Rows:
    """Put the rows of all parts behind each other; pieces count through, samples behind them."""
    size = np.array([len(packed.free) for _, packed, _ in parts])
    stages, packings = [stage for stage, _, _ in parts], [packed for _, packed, _ in parts]
    if len(parts) == 1:
        stage, packed = stages[0], packings[0]
    else:
        stage = stages[0]
        for more in stages[1:]:
            stage = _with_more(stage, more)
        packed = _counted(stages, packings, num_pieces=len(stage.pieces))
    return Rows(
        stage=stage,
        packing=packed,
        original=np.repeat([stage.original for stage in stages], size),
        window=np.repeat([number for _, _, number in parts], size),
    )


def _counted(stages: Sequence[Stage], packings: Sequence[Packing], *, num_pieces: int) -> Packing:
    """Return one packing of several; rows, pieces and samples count on from part to part."""
    rows = pieces = samples = 0
    row, piece, left, group = [], [], [], []
    for stage, packed in zip(stages, packings, strict=True):

        def moved(number: Int64, here: Stage = stage, at: int = pieces, n: int = samples) -> Int64:
            behind = num_pieces - len(here.pieces) + n
            return number + np.where(number < len(here.pieces), at, behind)

        row.append(packed.row + rows)
        piece.append(moved(packed.piece))
        left.append(moved(packed.left))
        none = np.full(len(packed.row), -1)
        group.append(none if packed.group is None else packed.group)
        rows, pieces = rows + len(packed.free), pieces + len(stage.pieces)
        samples += len(stage.woven)
    grouped = any(packed.group is not None for packed in packings)
    return Packing(
        row=np.concatenate(row),
        piece=np.concatenate(piece),
        start=np.concatenate([packed.start for packed in packings]),
        length=np.concatenate([packed.length for packed in packings]),
        free=np.concatenate([packed.free for packed in packings]),
        left=np.sort(np.concatenate(left)),
        group=np.concatenate(group) if grouped else None,
    )
