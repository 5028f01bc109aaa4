"""A small reserve fills rows; a rest too short for a row is left out; multiples are kept."""

from typing import Any

import numpy as np
import pytest

from generators.packing import Packing
from pipelines.plan import filling
from pipelines.plan.filling import pack_part
from pipelines.plan.stage import Stage, open_stage
from schemas.draw import Pieces
from schemas.errors import LongmixError
from schemas.recipe import Recipe
from tests.pipelines.plan.corpora import documents_of, recipe_of
from tests.pipelines.plan.test_parts import woven_of

PARAGRAPH = 1


def stage_of(recipe: Recipe, *, step: int, samples: tuple[int, ...] = (), **sizes: int) -> Stage:
    """Return a stage of whole documents, with a paragraph every `step` tokens."""
    documents = documents_of(recipe, **sizes)
    stop = documents.corpus.num_tokens
    zeros = np.zeros_like(stop)
    return open_stage(
        recipe,
        recipe.resolved_stages()[0],
        documents,
        pieces=Pieces(doc=np.arange(len(stop)), start=zeros, stop=stop, epoch=zeros),
        woven=woven_of(list(samples)),
        breaks=lambda doc: np.arange(step, int(stop[doc]), step) * 4 + PARAGRAPH,
    )


def books(**changes: object) -> Recipe:
    return recipe_of(
        **{"min_fragment": 10, "eos": False, "sources": {"books": {}}, "seq_len": 1000, **changes}
    )


def test_a_reserve_as_small_as_will_do_is_cut_where_rows_end() -> None:
    """Paragraphs of 37 in rows of 1,000: chunks of 962 leave 38 free, and 4 % of the text fills."""
    stage = stage_of(books(), step=37, a=200_000)
    assert (np.diff(stage.pieces.start) == 962).all()
    packed_stage, packed = pack_part(stage)
    assert np.count_nonzero(packed.free) <= 2
    assert len(packed.left) == 0
    sizes = packed_stage.pieces.stop - packed_stage.pieces.start
    assert 0.038 < sizes[packed_stage.loose].sum() / 200_000 < 0.06


def test_a_chunk_that_almost_fills_a_row_is_cut_and_not_everything_else(monkeypatch) -> None:
    """Chunks of 995 miss a row of 1,000 by less than a fragment; a few packings cut them."""
    stage = stage_of(books(), step=995, **dict.fromkeys("abcd", 40_000))
    calls: list[int] = []

    def counted(*given: Any) -> Packing:
        calls.append(1)
        return plain(*given)

    plain = filling._pack
    monkeypatch.setattr(filling, "_pack", counted)
    _, packed = pack_part(stage)
    assert len(calls) < 10
    assert len(packed.left) == 0
    assert np.count_nonzero(packed.free) <= 2
    assert int(packed.length.sum()) == 160_000


def packed_at(packed: Packing, multiple: int) -> bool:
    parts = (packed.start, packed.length, packed.free)
    return not any((part % multiple).any() for part in parts)


def test_every_cut_of_the_packer_falls_on_a_multiple() -> None:
    """Rows of 1,024 in units of 16: 199,999 tokens lose 15, and one row is padded."""
    recipe = books(segment_multiple=16, stages=[{"name": "main", "seq_len": 1024}])
    _, packed = pack_part(stage_of(recipe, step=37, a=199_999, samples=(160, 32)))
    assert packed_at(packed, 16)
    assert packed.length.sum() == 199_984 + 192
    assert np.count_nonzero(packed.free) <= 2


def test_a_sample_that_is_no_multiple_is_named() -> None:
    recipe = books(segment_multiple=16, stages=[{"name": "main", "seq_len": 1024}])
    stage = stage_of(recipe, step=37, a=2000, samples=(32, 33))
    with pytest.raises(LongmixError, match="sample n-1 has 33 tokens, no multiple of the 16"):
        pack_part(stage)


@pytest.mark.parametrize(("last", "tokens"), [(True, 2000), (False, 2007)])
def test_only_the_last_part_leaves_a_shred_out(last: bool, tokens: int) -> None:
    recipe = books(sources={"books": {"filler": True}})
    _, packed = pack_part(stage_of(recipe, step=3000, a=2007), last=last)
    assert packed.length.sum() == tokens


def test_parts_are_packed_by_streams_of_their_own() -> None:
    sizes = {f"d{i}": 400 + i for i in range(40)}
    stage = stage_of(books(), step=3000, **sizes)
    first, again = pack_part(stage)[1], pack_part(stage)[1]
    other = pack_part(stage, (1,))[1]
    assert first.piece.tolist() == again.piece.tolist()
    assert first.piece.tolist() != other.piece.tolist()
