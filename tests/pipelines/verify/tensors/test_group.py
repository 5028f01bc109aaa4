"""A row group as flat arrays: by eye, in chunks, sliced, and with rows left out."""

import numpy as np
import pyarrow as pa

from pipelines.verify.tensors.group import TensorGroup
from tests.pipelines.verify.tensors.made import END, row, table

ROWS = [row(0), row(1, (20, 4), mask=True, positions=range(24)), row(2, (18, 6), pad=6)]


def test_columns_are_flat_with_the_offsets_of_rows() -> None:
    group = TensorGroup.from_table(table(ROWS))
    assert len(group) == 3
    assert group.ids.offsets.tolist() == [0, 24, 48, 72]
    assert group.ids.row(2).tolist() == ROWS[2]["input_ids"]
    assert group.lengths.values.tolist() == [10, 8, 6, 20, 4, 18, 6]
    assert group.lengths.rows.tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert group.starts.tolist() == [0, 10, 18, 0, 20, 0, 18]
    assert group.body.tolist() == [24, 24, 18]
    assert group.ids.row(0)[-1] == END


def test_a_null_row_has_no_values_and_is_known() -> None:
    group = TensorGroup.from_table(table(ROWS))
    assert group.mask.present.tolist() == group.positions.present.tolist() == [False, True, False]
    assert group.mask.offsets.tolist() == [0, 0, 24, 24]
    assert group.positions.values.tolist() == list(range(24))


def test_spans_are_columns() -> None:
    spans = TensorGroup.from_table(table(ROWS)).spans
    assert spans["length"].tolist() == [10, 8, 6, 20, 4, 18]
    assert spans.rows.tolist() == [0, 0, 0, 1, 1, 2]
    assert spans.text("doc_id", 3) == "books:1.0"
    assert spans.codes("source").tolist() == [0] * 6
    assert not spans.starts_with("source", "task:").any()


def test_ids_are_not_copied() -> None:
    found = table(ROWS)
    group = TensorGroup.from_table(found)
    values = found["input_ids"].chunk(0).values
    assert group.ids.values.ctypes.data == values.buffers()[1].address


def test_chunks_and_slices_are_the_same_group() -> None:
    whole = table(ROWS)
    parts = pa.concat_tables([table(ROWS[:1]), table(ROWS[1:])])
    slices = table([row(9), *ROWS, row(9)]).slice(1, 3)
    for other in (parts, slices):
        group, expected = TensorGroup.from_table(other), TensorGroup.from_table(whole)
        assert np.array_equal(group.ids.values, expected.ids.values)
        assert np.array_equal(group.mask.values, expected.mask.values)
        assert np.array_equal(group.spans["doc_offset"], expected.spans["doc_offset"])
        assert group.spans.offsets.tolist() == expected.spans.offsets.tolist()


def test_rows_can_be_left_out() -> None:
    group = TensorGroup.from_table(table(ROWS))
    assert group.select(np.array([True, True, True])) is group
    part = group.select(np.array([False, True, True]))
    assert part.scalars["row_id"].tolist() == [1, 2]
    assert part.ids.offsets.tolist() == [0, 24, 48]


def test_a_table_without_rows_is_a_group_without_rows() -> None:
    group = TensorGroup.from_table(table([]))
    assert len(group) == 0
    assert group.ids.offsets.tolist() == [0]
    assert group.starts.tolist() == []
