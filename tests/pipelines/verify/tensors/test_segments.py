"""Multiples, windows and documents of segments, by eye."""

from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.checks import check_group
from pipelines.verify.tensors.group import TensorGroup
from tests.pipelines.verify.tensors.made import Row, row, rules, table


def expected(one: Row, arrays: Arrays, **recipe: object) -> list[str]:
    checked = check_group(TensorGroup.from_table(table([one])), rules(**recipe), arrays)
    return [breach.expected for breach in checked.breaches]


def test_segments_of_a_multiple(arrays: Arrays) -> None:
    wanted = ["segments of a multiple of 4"]
    assert expected(row(0, (8, 16)), arrays, segment_multiple=4) == []
    assert expected(row(0, (8, 12, 4)), arrays, segment_multiple=8) == [
        "segments of a multiple of 8"
    ]
    assert expected(row(0, (8, 11, 5), pad=5), arrays, segment_multiple=4) == wanted
    assert expected(row(0, (8, 8, 8), pad=8), arrays, segment_multiple=8) == []


def test_rows_that_keep_their_positions_have_short_segments(arrays: Arrays) -> None:
    """The stage says: windows of 10."""
    long, short = (row(0, lengths, stage="mixed") for lengths in ((14, 10), (10, 8, 6)))
    assert expected(long, arrays) == []
    long["rope_mode"] = short["rope_mode"] = "original"
    assert expected(long, arrays) == ["segments of at most 10 tokens"]
    assert expected(short, arrays) == []


def test_one_document_in_a_segment(arrays: Arrays) -> None:
    one = row(0, (24,))
    span = one["spans"][0]
    one["spans"] = [
        {**span, "length": 12},
        {**span, "start": 12, "length": 12, "doc_id": "books:other"},
    ]
    assert expected(one, arrays) == ["one document in a segment"]
    assert expected(one, arrays, boundaries="related") == []
