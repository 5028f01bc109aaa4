"""Positions: that they rise inside segments, and stand only where they do not merely restart.

    lengths [3, 4], positions 0 1 2 | 0 1 7 8     one break, at token 5; nothing falls

What a scheme draws is drawn again on the host: one stream of numbers for each row and segment.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.verify.positions import spec_of
from pipelines.verify.rows import Rules
from pipelines.verify.tensors.arrays import Array, Arrays, IntArray
from pipelines.verify.tensors.breaches import Log
from pipelines.verify.tensors.group import TensorGroup
from schemas.row import BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Given:
    """The positions of the rows that have some, P in all, and what they are to their neighbours."""

    values: Array
    """int32[P]."""
    breaks: Array
    """bool[P - 1]: the next position is not this one and 1."""
    falls: Array
    """bool[P - 1]: the next position is not above this one."""


def upload(group: TensorGroup, arrays: Arrays) -> Given:
    """Send positions to the device and compare neighbours there."""
    values = arrays.put(group.positions.values)
    here, after = values[:-1], values[1:]
    return Given(values=values, breaks=after != here + 1, falls=after <= here)


def check_positions(
    group: TensorGroup, given: Given, rules: Rules, *, arrays: Arrays, log: Log
) -> BoolArray:
    """Check the positions of rows whose columns fit; return which rows a scheme draws, bool[B]."""
    if group.positions.present.any():
        _check_rising(group, given, arrays=arrays, log=log)
    drawn = np.zeros(len(group), bool)
    if rules.recipe["fragment_positions"] == "continue":
        return drawn
    for row, (stage, mode) in enumerate(zip(group.stages, group.rope_modes, strict=True)):
        spec = spec_of(rules.recipe, rules.stages.get(stage, {}))
        drawn[row] = spec.get("scheme", "restart") != "restart" and mode != "original"
    rows = np.flatnonzero(~drawn)
    null = ~group.positions.present[rows]
    log.need("row.positions", rows, null, "null: the recipe asks for none in this row")
    return drawn


def _check_rising(group: TensorGroup, given: Given, *, arrays: Arrays, log: Log) -> None:
    """Check rows that have positions, segment by segment."""
    lengths, present = group.lengths, group.positions.present
    mine = present[lengths.rows]
    owners, sizes = lengths.rows[mine], lengths.values[mine].astype(np.int64)
    starts = group.positions.offsets[owners] + group.starts[mine]
    breaks, falls, first = _neighbours(given, starts, starts + sizes, arrays)
    goes_on = (breaks > 0) | (first != 0)
    rows = np.flatnonzero(present)

    def rows_with(flags: BoolArray) -> BoolArray:
        found = np.bincount(owners[flags], minlength=len(present)) > 0
        return np.asarray(found[rows])

    log.need("row.positions", rows, rows_with(goes_on), "null where positions only restart")
    # Positions that rise are least where their segment begins.
    rises = ~rows_with((falls > 0) | (first < 0))
    log.need("row.positions", rows, rises, "positions that rise in every segment")
    pad = group.scalars["num_pad"]
    last = np.cumsum(lengths.sizes[rows]) - 1
    counts = ~goes_on[last] & (sizes[last] == pad[rows])
    padded = pad[rows] > 0
    log.need("row.positions", rows[padded], counts[padded], "padding that counts from 0")


def _neighbours(
    given: Given, starts: IntArray, stops: IntArray, arrays: Arrays
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the breaks and falls inside ranges of positions, and the first of each; int64[K]."""
    # Flag i stands between positions i and i + 1.
    breaks = arrays.counts(given.breaks, starts, stops - 1)
    falls = arrays.counts(given.falls, starts, stops - 1)
    return breaks, falls, arrays.take(given.values, starts).astype(np.int64)


def check_continued(
    group: TensorGroup, given: Given, rules: Rules, *, arrays: Arrays, log: Log
) -> None:
    """Check that fragments start at their offset where `fragment_positions: continue` says so.

    Spans are sound. One beyond the bound restarts, and is not asked.
    """
    if rules.recipe["fragment_positions"] != "continue":
        return
    spans, present = group.spans, group.positions.present
    target = rules.recipe["pos_target_len"]
    bound = group.scalars["seq_len"] if not target else np.full(len(group), target)
    length, offset = spans["length"].astype(np.int64), spans["doc_offset"]
    inside = offset + length <= bound[spans.rows]
    asked = np.flatnonzero(inside & ((offset > 0) | present[spans.rows]))
    rows, start = spans.rows[asked], spans["start"][asked].astype(np.int64)
    holds = present[rows]
    if holds.any():
        at = (group.positions.offsets[rows] + start)[holds]
        breaks, _, first = _neighbours(given, at, at + length[asked][holds], arrays)
        holds[holds] = (breaks == 0) & (first == offset[asked][holds])
    words = lambda k: f"positions from {offset[asked[k]]} at token {start[k]}"  # noqa: E731
    log.need("row.positions", rows, holds, words)
    rows = np.flatnonzero(present)
    limits = arrays.put(np.repeat(bound[rows], group.positions.sizes[rows]).astype(np.int32))
    beyond = arrays.places(given.values >= limits)
    below = np.ones(len(group), bool)
    below[np.searchsorted(group.positions.offsets, beyond, side="right") - 1] = False
    log.need("row.positions", rows, below[rows], lambda k: f"positions below {bound[rows[k]]}")
