"""Long documents are cut where they may be, and a small reserve fills the rows."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipelines.plan.layout import Layout, lay_out
from pipelines.plan.ledger import ledger
from pipelines.plan.stage import open_stage
from schemas.draw import Draw, Pieces
from schemas.recipe import Recipe
from tests.pipelines.plan.corpora import documents_of, recipe_of

PARAGRAPH = 1


def every(step: int) -> Any:
    """Return the breaks of documents whose paragraphs have `step` tokens."""
    return lambda doc: np.arange(step, 30_000, step) * 4 + PARAGRAPH


def recipe(policy: str, **changes: Any) -> Recipe:
    sources = {"books": {"long_documents": policy, **changes}}
    return recipe_of(seq_len=100, min_fragment=10, eos=False, sources=sources)


def laid(recipe: Recipe, step: int, **sizes: int) -> tuple[Layout, dict[str, int]]:
    """Return the layout of whole documents, and the ledger of their source."""
    documents = documents_of(recipe, **sizes)
    stop = documents.corpus.num_tokens
    zeros = np.zeros_like(stop)
    pieces = Pieces(doc=np.arange(len(stop)), start=zeros, stop=stop, epoch=zeros)
    drawn = Draw(samples=(), pieces={"main": pieces}, supply=())
    layout = lay_out(recipe, drawn, documents, [], breaks=every(step))
    (line,) = ledger(recipe, drawn, documents, layout).to_pylist()
    return layout, line


def spans(layout: Layout) -> list[tuple[int, int, int]]:
    """Return (offset, length, epoch) of every span, by document."""
    return sorted(
        (span["doc_offset"], span["length"], span["epoch"]) for span in layout.spans.to_pylist()
    )


def test_short_documents_may_be_cut_in_rows_of_original_alone() -> None:
    """Nothing of 40 tokens in rows of 100 is spare, but where all documents are short."""
    made = recipe("paragraph")
    documents = documents_of(made, a=40, b=19)
    zeros = np.zeros(2, np.int64)
    stage = open_stage(
        made,
        made.resolved_stages()[0],
        documents,
        pieces=Pieces(doc=np.arange(2), start=zeros, stop=np.array([40, 19]), epoch=zeros),
        woven=[],
        breaks=every(9),
    )
    assert stage.spare.tolist() == [False, False]
    assert replace(stage, original=True).spare.tolist() == [True, False]


def test_cuts_of_long_documents_fall_on_multiples() -> None:
    """Paragraphs of 9 in rows of 96: chunks of 80, 10 whole times 8 and no text lost between."""
    sources = {"books": {"long_documents": "paragraph"}}
    made = recipe_of(
        seq_len=96, min_fragment=8, eos=False, sources=sources, segment_multiple=8, max_epochs=1
    )
    documents = documents_of(made, a=1000)
    zero = np.zeros(1, np.int64)
    stage = open_stage(
        made,
        made.resolved_stages()[0],
        documents,
        pieces=Pieces(doc=zero, start=zero, stop=zero + 1000, epoch=zero),
        woven=[],
        breaks=every(9),
    )
    start, stop = stage.pieces.start, stage.pieces.stop
    assert (start[0], stop[-1]) == (0, 1000)
    assert (start[1:] == stop[:-1]).all()
    assert not (start % 8).any()
    assert (stop - start).max() <= 96


def test_rows_are_full_and_most_pieces_begin_at_a_paragraph() -> None:
    layout, line = laid(recipe("paragraph"), 9, a=10_000)
    found = spans(layout)
    assert sum(size for _, size, _ in found) == 10_000
    assert layout.shards["num_pad"].to_pylist() == [0]
    large = [offset for offset, size, _ in found if size > 50]
    assert len(large) > 90
    assert np.mean([offset % 9 == 0 for offset in large]) > 0.8
    assert (line["natural"], line["dropped"], line["unused"]) == (10_000, 0, 0)


def test_fixed_documents_are_cut_wherever_a_row_ends() -> None:
    layout, _ = laid(recipe("fixed"), 9, a=1_000)
    assert spans(layout) == [(100 * k, 100, 0) for k in range(10)]


def test_a_dropped_tail_is_counted() -> None:
    """Of 95 tokens a row takes whole paragraphs of 15, six of them; the rest is dropped."""
    layout, line = laid(recipe("drop_tail"), 15, a=1_000, b=40)
    assert [(offset, size) for offset, size, _ in spans(layout)] == [(0, 40), (0, 90)]
    assert (line["kept"], line["natural"], line["dropped"], line["unused"]) == (1040, 130, 910, 0)


def test_what_overlaps_stands_in_one_segment_and_counts_as_a_second_pass() -> None:
    """Rows of 100, a fifth repeated: [0, 90), then [70, 160) of which 20 are known already."""
    layout, line = laid(recipe("overlap", overlap=0.2, max_epochs=2), 10, a=230)
    segments: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for span in layout.spans.to_pylist():
        place = (span["row_id"], span["segment"])
        told = (span["doc_offset"], span["length"], span["epoch"])
        segments.setdefault(place, []).append(told)
    found = list(segments.values())
    assert [(70, 20, 1), (90, 70, 0)] in found
    assert [(140, 20, 1), (160, 70, 0)] in found
    assert (line["natural"], line["repeated"]) == (230, 40)


@pytest.mark.parametrize("policy", ["paragraph", "section"])
def test_a_text_without_breaks_still_fills_its_rows(policy: str) -> None:
    layout, line = laid(recipe(policy), 30_000, a=5_000)
    assert layout.shards["num_pad"].to_pylist() == [0]
    assert line["natural"] == 5_000
