"""Judge every document that was met: kept, or rejected and why; nothing is left out of the table.

Thresholds are applied here (`rules.py`) to columns that PREPARE and SCORE filled, so that changing
one reads no text again.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.plan.rules import apply_rules
from pipelines.plan.selection import document_columns, wants_topics
from schemas.document import DOCUMENTS, kind_of_reason
from schemas.draw import Corpus
from schemas.recipe import Recipe
from schemas.unit import Unit

PLACES = ("unit", "text_start", "ids_start", "breaks_start", "num_breaks")
"""Columns beside DOCUMENTS: where in the store a document lies."""
CORPUS = ("num_tokens", "source", "sha256")
"""Columns that a corpus is made of."""


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
    """The columns of DOCUMENTS and PLACES, those of cleaners and scores, and where the packer asks
    what is like what `topics`, which is not published."""
    columns: tuple[str, ...]
    """Those that are published."""
    places: tuple[str, ...]
    """By unit: its folder in the store."""
    kept: np.ndarray
    """int64[D], lines of the table that are kept; a corpus index counts these."""
    corpus: Corpus
    """What DRAW sees of the kept documents."""

    def reasons(self) -> Counter[tuple[str, str]]:
        """Count the rejected by (source, kind of reason)."""
        lines = self.table.select(["source", "reason"]).filter(pc.invert(self.table["kept"]))
        kinds = map(kind_of_reason, lines["reason"].to_pylist())
        return Counter(zip(lines["source"].to_pylist(), kinds, strict=True))


def judge(
    recipe: Recipe,
    units: list[tuple[Unit, str, pa.Table]],
    quarantined: list[Quarantined],
) -> Documents:
    """Return the documents of all units, each with its verdict.

    `units` are PREPARE units in order, with their folder in the store and their stored table, which
    the columns of the source's scores were joined to.
    """
    columns = document_columns(recipe)
    binary = ["minhash", "topics"] if wants_topics(recipe) else ["minhash"]
    hidden = [(name, pa.binary()) for name in binary]
    schema = pa.schema([*_with_places(), *columns.items(), *hidden])
    parts = [
        _of_unit(recipe, unit, stored, number=number, schema=schema)
        for number, (unit, _, stored) in enumerate(units)
    ]
    parts += [_of_quarantine(recipe, entry, schema) for entry in quarantined]
    table = apply_rules(recipe, pa.concat_tables(parts)).drop_columns(["minhash"])
    lines = np.flatnonzero(table["kept"].to_numpy()).astype(np.int64)
    return Documents(
        table=table,
        columns=(*DOCUMENTS.names, *columns),
        places=tuple(place for _, place, _ in units),
        kept=lines,
        corpus=_corpus(table.select(CORPUS).take(lines), tuple(recipe.sources)),
    )


def _corpus(table: pa.Table, names: tuple[str, ...]) -> Corpus:
    heads = "".join(pc.utf8_slice_codeunits(table["sha256"], 0, 16).to_pylist())
    return Corpus(
        num_tokens=table["num_tokens"].to_numpy().astype(np.int64),
        source=pc.index_in(table["source"], value_set=pa.array(names)).to_numpy().astype(np.int32),
        key=np.frombuffer(bytes.fromhex(heads), ">u8").astype(np.uint64),
        sources=names,
    )


def _of_unit(
    recipe: Recipe, unit: Unit, stored: pa.Table, *, number: int, schema: pa.Schema
) -> pa.Table:
    name = unit.description["items"][0]["source"]
    size = len(stored)
    columns = {
        "source": pa.repeat(name, size),
        "kind": pa.repeat(recipe.sources[name].kind, size),
        "kept": pa.repeat(True, size),
        "unit": pa.repeat(pa.scalar(number, pa.int32()), size),
    }
    columns |= {column: stored[column] for column in stored.column_names}
    arrays = [
        columns[field.name] if field.name in columns else pa.nulls(size, field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)


def _of_quarantine(recipe: Recipe, entry: Quarantined, schema: pa.Schema) -> pa.Table:
    line = {
        "doc_id": entry.doc_id or f"{entry.source}:{entry.uri}",
        "source": entry.source,
        "kind": recipe.sources[entry.source].kind,
        "uri": entry.uri,
        "kept": False,
        "reason": "quarantined",
        "unit": -1,
    }
    numbers = dict.fromkeys(("num_bytes", "num_chars", "num_tokens", *PLACES[1:]), 0)
    return pa.Table.from_pylist([line | numbers], schema=schema)


def _with_places() -> pa.Schema:
    places = [(name, pa.int32() if name == "unit" else pa.int64()) for name in PLACES]
    return pa.schema([*DOCUMENTS, *(pa.field(*place) for place in places)])
