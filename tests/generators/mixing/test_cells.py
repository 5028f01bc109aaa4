"""Which classes of lengths a source falls into, and that every document is in one of them."""

from typing import Any

import numpy as np

from generators.mixing.cells import bounds_of, open_cells
from generators.mixing.framing import frame
from schemas.draw import Corpus, Pieces
from schemas.recipe import Recipe


def recipe_of(**changes: Any) -> Recipe:
    sources = {"books": {"kind": "book"}, "code": {"kind": "repo"}}
    basis = {"inputs": ".", "tokenizer": "train", "seq_len": 1024, "sources": sources}
    return Recipe.model_validate({**basis, **changes})


def test_without_lengths_there_is_one_class() -> None:
    assert bounds_of(recipe_of(shares=[{"kinds": ["book"], "share": 0.5}]), "books") == (0,)


def test_a_share_parts_the_sources_that_it_is_of() -> None:
    recipe = recipe_of(
        shares=[{"kinds": ["book"], "at_least": 65536, "share": 0.3}], upsample={0: 0.1, 4096: 1}
    )
    assert bounds_of(recipe, "books") == (0, 4096, 65536)
    assert bounds_of(recipe, "code") == (0, 4096)


def test_a_row_is_as_long_as_each_stage_says() -> None:
    stages = [
        {"name": "a", "seq_len": 512, "tokens": 5120},
        {"name": "b", "seq_len": 1024, "original": {"share": 0.2, "window": 256}},
    ]
    recipe = recipe_of(stages=stages, shares=[{"below": "row", "share": 0.4}])
    # 255 tokens and an end id fit a window of 256.
    assert bounds_of(recipe, "code") == (0, 256, 512, 1024)
    assert bounds_of(recipe.model_copy(update={"eos": False}), "code") == (0, 257, 512, 1024)


def test_a_stage_may_have_shares_of_its_own() -> None:
    stages = [{"name": "a", "seq_len": 512, "shares": [{"below": 100, "share": 1}]}]
    recipe = recipe_of(stages=stages, shares=[{"below": 200, "share": 1}])
    assert bounds_of(recipe, "code") == (0, 100)


def test_every_document_lies_in_one_cell() -> None:
    recipe = recipe_of(eos=False, upsample={100: 2, 300: 5})
    size = np.array([99, 100, 299, 300, 5000, 7])
    corpus = Corpus(
        num_tokens=size,
        source=np.array([0, 0, 0, 0, 0, 1], np.int32),
        key=np.arange(6, dtype=np.uint64),
        sources=("books", "code"),
    )
    free = Pieces(doc=np.arange(6), start=np.zeros(6, int), stop=size, epoch=np.zeros(6, int))
    cells = open_cells(corpus, recipe, free)
    found = {
        (cell.source, cell.low, cell.high): cell.pools[0].doc.tolist()
        for cell in cells
        if len(cell.pools[0].doc)
    }
    assert found == {
        ("books", 0, 100): [0],
        ("books", 100, 300): [1, 2],
        ("books", 300, None): [3, 4],
        ("code", 0, 100): [5],
    }
    framing = frame(recipe, recipe.resolved_stages()[0])
    parts, rest = cells[1].take(150, framing)
    assert sum(int((part.stop - part.start).sum()) for part in parts) in (100, 0)
    assert rest.supply(framing) + sum(len(part) * 100 for part in parts) == 399
