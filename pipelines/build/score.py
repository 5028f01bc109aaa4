"""SCORE: what is measured of every stored document; one unit for each PREPARE unit and score.

Scores read the store and not the inputs, and each has units of its own: a score that is added, or
whose keys change, is measured without reading, cleaning or encoding anything again.

A score that compares documents (`FOILS`) gets a few others of the same kind: the first in an order
keyed by their content, of those that are long if there are any. Every unit gets the same ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from generators import scoring
from pipelines.build.prepare import TABLE_LINES, Context
from pipelines.files import open_folder
from pipelines.plan.selection import scores_of
from pipelines.store import Store
from schemas.canonical import digest
from schemas.document import Kind
from schemas.recipe import Recipe
from schemas.selection import Subject
from schemas.unit import Unit

FOILS = 4
"""Documents that each is compared with, one more than a score needs: none is its own foil."""
FOIL_BYTES = 1 << 20
"""A foil should have this much text, and no more of it is read."""
FILE = "scores.parquet"

Prepared = tuple[Unit, str, pa.Table]
"""A PREPARE unit, its folder in the store, and its documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foil:
    """A document to compare with, and where its text lies in the store."""

    sha256: str
    place: str
    text_start: int
    num_bytes: int


def score_units(recipe: Recipe, prepared: list[Prepared]) -> list[Unit]:
    """Return a unit for each PREPARE unit and each score of its source, in order."""
    foils: dict[Kind, list[dict[str, Any]]] = {}
    units: list[Unit] = []
    for unit, place, _ in prepared:
        source = recipe.sources[source_of(unit)]
        for name, fields in scores_of(recipe, source_of(unit)):
            work: dict[str, Any] = {"score": name, "fields": fields, "kind": source.kind}
            work["prepared"] = place
            if scoring.load(name).FOILS:
                if source.kind not in foils:
                    foils[source.kind] = _foils(recipe, source.kind, prepared)
                work["foils"] = foils[source.kind]
            units.append(Unit(phase="score", index=len(units), description=work))
    return units


def source_of(unit: Unit) -> str:
    """Return the name of the source that a PREPARE unit reads."""
    name: str = unit.description["items"][0]["source"]
    return name


def _foils(recipe: Recipe, kind: Kind, prepared: list[Prepared]) -> list[dict[str, Any]]:
    """Return the foils of a kind as JSON values, each text once."""
    found: dict[str, Foil] = {}
    for unit, place, table in prepared:
        if recipe.sources[source_of(unit)].kind != kind:
            continue
        names = ["sha256", "text_start", "num_bytes", "reason"]
        for sha256, start, size, reason in zip(
            *(table[name].to_pylist() for name in names), strict=True
        ):
            if reason is None:
                foil = Foil(sha256=sha256, place=place, text_start=start, num_bytes=size)
                found.setdefault(sha256, foil)
    order = sorted(
        found.values(),
        key=lambda foil: (foil.num_bytes < FOIL_BYTES, digest([recipe.seed, foil.sha256])),
    )
    return [asdict(foil) for foil in order[:FOILS]]


def score_unit(context: Context, unit: Unit) -> dict[str, Any]:
    """Do one unit, or nothing when it is done."""
    store = Store(open_folder(context.store))
    found = store.done(unit)
    if found is not None:
        return found
    score = scoring.load(unit.description["score"])
    options = score.Options(**unit.description["fields"])
    schema = pa.schema(list(score.COLUMNS.items()))
    lines = (
        score.score(subject, options) if subject else {}
        for subject in _subjects(store, unit.description)
    )
    documents = 0
    with (
        store.writing(unit, FILE) as (stream,),
        pq.ParquetWriter(stream, schema, compression="zstd") as writer,
    ):
        while group := list(islice(lines, TABLE_LINES)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
            documents += len(group)
    return store.finish(unit, (FILE,), {"documents": documents})


def _subjects(store: Store, work: dict[str, Any]) -> Iterator[Subject | None]:
    """Yield the documents of a PREPARE unit in order, None for those that were rejected."""
    place = work["prepared"]
    foils = {foil["sha256"]: _text_of(store, Foil(**foil)) for foil in work.get("foils", [])}
    names = ["sha256", "text_start", "num_bytes", "ids_start", "num_tokens", "reason"]
    table = store.table(place, "documents.parquet").select(names)
    with (
        store.folder.open(f"{place}/text.bin") as text,
        store.folder.open(f"{place}/ids.bin") as ids,
    ):
        for line in _lines(table):
            if line["reason"] is not None:
                yield None
                continue
            data = bytes(text.read_at(line["num_bytes"], line["text_start"]))
            raw = ids.read_at(4 * line["num_tokens"], 4 * line["ids_start"])
            yield Subject(
                text=data.decode("utf-8"),
                kind=work["kind"],
                data=data,
                ids=np.frombuffer(raw, "<i4"),
                foils=tuple(text for sha, text in foils.items() if sha != line["sha256"]),
            )


def _lines(table: pa.Table) -> Iterable[dict[str, Any]]:
    """Yield a table's lines without holding all of them as Python objects."""
    for batch in table.to_batches(TABLE_LINES):
        yield from batch.to_pylist()


def _text_of(store: Store, foil: Foil) -> bytes:
    size = min(foil.num_bytes, FOIL_BYTES)
    return store.slice(foil.place, "text.bin", (foil.text_start, foil.text_start + size))
