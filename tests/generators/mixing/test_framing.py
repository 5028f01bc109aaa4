"""What a row holds beside text."""

from typing import Any

import pytest

from generators.mixing.framing import frame
from schemas.draw import Framing
from schemas.recipe import Recipe


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (256, 1, 0, 64)),
        ({"extra_token": True, "eos": False}, (257, 0, 0, 64)),
        ({"bos": "row"}, (255, 1, 0, 64)),
        ({"bos": "document", "min_fragment": 1}, (256, 1, 1, 2)),
    ],
)
def test_ids_beside_text_take_their_room(
    changes: dict[str, Any], expected: tuple[int, int, int, int]
) -> None:
    basis = {"inputs": ".", "tokenizer": "train", "seq_len": 256, "sources": {"a": {}}}
    recipe = Recipe.model_validate({**basis, **changes})
    capacity, end, begin, least = expected
    framing = Framing(capacity=capacity, end=end, begin=begin, min_fragment=least)
    assert frame(recipe, recipe.resolved_stages()[0]) == framing
