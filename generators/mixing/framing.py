"""What a row of a stage holds beside text."""

from schemas.draw import Framing
from schemas.recipe import Recipe, StageSpec


def frame(recipe: Recipe, stage: StageSpec) -> Framing:
    """Return what a row of this stage holds.

    With `extra_token` one id more, with `bos: row` one token less for segments. Fragments of 64 at
    least are of 72 where segments are multiples of 24.
    """
    multiple = recipe.segment_multiple
    return Framing(
        capacity=stage.seq_len + int(recipe.extra_token) - int(recipe.bos == "row"),
        end=int(recipe.eos),
        begin=int(recipe.bos == "document"),
        min_fragment=-(-max(recipe.min_fragment, 2) // multiple) * multiple,
        multiple=multiple,
    )
