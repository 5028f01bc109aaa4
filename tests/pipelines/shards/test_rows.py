"""A row by hand: which id stands where, what is a target, where needles came to lie.

The store of these tests has text ids 100, 101, ... in one unit and a sample's ids 500, 501, ... in
another; 1 is the start id, 2 the end id, 9 padding.
"""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipelines.shards.positions import Continued, numbering_of
from pipelines.shards.rows import PlacedSample, RowFormat, Sources, rows_table
from schemas.layout import PLACED_SPANS
from schemas.row import ROWS
from schemas.sample import Needle

FORM = RowFormat(stage="main", seq_len=8, row_len=8, eos_id=2, bos_id=1, pad_id=9)
NEEDLE = Needle(
    evidence=(1, 2),
    question=(2, 3),
    answer=(3, 4),
    text="7",
    role="planted",
    extractive=True,
    target_depth=0.5,
    depth=0.5,
    distance=1,
)
SAMPLE = PlacedSample(
    task="needle", target_mask=np.array([False, False, False, True, True]), needles=(NEEDLE,)
)
FIRST = {"text": 100, "weave": 500}
SOURCES = Sources(
    ids=lambda place, a, b: np.arange(FIRST[place] + a, FIRST[place] + b, dtype=np.int32),
    sample=lambda place, sample_id: {("weave", "n-0"): SAMPLE}[place, sample_id],
)


def spans(*lines: dict[str, Any]) -> pa.Table:
    """Return PLACED_SPANS; a line says what is not the default."""
    basis = {"start": 0, "segment": 0, "doc_offset": 0, "epoch": 0, "begin": False, "end": False}
    basis |= {"doc_id": "books:d", "source": "books", "place": "text", "ids_start": 0, "row_id": 0}
    basis |= {"rope_mode": "rescaled"}
    return pa.Table.from_pylist([{**basis, **line} for line in lines], schema=PLACED_SPANS)


def placed_sample(**changes: Any) -> dict[str, Any]:
    line = {"doc_id": "n-0", "source": "task:needle", "place": "weave", "length": 5}
    return {**line, **changes}


def rows(table: pa.Table, form: RowFormat = FORM, *, num_rows: int = 1) -> list[dict[str, Any]]:
    first = table["row_id"][0].as_py()
    made = rows_table(table, form, SOURCES, first_row=first, num_rows=num_rows)
    assert made.schema == ROWS
    found: list[dict[str, Any]] = made.to_pylist()
    return found


def digest(*columns: bytes) -> bytes:
    sha = hashlib.sha256()
    for column in columns:
        sha.update(len(column).to_bytes(8, "little") + column)
    return sha.digest()[:16]


def int32(*values: int) -> bytes:
    return np.array(values, "<i4").tobytes()


def test_the_example_of_the_docstring() -> None:
    """A document of 10 tokens and its end id over two rows, then 3 tokens of another."""
    first, second = rows(
        spans(
            {"length": 8},
            {"row_id": 1, "length": 3, "doc_offset": 8, "ids_start": 8, "end": True},
            {"row_id": 1, "segment": 1, "start": 3, "length": 3, "doc_id": "o", "ids_start": 50},
        ),
        num_rows=2,
    )
    assert first["input_ids"] == [100, 101, 102, 103, 104, 105, 106, 107]
    assert first["seq_lengths"] == [8]
    assert second["input_ids"] == [108, 109, 2, 150, 151, 152, 9, 9]
    assert second["seq_lengths"] == [3, 3, 2]


