"""Where every token went: what was asked and given, and what became of the kept documents."""

from dataclasses import asdict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.plan.documents import Documents
from pipelines.plan.layout import Layout
from schemas.draw import Draw, Int64
from schemas.layout import LEDGER, SUPPLY
from schemas.recipe import Recipe


def supply_table(draw: Draw) -> pa.Table:
    """Return SUPPLY: what was asked of sources and tasks, and what they gave."""
    return pa.Table.from_pylist([asdict(line) for line in draw.supply], schema=SUPPLY)


def ledger(recipe: Recipe, draw: Draw, documents: Documents, layout: Layout) -> pa.Table:
    """Return LEDGER, counted from the spans that were placed, not from what was meant."""
    corpus = documents.corpus
    spans = layout.spans
    text = spans["length"].to_numpy().astype(np.int64)
    text = text - spans["begin"].to_numpy() - spans["end"].to_numpy()
    first = spans["epoch"].to_numpy() == 0
    owner = pc.index_in(spans["source"], value_set=pa.array(corpus.sources)).fill_null(-1)
    # By source, behind the samples, which are of none.
    named = owner.to_numpy() + 1
    natural_of = np.bincount(named[first], text[first], len(corpus.sources) + 1).astype(np.int64)
    repeated_of = np.bincount(named[~first], text[~first], len(natural_of)).astype(np.int64)
    haystack_of = _haystacks(draw, documents)
    kept_of = np.bincount(corpus.source, corpus.num_tokens, len(corpus.sources)).astype(np.int64)
    lines = []
    for index, name in enumerate(corpus.sources):
        kept, natural = int(kept_of[index]), int(natural_of[index + 1])
        haystack = int(haystack_of[index])
        shared = recipe.haystack_reuse == "shared"
        lines.append(
            {
                "source": name,
                "kept": kept,
                "natural": natural,
                "haystack": haystack,
                "dropped": layout.dropped[name],
                "unused": kept - natural - (0 if shared else haystack) - layout.dropped[name],
                "repeated": int(repeated_of[index + 1]),
            }
        )
    return pa.Table.from_pylist(lines, schema=LEDGER)


def _haystacks(draw: Draw, documents: Documents) -> Int64:
    """Return int64[sources], the tokens given to samples."""
    pieces = [piece for sample in draw.samples for piece in sample.pieces]
    tokens = [piece.stop - piece.start for piece in pieces]
    owner = documents.corpus.source[np.array([piece.doc for piece in pieces], np.int64)]
    return np.bincount(owner, tokens, len(documents.corpus.sources)).astype(np.int64)
