"""Spans, seams and special ids, by eye."""

from typing import Any

from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.checks import check_group
from pipelines.verify.tensors.group import TensorGroup
from tests.pipelines.verify.tensors.made import END, START, Row, row, rules, table

RELATED: dict[str, Any] = {"boundaries": "related"}
SEAMS: dict[str, Any] = {**RELATED, "positions": {"scheme": "restart", "mask_seams": True}}


def found(one: Row, arrays: Arrays, **recipe: Any) -> list[tuple[str, str]]:
    """Check a row between two that are sound."""
    rows = [row(7), one, row(8)]
    checked = check_group(TensorGroup.from_table(table(rows)), rules(**recipe), arrays)
    assert {breach.row for breach in checked.breaches} <= {1}
    return [(breach.check, breach.expected) for breach in checked.breaches]


def two_in_one(**changes: Any) -> Row:
    """Return a row of one segment that holds two spans, from tokens 0 and 12."""
    one = row(0, (24,), mask=True)
    span = one["spans"][0]
    one["spans"] = [{**span, "length": 12}, {**span, "start": 12, "length": 12, **changes}]
    return one


def test_spans_cover_all_but_padding(arrays: Arrays) -> None:
    one = row(0, (9, 9, 6), pad=6)
    assert found(one, arrays) == []
    one["spans"][1]["length"] = 15
    assert found(one, arrays) == [("row.spans", "spans that cover all but padding")]


def test_a_span_that_crosses_a_boundary_is_found(arrays: Arrays) -> None:
    one = row(0, (10, 14))
    one["spans"][0]["length"], one["spans"][1]["start"] = 12, 12
    one["spans"][1]["length"] = 12
    assert found(one, arrays) == [("row.spans", "each span inside its segment")]


def test_the_first_token_behind_a_seam_is_no_target(arrays: Arrays) -> None:
    one = two_in_one(doc_id="books:other")
    assert found(one, arrays, **RELATED) == []
    assert found(one, arrays, **SEAMS) == [("row.seams", "no target at the seams [12]")]
    one["target_mask"][12] = False
    one["num_targets"] -= 1
    assert found(one, arrays, **SEAMS) == []


def test_text_that_goes_on_has_no_seam(arrays: Arrays) -> None:
    """Lengths of spans count start and end ids: text may begin two sooner."""
    for offset, goes_on in ((12, True), (10, True), (9, False), (13, False)):
        assert (found(two_in_one(doc_offset=offset), arrays, **SEAMS) == []) == goes_on
    assert found(two_in_one(doc_offset=12, epoch=1), arrays, **SEAMS) != []


def test_a_seam_without_a_mask_is_a_target(arrays: Arrays) -> None:
    one = two_in_one(doc_id="books:other")
    one["target_mask"] = None
    assert found(one, arrays, **SEAMS) == [("row.seams", "no target at the seams [12]")]


def test_special_ids_end_a_span_or_open_one(arrays: Arrays) -> None:
    one = row(0, (10, 14))
    one["input_ids"][10] = START
    wanted = [("row.special_ids", f"text at token 10, found the special id {START}")]
    assert found(one, arrays) == wanted
    checked = found(one, arrays, bos="document")
    assert checked == []
    one["input_ids"][4] = END
    wanted = [("row.special_ids", f"text at token 4, found the special id {END}")]
    assert found(one, arrays, bos="document") == wanted


def test_a_sample_may_hold_its_sentinels(arrays: Arrays) -> None:
    one = row(0, (10, 14))
    one["input_ids"][15] = START
    one["spans"][1] |= {"doc_id": "needle/0", "source": "task:needle"}
    assert found(one, arrays) == []
