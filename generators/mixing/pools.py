"""The pools of a cell: one, or one for each length of rows where long documents wait for theirs.

rows of 100 and 400, documents of 30, 90, 250:  pools {30, 90} and {250}
the stage of 100 takes from the first alone, the stage of 400 from the second and then the first
"""

from dataclasses import replace

import numpy as np

from generators.mixing.framing import frame
from generators.mixing.pool import Pool, left_over, take, turns
from schemas.draw import Corpus, Framing, Int64, Pieces
from schemas.recipe import Recipe


def epochs(recipe: Recipe, source: str) -> int:
    """Return how many passes a source may give to the shares of the mix.

    One where pieces overlap: their repeats are the second. One where a stage replays: what comes
    again then comes by replay.
    """
    spec = recipe.sources[source]
    once = spec.long_documents == "overlap" or any(s.replay for s in recipe.resolved_stages())
    return 1 if once else passes(recipe, source)


def passes(recipe: Recipe, source: str) -> int:
    """Return how many passes over a source the recipe allows in all."""
    return recipe.max_epochs or recipe.sources[source].max_epochs


def open_pools(
    corpus: Corpus, recipe: Recipe, name: str, free: Pieces, *, mine: Int64
) -> tuple[Pool, ...]:
    """Return the pool of a source's documents `mine`, in those parts of them that are `free`.

    One pool for each length of rows where long documents wait: rows of 100 and 400, one pool of the
    documents up to 100, and one of those up to 400.
    """
    if recipe.sources[name].long_documents != "larger_bucket":
        return (_pool(corpus, recipe, name, free, doc=mine),)
    frames = {
        frame(recipe, stage).capacity: frame(recipe, stage) for stage in recipe.resolved_stages()
    }
    pools, below = [], 0
    for capacity in sorted(frames):
        room = capacity - frames[capacity].begin - frames[capacity].end
        size = corpus.num_tokens[mine]
        fits = mine[(size > below) & (size <= room)]
        pools.append(replace(_pool(corpus, recipe, name, free, doc=fits), least_row=capacity))
        below = room
    return tuple(pools)


def _pool(corpus: Corpus, recipe: Recipe, name: str, free: Pieces, *, doc: Int64) -> Pool:
    mine = np.flatnonzero(np.isin(free.doc, doc))
    mine = mine[turns(recipe.seed, name, 0, corpus.key[free.doc[mine]])]
    return Pool(
        name=name,
        seed=recipe.seed,
        doc=doc,
        offers=free.taken(mine),
        num_tokens=corpus.num_tokens,
        key=corpus.key,
        filler=recipe.sources[name].filler,
        drop_tail=recipe.sources[name].long_documents == "drop_tail",
        max_epochs=epochs(recipe, name),
    )


def supply_of(pools: tuple[Pool, ...], framing: Framing) -> int:
    """Return what pools can give to rows of this kind."""
    return sum(left_over(pool, framing) for pool in pools if pool.least_row <= framing.capacity)


def supply_in_all(pools: tuple[Pool, ...], framing: Framing) -> int:
    """Return what pools can give to rows of any kind."""
    return sum(left_over(pool, framing) for pool in pools)


def take_from(
    pools: tuple[Pool, ...], budget: int, framing: Framing
) -> tuple[list[Pieces], tuple[Pool, ...]]:
    """Take from pools, the one of the longest documents first."""
    parts, rest = [], list(pools)
    for index in reversed(range(len(pools))):
        if pools[index].least_row <= framing.capacity:
            before = left_over(pools[index], framing)
            part, rest[index] = take(pools[index], budget, framing)
            parts.append(part)
            budget -= before - left_over(rest[index], framing)
    return parts, tuple(rest)
