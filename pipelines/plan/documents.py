"""Judge every document that was met: kept, or rejected and why; nothing is left out of the table.

A document is rejected for what its reader said (bad bytes, no text), because it is `short` of its
source's `min_tokens`, or as an `exact_duplicate` of one that came before it. Thresholds are applied
here and not in the store, so that changing one reads no text again.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.document import DOCUMENTS
from schemas.draw import Corpus
from schemas.recipe import Recipe
from schemas.unit import Unit

PLACES = ("unit", "text_start", "ids_start")
"""Columns beside DOCUMENTS: where in the store a document lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """What was left out because reading it failed: a file, or one document of a file."""

    source: str
    uri: str
    reason: str
    doc_id: str | None = None
    """None for a whole file."""

    def as_json(self) -> dict[str, str]:
        """Return the manifest's entry."""
        name = {"uri": self.uri} if self.doc_id is None else {"doc_id": self.doc_id}
        return {**name, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Every document met, in the order of sources, inputs and lines."""

    table: pa.Table
    """The columns of DOCUMENTS and PLACES."""
    places: tuple[str, ...]
    """By unit: its folder in the store."""
    kept: np.ndarray
    """int64[D], lines of the table that are kept; a corpus index counts these."""
    corpus: Corpus
    """What DRAW sees of the kept documents."""

    def reasons(self) -> Counter[tuple[str, str]]:
        """Count the rejected by (source, reason)."""
        lines = self.table.select(["source", "reason"]).filter(pc.invert(self.table["kept"]))
        return Counter(zip(lines["source"].to_pylist(), lines["reason"].to_pylist(), strict=True))


def judge(
    recipe: Recipe,
    units: list[tuple[Unit, str, pa.Table]],
    quarantined: list[Quarantined],
) -> Documents:
    """Return the documents of all units, each with its verdict.

    `units` are PREPARE units in order with their folder in the store and their stored table.
    """
    parts = [
        _of_unit(recipe, number, unit, stored) for number, (unit, _, stored) in enumerate(units)
    ]
    parts += [_of_quarantine(recipe, entry) for entry in quarantined]
    table = pa.concat_tables(parts)
    tokens = table["num_tokens"].to_numpy()
    needed = np.array([spec.min_tokens for spec in recipe.sources.values()])
    source = pc.index_in(table["source"], value_set=pa.array(list(recipe.sources))).to_numpy()
    sound = pc.is_null(table["reason"]).to_numpy()
    short = sound & (tokens < needed[source])
    twin = np.zeros_like(short)
    candidates = np.flatnonzero(sound & ~short)
    codes = table["sha256"].combine_chunks().dictionary_encode().indices
    codes = codes.take(pa.array(candidates)).to_numpy(zero_copy_only=False)
    _, first = np.unique(codes, return_index=True)
    twin[candidates] = True
    twin[candidates[first]] = False
    reason = pc.if_else(pa.array(short), "short", table["reason"])
    reason = pc.if_else(pa.array(twin), "exact_duplicate", reason)
    kept = pc.is_null(reason)
    table = _with(_with(table, "reason", reason), "kept", kept)
    lines = np.flatnonzero(kept.to_numpy()).astype(np.int64)
    return Documents(
        table=table,
        places=tuple(place for _, place, _ in units),
        kept=lines,
        corpus=_corpus(table.take(lines), tuple(recipe.sources)),
    )


def _corpus(table: pa.Table, names: tuple[str, ...]) -> Corpus:
    heads = "".join(pc.utf8_slice_codeunits(table["sha256"], 0, 16).to_pylist())
    return Corpus(
        num_tokens=table["num_tokens"].to_numpy().astype(np.int64),
        source=pc.index_in(table["source"], value_set=pa.array(names)).to_numpy().astype(np.int32),
        key=np.frombuffer(bytes.fromhex(heads), ">u8").astype(np.uint64),
        sources=names,
    )


def _with(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(name), column)


def _of_unit(recipe: Recipe, number: int, unit: Unit, stored: pa.Table) -> pa.Table:
    name = unit.description["items"][0]["source"]
    size = len(stored)
    columns = {
        "source": pa.repeat(name, size),
        "kind": pa.repeat(recipe.sources[name].kind, size),
        "kept": pa.repeat(True, size),
        "near_duplicate_of": pa.nulls(size, pa.string()),
        "unit": pa.repeat(pa.scalar(number, pa.int32()), size),
    }
    names = [*DOCUMENTS.names, *PLACES]
    arrays = [columns[field] if field in columns else stored[field] for field in names]
    return pa.table(arrays, schema=_with_places())


def _of_quarantine(recipe: Recipe, entry: Quarantined) -> pa.Table:
    line = {
        "doc_id": entry.doc_id or f"{entry.source}:{entry.uri}",
        "source": entry.source,
        "kind": recipe.sources[entry.source].kind,
        "uri": entry.uri,
        "kept": False,
        "reason": "quarantined",
        "unit": -1,
    }
    numbers = dict.fromkeys(["num_bytes", "num_chars", "num_tokens", "text_start", "ids_start"], 0)
    return pa.Table.from_pylist([line | numbers], schema=_with_places())


def _with_places() -> pa.Schema:
    places = [("unit", pa.int32()), ("text_start", pa.int64()), ("ids_start", pa.int64())]
    return pa.schema([*DOCUMENTS, *(pa.field(*place) for place in places)])
