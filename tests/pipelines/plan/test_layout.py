"""Spans cover rows exactly, and each says from which token of which document it comes.

Rows are shown as a person would write them: `a3` is the fourth token of document a, S and E are
start and end ids, n4 is the fifth token of sample n, `.` is padding.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.mixing.draw import draw
from pipelines.plan.documents import Documents
from pipelines.plan.layout import Layout, WovenAt, lay_out
from pipelines.plan.ledger import ledger
from schemas.draw import Draw, Pieces
from schemas.errors import LongmixError
from schemas.layout import PLACED_SPANS, SHARDS
from schemas.recipe import Recipe
from tests.pipelines.plan.corpora import documents_of, recipe_of


def whole(documents: Documents) -> Draw:
    """Return a draw that takes every document from its first to its last token."""
    stop = documents.corpus.num_tokens
    doc = np.arange(len(stop))
    zeros = np.zeros_like(stop)
    pieces = Pieces(doc=doc, start=zeros, stop=stop, epoch=zeros)
    return Draw(samples=(), pieces={"main": pieces}, supply=())


def shown(layout: Layout, row_len: int) -> list[str]:
    """Return each row in words, built from nothing but its spans."""
    rows: dict[int, list[str]] = {}
    for span in layout.spans.to_pylist():
        row = rows.setdefault(span["row_id"], [])
        assert span["start"] == len(row)
        letter = span["doc_id"].split(":")[-1][0]
        size = span["length"] - span["begin"] - span["end"]
        text = [f"{letter}{span['doc_offset'] + i}" for i in range(size)]
        row += ["S"] * span["begin"] + text + ["E"] * span["end"]
        assert len(row) == span["start"] + span["length"]
    return [" ".join(row + ["."] * (row_len - len(row))) for _, row in sorted(rows.items())]


def laid(recipe: Recipe, **sizes: int) -> list[str]:
    documents = documents_of(recipe, **sizes)
    stage = recipe.resolved_stages()[0]
    row_len = stage.seq_len + recipe.extra_token
    return shown(lay_out(recipe, whole(documents), documents, []), row_len)


@pytest.mark.parametrize(
    ("changes", "size", "rows"),
    [
        ({"eos": False}, 16, {"a0 a1 a2 a3 a4 a5 a6 a7", "a8 a9 a10 a11 a12 a13 a14 a15"}),
        ({}, 15, {"a0 a1 a2 a3 a4 a5 a6 a7", "a8 a9 a10 a11 a12 a13 a14 E"}),
        ({"eos_on_fragments": True}, 14, {"a0 a1 a2 a3 a4 a5 a6 E", "a7 a8 a9 a10 a11 a12 a13 E"}),
        ({"bos": "document"}, 14, {"S a0 a1 a2 a3 a4 a5 a6", "a7 a8 a9 a10 a11 a12 a13 E"}),
        ({"bos": "row"}, 13, {"S a0 a1 a2 a3 a4 a5 a6", "S a7 a8 a9 a10 a11 a12 E"}),
        (
            {"extra_token": True},
            17,
            {"a0 a1 a2 a3 a4 a5 a6 a7 a8", "a9 a10 a11 a12 a13 a14 a15 a16 E"},
        ),
        (
            {"bos": "row", "eos_on_fragments": True, "extra_token": True},
            14,
            {"S a0 a1 a2 a3 a4 a5 a6 E", "S a7 a8 a9 a10 a11 a12 a13 E"},
        ),
    ],
    ids=["plain", "eos", "eos_on_fragments", "bos document", "bos row", "extra_token", "all"],
)
def test_a_document_that_fills_two_rows(changes, size, rows) -> None:
    assert set(laid(recipe_of(**changes), a=size)) == rows


def test_what_remains_makes_the_last_row_and_the_rest_of_it_is_padding() -> None:
    (row,) = laid(recipe_of(), a=4)
    assert row == "a0 a1 a2 a3 E . . ."


def test_two_documents_that_fit_a_row_share_it_whole() -> None:
    recipe = recipe_of(sources={"books": {}})
    (row,) = laid(recipe, a=3, b=3)
    assert row in ("a0 a1 a2 E b0 b1 b2 E", "b0 b1 b2 E a0 a1 a2 E")


def test_a_rest_too_short_for_a_row_of_its_own_is_left_out() -> None:
    """18 tokens in rows of 8 with fragments of 4 at least: a third row would hold 2."""
    recipe = recipe_of(min_fragment=4, eos=False)
    assert set(laid(recipe, a=18)) == {"a0 a1 a2 a3 a4 a5 a6 a7", "a8 a9 a10 a11 a12 a13 a14 a15"}
    assert len(laid(recipe, a=20)) == 3


def test_a_piece_that_begins_inside_its_document_keeps_its_offset() -> None:
    """[3, 9) of a document of 20 opens with no start id and closes with no end id."""
    recipe = recipe_of(bos="document")
    documents = documents_of(recipe, a=20)
    pieces = Pieces(doc=np.array([0]), start=np.array([3]), stop=np.array([9]), epoch=np.array([1]))
    drawn = Draw(samples=(), pieces={"main": pieces}, supply=())
    layout = lay_out(recipe, drawn, documents, [])
    assert shown(layout, 8) == ["a3 a4 a5 a6 a7 a8 . ."]
    (span,) = layout.spans.to_pylist()
    assert (span["ids_start"], span["epoch"], span["place"]) == (3, 1, "prepare/books")


def test_the_second_document_of_a_unit_is_found_behind_the_first() -> None:
    recipe = recipe_of(sources={"books": {}})
    documents = documents_of(recipe, a=5, b=6)
    spans = lay_out(recipe, whole(documents), documents, []).spans.to_pylist()
    assert {span["doc_id"]: span["ids_start"] for span in spans} == {"books:a": 0, "books:b": 5}


def sample_at(tokens: int, **changes: Any) -> WovenAt:
    basis = {"sample_id": "n-0", "task": "needle", "stage": "main", "num_tokens": tokens}
    return WovenAt(**{**basis, "place": "weave/x", "ids_start": 40, **changes})


@pytest.mark.parametrize("bos", ["none", "row"])
def test_a_sample_is_one_span_whose_own_ids_hold_its_start_and_end(bos: str) -> None:
    recipe = recipe_of(bos=bos)
    documents = documents_of(recipe, a=2)
    size = 5 if bos == "none" else 4
    layout = lay_out(recipe, whole(documents), documents, [sample_at(size)])
    (sample,) = [s for s in layout.spans.to_pylist() if s["source"] == "task:needle"]
    first = sample["start"] == 0
    assert sample["begin"] is (bos == "row" and first)
    assert sample["length"] == size + sample["begin"]
    assert (sample["end"], sample["doc_offset"], sample["epoch"]) == (False, 0, 0)
    assert (sample["place"], sample["ids_start"], sample["doc_id"]) == ("weave/x", 40, "n-0")


def test_a_sample_that_would_leave_a_gap_stops_the_build_by_its_name() -> None:
    """7 of 8 are filled and one token is no fragment, so the packer leaves a sample out."""
    recipe = recipe_of(eos=False)
    documents = documents_of(recipe, a=32)
    woven = [sample_at(7, sample_id=f"n-{i}") for i in range(3)]
    with pytest.raises(LongmixError, match=r"sample n-\d fits no row of stage main"):
        lay_out(recipe, whole(documents), documents, woven)


def test_a_mix_without_rows_is_refused() -> None:
    recipe = recipe_of(sources={"books": {"min_tokens": 50}})
    documents = documents_of(recipe, a=9)
    with pytest.raises(LongmixError, match="the mix would have no rows"):
        lay_out(recipe, whole(documents), documents, [])


def test_shards_hold_whole_rows_and_never_two_stages() -> None:
    """Rows of 8 with shards of 20 tokens: three rows a shard."""
    stages = [{"name": "one", "seq_len": 8, "tokens": 40}, {"name": "two", "seq_len": 16}]
    recipe = recipe_of(stages=stages, shard_tokens=20, eos=False, extra_token=False)
    documents = documents_of(recipe, a=40 + 30)
    layout = lay_out(recipe, draw(documents.corpus, recipe, ()), documents, [])
    assert layout.shards.schema == SHARDS
    assert [tuple(line.values()) for line in layout.shards.to_pylist()] == [
        ("data/one/one-00000.parquet", "one", 8, 0, 3, 0),
        ("data/one/one-00001.parquet", "one", 8, 3, 2, 0),
        ("data/two/two-00000.parquet", "two", 16, 5, 2, 2),
    ]


@given(
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    bos=st.sampled_from(["none", "document", "row"]),
    eos=st.booleans(),
    eos_on_fragments=st.booleans(),
    extra_token=st.booleans(),
    filler=st.booleans(),
    tokens=st.none() | st.integers(16, 200),
    max_epochs=st.integers(1, 2),
)
def test_rows_are_covered_ceilings_kept_and_every_kept_token_is_counted(
    sizes, filler, tokens, **changes: Any
) -> None:
    recipe = recipe_of(
        sources={"books": {"filler": filler}},
        stages=[{"name": "main", "seq_len": 16, "tokens": tokens}],
        **changes,
    )
    documents = documents_of(recipe, **{f"d{i}": size for i, size in enumerate(sizes)})
    drawn = draw(documents.corpus, recipe, ())
    if not sum(len(pieces) for pieces in drawn.pieces.values()):
        return
    layout = lay_out(recipe, drawn, documents, [])
    assert layout.spans.schema == PLACED_SPANS
    row_len = 16 + recipe.extra_token
    rows = shown(layout, row_len)
    assert {len(row.split()) for row in rows} == {row_len}
    if filler and min(sizes) > 4:
        assert sum("." in row for row in rows) <= 2
        assert tokens is None or len(rows) * row_len <= tokens
    assert sum(row.split().count(".") for row in rows) == sum(layout.shards["num_pad"].to_pylist())
    uses = np.zeros((2, len(sizes), 60), int)
    for span in layout.spans.to_pylist():
        size = span["length"] - span["begin"] - span["end"]
        first = span["doc_offset"]
        uses[span["epoch"], int(span["doc_id"][-1]), first : first + size] += 1
    assert uses.max() <= 1
    (line,) = ledger(recipe, drawn, documents, layout).to_pylist()
    assert (line["natural"], line["repeated"]) == (uses[0].sum(), uses[1].sum())
    assert line["kept"] == sum(sizes) == line["natural"] + line["unused"]
    assert line["unused"] >= 0