def test_two_rows_whole() -> None:
    """A row of text alone, and one of a sample behind two tokens of text."""
    table = spans(
        {"row_id": 4, "length": 7, "doc_offset": 3, "ids_start": 3, "end": True},
        {"row_id": 5, "length": 3, "doc_id": "books:o", "ids_start": 50, "epoch": 1},
        placed_sample(row_id=5, segment=1, start=3),
    )
    text_ids = [103, 104, 105, 106, 107, 108, 2, 9]
    sample_ids = [150, 151, 152, 500, 501, 502, 503, 504]
    common = {"stage": "main", "seq_len": 8, "rope_mode": "rescaled", "position_ids": None}
    span = {"segment": 0, "start": 0, "doc_id": "books:d", "source": "books", "epoch": 0}
    assert rows(table, num_rows=2) == [
        {
            **common,
            "input_ids": text_ids,
            "seq_lengths": [7, 1],
            "target_mask": None,
            "spans": [{**span, "length": 7, "doc_offset": 3}],
            "needles": [],
            "row_id": 4,
            "row_digest": digest(int32(*text_ids), int32(7, 1), b"", b""),
            "num_docs": 1,
            "max_doc_len": 7,
            "num_targets": 6,
            "num_pad": 1,
            "attn_cost": 49,
        },
        {
            **common,
            "input_ids": sample_ids,
            "seq_lengths": [3, 5],
            "target_mask": [False, True, True, False, False, False, True, True],
            "spans": [
                {**span, "length": 3, "doc_id": "books:o", "doc_offset": 0, "epoch": 1},
                {
                    "segment": 1,
                    "start": 3,
                    "length": 5,
                    "doc_id": "n-0",
                    "doc_offset": 0,
                    "source": "task:needle",
                    "epoch": 0,
                },
            ],
            "needles": [
                {
                    "task": "needle",
                    "sample_id": "n-0",
                    "segment": 1,
                    "evidence_start": 4,
                    "evidence_end": 5,
                    "question_start": 5,
                    "question_end": 6,
                    "answer_start": 6,
                    "answer_end": 7,
                    "answer": "7",
                    "role": "planted",
                    "extractive": True,
                    "target_depth": 0.5,
                    "depth": 0.5,
                    "distance": 1,
                }
            ],
            "row_id": 5,
            "row_digest": digest(int32(*sample_ids), int32(3, 5), b"\0\1\1\0\0\0\1\1", b""),
            "num_docs": 2,
            "max_doc_len": 5,
            "num_targets": 4,
            "num_pad": 0,
            "attn_cost": 9 + 25,
        },
    ]


def test_start_ids_are_no_targets_and_the_text_behind_them_is() -> None:
    """The sample makes the mask visible: S d d E | the sample's four."""
    (row,) = rows(
        spans(
            {"length": 3, "begin": True, "end": True},
            placed_sample(segment=1, start=3),
        )
    )
    assert row["input_ids"][:3] == [1, 100, 2]
    assert row["target_mask"] == [False, True, True, False, False, False, True, True]


def test_a_start_id_of_the_row_before_a_sample_shifts_its_needles_and_its_depth() -> None:
    """S n0 n1 n2 n3 n4: evidence at 2, question at 3, so the depth is 2 of 3."""
    (row,) = rows(spans(placed_sample(length=6, begin=True)))
    assert row["input_ids"] == [1, 500, 501, 502, 503, 504, 9, 9]
    assert row["target_mask"] == [False, False, False, False, True, True, False, False]
    (needle,) = row["needles"]
    assert (needle["evidence_start"], needle["answer_start"], needle["distance"]) == (2, 4, 1)
    assert needle["depth"] == pytest.approx(2 / 3)


def test_where_the_question_comes_first_the_context_ends_at_the_answer() -> None:
    asked_first = replace(NEEDLE, question=(0, 1), evidence=(2, 3), answer=(4, 5))
    sample = PlacedSample(task="needle", target_mask=SAMPLE.target_mask, needles=(asked_first,))
    sources = Sources(ids=SOURCES.ids, sample=lambda place, sample_id: sample)
    made = rows_table(spans(placed_sample()), FORM, sources, first_row=0, num_rows=1)
    assert made["needles"].to_pylist()[0][0]["depth"] == 0.5


def test_positions_continue_where_the_fragment_ends_below_the_bound() -> None:
    """Of [4, 7) and [96, 99) the first is within 64 and goes on at 4; padding counts from 0."""
    form = replace(FORM, numbering=Continued(below=64))
    (row,) = rows(
        spans(
            {"length": 3, "doc_offset": 4, "ids_start": 4},
            {"segment": 1, "start": 3, "length": 3, "doc_offset": 96, "ids_start": 96},
        ),
        form,
    )
    assert row["position_ids"] == [4, 5, 6, 0, 1, 2, 0, 1]
    ids = int32(104, 105, 106, 196, 197, 198, 9, 9)
    expected = digest(ids, int32(3, 3, 2), b"", int32(4, 5, 6, 0, 1, 2, 0, 1))
    assert row["row_digest"] == expected


