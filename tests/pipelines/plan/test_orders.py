"""Rows and segments stand in the order that the recipe asks for; padding stands where it may."""

from typing import Any

import numpy as np
import pytest

from generators.costs import Cluster, Model, Segments, efficiency, row_costs
from pipelines.plan.boundaries import segments_of
from pipelines.plan.orders import ordered
from pipelines.plan.parts import Rows, pack_stage
from pipelines.plan.stage import no_breaks, open_stage
from pipelines.plan.windows import windows_of
from tests.pipelines.plan.test_parts import documents_with, drawn, recipe_with

SIZES = np.random.default_rng(0).integers(4, 47, 80).tolist()


def rows_with(**changes: Any) -> Rows:
    """Return the rows of 80 documents as the packer laid them."""
    recipe = recipe_with(filler=True, eos=False, **changes)
    documents = documents_with(recipe, SIZES, [])
    plan = drawn(documents, [])
    stage = open_stage(
        recipe,
        recipe.resolved_stages()[0],
        documents,
        pieces=plan.pieces["main"],
        woven=[],
        breaks=no_breaks,
    )
    return pack_stage(stage, None, windows_of(recipe, plan, documents, [])["main"])


def lengths_of(**changes: Any) -> list[list[int]]:
    """Return the segment lengths of each row in its final place."""
    rows = rows_with(**changes)
    rows, segment = ordered(rows, segments_of(rows))
    sums = np.bincount(segment, rows.packing.length).astype(int)
    row = rows.packing.row[np.unique(segment, return_index=True)[1]]
    return [sums[row == number].tolist() for number in range(len(rows.packing.free))]


def as_laid(**changes: Any) -> list[list[int]]:
    """Return the segment lengths of each row as the packer laid them."""
    packing = rows_with(**changes).packing
    return [packing.length[packing.row == row].tolist() for row in range(len(packing.free))]


@pytest.mark.parametrize("packer", ["best_fit", "concatenate"])
def test_rows_that_a_packer_drew_stay(packer: str) -> None:
    assert lengths_of(packer=packer) == as_laid(packer=packer)


@pytest.mark.parametrize(("order", "sign"), [("short_first", 1), ("long_first", -1)])
def test_rows_by_their_longest_segment(order: str, sign: int) -> None:
    *rows, last = lengths_of(row_order=order)
    longest = [sign * max(row) for row in rows]
    assert longest == sorted(longest)
    assert sum(last) < 48
    assert sorted([*rows, last]) == sorted(as_laid())


@pytest.mark.parametrize(("order", "falling"), [("short_first", False), ("long_first", True)])
def test_segments_by_length(order: str, falling: bool) -> None:
    rows = lengths_of(segment_order=order)
    assert rows == [sorted(row, reverse=falling) for row in as_laid()]


def test_joined_segments_move_as_one() -> None:
    """Without samples a row of naive packing is one segment, however its fragments are."""
    rows = lengths_of(boundaries="none", segment_order="long_first")
    assert rows == [[sum(row)] for row in as_laid()]


def efficiency_of(rows: list[list[int]], cluster: Cluster) -> float:
    segments = Segments(
        length=np.array([length for row in rows for length in row]),
        row=np.repeat(np.arange(len(rows)), [len(row) for row in rows]),
        num_rows=len(rows),
        row_len=48,
    )
    model = Model(num_params=1, num_layers=10, width=10)
    return efficiency(row_costs(segments, model, cluster), cluster, wait="row")


def test_balanced_rows_stay_in_their_step_and_wait_less() -> None:
    cluster = {"ranks": 2, "rows_per_step": 8}
    drawn_rows = lengths_of()
    rows = lengths_of(
        row_order="balanced",
        cluster=cluster,
        model={"num_params": 1, "num_layers": 10, "width": 10},
    )
    for first in range(0, len(rows) - 8, 8):
        assert sorted(rows[first : first + 8]) == sorted(drawn_rows[first : first + 8])
    assert efficiency_of(rows, Cluster(**cluster)) > efficiency_of(drawn_rows, Cluster(**cluster))
    assert rows[-1] == drawn_rows[-1]


@pytest.mark.parametrize("packer", ["single", "buckets"])
def test_rows_of_packers_that_pad_are_mixed(packer: str) -> None:
    """As packed, all full rows would come before any other."""
    full = [sum(row) == 48 for row in lengths_of(packer=packer, sources={"books": {}, "notes": {}})]
    first = full.index(False)
    assert any(full[first:]) or not any(full)
    assert not all(full)


def test_windows_stand_one_behind_the_other() -> None:
    rows = rows_with(window_tokens=500, row_order="long_first")
    moved, _ = ordered(rows, segments_of(rows))
    full = moved.packing.free == 0
    assert (np.diff(moved.window[full]) >= 0).all()
    assert int(moved.window.max()) > 1
