"""Positions of rows by eye, keyed by row and segment, and the seams inside segments."""

from typing import Any

import numpy as np
import pytest

from generators.positions import draw, options_of
from generators.seeds import rng_for
from pipelines.shards.positions import (
    Continued,
    Drawn,
    Laid,
    numbering_of,
    row_positions,
    seams,
)

ENTRY = {"scheme": "pose", "fields": {}, "mask_seams": True, "target": 4096, "seed": 3}


def laid(rows: list[list[int]], original: list[bool] | None = None) -> Laid:
    """Segments of these sizes."""
    row = np.repeat(np.arange(len(rows)), [len(sizes) for sizes in rows])
    size = np.concatenate([np.array(sizes) for sizes in rows])
    return Laid(
        row=row,
        size=size,
        offset=np.zeros_like(size),
        original=np.array(original or [False] * len(rows))[row],
    )


def pose() -> Drawn:
    found = numbering_of("main", ENTRY, None)
    assert isinstance(found, Drawn)
    return found


def by_hand(row_id: int, segment: int, length: int) -> list[int]:
    rng = rng_for(3, "positions", "main", row_id, segment)
    return draw(rng, "pose", length, target=4096, options=options_of("pose", {})).tolist()


def test_each_segment_draws_for_itself_and_padding_counts() -> None:
    """A row of 20: segments of 9 and 7, four of padding."""
    (row,) = row_positions(laid([[9, 7]]), pose(), first_row=40, num_rows=1, row_len=20)
    assert row is not None
    assert row.dtype == np.int32
    assert row.tolist() == [*by_hand(40, 0, 9), *by_hand(40, 1, 7), 0, 1, 2, 3]


def test_a_row_is_the_same_whatever_rows_are_made_with_it() -> None:
    both = row_positions(laid([[9, 7], [16]]), pose(), first_row=4, num_rows=2, row_len=16)
    (alone,) = row_positions(laid([[16]]), pose(), first_row=5, num_rows=1, row_len=16)
    assert both[1] is not None
    assert alone is not None
    assert both[1].tolist() == alone.tolist()


def test_rows_of_the_models_own_positions_and_of_short_segments_are_null() -> None:
    """A segment of 3 is too short for two chunks of 2."""
    rows = laid([[16], [3, 3], [16]], original=[True, False, False])
    found = row_positions(rows, pose(), first_row=0, num_rows=3, row_len=16)
    assert [row is None for row in found] == [True, True, False]


def test_no_numbering_is_null_everywhere() -> None:
    assert row_positions(laid([[4], [4]]), None, first_row=0, num_rows=2, row_len=4) == [None] * 2


@pytest.mark.parametrize(
    ("entry", "below", "kind"),
    [
        (None, None, type(None)),
        ({**ENTRY, "scheme": "restart"}, None, type(None)),
        (None, 64, Continued),
        (ENTRY, None, Drawn),
    ],
)
def test_what_a_unit_of_work_describes(entry: Any, below: int | None, kind: type) -> None:
    assert isinstance(numbering_of("main", entry, below), kind)


def test_seams_are_where_text_begins_that_nothing_led_up_to() -> None:
    """In a segment of a's 0..4, a's 4..6, a's 9..11, b whole, c behind its start id; then d."""
    columns: dict[str, Any] = {
        "segment": np.array([0, 0, 0, 0, 0, 1]),
        "doc_id": np.array(["a", "a", "a", "b", "c", "d"], object),
        "epoch": np.zeros(6, np.int16),
        "doc_offset": np.array([0, 4, 9, 0, 0, 0]),
        "length": np.array([5, 2, 3, 4, 4, 9]),
        "begin": np.array([True, False, False, False, True, False]),
        "end": np.array([False, False, True, True, True, False]),
    }
    row = np.zeros(6, np.int64)
    assert seams(columns, row).tolist() == [2, 3]
    again = {**columns, "epoch": np.array([0, 1, 1, 1, 1, 1])}
    assert seams(again, row).tolist() == [1, 2, 3]
    apart = np.array([0, 0, 1, 1, 1, 1])
    assert seams(columns, apart).tolist() == [3]


def test_fragments_go_on_in_rows_of_the_models_own_positions_too() -> None:
    rows = laid([[4]], original=[True])
    rows.offset[:] = 7
    (row,) = row_positions(rows, Continued(below=64), first_row=0, num_rows=1, row_len=5)
    assert row is not None
    assert row.tolist() == [7, 8, 9, 10, 0]
