"""PREPARE: one unit of inputs becomes cleaned text, raw ids and a table of its documents.

A document is read, cleaned, put into the tokenizer's normal form, encoded and written before the
next ones come, so memory follows the largest document and never the corpus: a fixed part and, for
each of the largest document's bytes, 6 (prose in ASCII), 10 (with characters beyond the basic
plane) or 27 (a token and half a line for each byte). Short texts are encoded together, about a
megabyte at a time.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from generators import cleaning, sources
from generators.chunking.breaks import find_breaks
from generators.files import open_place
from generators.tokens.engines import EngineName
from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from pipelines.build.decontaminate import Firewall, open_firewall
from pipelines.build.refine import refine
from pipelines.files import open_folder
from pipelines.store import Store
from schemas.document import OVERLAP, STORED_DOCUMENTS, Document
from schemas.errors import BrokenFile
from schemas.recipe import SourceSpec
from schemas.unit import Item, Unit

BATCH_CHARS = 1_000_000
TABLE_LINES = 10_000
"""Lines of a table that are held as Python objects, and read at once."""
FILES = ("text.bin", "ids.bin", "breaks.bin", "documents.parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a worker must know beside the unit; small, and safe to send."""

    store: str
    inputs: str
    tokenizer: str
    """sha256 of the tokenizer's file in the store."""
    engine: EngineName
    eos_id: int | None = None
    bos_id: int | None = None


_loaded: dict[tuple[str, EngineName, int | None, int | None], Tokenizer] = {}
"""The tokenizer that this process used last: loading one takes as long as encoding 100 MB."""


def tokenizer_of(context: Context) -> Tokenizer:
    """Return the tokenizer of a job, loaded once a process."""
    key = (context.tokenizer, context.engine, context.eos_id, context.bos_id)
    if key not in _loaded:
        data = open_folder(context.store).read(f"tokenizers/{context.tokenizer}.json")
        keep_tokenizer(
            context,
            load_tokenizer(
                data, engine=context.engine, eos_id=context.eos_id, bos_id=context.bos_id
            ),
        )
    return _loaded[key]


def keep_tokenizer(context: Context, tokenizer: Tokenizer) -> None:
    """Let this process use a tokenizer that it has already: the driver's own."""
    _loaded.clear()
    _loaded[context.tokenizer, context.engine, context.eos_id, context.bos_id] = tokenizer


@dataclass(slots=True)
class _Written:
    """Where the next document goes, and the lines of the documents table so far."""

    text: pa.NativeFile
    ids: pa.NativeFile
    breaks: pa.NativeFile
    schema: pa.Schema
    """STORED_DOCUMENTS, and the columns of cleaners and of decontamination."""
    firewall: Firewall | None = None
    text_at: int = 0
    ids_at: int = 0
    breaks_at: int = 0
    tables: list[pa.Table] = field(default_factory=list)
    """All but the latest lines, a twentieth of the size."""
    lines: list[dict[str, Any]] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of lines."""
        return sum(map(len, self.tables)) + len(self.lines)

    def add(self, line: dict[str, Any]) -> None:
        """Add the line of a document."""
        self.lines.append(line)
        if len(self.lines) == TABLE_LINES:
            self.tables, self.lines = [*self.tables, self._table()], []

    def table(self) -> pa.Table:
        """Return all lines."""
        return pa.concat_tables([*self.tables, self._table()])

    def _table(self) -> pa.Table:
        return pa.Table.from_pylist(self.lines, schema=self.schema)

    def cut(self, lines: int) -> None:
        """Leave only the first lines."""
        self.tables, self.lines = [self.table().slice(0, lines)], []


def stored_schema(spec: SourceSpec, firewall: Firewall | None) -> pa.Schema:
    """Return STORED_DOCUMENTS with the columns of the source's cleaners and of the firewall."""
    more = {cleaning.load(part.name).COUNTS: pa.float64() for part in spec.clean}
    more |= OVERLAP if firewall else {}
    return pa.schema([*STORED_DOCUMENTS, *more.items()])


