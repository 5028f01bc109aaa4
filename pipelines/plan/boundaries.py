"""`boundaries`: which fragments of a row may see each other, and so form one segment.

    a row of fragments of the documents a, b, a sample n, and c
    document   [a] [b] [n] [c]      each by itself
    none       [a b] [n] [c]        all that stands between two samples, as naive packing has it
    related    what the packer put into one group, as [a b] of one folder

A sample is a segment of its own in every mode: its depth, its answer and what is unique about it
are defined inside its segment. So is every document of rows of `original`, where no segment may be
longer than the model's native context.
"""

import numpy as np

from generators.packing._order import segments
from pipelines.plan.parts import Rows
from schemas.draw import Int64
from schemas.errors import RecipeError


def segments_of(rows: Rows) -> Int64:
    """Return int64[K], the segment of each fragment, counted from 0 through all rows.

    Fragments are joined as the packer laid them. Raises RecipeError for `boundaries: related` with
    a packer that does not say what is related.
    """
    packed, mode = rows.packing, rows.stage.recipe.boundaries
    joins = np.zeros(len(packed.row), bool)
    if mode == "related" and packed.group is None:
        raise RecipeError(
            f"boundaries: `related` needs a packer that knows what is related, and "
            f"{rows.stage.recipe.packer!r} does not; take packer=related"
        )
    if mode != "document":
        text = packed.piece < len(rows.stage.pieces)
        same = np.ones(max(len(text) - 1, 0), bool)
        if mode == "related" and packed.group is not None:
            same = (packed.group[1:] == packed.group[:-1]) & (packed.group[1:] >= 0)
        joins[1:] = text[1:] & text[:-1] & same & ~rows.original[packed.row[1:]]
    return segments(packed.row, joins)
