"""Which fragments form one segment, by the mode, the groups of the packer, and samples between."""

from dataclasses import replace

import numpy as np
import pytest

from generators.packing import Packing
from pipelines.plan.boundaries import segments_of
from pipelines.plan.parts import Rows
from pipelines.plan.stage import no_breaks, open_stage
from schemas.errors import RecipeError
from tests.pipelines.plan.test_parts import documents_with, drawn, recipe_with, woven_of


def rows_of(mode: str, group: list[int] | None = None, *, original: bool = False) -> Rows:
    """Return the row of documents a, b, a sample and c, and a row of a, b, a document each."""
    recipe = recipe_with().model_copy(update={"boundaries": mode})
    documents = documents_with(recipe, [8] * 5, [])
    stage = open_stage(
        recipe,
        recipe.resolved_stages()[0],
        documents,
        pieces=drawn(documents, []).pieces["main"],
        woven=woven_of([8]),
        breaks=no_breaks,
    )
    size = np.full(6, 8)
    return Rows(
        stage=stage,
        packing=Packing(
            row=np.array([0, 0, 0, 0, 1, 1]),
            piece=np.array([0, 1, 5, 2, 3, 4]),
            start=np.zeros(6, np.int64),
            length=size,
            free=np.array([0, 16]),
            left=np.zeros(0, np.int64),
            group=None if group is None else np.array(group),
        ),
        original=np.array([False, original]),
        window=np.zeros(2, np.int64),
    )


@pytest.mark.parametrize(
    ("mode", "group", "segments"),
    [
        ("document", None, [0, 1, 2, 3, 4, 5]),
        ("none", None, [0, 0, 1, 2, 3, 3]),
        ("related", [0, 0, -1, 0, 1, 2], [0, 0, 1, 2, 3, 4]),
        ("related", [-1, -1, -1, -1, 3, 3], [0, 1, 2, 3, 4, 4]),
        ("document", [0, 0, -1, 0, 1, 1], [0, 1, 2, 3, 4, 5]),
    ],
)
def test_what_may_see_each_other(mode: str, group: list[int] | None, segments: list[int]) -> None:
    assert segments_of(rows_of(mode, group)).tolist() == segments


def test_documents_of_rows_of_original_stay_apart() -> None:
    assert segments_of(rows_of("none", original=True)).tolist() == [0, 0, 1, 2, 3, 4]


def test_a_packer_that_knows_no_groups_is_refused() -> None:
    with pytest.raises(RecipeError, match="`related` needs a packer that knows what is related"):
        segments_of(rows_of("related"))


def test_a_stage_without_rows_has_no_segments() -> None:
    rows = rows_of("none")
    none = np.zeros(0, np.int64)
    empty = replace(rows.packing, row=none, piece=none, start=none, length=none, free=none)
    assert segments_of(replace(rows, packing=empty, original=none > 0)).tolist() == []
