"""Windows: a stage of very many tokens is packed part by part, each of its own units of input.

A shard is gathered from the units that its rows were packed of: with windows these are few, and
packing needs the memory of one window. Every window has its part of every source:

    two windows; units of books 9 5 4, of letters 3 3    ->    9 3 | 5 4 3

All stages deal out the units alike, so a unit's documents are read by one window of each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from generators.seeds import rng_for
from pipelines.plan.documents import Documents
from pipelines.plan.stage import Stage, WovenAt
from schemas.draw import Draw, Int64
from schemas.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """The windows that a mix is packed in, where one is not enough."""

    number: int
    document: Int64
    """int64[D], the window of each document of the corpus."""
    sample: Mapping[str, int]
    """By sample_id: the window of its haystack's first document, or any where it has no text."""


def windows_of(
    recipe: Recipe, draw: Draw, documents: Documents, woven: Sequence[WovenAt]
) -> dict[str, Windows | None]:
    """Return the windows of each stage, None for one that is packed as a whole.

    A stage is packed in windows when it has more than `window_tokens` tokens; there are as many as
    the largest stage needs.
    """
    sizes: dict[str, int] = {}
    for spec in recipe.resolved_stages():
        parts = [draw.pieces[spec.name], draw.original.get(spec.name)]
        text = sum(int((part.stop - part.start).sum()) for part in parts if part is not None)
        sizes[spec.name] = text + sum(s.num_tokens for s in woven if s.stage == spec.name)
    number = -(-max(sizes.values()) // recipe.window_tokens)
    if number <= 1:
        return dict.fromkeys(sizes)
    window = _of_documents(recipe, documents, number)
    sample = {
        sample.sample_id: int(window[sample.pieces[0].doc]) if sample.pieces else turn % number
        for turn, sample in enumerate(draw.samples)
    }
    windows = Windows(number=number, document=window, sample=sample)
    return {name: windows if size > recipe.window_tokens else None for name, size in sizes.items()}


def _of_documents(recipe: Recipe, documents: Documents, number: int) -> Int64:
    """Return int64[D], the window of each document: that of its unit."""
    corpus = documents.corpus
    unit = documents.table["unit"].to_numpy()[documents.kept]
    size = len(documents.places)
    tokens = np.bincount(unit, corpus.num_tokens, size).astype(np.int64)
    source = np.zeros(size, np.int64)
    source[unit] = corpus.source
    keys = [
        int(rng_for(recipe.seed, "windows", place).integers(2**62)) for place in documents.places
    ]
    order = np.argsort(keys, kind="stable")
    dealt = np.empty(size, np.int64)
    dealt[order] = deal(tokens[order], source[order], number)
    return np.asarray(dealt[unit])


def deal(tokens: Int64, source: Int64, number: int) -> Int64:
    """Return int64[U], the window of each unit, so that each source's windows are nearly alike.

    `tokens` and `source` are int64[U]. The largest unit of a source goes first, each to the window
    that has least of its source, and of all sources where several do (Graham 1969, longest
    processing time first). So a source's windows differ by its largest unit at most.
    """
    result = np.zeros(len(tokens), np.int64)
    total = np.zeros(number, np.int64)
    for one in np.unique(source).tolist():
        mine = np.flatnonzero(source == one)
        own = np.zeros(number, np.int64)
        for unit in mine[np.argsort(-tokens[mine], kind="stable")].tolist():
            window = int(np.lexsort((total, own))[0])
            result[unit] = window
            own[window] += tokens[unit]
            total[window] += tokens[unit]
    return result


def split(stage: Stage, windows: Windows | None) -> list[Stage]:
    """Return the parts of a stage, one a window; the whole stage without windows."""
    if windows is None:
        return [stage]
    mine = windows.document[stage.pieces.doc]
    parts = []
    for number in range(windows.number):
        which = np.flatnonzero(mine == number)
        part = replace(
            stage,
            pieces=stage.pieces.taken(which),
            repeat=stage.repeat[which],
            loose=stage.loose[which],
            woven=[s for s in stage.woven if windows.sample[s.sample_id] == number],
        )
        parts.append(part)
    return parts
