"""The cells that a mix is put together from: the documents of one source and one class of lengths.

    shares: [{kinds: [book], at_least: 65536, share: .3}], upsample: {0: 0.1, 4096: 1}
    books in three cells: below 4,096, to 65,535, and from 65,536 on; code, which is no book, in two

A cell is one pool of documents, or one for each length of rows where long documents wait for rows
that hold them (`long_documents: larger_bucket`).
"""

from dataclasses import dataclass, replace

import numpy as np

from generators.mixing.framing import frame
from generators.mixing.pool import Pool
from generators.mixing.pools import open_pools, supply_in_all, supply_of, take_from
from schemas.draw import Corpus, Framing, Pieces
from schemas.mixture_spec import Length, ShareSpec, Upsample
from schemas.recipe import Recipe, StageSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is left of a source's documents of `low` tokens or more, and fewer than `high`."""

    source: str
    low: int
    high: int | None
    """None where there is no end to it."""
    pools: tuple[Pool, ...]

    def supply(self, framing: Framing) -> int:
        """Return the tokens that it can give to rows of this kind."""
        return supply_of(self.pools, framing)

    def supply_in_all(self, framing: Framing) -> int:
        """Return the tokens that it can give to rows of any kind."""
        return supply_in_all(self.pools, framing)

    def take(self, budget: int, framing: Framing) -> tuple[list[Pieces], "Cell"]:
        """Take pieces of at most `budget` tokens and return them with what is left."""
        parts, pools = take_from(self.pools, budget, framing)
        return parts, replace(self, pools=pools)


def shares_of(recipe: Recipe, stage: StageSpec) -> tuple[ShareSpec, ...]:
    """Return the shares that hold in a stage, those of the sources left out."""
    return recipe.shares if stage.shares is None else stage.shares


def upsample_of(recipe: Recipe, stage: StageSpec) -> Upsample:
    """Return how much documents count by their least length, empty where all count alike."""
    return recipe.upsample if stage.upsample is None else stage.upsample


def tokens_of(length: Length | None, stage: StageSpec) -> int | None:
    """Return a length in tokens: 4096, or those of a row of the stage."""
    return stage.seq_len if length == "row" else length


def selects(share: ShareSpec, recipe: Recipe, source: str) -> bool:
    """Say whether a share is of documents of this source, where their length is right."""
    of_source = share.sources is None or source in share.sources
    return of_source and (share.kinds is None or recipe.sources[source].kind in share.kinds)


def longest_original(recipe: Recipe, stage: StageSpec) -> int | None:
    """Return the most tokens of a document that fits a row with original positions."""
    if stage.original is None:
        return None
    framing = frame(recipe, stage)
    return stage.original.window - framing.begin - framing.end


def bounds_of(recipe: Recipe, source: str) -> tuple[int, ...]:
    """Return the lengths at which a class of documents of this source begins, ascending, 0 first.

    The same for all stages: what one of them parts is parted.
    """
    bounds = {0}
    for stage in recipe.resolved_stages():
        bounds |= set(upsample_of(recipe, stage))
        for share in shares_of(recipe, stage):
            if selects(share, recipe, source):
                ends = (tokens_of(share.at_least, stage), tokens_of(share.below, stage))
                bounds |= {end for end in ends if end is not None}
        longest = longest_original(recipe, stage)
        bounds |= set() if longest is None else {longest + 1}
    return tuple(sorted(bounds))


def open_cells(corpus: Corpus, recipe: Recipe, free: Pieces) -> tuple[Cell, ...]:
    """Return every cell of the corpus, by source and rising length; `free` may still be given."""
    cells = []
    for index, name in enumerate(corpus.sources):
        bounds = bounds_of(recipe, name)
        mine = np.flatnonzero(corpus.source == index).astype(np.int64)
        # Which class a document is of: 0 below bounds[1].
        of = np.searchsorted(bounds, corpus.num_tokens[mine], side="right") - 1
        for number, low in enumerate(bounds):
            pools = open_pools(corpus, recipe, name, free, mine=mine[of == number])
            high = bounds[number + 1] if number + 1 < len(bounds) else None
            cells.append(Cell(source=name, low=low, high=high, pools=pools))
    return tuple(cells)
