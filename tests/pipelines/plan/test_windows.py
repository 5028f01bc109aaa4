"""Windows: units are dealt out so that each window has its part of every source."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.mixing.draw import draw
from pipelines.plan.documents import Documents
from pipelines.plan.layout import Layout, lay_out
from pipelines.plan.recipe import task_uses
from pipelines.plan.stage import WovenAt, no_breaks, open_stage
from pipelines.plan.windows import deal, split, windows_of
from schemas.draw import Corpus, Draw
from schemas.recipe import Recipe
from tests.pipelines.plan.corpora import recipe_of
from tests.pipelines.plan.test_parts import documents_with, drawn, recipe_with, woven_of


@pytest.mark.parametrize(
    ("tokens", "source", "windows"),
    [
        # The example of the docstring.
        ([9, 5, 4, 3, 3], [0, 0, 0, 1, 1], [0, 1, 1, 0, 1]),
        # A source of one unit goes where there is least of all.
        ([9, 2, 3], [0, 0, 1], [0, 1, 1]),
        ([], [], []),
    ],
)
def test_the_largest_unit_goes_where_least_is(
    tokens: list[int], source: list[int], windows: list[int]
) -> None:
    assert deal(np.array(tokens, int), np.array(source, int), 2).tolist() == windows


@given(
    units=st.lists(st.tuples(st.integers(1, 100), st.integers(0, 2)), max_size=40),
    number=st.integers(2, 5),
)
def test_windows_of_a_source_differ_by_its_largest_unit_at_most(
    units: list[tuple[int, int]], number: int
) -> None:
    tokens = np.array([size for size, _ in units], np.int64)
    source = np.array([name for _, name in units], np.int64)
    window = deal(tokens, source, number)
    for name in set(source.tolist()):
        mine = source == name
        sums = np.bincount(window[mine], tokens[mine], number)
        assert sums.max() - sums.min() <= tokens[mine].max()


def test_a_small_mix_has_no_windows() -> None:
    recipe = recipe_with()
    documents = documents_with(recipe, [30] * 6, [])
    assert windows_of(recipe, drawn(documents, []), documents, []) == {"main": None}


def test_a_stage_is_split_by_units_and_samples_follow_their_text() -> None:
    """Units of three documents; sample 0 has no text, the others have that of document 0."""
    recipe = recipe_with(window_tokens=200)
    documents = documents_with(recipe, [30] * 12, [])
    plan, woven = drawn(documents, [8, 8, 8]), woven_of([8, 8, 8])
    windows = windows_of(recipe, plan, documents, woven)["main"]
    assert windows is not None
    assert windows.number == 2
    units = windows.document.reshape(4, 3)
    assert (units == units[:, :1]).all()
    assert sorted(units[:, 0].tolist()) == [0, 0, 1, 1]
    stage = open_stage(
        recipe,
        recipe.resolved_stages()[0],
        documents,
        pieces=plan.pieces["main"],
        woven=woven,
        breaks=no_breaks,
    )
    parts = split(stage, windows)
    assert [len(part.pieces) for part in parts] == [6, 6]
    names = [[sample.sample_id for sample in part.woven] for part in parts]
    assert {"n-1", "n-2"} <= set(names[windows.document[0]])
    assert "n-0" in names[0]
    assert split(stage, None) == [stage]


def many_documents(size: int, unit: int) -> Documents:
    """Return documents of three sources with lengths of their own, `unit` of them to a unit."""
    rng = np.random.default_rng(0)
    source = np.sort(rng.choice(3, size, p=[0.03, 0.17, 0.8])).astype(np.int32)
    middle = np.log([20_000, 6_000, 1_500])[source]
    tokens = np.clip(rng.lognormal(middle, 1.0), 1, 200_000).astype(np.int64)
    place = np.arange(size) // unit + source
    return Documents(
        table=pa.table(
            {
                "doc_id": [f"d{number}" for number in range(size)],
                "unit": pa.array(place, pa.int32()),
                "ids_start": np.cumsum(tokens) - tokens,
            }
        ),
        columns=(),
        places=tuple(f"prepare/{number}" for number in range(int(place[-1]) + 1)),
        kept=np.arange(size),
        corpus=Corpus(
            num_tokens=tokens,
            source=source,
            key=rng.integers(0, 2**64, size, dtype=np.uint64),
            sources=("books", "code", "pages"),
        ),
    )


def large_recipe(**changes: int) -> Recipe:
    sources = {"books": {}, "code": {}, "pages": {"filler": True}}
    fixed = {"long_documents": "fixed"}
    return recipe_of(
        sources={name: {**source, **fixed} for name, source in sources.items()},
        min_fragment=64,
        stages=[{"name": "main", "seq_len": 32768, "share": 0.8}],
        tasks={"needle": {"share": 0.1, "haystack": "one", "lengths": [4096, 16384]}},
        **changes,
    )


def planned(recipe: Recipe, documents: Documents) -> tuple[Draw, list[WovenAt], Layout]:
    drawn = draw(documents.corpus, recipe, tuple(u.for_draw() for u in task_uses(recipe)))
    at = {"task": "needle", "place": "weave", "ids_start": 0}
    woven = [
        WovenAt(sample_id=s.sample_id, stage=s.stage, num_tokens=s.length, **at)
        for s in drawn.samples
    ]
    return drawn, woven, lay_out(recipe, drawn, documents, woven)


def largest_difference(
    window: np.ndarray, group: np.ndarray, weight: np.ndarray, number: int
) -> float:
    """Return how far a group's share of a window is from its share of all, at most."""
    groups = int(group.max()) + 1
    sums = np.bincount(window * groups + group, weight, number * groups).reshape(number, groups)
    return float(np.abs(sums / sums.sum(1, keepdims=True) - sums.sum(0) / sums.sum()).max())


def test_windows_have_the_draw_of_the_whole_and_each_is_like_it() -> None:
    """The bounds that docs/scale.md states, in 100,000 documents and some nine windows.

    The draw comes first, so what windows can differ in is what a window holds.
    """
    documents = many_documents(100_000, 25)
    one = large_recipe(window_tokens=10**12)
    parts = large_recipe(window_tokens=40_000_000)
    whole, _, rows = planned(one, documents)
    drawn, woven, rows_of_windows = planned(parts, documents)
    assert drawn.samples == whole.samples
    pieces = drawn.pieces["main"]
    for name in ("doc", "start", "stop", "epoch"):
        assert (getattr(pieces, name) == getattr(whole.pieces["main"], name)).all()
    windows = windows_of(parts, drawn, documents, woven)["main"]
    assert windows is not None
    assert windows.number >= 8
    window, tokens = windows.document[pieces.doc], pieces.stop - pieces.start
    source = documents.corpus.source[pieces.doc].astype(np.int64)
    length = np.log2(documents.corpus.num_tokens[pieces.doc]).astype(np.int64)
    assert largest_difference(window, source, tokens, windows.number) < 0.03
    assert largest_difference(window, length, tokens, windows.number) < 0.03
    samples = np.array([windows.sample[s.sample_id] for s in drawn.samples])
    tenths = (np.array([s.depths[0] for s in drawn.samples]) * 10).astype(np.int64)
    least = int(np.bincount(samples, minlength=windows.number).min())
    off = largest_difference(samples, tenths, np.ones(len(samples)), windows.number)
    assert off < 4 * np.sqrt(0.09 / least)
    padded = [int(np.sum(found.shards["num_pad"].to_numpy())) for found in (rows, rows_of_windows)]
    assert max(padded) < 2 * 32768