@pytest.mark.parametrize(("offset", "moved"), [(0, False), (61, True), (62, False)])
def test_positions_are_null_unless_a_fragment_goes_on(offset: int, moved: bool) -> None:
    """A fragment of 3 that ends at 64 is the last that a bound of 64 allows."""
    form = replace(FORM, numbering=Continued(below=64))
    (row,) = rows(spans({"length": 3, "doc_offset": offset}), form)
    assert (row["position_ids"] is not None) is moved


def test_an_extra_token_makes_rows_one_id_longer_than_seq_len() -> None:
    form = replace(FORM, row_len=9)
    (row,) = rows(spans({"length": 9}), form)
    assert (len(row["input_ids"]), row["seq_len"], row["num_pad"]) == (9, 8, 0)


def test_a_segment_of_two_documents_has_one_first_token() -> None:
    """Naive packing: the second document's first token is a target, the end id before it too."""
    (row,) = rows(
        spans(
            {"length": 4, "end": True},
            {"start": 4, "length": 3, "doc_id": "books:o", "ids_start": 50},
        )
    )
    assert row["input_ids"] == [100, 101, 102, 2, 150, 151, 152, 9]
    assert row["seq_lengths"] == [7, 1]
    assert (row["num_docs"], row["max_doc_len"], row["attn_cost"]) == (1, 7, 49)
    assert row["num_targets"] == 6
    assert [span["segment"] for span in row["spans"]] == [0, 0]


def test_a_masked_seam_is_no_target_and_the_mask_is_spelled_out() -> None:
    """The same row: token 4, where the second document begins, is guessed from nothing."""
    (row,) = rows(
        spans(
            {"length": 4, "end": True},
            {"start": 4, "length": 3, "doc_id": "books:o", "ids_start": 50},
        ),
        replace(FORM, mask_seams=True),
    )
    assert row["target_mask"] == [False, True, True, True, False, True, True, False]
    assert row["num_targets"] == 5


def test_without_a_seam_the_mask_stays_null() -> None:
    """Two documents in segments of their own, and text that goes on."""
    (row,) = rows(
        spans(
            {"length": 3},
            {"start": 3, "length": 2, "doc_offset": 3, "ids_start": 3},
            {"segment": 1, "start": 5, "length": 3, "doc_id": "books:o", "ids_start": 50},
        ),
        replace(FORM, mask_seams=True),
    )
    assert row["target_mask"] is None
    assert row["num_targets"] == 6


def test_a_scheme_numbers_segments_and_spares_rows_of_the_models_own_positions() -> None:
    entry = {"scheme": "randpos", "fields": {}, "mask_seams": True, "target": 64, "seed": 1}
    table = spans(
        {"length": 5},
        {"segment": 1, "start": 5, "length": 2},
        {"row_id": 1, "length": 8, "rope_mode": "original"},
    )
    form = replace(FORM, numbering=numbering_of("main", entry, None))
    first, second = rows(table, form, num_rows=2)
    numbers = first["position_ids"]
    assert [numbers[0], numbers[5], numbers[7]] == [0, 0, 0]
    assert numbers[:5] == sorted(set(numbers[:5]))
    assert 4 < numbers[4] < 64
    ids = int32(*first["input_ids"])
    assert first["row_digest"] == digest(ids, int32(5, 2, 1), b"", int32(*numbers))
    assert second["position_ids"] is None


def test_every_row_has_a_rope_mode_of_its_own() -> None:
    table = spans(
        {"length": 4},
        {"segment": 1, "start": 4, "length": 4},
        {"row_id": 1, "length": 8, "rope_mode": "original"},
        {"row_id": 2, "length": 8},
    )
    modes = [row["rope_mode"] for row in rows(table, num_rows=3)]
    assert modes == ["rescaled", "original", "rescaled"]
