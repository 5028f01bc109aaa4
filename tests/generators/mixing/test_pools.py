"""Documents that wait for rows which hold them: one pool for each length of rows."""

from typing import Any

import numpy as np
import pytest

from generators.mixing.draw import draw
from generators.mixing.framing import frame
from generators.mixing.pools import epochs, open_pools, supply_in_all, supply_of, take_from
from schemas.draw import Corpus, Pieces
from schemas.recipe import Recipe


def recipe_of(policy: str, **changes: Any) -> Recipe:
    stages = [
        {"name": "short", "seq_len": 256, "tokens": 1024},
        {"name": "long", "seq_len": 1024, "tokens": 4096},
    ]
    basis = {"inputs": ".", "tokenizer": "train", "min_fragment": 16, "stages": stages}
    sources = {"books": {"long_documents": policy, **changes}}
    return Recipe.model_validate({**basis, "sources": sources})


CORPUS = Corpus(
    num_tokens=np.array([100, 255, 256, 900]),
    source=np.zeros(4, np.int32),
    key=np.arange(4, dtype=np.uint64),
    sources=("books",),
)
WHOLE = Pieces(
    doc=np.arange(4), start=np.zeros(4, int), stop=CORPUS.num_tokens, epoch=np.zeros(4, int)
)


def test_a_document_belongs_to_the_shortest_rows_that_hold_it_with_its_end_id() -> None:
    recipe = recipe_of("larger_bucket")
    pools = open_pools(CORPUS, recipe, "books", WHOLE, mine=np.arange(4))
    assert [(pool.least_row, pool.doc.tolist()) for pool in pools] == [
        (256, [0, 1]),
        (1024, [2, 3]),
    ]
    short, long = (frame(recipe, stage) for stage in recipe.stages)
    assert supply_of(pools, short) == 101 + 256
    assert supply_of(pools, long) == supply_in_all(pools, long) == 101 + 256 + 257 + 901


def test_other_policies_have_one_pool() -> None:
    (pool,) = open_pools(CORPUS, recipe_of("paragraph"), "books", WHOLE, mine=np.arange(4))
    assert pool.doc.tolist() == [0, 1, 2, 3]


def test_long_rows_take_long_documents_first() -> None:
    recipe = recipe_of("larger_bucket")
    pools = open_pools(CORPUS, recipe, "books", WHOLE, mine=np.arange(4))
    parts, rest = take_from(pools, 1158, frame(recipe, recipe.stages[1]))
    assert sorted(np.concatenate([part.doc for part in parts]).tolist()) == [2, 3]
    assert supply_in_all(rest, frame(recipe, recipe.stages[1])) == 101 + 256


def test_no_document_is_cut_for_rows_that_are_too_short_for_it() -> None:
    recipe = recipe_of("larger_bucket")
    drawn = draw(CORPUS, recipe, ())
    for stage, docs in (("short", {0, 1}), ("long", {2, 3})):
        pieces = drawn.pieces[stage]
        assert set(pieces.doc.tolist()) == docs
        assert (pieces.stop - pieces.start == CORPUS.num_tokens[pieces.doc]).all()


@pytest.mark.parametrize(
    ("policy", "allowed", "passes"), [("paragraph", 3, 3), ("overlap", 2, 1), ("overlap", 3, 1)]
)
def test_a_source_whose_pieces_overlap_gives_one_pass(
    policy: str, allowed: int, passes: int
) -> None:
    assert epochs(recipe_of(policy, max_epochs=allowed), "books") == passes


def test_a_source_gives_one_pass_where_a_stage_replays() -> None:
    recipe = recipe_of("paragraph", max_epochs=3)
    stages = (recipe.stages[0], recipe.stages[1].model_copy(update={"replay": 0.2}))
    assert epochs(recipe.model_copy(update={"stages": stages}), "books") == 1


def test_a_document_whose_tail_is_dropped_costs_a_row_at_most() -> None:
    """Of 900 tokens a row of 256 takes one row's worth; the others count as they are."""
    recipe = recipe_of("drop_tail")
    pools = open_pools(CORPUS, recipe, "books", WHOLE, mine=np.arange(4))
    short = frame(recipe, recipe.stages[0])
    assert supply_of(pools, short) == 101 + 256 + 256 + 256
    parts, rest = take_from(pools, 600, short)
    assert all((part.stop - part.start == CORPUS.num_tokens[part.doc]).all() for part in parts)
    assert supply_of(rest, short) == 101 + 3 * 256 - sum(
        min(256, int(CORPUS.num_tokens[doc]) + 1) for part in parts for doc in part.doc.tolist()
    )
