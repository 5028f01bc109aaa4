"""How many tokens bear the loss: counted where tokens are known, as the recipe states elsewhere.

Of natural text every token but the first of a segment and a start id (docs/format.md, "Rows"):

    [s a0 a1 a2 E] [b7 b8 b9]    4 and 2 targets: a start id opens the first, b7 the second

Of samples the loss policy of their task decides, and until they are woven only `loss: all` and
`answer+context` say about how many: all of them. With `loss: answer` the recipe's `targets` says.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.draw import Int64, SampleDraw
from schemas.recipe import Recipe

UNKNOWN = -1


def stated_targets(recipe: Recipe, samples: Iterable[SampleDraw]) -> dict[str, int]:
    """Return the targets of samples that are not woven yet, by sample_id, where they are stated."""
    uses = {} if recipe.tasks == "all" else recipe.tasks
    found = {}
    for sample in samples:
        spec = uses[sample.use]
        if spec.targets is not None:
            found[sample.sample_id] = min(spec.targets, sample.length)
        elif spec.loss != "answer":
            found[sample.sample_id] = sample.length
    return found


def span_targets(
    spans: pa.Table, opens: npt.NDArray[np.bool_], targets: Mapping[str, int]
) -> Int64:
    """Return int64[N], the targets of each span; UNKNOWN for samples that `targets` leaves out.

    `spans` has PLACED_SPANS, and `opens` (bool[N]) says which open a segment. Cost: a pass over the
    spans and a look-up for each sample.
    """
    length = spans["length"].to_numpy().astype(np.int64)
    found = length - (opens | spans["begin"].to_numpy())
    is_sample = pc.starts_with(spans["source"].cast(pa.string()), "task:")
    names = spans["doc_id"].filter(is_sample).to_pylist()
    found[is_sample.to_numpy()] = [targets.get(name, UNKNOWN) for name in names]
    return np.asarray(found)
