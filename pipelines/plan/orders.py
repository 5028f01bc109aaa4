"""`segment_order` and `row_order`: how segments stand in a row, and rows in a stage.

    random        as they were drawn
    short_first   by the longest segment of a row; rows alike in that as they were drawn
    balanced      as they were drawn, but dealt out within each step so that ranks wait little

Windows stand one behind the other, and each has its own order. A row or two with padding stand
last. Where there are more, because the packer pads by design or nothing may be cut, they stand
among the others, or all ends of documents would come at the end of the training.
"""

from dataclasses import replace

import numpy as np

from generators import packing
from generators.costs import Cluster, Model, Segments, row_costs, striped
from generators.packing._order import arranged, by_length, longest, rows_of, sums
from generators.seeds import rng_for
from pipelines.plan.filling import MOST_PADDED
from pipelines.plan.parts import Rows
from schemas.draw import Int64


def ordered(rows: Rows, segment: Int64) -> tuple[Rows, Int64]:
    """Return the rows in the order that the recipe asks for, and int64[K], their segments.

    `segment` is int64[K], the segment of each fragment, counted through all rows; a segment moves
    as a whole. Steps of `row_order: balanced` count from the stage's first row.
    """
    recipe, packed = rows.stage.recipe, rows.packing
    lengths = sums(segment, packed.length + rows.early_ends)
    row = rows_of(segment, packed.row)
    order = np.arange(len(lengths))
    if recipe.segment_order != "packed":
        order = by_length(row, lengths, falling=recipe.segment_order == "long_first")
        lengths = lengths[order]
    # A start id before the row's first token belongs to the segment that it opens.
    lengths[np.unique(row, return_index=True)[1]] += recipe.bos == "row"
    order_of_rows = _rows(rows, row=row, lengths=lengths)
    if recipe.segment_order == "packed" and (np.diff(order_of_rows) == 1).all():
        return rows, segment
    moved, segment = arranged(packed, segment, rows=order_of_rows, order=order)
    placed = replace(
        rows,
        packing=moved,
        original=rows.original[order_of_rows],
        window=rows.window[order_of_rows],
    )
    return placed, segment


def _rows(rows: Rows, *, row: Int64, lengths: Int64) -> Int64:
    """Return int64[R], which row stands where; `row` and `lengths` are those of the segments."""
    stage = rows.stage
    recipe, num_rows = stage.recipe, len(rows.packing.free)
    padded = int(np.count_nonzero(rows.packing.free))
    fills = packing.fills_rows(recipe.packer) and padded <= MOST_PADDED
    last = (rows.packing.free > 0) & fills
    drawn = np.arange(num_rows)
    if rows.original.any() or not fills:
        # What packers drew holds for full rows of one part.
        drawn = rng_for(recipe.seed, "rows", stage.spec.name).permutation(num_rows)
    rank = np.zeros(num_rows, np.int64)
    if recipe.row_order in ("short_first", "long_first"):
        rank = longest(row, lengths, num_rows) * (1 if recipe.row_order == "short_first" else -1)
    order = np.lexsort((drawn, rank, rows.window, last))
    if recipe.row_order == "balanced":
        full = order[: num_rows - int(last.sum())]
        order[: len(full)] = full[striped(_costs(rows, row, lengths)[full], _cluster(rows))]
    return order


def _costs(rows: Rows, row: Int64, lengths: Int64) -> np.ndarray:
    """Return float64[R], what each row costs the recipe's model."""
    recipe = rows.stage.recipe
    model = recipe.model
    return row_costs(
        Segments(
            length=lengths,
            row=row,
            num_rows=len(rows.packing.free),
            row_len=rows.stage.spec.seq_len + int(recipe.extra_token),
        ),
        Model(num_params=model.num_params, num_layers=model.num_layers, width=model.width),
        _cluster(rows),
    )


def _cluster(rows: Rows) -> Cluster:
    given = rows.stage.recipe.cluster
    return Cluster(
        ranks=given.ranks,
        rows_per_step=given.rows_per_step,
        context_parallel=given.context_parallel,
        split=given.split,
    )
