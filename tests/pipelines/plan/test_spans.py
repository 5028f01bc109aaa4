"""Fragments become spans: offsets, ids and words of each, by eye."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from generators.packing import Packing
from pipelines.plan.parts import Rows
from pipelines.plan.spans import documents_in, numbers_of, placed_spans
from pipelines.plan.stage import no_breaks, open_stage
from schemas.layout import PLACED_SPANS
from tests.pipelines.plan.test_parts import documents_with, drawn, recipe_with, woven_of


def spans_of(repeat: int = 0, **changes: Any) -> pa.Table:
    """Row 5 holds the end of d0, n-0 and all of d1, the last two as one row of `original` next."""
    recipe = recipe_with(**changes)
    documents = documents_with(recipe, [9, 6], [])
    stage = open_stage(
        recipe,
        recipe.resolved_stages()[0],
        documents,
        pieces=drawn(documents, []).pieces["main"],
        woven=woven_of([8]),
        breaks=no_breaks,
    )
    stage.repeat[1] = repeat
    packing = Packing(
        row=np.array([0, 0, 1]),
        piece=np.array([0, 2, 1]),
        start=np.array([4, 0, 0]),
        length=np.array([6, 8, 7]),
        free=np.array([34, 41]),
        left=np.zeros(0, np.int64),
    )
    rows = Rows(
        stage=stage,
        packing=packing,
        original=np.array([False, True]),
        window=np.zeros(2, np.int64),
    )
    return placed_spans(rows, np.arange(3), 5)


def test_every_column_of_three_spans() -> None:
    table = spans_of()
    assert table.schema == PLACED_SPANS
    columns = {
        name: column.to_pylist() for name, column in zip(table.column_names, table, strict=True)
    }
    assert columns == {
        "row_id": [5, 5, 6],
        "segment": [0, 1, 0],
        "start": [0, 6, 0],
        "length": [6, 8, 7],
        "doc_id": ["books:d0", "n-0", "books:d1"],
        "doc_offset": [4, 0, 0],
        "source": ["books", "task:needle", "books"],
        "epoch": [0, 0, 0],
        "begin": [False, False, False],
        "end": [True, False, True],
        "place": ["prepare/d0", "weave/x", "prepare/d0"],
        "ids_start": [4, 0, 9],
        "rope_mode": ["rescaled", "rescaled", "original"],
    }


def test_a_start_id_of_the_row_belongs_to_the_span_that_it_opens() -> None:
    lines = spans_of(bos="row").to_pylist()
    assert [line["begin"] for line in lines] == [True, False, True]
    assert [(line["start"], line["length"]) for line in lines] == [(0, 7), (7, 8), (0, 8)]


def test_what_was_used_before_is_a_span_of_its_own_in_the_same_segment() -> None:
    """Of d1 two tokens come again: they count as text of the next pass."""
    *_, head, tail = spans_of(repeat=2).to_pylist()
    told = ("segment", "start", "length", "doc_offset", "ids_start", "epoch", "end")
    assert tuple(head[name] for name in told) == (0, 0, 2, 0, 9, 1, False)
    assert tuple(tail[name] for name in told) == (0, 2, 5, 2, 11, 0, True)


def test_spans_find_their_documents_by_where_these_lie() -> None:
    documents = documents_with(recipe_with(), [9, 6], [])
    assert documents_in(spans_of(), documents).tolist() == [0, -1, 1]


def test_spans_of_copies_find_their_documents_by_name() -> None:
    """Two documents that lie in one place cannot be told apart by it."""
    documents = documents_with(recipe_with(), [9, 6], [])
    column = documents.table.column_names.index("ids_start")
    table = documents.table.set_column(column, "ids_start", pa.array([0, 0]))
    copies = replace(documents, table=table)
    assert documents_in(spans_of(), copies).tolist() == [0, -1, 1]


def test_words_are_looked_up_once_in_each_part() -> None:
    parts = [pa.array(part).dictionary_encode() for part in (["b", "a", "b"], ["c", "b"])]
    assert numbers_of(pa.chunked_array(parts), ["a", "b"]).tolist() == [1, 0, 1, -1, 1]
