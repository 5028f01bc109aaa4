"""Spans: which tokens of which document or sample stand where, from the fragments of a packing.

A piece in tokens of a row: the start id where its document begins, the text, the end id where its
document ends. The packer cuts pieces by these tokens; here the cuts become spans again.

    a document of 5 tokens with an end id, cut after 4:  4 text  |  1 text + end id

Numbers are whole arrays, words are taken by Arrow: there is no Python object for a natural span.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.plan.documents import Documents
from pipelines.plan.parts import Rows
from schemas.draw import Int64
from schemas.layout import PLACED_SPANS

Columns = dict[str, Any]


def placed_spans(rows: Rows, segment: Int64, first_row: int) -> pa.Table:
    """Return PLACED_SPANS, in the order of the rows; `segment` is int64[K], counted through all.

    Memory: some 15 numbers a span, and the names of documents twice.
    """
    columns = _text_columns(rows) | {"segment": segment}
    _put_samples(rows, columns)
    _put_places(rows, columns, first_row)
    columns = _with_repeats(columns)
    columns |= _words(rows, columns)
    arrays = [_array(columns.pop(field.name), field.type) for field in PLACED_SPANS]
    return pa.table(arrays, schema=PLACED_SPANS)


def documents_in(spans: pa.Table, documents: Documents) -> Int64:
    """Return int64[N], the document of each span by corpus index, -1 where it is of none.

    By where it lies in the store, which takes a tenth of the memory of names; by names where two
    documents lie in one place, as copies do.
    """
    lines = documents.kept
    starts = documents.table["ids_start"].to_numpy()[lines]
    size = int(starts.max(initial=0)) + 1
    keys = documents.table["unit"].to_numpy()[lines].astype(np.int64) * size + starts
    turn = np.argsort(keys, kind="stable")
    keys = keys[turn]
    if len(set(documents.places)) < len(documents.places) or (keys[1:] == keys[:-1]).any():
        names = documents.table["doc_id"].take(pa.array(lines)).combine_chunks()
        found = pc.index_in(spans["doc_id"].cast(pa.string()), value_set=names)
        return np.asarray(pc.fill_null(found, -1).to_numpy().astype(np.int64))
    wanted = numbers_of(spans["place"], documents.places) * size
    wanted += spans["ids_start"].to_numpy() - spans["doc_offset"].to_numpy()
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    return np.where(keys[at] == wanted, turn[at], -1) if len(keys) else np.full(len(at), -1)


def numbers_of(column: pa.ChunkedArray, words: Sequence[str]) -> Int64:
    """Return int64[N]: which of `words` each value of a column with dictionaries is, -1 for none.

    Each word is looked up once, whatever the length of the column.
    """
    parts = [np.zeros(0, np.int64)]
    for chunk in column.chunks:
        own = pc.index_in(chunk.dictionary, value_set=pa.array(words, pa.string()))
        parts.append(own.fill_null(-1).to_numpy().astype(np.int64)[chunk.indices.to_numpy()])
    return np.concatenate(parts)


def _text_columns(rows: Rows) -> Columns:
    """Return the columns of natural fragments, 0 where a sample stands.

    `name`, `origin` and `unit` number the words of `_words`.
    """
    stage, packed = rows.stage, rows.packing
    table = stage.documents.table
    natural = packed.piece < len(stage.pieces)
    which = packed.piece[natural]
    doc, begins, at = stage.pieces.doc[which], stage.begins[which], packed.start[natural]
    reaches_end = at + packed.length[natural] == stage.lengths[which]
    offset = stage.pieces.start[which] + np.maximum(at - begins, 0)
    lines = stage.documents.kept[doc]

    def spread(values: np.ndarray, kind: type[np.generic]) -> np.ndarray:
        column = np.zeros(len(packed.piece), kind)
        column[natural] = values
        return column

    return {
        "name": spread(lines, np.int64),
        "doc_offset": spread(offset, np.int64),
        "origin": spread(stage.documents.corpus.source[doc], np.int32),
        "epoch": spread(stage.pieces.epoch[which], np.int16),
        "begin": spread((at == 0) & begins, np.bool_),
        "end": spread((reaches_end & stage.ends[which]) | rows.early_ends[natural], np.bool_),
        "unit": spread(table["unit"].to_numpy()[lines], np.int32),
        "ids_start": spread(table["ids_start"].to_numpy()[lines] + offset, np.int64),
        "repeat": spread(stage.repeat[which], np.int32),
    }


def _put_samples(rows: Rows, columns: Columns) -> None:
    """Put the samples in; their words stand behind those of the documents."""
    stage, piece = rows.stage, rows.packing.piece
    which = piece >= len(stage.pieces)
    number = piece[which] - len(stage.pieces)
    documents = stage.documents
    starts = np.array([sample.ids_start for sample in stage.woven], np.int64)
    columns["name"][which] = len(documents.table) + number
    columns["origin"][which] = len(documents.corpus.sources) + number
    columns["unit"][which] = len(documents.places) + number
    columns["ids_start"][which] = starts[number]


def _put_places(rows: Rows, columns: Columns, first_row: int) -> None:
    """Put in where each span stands; segments count from the first of their row."""
    row = rows.packing.row
    length = rows.packing.length + rows.early_ends
    opens_row = np.append(True, row[1:] != row[:-1])[: len(row)]
    first = np.flatnonzero(opens_row)
    per_row = np.diff(np.append(first, len(row)))
    # A start id before the row's first token belongs to the span that it opens.
    start_id = opens_row & (rows.stage.recipe.bos == "row")
    length = length + start_id
    before = np.cumsum(length) - length
    columns |= {
        "row_id": row + first_row,
        "segment": _small(columns["segment"] - np.repeat(columns["segment"][first], per_row)),
        "start": _small(before - np.repeat(before[first], per_row)),
        "length": _small(length),
        "begin": columns["begin"] | start_id,
        "original": rows.original[row],
    }


def _with_repeats(columns: Columns) -> Columns:
    """Cut spans in two where their first `repeat` tokens were used before.

    Both stand in one segment; the first counts as text of the next pass.
    """
    repeat = columns.pop("repeat")
    if not repeat.any():
        return columns
    head = np.flatnonzero(repeat)
    index = np.sort(np.append(np.arange(len(repeat)), head))
    is_head = np.zeros(len(index), bool)
    is_head[head + np.arange(len(head))] = True
    is_tail = np.append(False, is_head[:-1])
    columns = {name: values[index] for name, values in columns.items()}
    cut = repeat[index]
    opening = np.where(is_head | is_tail, cut + columns["begin"], 0)
    moved = np.where(is_tail, cut, 0)
    columns["start"] += np.where(is_tail, opening, 0)
    columns["length"] = np.where(
        is_head, opening, columns["length"] - np.where(is_tail, opening, 0)
    )
    columns["doc_offset"] += moved
    columns["ids_start"] += moved
    columns["epoch"] += is_head
    columns["begin"] &= ~is_tail
    columns["end"] &= ~is_head
    return columns


def _words(rows: Rows, columns: Columns) -> Columns:
    """Return the columns of words: doc_id and source spelt out, the others by their numbers."""
    stage = rows.stage
    documents, woven = stage.documents, stage.woven
    ids = pa.array([sample.sample_id for sample in woven], pa.string())
    sources = [*documents.corpus.sources, *(f"task:{sample.task}" for sample in woven)]
    places = [*documents.places, *(sample.place for sample in woven)]
    modes: list[str] = [stage.spec.rope_mode, "original"]
    names = pa.chunked_array([*documents.table["doc_id"].chunks, ids])
    return {
        "doc_id": names.take(pa.array(columns.pop("name"))),
        "source": _coded(sources, columns.pop("origin")).dictionary_decode(),
        "place": _coded(places, columns.pop("unit")),
        "rope_mode": _coded(modes, columns.pop("original").astype(np.int8)),
    }


def _coded(words: list[str], codes: np.ndarray) -> pa.DictionaryArray:
    """Return the words by their numbers, each word once in the dictionary, in order."""
    every = pa.array(words, pa.string()).dictionary_encode()
    own = every.indices.to_numpy()[codes]
    return pa.DictionaryArray.from_arrays(pa.array(own, pa.int32()), every.dictionary)


def _small(numbers: Int64) -> np.ndarray:
    """Return int32: numbers within a row."""
    return numbers.astype(np.int32)


def _array(values: Any, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    return pa.array(values, kind) if isinstance(values, np.ndarray) else values
