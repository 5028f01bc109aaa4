"""Replay: a stage repeats documents that earlier stages used, each as its next pass.

Whole documents in the keyed order of their pass, sources by what they have to repeat. Who may
repeat once more is the recipe's `max_epochs`: a document in pass 0 and again in 1 is used twice.

    used before: 60 of books and 20 of notes; replay of 40  ->  30 of books, 10 of notes
"""

from dataclasses import dataclass, replace

import numpy as np

from generators.mixing.framing import frame
from generators.mixing.pool import Pool, left_over, take
from generators.mixing.pools import passes
from schemas.draw import Corpus, Framing, Int64, Pieces
from schemas.recipe import Recipe, StageSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """Where every document stands: int64[D], its next pass; 0 for one that no row has had yet."""

    next_pass: Int64

    def used(self, pieces: Pieces) -> "Replayed":
        """Return the state after a stage with these pieces of pass 0."""
        first = self.next_pass.copy()
        first[pieces.doc] = np.maximum(first[pieces.doc], 1)
        return replace(self, next_pass=first)


def replay(
    corpus: Corpus, recipe: Recipe, stage: StageSpec, *, budget: int, state: Replayed
) -> tuple[dict[str, Pieces], dict[str, tuple[int, int]], Replayed]:
    """Return by source the pieces that come again and (asked, given) in tokens, and the new state.

    Cost: a few sorts of the documents that earlier stages used.
    """
    framing = frame(recipe, stage)
    pools = {name: _pools(corpus, recipe, name, framing, state=state) for name in corpus.sources}
    supply = {name: sum(left_over(p, framing) for p in mine) for name, mine in pools.items()}
    total = sum(supply.values())
    pieces, supplied = {}, {}
    next_pass = state.next_pass.copy()
    for name, mine in pools.items():
        asked = budget * supply[name] // total if total else budget // len(pools)
        parts, rest = [], asked
        for pool in mine:
            part, after = take(pool, rest, framing)
            rest -= left_over(pool, framing) - left_over(after, framing)
            next_pass[part.doc] = part.epoch + 1
            parts.append(part)
        pieces[name] = Pieces.joined(parts)
        supplied[name] = asked, asked - rest
    return pieces, supplied, Replayed(next_pass=next_pass)


def _pools(
    corpus: Corpus, recipe: Recipe, name: str, framing: Framing, *, state: Replayed
) -> list[Pool]:
    """Return a pool for each pass that documents of the source may come to next."""
    spec = recipe.sources[name]
    if spec.long_documents == "overlap":  # its repeats are the next pass already
        return []
    mine = corpus.source == corpus.sources.index(name)
    if spec.long_documents == "larger_bucket":
        mine &= corpus.num_tokens <= framing.capacity - framing.begin - framing.end
    return [
        Pool(
            name=name,
            seed=recipe.seed,
            doc=np.flatnonzero(mine & (state.next_pass == number)).astype(np.int64),
            # Nothing is left of the pass before, so that taking begins with this one.
            offers=Pieces.joined([]),
            num_tokens=corpus.num_tokens,
            key=corpus.key,
            filler=spec.filler,
            drop_tail=spec.long_documents == "drop_tail",
            epoch=number - 1,
            max_epochs=number + 1,
        )
        for number in range(1, passes(recipe, name))
    ]
