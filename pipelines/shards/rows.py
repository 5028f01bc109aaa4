"""Rows of a shard as an Arrow table: ids, boundaries, masks, positions, spans, needles.

Whole arrays for everything that is counted by token; one step of Python a span. Two rows of 8, a
document of 10 tokens with its end id (E), 3 tokens of another:

    input_ids    d0 d1 d2 d3 d4 d5 d6 d7 | d8 d9 E  o0 o1 o2 P  P
    seq_lengths  8                       | 3        3        2

A segment is one span, or several back to back, of one document or of several.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.shards.positions import Laid, Numbering, row_positions, seams
from schemas.row import NEEDLE, ROWS, SPAN, BoolArray, IntArray, row_digest
from schemas.sample import Needle


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSample:
    """What a row takes over from a finished sample; numbers from the sample's first token."""

    task: str
    target_mask: BoolArray
    needles: Sequence[Needle]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where ids and samples come from."""

    ids: Callable[[str, int, int], IntArray]
    """(place, start, stop) -> int32[stop - start]."""
    sample: Callable[[str, str], PlacedSample]
    """(place, sample_id)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFormat:
    """What all rows of a stage have in common."""

    stage: str
    seq_len: int
    row_len: int
    """Ids of a row: seq_len, or one more with `extra_token`."""
    eos_id: int | None
    bos_id: int | None
    pad_id: int
    numbering: Numbering | None = None
    """Where positions come from. None restarts every segment at 0."""
    mask_seams: bool = False
    """Whether the first token of a further document in a segment is no target."""


