"""Targets, padding and the counts of segments, by eye."""

import numpy as np

from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.breaches import Log
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.masks import check_masks
from pipelines.verify.tensors.sizes import Kinds
from tests.pipelines.verify.tensors.made import Row, row, rules, table


def breaches(rows: list[Row], arrays: Arrays) -> list[tuple[int, str, str]]:
    group, log = TensorGroup.from_table(table(rows)), Log(np.arange(len(rows)))
    kinds = arrays.lookup(arrays.put(Kinds.of(rules()).table), arrays.put(group.ids.values))
    check_masks(group, kinds, arrays.put(group.mask.values), arrays=arrays, log=log)
    return [(breach.row, breach.check, breach.expected) for breach in log.breaches]


def test_a_mask_and_what_null_stands_for_count_the_same_targets(arrays: Arrays) -> None:
    """Segments of 9 and 9, padding of 6: all but two first tokens are targets."""
    rows = [row(0, (9, 9, 6), pad=6), row(1, (9, 9, 6), pad=6, mask=True)]
    assert rows[0]["num_targets"] == 16
    assert breaches(rows, arrays) == []


def test_a_mask_that_is_shifted_by_one_is_found(arrays: Arrays) -> None:
    rows = [row(0), row(1, (20, 4), mask=True)]
    mask = rows[1]["target_mask"]
    rows[1]["target_mask"] = mask[1:] + mask[:1]
    assert [found[:2] for found in breaches(rows, arrays)] == [(1, "row.first_token")]


def test_squares_of_segments_are_the_cost(arrays: Arrays) -> None:
    one = row(0, (9, 9, 6), pad=6)
    one["attn_cost"] = 9 * 9 + 9 * 9 + 6 * 6
    assert breaches([one], arrays) == [(0, "row.attn_cost", "162, found 198")]


def test_costs_beyond_32_bits_do_not_wrap(arrays: Arrays) -> None:
    one = row(0, (60_000, 60_000))
    assert one["attn_cost"] == 7_200_000_000
    assert breaches([one], arrays) == []
