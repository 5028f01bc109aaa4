"""Whatever the packer and the order: every token lies where it may, once, and every row is covered.

Documents d0, d1, ... are of one source and units of three; originals o0, o1, ... are short ones of
a second source, samples n-0, n-1, ... lie beside them.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators import packing
from generators.mixing.framing import frame
from pipelines.plan.documents import Documents, judge
from pipelines.plan.filling import MOST_PADDED
from pipelines.plan.layout import Layout, lay_out
from pipelines.plan.ledger import ledger
from pipelines.plan.parts import pack_stage
from pipelines.plan.stage import WovenAt, no_breaks, open_stage
from pipelines.plan.windows import windows_of
from schemas.draw import Draw, Piece, Pieces, SampleDraw
from schemas.recipe import Recipe
from tests.pipelines.plan.corpora import recipe_of, sha256_of, unit_of

SEQ_LEN = 48
PACKERS = ("best_fit", "concatenate", "single", "buckets")


def recipe_with(*, filler: bool = False, **changes: Any) -> Recipe:
    sources = {"books": {"filler": filler}, "notes": {}}
    stage = {"name": "main", "seq_len": SEQ_LEN, "original": {"share": 0.5, "window": 16}}
    return recipe_of(**{"sources": sources, "stages": [stage], "min_fragment": 4, **changes})


def documents_with(recipe: Recipe, sizes: list[int], short: list[int]) -> Documents:
    """Return documents in units of three."""
    named = [("books", f"d{i}", size) for i, size in enumerate(sizes)]
    named += [("notes", f"o{i}", size) for i, size in enumerate(short)]
    units = []
    for first in range(0, len(named), 3):
        chosen = [line for line in named[first : first + 3] if line[0] == named[first][0]]
        others = [line for line in named[first : first + 3] if line[0] != named[first][0]]
        for group in filter(None, (chosen, others)):
            lines: list[dict[str, Any]] = []
            at = 0
            for source, name, size in group:
                line = {"doc_id": f"{source}:{name}", "num_tokens": size, "ids_start": at}
                lines.append({**line, "sha256": sha256_of(name)})
                at += size
            unit, _, table = unit_of(group[0][0], *lines)
            units.append((unit, f"prepare/{group[0][1]}", table))
    return judge(recipe, units, [])


def drawn(documents: Documents, samples: list[int], *, own: bool = True) -> Draw:
    """Return a draw of whole documents; every third sample has no text of its own."""
    corpus = documents.corpus
    picked = [
        np.flatnonzero(corpus.source == source) if source or own else np.arange(len(corpus.source))
        for source in (0, 1)
    ]
    pieces = [
        Pieces(
            doc=doc,
            start=np.zeros_like(doc),
            stop=corpus.num_tokens[doc],
            epoch=np.zeros_like(doc),
        )
        for doc in picked
    ]
    return Draw(
        samples=tuple(
            SampleDraw(
                sample_id=f"n-{i}",
                use="needle",
                stage="main",
                length=size,
                depths=(),
                pieces=(Piece(doc=0, start=0, stop=0),) if i % 3 else (),
            )
            for i, size in enumerate(samples)
        ),
        pieces={"main": pieces[0]},
        supply=(),
        original={"main": pieces[1]} if own else {},
    )


def woven_of(samples: list[int]) -> list[WovenAt]:
    at = {"task": "needle", "stage": "main", "place": "weave/x"}
    return [
        WovenAt(sample_id=f"n-{i}", num_tokens=size, ids_start=100 * i, **at)
        for i, size in enumerate(samples)
    ]


def segments_of(layout: Layout) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """Return the spans of each segment, by row and segment."""
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for span in layout.spans.to_pylist():
        found.setdefault((span["row_id"], span["segment"]), []).append(span)
    return found


def uses_of(layout: Layout) -> dict[str, np.ndarray]:
    """Return by document how often each token is placed."""
    uses: dict[str, np.ndarray] = {}
    for span in layout.spans.to_pylist():
        size = span["length"] - span["begin"] - span["end"]
        counts = uses.setdefault(span["doc_id"], np.zeros(1_000, int))
        counts[span["doc_offset"] : span["doc_offset"] + size] += 1
    return uses


def plain_notes(layout: Layout) -> int:
    """Return the tokens of short documents that no full row of `original` took."""
    return sum(
        span["length"]
        for span in layout.spans.to_pylist()
        if span["source"] == "notes" and span["rope_mode"] != "original"
    )


def check_rows(layout: Layout, recipe: Recipe, samples: list[int]) -> None:
    """Check that rows are covered, samples whole, and padding where it may be."""
    at: dict[int, int] = {}
    for (row, _), spans in segments_of(layout).items():
        for span in spans:
            assert span["start"] == at.get(row, 0)
            at[row] = span["start"] + span["length"]
        length = sum(span["length"] for span in spans)
        assert length % recipe.segment_multiple == 0
        if any(span["source"].startswith("task:") for span in spans):
            assert len(spans) == 1
        if recipe.boundaries == "document":
            assert len({span["doc_id"] for span in spans}) == 1
        if spans[0]["rope_mode"] == "original":
            assert {span["source"] for span in spans} == {"notes"}
            assert len({span["doc_id"] for span in spans}) == 1
            assert length <= 16
    assert plain_notes(layout) < 3 * SEQ_LEN
    assert sorted(at) == list(range(sum(layout.shards["num_rows"].to_pylist())))
    padding = [SEQ_LEN - at[row] for row in sorted(at)]
    assert sum(padding) == sum(layout.shards["num_pad"].to_pylist())
    empty = np.flatnonzero(padding)
    if packing.fills_rows(recipe.packer) and len(empty) <= MOST_PADDED:
        assert (np.diff(empty) == 1).all()
        assert not len(empty) or empty[-1] == len(padding) - 1
    placed = [span for span in layout.spans.to_pylist() if span["source"] == "task:needle"]
    assert sorted(span["doc_id"] for span in placed) == sorted(
        f"n-{i}" for i in range(len(samples))
    )
    assert sorted(span["length"] - span["begin"] for span in placed) == sorted(samples)


def check_text(layout: Layout, recipe: Recipe, documents: Documents, *, filler: bool) -> None:
    """Check that text is placed once, whole where it fits a row, and all of it if nothing trims."""
    framing = frame(recipe, recipe.resolved_stages()[0])
    uses = uses_of(layout)
    size = dict(
        zip(
            documents.table["doc_id"].to_pylist(),
            documents.table["num_tokens"].to_pylist(),
            strict=True,
        )
    )
    spans = [span for span in layout.spans.to_pylist() if span["source"] == "books"]
    lost = 0
    for doc_id, tokens in size.items():
        counts = uses.get(doc_id, np.zeros(1_000, int))
        assert counts[:tokens].max(initial=0) <= 1
        assert counts[tokens:].sum() == 0
        if doc_id not in layout.left:
            lost += tokens - counts.sum()
        mine = [span for span in spans if span["doc_id"] == doc_id]
        fits = tokens + framing.begin + framing.end <= framing.capacity
        if fits and not filler:
            assert len(mine) <= 1
    if recipe.segment_multiple == 1:
        assert lost < 3 * framing.min_fragment
    for line in ledger(recipe, drawn(documents, []), documents, layout).to_pylist():
        assert line["kept"] == line["natural"] + line["dropped"] + line["unused"]
        assert min(line["natural"], line["unused"]) >= 0


@given(
    sizes=st.lists(st.integers(4, 150), min_size=1, max_size=14),
    short=st.lists(st.integers(4, 14), max_size=20),
    units=st.lists(st.integers(1, 5), max_size=4),
    packer=st.sampled_from(PACKERS),
    boundaries=st.sampled_from(["document", "none"]),
    segment_multiple=st.sampled_from([1, 1, 4]),
    filler=st.booleans(),
    window_tokens=st.sampled_from([100, 300, 10_000]),
    row_order=st.sampled_from(["random", "short_first", "long_first", "balanced"]),
    segment_order=st.sampled_from(["packed", "short_first", "long_first"]),
    bos=st.sampled_from(["none", "document"]),
    eos=st.booleans(),
    seed=st.integers(0, 3),
)
def test_every_token_lies_where_it_may(
    sizes: list[int], short: list[int], units: list[int], filler: bool, **keys: Any
) -> None:
    recipe = recipe_with(
        filler=filler,
        cluster={"ranks": 2, "rows_per_step": 4},
        **keys,
    )
    # One long document, so that a row comes of it whatever the multiple.
    sizes = [60, *sizes]
    documents = documents_with(recipe, sizes, short)
    # Samples that always find a place: 8 or 16 of 48 tokens beside what may be cut.
    samples = [8 * min(unit, 2) for unit in units]
    plan = drawn(documents, samples)
    layout = lay_out(recipe, plan, documents, woven_of(samples))
    check_rows(layout, recipe, samples)
    check_text(layout, recipe, documents, filler=filler)


def test_rows_of_original_are_full_and_mixed_with_the_others() -> None:
    """60 documents of 13 tokens fill 16 rows of 48, a few of them cut; 12 tokens are left over."""
    recipe = recipe_with(filler=True, eos=False)
    documents = documents_with(recipe, [480], [13] * 60)
    layout = lay_out(recipe, drawn(documents, []), documents, [])
    modes = {s["row_id"]: s["rope_mode"] for s in layout.spans.to_pylist()}
    found = [modes[row] for row in sorted(modes)]
    assert found.count("original") == 60 * 13 // 48
    assert plain_notes(layout) == 60 * 13 % 48
    changes = sum(a != b for a, b in pairwise(found))
    assert changes > 4
    assert len({s["row_id"] for s in layout.spans.to_pylist() if s["end"]}) == 0
    assert sum(layout.shards["num_pad"].to_pylist()) == 36  # 480 is ten rows, and 12 one more


def test_a_window_gives_what_its_last_row_would_pad_to_the_next() -> None:
    recipe = recipe_with(filler=True, window_tokens=200)
    documents = documents_with(recipe, [29] * 30, [])
    plan = drawn(documents, [])
    windows = windows_of(recipe, plan, documents, [])["main"]
    assert windows is not None
    assert windows.number == 5
    stage = open_stage(
        recipe,
        recipe.resolved_stages()[0],
        documents,
        pieces=plan.pieces["main"],
        woven=[],
        breaks=no_breaks,
    )
    rows = pack_stage(stage, None, windows)
    assert np.count_nonzero(rows.packing.free) <= 2
    assert rows.packing.length.sum() == 30 * 30
    assert np.unique(rows.window).tolist() == [0, 1, 2, 3, 4]
    assert (np.diff(rows.window) >= 0).all()


@pytest.mark.parametrize("packer", PACKERS)
def test_windows_place_every_token_that_one_window_places(packer: str) -> None:
    sizes = np.random.default_rng(1).integers(5, 140, 60).tolist()
    placed = []
    for window_tokens in (100_000, 700):
        recipe = recipe_with(filler=True, packer=packer, window_tokens=window_tokens)
        documents = documents_with(recipe, sizes, [])
        layout = lay_out(recipe, drawn(documents, []), documents, [])
        placed.append(sum(counts.sum() for counts in uses_of(layout).values()))
    assert placed[0] == placed[1]


@pytest.mark.parametrize("multiple", [1, 4])
@pytest.mark.parametrize("window_tokens", [300, 10_000])
def test_related_documents_form_segments(
    monkeypatch: pytest.MonkeyPatch, multiple: int, window_tokens: int
) -> None:
    """Every document is like the one before and the one behind it."""
    recipe = recipe_with(
        packer="related",
        boundaries="related",
        segment_multiple=multiple,
        window_tokens=window_tokens,
    )
    rng = np.random.default_rng(5)
    sizes = [400, *rng.integers(5, 20, 40).tolist()]
    documents = documents_with(recipe, sizes, [9] * 12)
    number = np.arange(len(documents.kept))
    near = np.column_stack([number - 1, np.where(number + 1 < len(number), number + 1, -1)])
    monkeypatch.setattr(
        "pipelines.plan.layout.document_neighbours", lambda documents, *, among: near
    )
    samples = [8, 16, 16]
    layout = lay_out(recipe, drawn(documents, samples), documents, woven_of(samples))
    check_rows(layout, recipe, samples)
    check_text(layout, recipe, documents, filler=False)
    joined = [spans for spans in segments_of(layout).values() if len(spans) > 1]
    assert len(joined) > 3
    assert {span["rope_mode"] for spans in joined for span in spans} == {"rescaled"}