def rows_table(
    spans: pa.Table, form: RowFormat, sources: Sources, *, first_row: int, num_rows: int
) -> pa.Table:
    """Return ROWS for the rows [first_row, first_row + num_rows); `spans` holds just theirs."""
    columns = {name: spans[name].to_numpy() for name in spans.column_names}
    row = columns["row_id"] - first_row
    at = row * form.row_len + columns["start"]
    shape = (num_rows, form.row_len)
    samples = _samples(columns, sources)
    segments = _segments(columns, row, num_rows)
    pad = form.row_len - _sums(row, columns["length"], num_rows)
    ids = _ids(columns, at, form, sources)
    cut = seams(columns, row) if form.mask_seams else np.zeros(0, np.int64)
    mask = _mask(columns, at, samples, num_rows * form.row_len)
    mask[at[np.append(segments.opens, cut)]] = False
    # What null stands for knows neither samples nor seams.
    masked = np.isin(np.arange(num_rows), row[[*samples, *cut.tolist()]])
    lengths = _segment_lengths(segments, pad)
    positions = _positions(columns, segments, form, first_row)
    mask = mask.reshape(shape)
    given = (mine if yes else None for mine, yes in zip(mask, masked, strict=True))
    digests = map(row_digest, ids.reshape(shape), lengths, given, positions)
    data = {
        "input_ids": _lists(ids, np.full(num_rows, form.row_len), pa.int32()),
        "seq_lengths": pa.array(lengths, pa.list_(pa.int32())),
        "target_mask": _nullable(mask, masked, pa.bool_()),
        "position_ids": pa.array(positions, pa.list_(pa.int32())),
        "spans": _spans(columns, np.bincount(row, minlength=num_rows)),
        "needles": pa.array(_needles(columns, row, samples, num_rows), pa.list_(NEEDLE)),
        "row_id": np.arange(first_row, first_row + num_rows),
        "row_digest": pa.array(digests, pa.binary(16)),
        "stage": pa.repeat(form.stage, num_rows),
        "seq_len": np.full(num_rows, form.seq_len),
        "num_docs": segments.per_row,
        "max_doc_len": np.maximum.reduceat(segments.size, segments.first),
        "num_targets": mask.sum(axis=1),
        "num_pad": pad,
        "attn_cost": _sums(segments.row, segments.size**2, num_rows),
        "rope_mode": columns["rope_mode"][segments.opens[segments.first]],
    }
    arrays = [_array(data[field.name], field.type) for field in ROWS]
    return pa.table(arrays, schema=ROWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segments:
    """The K segments of the rows, in order; padding is none of them."""

    opens: np.ndarray
    """int64[K]: the first span of each."""
    size: np.ndarray
    """int64[K], tokens."""
    row: np.ndarray
    """int64[K], from the first of these rows."""
    per_row: np.ndarray
    """int64[rows]"""

    @property
    def first(self) -> np.ndarray:
        """int64[rows]: the first segment of each row."""
        return np.asarray(np.cumsum(self.per_row) - self.per_row)


def _segments(columns: dict[str, Any], row: np.ndarray, num_rows: int) -> _Segments:
    segment = columns["segment"]
    other = (row[1:] != row[:-1]) | (segment[1:] != segment[:-1])
    opens = np.flatnonzero(np.append(True, other))
    return _Segments(
        opens=opens,
        size=np.add.reduceat(columns["length"].astype(np.int64), opens),
        row=row[opens],
        per_row=np.bincount(row[opens], minlength=num_rows),
    )


def _samples(columns: dict[str, Any], sources: Sources) -> dict[int, PlacedSample]:
    """Return the finished samples by the number of their span."""
    woven = np.flatnonzero([source.startswith("task:") for source in columns["source"]])
    return {
        index: sources.sample(columns["place"][index], columns["doc_id"][index])
        for index in woven.tolist()
    }


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(values, kind)


def _sums(row: np.ndarray, values: np.ndarray, num_rows: int) -> np.ndarray:
    """Return int64[num_rows], the sum of the values of each row."""
    return np.bincount(row, weights=values, minlength=num_rows).astype(np.int64)


def _ids(
    columns: dict[str, Any],
    at: np.ndarray,
    form: RowFormat,
    sources: Sources,
) -> IntArray:
    """Return int32[rows * row_len]: padding, and each span's ids where it stands."""
    num_rows = int(columns["row_id"][-1] - columns["row_id"][0]) + 1
    ids = np.full(num_rows * form.row_len, form.pad_id, np.int32)
    begin, end = columns["begin"].astype(np.int64), columns["end"].astype(np.int64)
    start, stop = at + begin, at + columns["length"] - end
    for place, source, a, b in zip(
        columns["place"], columns["ids_start"].tolist(), start.tolist(), stop.tolist(), strict=True
    ):
        ids[a:b] = sources.ids(place, source, source + b - a)
    if form.bos_id is not None:
        ids[at[begin == 1]] = form.bos_id
    if form.eos_id is not None:
        ids[stop[end == 1]] = form.eos_id
    return ids


def _mask(
    columns: dict[str, Any], at: np.ndarray, samples: dict[int, PlacedSample], size: int
) -> BoolArray:
    """Return bool[rows * row_len]: natural text all but start ids, samples as they say."""
    mask = np.zeros(size, bool)
    begin = columns["begin"]
    for index, (a, length) in enumerate(zip(at.tolist(), columns["length"].tolist(), strict=True)):
        if index in samples:
            mask[a + int(begin[index]) : a + length] = samples[index].target_mask
        else:
            mask[a + int(begin[index]) : a + length] = True
    return mask


def _segment_lengths(segments: _Segments, pad: np.ndarray) -> list[IntArray]:
    """Return the segment lengths of each row, padding last where there is any."""
    rows = np.split(segments.size.astype(np.int32), segments.first[1:])
    return [
        np.append(row, np.int32(empty)) if empty else row
        for row, empty in zip(rows, pad.tolist(), strict=True)
    ]


def _positions(
    columns: dict[str, Any], segments: _Segments, form: RowFormat, first_row: int
) -> list[IntArray | None]:
    """Return the positions of each row, None where they restart in every segment."""
    laid = Laid(
        row=segments.row,
        size=segments.size,
        offset=columns["doc_offset"][segments.opens],
        original=columns["rope_mode"][segments.opens] == "original",
    )
    rows = len(segments.per_row)
    return row_positions(
        laid, form.numbering, first_row=first_row, num_rows=rows, row_len=form.row_len
    )


def _needles(
    columns: dict[str, Any], row: np.ndarray, samples: dict[int, PlacedSample], num_rows: int
) -> list[list[dict[str, Any]]]:
    """Return the needles of each row, their spans counted from the start of the row."""
    result: list[list[dict[str, Any]]] = [[] for _ in range(num_rows)]
    for index, sample in samples.items():
        segment_start = int(columns["start"][index])
        shift = segment_start + int(columns["begin"][index])
        for needle in sample.needles:
            entry = _needle(needle, shift, segment_start)
            entry |= {
                "task": sample.task,
                "sample_id": columns["doc_id"][index],
                "segment": int(columns["segment"][index]),
            }
            result[int(row[index])].append(entry)
    return result


def _needle(needle: Needle, shift: int, segment_start: int) -> dict[str, Any]:
    evidence, question, answer = (
        (start + shift, stop + shift)
        for start, stop in (needle.evidence, needle.question, needle.answer)
    )
    # The context ends at the question, or at the answer when the question comes first.
    context_end = answer[0] if question[0] <= evidence[0] else question[0]
    return {
        "evidence_start": evidence[0],
        "evidence_end": evidence[1],
        "question_start": question[0],
        "question_end": question[1],
        "answer_start": answer[0],
        "answer_end": answer[1],
        "answer": needle.text,
        "role": needle.role,
        "extractive": needle.extractive,
        "target_depth": needle.target_depth,
        "depth": (evidence[0] - segment_start) / (context_end - segment_start),
        "distance": answer[0] - evidence[1],
    }


def _spans(columns: dict[str, Any], counts: np.ndarray) -> pa.Array:
    fields = [pa.array(columns[field.name], field.type) for field in SPAN]
    values = pa.StructArray.from_arrays(fields, fields=list(SPAN))
    return _lists(values, counts, SPAN)


def _lists(values: Any, counts: np.ndarray, kind: pa.DataType) -> pa.Array:
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), _array(values, kind), type=pa.list_(kind))


def _nullable(rows: np.ndarray, given: np.ndarray, kind: pa.DataType) -> pa.Array:
    """Return a list column with the rows that are given, null for the others."""
    sizes = np.where(given, rows.shape[1], 0)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    flat = pa.array(rows[given].ravel(), kind)
    return pa.ListArray.from_arrays(
        pa.array(offsets), flat, type=pa.list_(kind), mask=pa.array(~given)
    )
