"""Where every token went: what was asked and given, and what became of the kept documents."""

from dataclasses import asdict

import numpy as np
import pyarrow as pa

from pipelines.plan.documents import Documents
from pipelines.plan.layout import Layout
from schemas.draw import Draw
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
    source, epoch = spans["source"].to_numpy(), spans["epoch"].to_numpy()
    lines = []
    for index, name in enumerate(corpus.sources):
        mine = corpus.source == index
        kept = int(corpus.num_tokens[mine].sum())
        natural = int(text[(source == name) & (epoch == 0)].sum())
        haystack = sum(p.stop - p.start for s in draw.samples for p in s.pieces if mine[p.doc])
        shared = recipe.haystack_reuse == "shared"
        lines.append(
            {
                "source": name,
                "kept": kept,
                "natural": natural,
                "haystack": haystack,
                "dropped": layout.dropped[name],
                "unused": kept - natural - (0 if shared else haystack) - layout.dropped[name],
                "repeated": int(text[(source == name) & (epoch > 0)].sum()),
            }
        )
    return pa.Table.from_pylist(lines, schema=LEDGER)
