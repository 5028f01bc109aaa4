"""What stands more than once, by eye, against counting by hand, and with copies put in."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.findings import Findings
from pipelines.verify.tensors.overlaps import (
    LEAST_HITS,
    Figures,
    Passage,
    exact_passage,
    judge_sketches,
    passages,
    standing_elsewhere,
)
from pipelines.verify.tensors.sketches import Grams
from tests.pipelines.verify.tensors.made import Row, arrays_of
from tests.pipelines.verify.tensors.test_sketches import long_row, sketch_of

Entry = tuple[int, int, int]


def grams(entries: list[Entry]) -> Grams:
    """Return grams of (hash, row, document)."""
    hashes, rows, documents = np.array(entries, np.int64).reshape(-1, 3).T
    places = np.zeros(len(entries), np.int32)
    return Grams(hashes=hashes, rows=rows, documents=documents, places=places)


def test_a_gram_of_another_document_in_another_row() -> None:
    entries = [
        (5, 1, 0),
        (5, 2, 1),
        (5, 3, 0),
        (6, 1, 0),
        (7, 1, 0),
        (7, 2, 0),
        (8, 1, 0),
        (8, 1, 1),
    ]
    found = standing_elsewhere(grams(entries))
    assert found.tolist() == [True, True, True, False, False, False, False, False]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_every_gram_is_judged_as_by_hand(entries: list[Entry]) -> None:
    expected = [
        any(h == g and r != row and d != doc for h, r, d in entries) for g, row, doc in entries
    ]
    assert standing_elsewhere(grams(entries)).tolist() == expected


def judge(rows: list[Row], rate: int = 1) -> Figures:
    found = judge_sketches([sketch_of([one], arrays_of("cpu"), rate) for one in rows])
    assert found is not None
    return found


def failures(figures: Figures) -> tuple[set[str], set[str]]:
    """Return the checks that failed and those that warned."""
    findings = Findings()
    figures.report(findings)
    return set(findings.failed), set(findings.warned)


def test_rows_that_share_nothing() -> None:
    figures = judge([long_row(k) for k in range(3)])
    assert [overlap.share for overlap in figures.overlaps] == [0.0, 0.0]
    assert (figures.rows.count, figures.spans.count, figures.tokens) == (0, 0, 1200)
    assert failures(figures) == (set(), set())


def test_a_page_copied_into_another_document_is_measured_and_found() -> None:
    """150 of 300 tokens: 101 of the row's 302 runs of 50, and a passage."""
    rows = [long_row(k) for k in range(3)]
    rows[2]["input_ids"][100:250] = rows[0]["input_ids"][20:170]
    overlap = judge(rows).overlaps[0]
    assert overlap.share == 202 / 906
    assert overlap.above == 0
    assert failures(judge(rows)) == (set(), set())


def test_a_row_that_is_mostly_another_documents_is_named() -> None:
    rows = [long_row(k) for k in range(3)]
    rows[2]["input_ids"][:280] = rows[0]["input_ids"][:280]
    figures = judge(rows)
    overlap = figures.overlaps[0]
    assert [(one.row_id, one.grams) for one in overlap.rows] == [(0, 302), (2, 302)]
    assert overlap.rows[0].share == 231 / 302
    assert failures(figures) == (set(), {"rows.overlap"})
    findings = Findings()
    figures.report(findings)
    assert "rows 0 (76%), 2 (76%): 2 rows" in findings.notes["rows.overlap"]


def test_few_grams_say_nothing_of_a_row() -> None:
    rows = [long_row(0, (56,)), long_row(1, (56,), seed=0)]
    overlap = judge(rows).overlaps[0]
    assert overlap.grams == 2 * (LEAST_HITS - 1)
    assert (overlap.share, overlap.above) == (1.0, 0)


def test_another_pass_over_a_document_is_no_overlap() -> None:
    rows = [long_row(0), long_row(1, seed=0)]
    for one, before in zip(rows[1]["spans"], rows[0]["spans"], strict=True):
        one |= {"doc_id": before["doc_id"], "epoch": 1}
    figures = judge(rows)
    assert figures.overlaps[0].share == 0
    assert failures(figures) == (set(), set())


def test_a_row_that_stands_twice_in_one_pass_is_a_defect() -> None:
    rows = [long_row(0), long_row(1), {**long_row(2, seed=0), "spans": long_row(0)["spans"]}]
    figures = judge(rows)
    assert (figures.rows.count, figures.rows.pairs) == (1, ((0, 2),))
    assert failures(figures)[0] == {"rows.duplicate"}


def test_two_documents_of_the_same_tokens_are_told() -> None:
    figures = judge([long_row(0), long_row(1, seed=0)])
    assert (figures.rows.count, figures.spans.count, figures.spans.pairs) == (
        0,
        2,
        ((0, 1), (0, 1)),
    )
    assert failures(figures) == (set(), {"rows.same_span", "rows.overlap"})


def test_the_order_of_groups_does_not_matter() -> None:
    rows = [long_row(k, seed=k % 2) for k in range(5)]
    assert judge(rows) == judge(rows[::-1])


def test_figures_are_json_values() -> None:
    figures: dict[str, Any] = judge([long_row(0), long_row(1, seed=0)]).as_json()
    assert figures["overlaps"][0]["n"] == 50
    assert figures["overlaps"][0]["share"] == 1.0


def test_no_sketches_no_figures() -> None:
    assert judge_sketches([]) is None


def test_passages_are_found_in_samples_of_their_grams() -> None:
    """2,000 tokens at 500 of one row and at 1,500 of another; one n-gram in 16 is kept."""
    rows = [long_row(0, (4000,)), long_row(1, (4000,))]
    rows[1]["input_ids"][1500:3500] = rows[0]["input_ids"][500:2500]
    found = judge(rows, rate=16).overlaps[0].passages
    assert len(found) == 1
    passage = found[0]
    assert 1800 < passage.length <= 2000
    assert (passage.row_id, passage.other_row_id) == (0, 1)
    assert passage.other_start - passage.start == 1000
    one, two = (np.array(row["input_ids"], np.int32) for row in rows)
    exact = exact_passage(one, two, passage)
    assert exact.length >= 2000
    assert exact.start <= 500
    assert exact.start + exact.length >= 2500
    assert np.array_equal(
        one[exact.start :][: exact.length], two[exact.other_start :][: exact.length]
    )


def test_tokens_that_a_hash_lied_about_are_no_passage() -> None:
    claim = Passage(row_id=0, start=1, other_row_id=1, other_start=1, length=50)
    one, two = np.array([1, 2, 3], np.int32), np.array([1, 4, 3], np.int32)
    assert exact_passage(one, two, claim).length == 0


def test_nothing_stands_twice_in_no_grams() -> None:
    assert passages(grams([]), 50, 64) == ()
    assert standing_elsewhere(grams([])).tolist() == []
