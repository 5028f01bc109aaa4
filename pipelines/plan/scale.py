"""The same recipe at another size: its stages' tokens in proportion, and documents like those met.

    stages of 300 M and 100 M at 20 B   ->  15 B and 5 B
    books of 10, 20, 30 tokens, 100 wanted  ->  30 10 30 20 30, say: drawn again and again

Nothing is claimed of documents that nobody has: their lengths are those of the kept ones, so the
more there are of them, the surer what is said of more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.seeds import rng_for
from pipelines.plan.documents import Documents
from schemas.draw import Int64
from schemas.recipe import Recipe

_FINE = 10**9
"""Shares are compared to this part."""
_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: multiples of it are far apart (Knuth, TAOCP 3, 6.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """M documents that were drawn from others with replacement."""

    documents: Documents
    origin: Int64
    """int64[M]: the corpus index of the document that each is a copy of."""


def scaled_recipe(recipe: Recipe, drawn: Mapping[str, int], tokens: int) -> Recipe:
    """Return the recipe with stages of `tokens` in all, in proportion to their own.

    Stages that have shares keep them; one without `tokens` counts by what was drawn for it
    (`drawn`, by stage). None gets less
    than a row. Sources are passed over once, where no stage has to repeat them: there will be as
    many documents as it takes.
    """
    stages = recipe.resolved_stages()
    sizes = [stage.tokens or max(drawn[stage.name], 1) for stage in stages]
    if all(stage.share for stage in stages):
        sizes = [round(_FINE * (stage.share or 0)) for stage in stages]
    scaled = [
        stage.model_copy(
            update={
                "tokens": max(
                    round(tokens * size / sum(sizes)), stage.seq_len + int(recipe.extra_token)
                ),
                "share": None,
            }
        )
        for stage, size in zip(stages, sizes, strict=True)
    ]
    epochs = recipe.max_epochs if any(stage.replay for stage in stages) else 1
    return recipe.model_copy(update={"stages": tuple(scaled), "max_epochs": epochs})


def resample(recipe: Recipe, documents: Documents, wanted: Mapping[str, int]) -> Resampled:
    """Return documents drawn with replacement, so many tokens of each source at least.

    A copy has a doc_id and a key of its own, and lies in the store where its original does. A
    source without kept documents gives none. Cost: a pass over what is drawn.
    """
    corpus = documents.corpus
    picks = [np.zeros(0, np.int64)]
    for index, name in enumerate(corpus.sources):
        mine = np.flatnonzero((corpus.source == index) & (corpus.num_tokens > 0))
        if len(mine):
            rng = rng_for(recipe.seed, "scale", name)
            picks.append(mine[_draw_until(rng, corpus.num_tokens[mine], wanted.get(name, 0))])
    origin = np.sort(np.concatenate(picks))
    copy = np.arange(len(origin)) - np.searchsorted(origin, origin)
    table = documents.table.take(pa.array(documents.kept[origin]))
    number = pa.array(copy).cast(pa.string())
    names = pc.binary_join_element_wise(table["doc_id"], number, "~")
    column = table.column_names.index("doc_id")
    return Resampled(
        documents=replace(
            documents,
            table=table.set_column(column, "doc_id", names),
            kept=np.arange(len(origin), dtype=np.int64),
            corpus=replace(
                corpus,
                num_tokens=corpus.num_tokens[origin],
                source=corpus.source[origin],
                key=corpus.key[origin] ^ (copy.astype(np.uint64) * _ODD),
            ),
        ),
        origin=origin,
    )


def _draw_until(rng: np.random.Generator, sizes: Int64, wanted: int) -> Int64:
    """Return int64[n]: indices of `sizes`, drawn until what they have comes to `wanted`."""
    drawn = np.zeros(0, np.int64)
    missing = wanted
    while missing > 0:
        count = int(1.1 * missing / sizes.mean()) + 16
        drawn = np.append(drawn, rng.integers(len(sizes), size=count))
        missing = wanted - int(sizes[drawn].sum())
    enough = np.searchsorted(np.cumsum(sizes[drawn]), wanted) + 1 if wanted > 0 else 0
    return drawn[:enough]