def prepare(context: Context, unit: Unit) -> dict[str, Any]:
    """Do one unit, or nothing when it is done; return its counts and what was quarantined."""
    store = Store(open_folder(context.store))
    found = store.done(unit)
    if found is not None:
        return found
    quarantined: list[dict[str, str]] = []
    with store.writing(unit, *FILES) as (text, ids, breaks, documents):
        firewall = open_firewall(context.store, unit.description["decontaminate"])
        schema = stored_schema(SourceSpec(**unit.description["source"]), firewall)
        written = _Written(text, ids, breaks, schema, firewall)
        for item in unit.description["items"]:
            fault = _prepare_item(context, unit, Item(**item), written)
            if fault is not None:
                quarantined.append(fault)
        pq.write_table(
            written.table().combine_chunks(),
            documents,
            compression="zstd",
            row_group_size=TABLE_LINES,
        )
    result = {
        "documents": len(written),
        "bytes": written.text_at,
        "tokens": written.ids_at,
        "quarantined": quarantined,
    }
    return store.finish(unit, FILES, result)


def _prepare_item(
    context: Context, unit: Unit, item: Item, written: _Written
) -> dict[str, str] | None:
    """Add the documents of one input; return why it is quarantined, None when it is sound.

    A quarantined file's documents are not listed; what was written of them stays unused.
    """
    tokenizer = tokenizer_of(context)
    spec = SourceSpec(**unit.description["source"])
    reader = sources.load(spec.reader)
    before = len(written)
    place = open_place(context.inputs)
    documents = reader.read(item, spec, place, seed=unit.description["seed"] or 0)
    window = unit.description["documents"]
    try:
        for batch in _batches(islice(documents, *window) if window else documents):
            _add(batch, spec, tokenizer, written)
    except BrokenFile as fault:
        if spec.broken_file == "quarantine":
            written.cut(before)
        return {"source": item.source, "uri": item.uri, "reason": fault.reason}
    return None


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    """Group documents by about BATCH_CHARS of text; what was read before a fault comes out."""
    batch: list[Document] = []
    size = 0
    try:
        for document in documents:
            batch.append(document)
            size += len(document.text) + 1000
            if size > BATCH_CHARS:
                yield batch
                batch, size = [], 0
    except BrokenFile:
        yield batch
        raise
    yield batch


def _add(batch: list[Document], spec: SourceSpec, tokenizer: Tokenizer, written: _Written) -> None:
    """Encode and write a batch."""
    refined = [refine(document, spec, tokenizer, firewall=written.firewall) for document in batch]
    encoded = iter(tokenizer.encode_batch([made.text for made in refined if not made.reason]))
    for document, made in zip(batch, refined, strict=True):
        sound = made.reason is None
        data = made.text.encode("utf-8")
        ids = next(encoded) if sound else np.zeros(0, np.int32)
        breaks = find_breaks(data, tokenizer.byte_ends(ids, made.text))
        written.add(
            {
                "doc_id": document.doc_id,
                "uri": document.uri,
                "license": document.license,
                "num_bytes": len(data),
                "num_chars": len(made.text),
                "num_tokens": len(ids),
                "sha256": hashlib.sha256(data).hexdigest() if sound else None,
                "reason": made.reason,
                "text_start": written.text_at,
                "ids_start": written.ids_at,
                "breaks_start": written.breaks_at,
                "num_breaks": len(breaks),
                "num_nul": document.num_nul,
                "num_replaced": document.num_replaced,
                **made.columns,
            }
        )
        written.text.write(data)
        written.ids.write(np.ascontiguousarray(ids, "<i4"))
        written.text_at += len(data)
        written.ids_at += len(ids)
        written.breaks.write(np.ascontiguousarray(breaks, "<i8"))
        written.breaks_at += len(breaks)
