"""Rows: lengths, boundaries, spans, masks, positions, counts and digests, in numpy.

A row is checked from its own columns: what is counted must be what is stored. Numbers of tokens
count from the start of the row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.verify.findings import Findings
from pipelines.verify.positions import Numbered, check_rising, check_scheme, check_seams, spec_of
from schemas.row import BoolArray, IntArray, row_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the manifest says about all rows."""

    recipe: dict[str, Any]
    eos_id: int | None
    bos_id: int | None
    pad_id: int | None
    valid: BoolArray
    """bool[V]: which ids exist."""
    special: BoolArray
    """bool[V]: which ids are flagged special."""
    stages: dict[str, dict[str, Any]]
    """The recipe's stages by name."""
    sentinels: dict[str, set[int]]
    """By sample_id: special ids that its task placed on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it was read; `where` names it."""

    where: str
    ids: IntArray
    lengths: IntArray
    mask: BoolArray | None
    positions: IntArray | None
    spans: list[dict[str, Any]]
    needles: list[dict[str, Any]]
    scalars: dict[str, Any]

    @property
    def body(self) -> int:
        """Tokens that are not padding."""
        return len(self.ids) - int(self.scalars["num_pad"])

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """int64[S]: the first token of each segment."""
        return np.cumsum(self.lengths, dtype=np.int64) - self.lengths

    def targets(self) -> BoolArray:
        """bool[T]: the mask, or what null stands for."""
        if self.mask is not None:
            return self.mask
        targets = np.ones(len(self.ids), bool)
        targets[self.starts] = False
        targets[self.body :] = False
        return targets


def read_rows(table: pa.Table, path: str, first: int) -> Iterator[Row]:
    """Yield the rows of a row group; `first` is the index of the first within its file."""
    lists = {name: _lists(table[name]) for name in ("input_ids", "seq_lengths")}
    lists |= {name: _lists(table[name]) for name in ("target_mask", "position_ids")}
    rest = table.drop_columns([*lists, "spans", "needles"]).to_pylist()
    spans, needles = table["spans"].to_pylist(), table["needles"].to_pylist()
    for index, scalars in enumerate(rest):
        yield Row(
            where=f"{path} row {first + index}",
            ids=lists["input_ids"][index],
            lengths=lists["seq_lengths"][index],
            mask=lists["target_mask"][index],
            positions=lists["position_ids"][index],
            spans=spans[index] or [],
            needles=needles[index] or [],
            scalars=scalars,
        )


def _lists(column: pa.ChunkedArray) -> list[Any]:
    """Return one array a row, None for null."""
    rows: list[Any] = []
    for chunk in column.chunks:
        offsets = chunk.offsets.to_numpy()
        values = chunk.values.to_numpy(zero_copy_only=False)
        rows += [
            values[offsets[i] : offsets[i + 1]] if valid else None
            for i, valid in enumerate(chunk.is_valid().to_pylist())
        ]
    return rows


def check_row(row: Row, rules: Rules, findings: Findings) -> bool:
    """Check one row and return whether its spans can be trusted for further checks."""
    scalars = _check_scalars(row, rules, findings)
    if not (scalars and _check_ids(row, rules, findings) and _check_sizes(row, findings)):
        return False
    digest = row_digest(row.ids, row.lengths, row.mask, row.positions)
    findings.equal("row.digest", row.scalars["row_digest"], digest, row.where)
    _check_padding(row, rules, findings)
    _check_mask(row, findings)
    _check_positions(row, rules, findings)
    if not _check_spans(row, findings):
        return False
    _check_continued(row, rules, findings)
    _check_seams(row, rules, findings)
    _check_specials(row, rules, findings)
    return True


def _check_scalars(row: Row, rules: Rules, findings: Findings) -> bool:
    """Check what a row says of its stage; return whether its padding is a possible number."""
    scalars, stage = row.scalars, rules.stages.get(row.scalars["stage"], {})
    findings.equal("row.seq_len", scalars["seq_len"], stage.get("seq_len"), row.where)
    modes = [stage.get("rope_mode"), *(["original"] if stage.get("original") else [])]
    known = scalars["rope_mode"] in modes
    findings.need("row.rope_mode", known, row.where, f"one of {modes}, as the stage says")
    possible = 0 <= scalars["num_pad"] < len(row.ids)
    return findings.need("row.num_pad", possible, row.where, "0 or more, less than the row")


def _check_ids(row: Row, rules: Rules, findings: Findings) -> bool:
    """Check that a row has its length, in ids that exist."""
    size = row.scalars["seq_len"] + int(bool(rules.recipe["extra_token"]))
    if not findings.equal("row.length", len(row.ids), size, row.where):
        return False
    known = row.ids.min() >= 0 and row.ids.max() < len(rules.valid) and rules.valid[row.ids].all()
    return findings.need("row.ids", known, row.where, "ids of the tokenizer")


def _check_sizes(row: Row, findings: Findings) -> bool:
    """Check that segments fill the row, and mask and positions have a value for every id."""
    lengths, size = row.lengths, len(row.ids)
    sums = len(lengths) and int(lengths.min()) > 0 and int(lengths.sum()) == size
    sound = findings.need(
        "row.boundaries", sums, row.where, "segments of 1 or more that sum to the row"
    )
    for name, column in (("mask", row.mask), ("positions", row.positions)):
        found = size if column is None else len(column)
        sound &= findings.equal(f"row.{name}_length", found, size, row.where)
    return sound


def _check_padding(row: Row, rules: Rules, findings: Findings) -> None:
    """Check that padding is one last segment of the pad id, and counted nowhere else."""
    pad = int(row.scalars["num_pad"])
    real = row.lengths[:-1] if pad else row.lengths
    where = row.where
    if pad:
        holds = len(row.lengths) > 1 and row.lengths[-1] == pad
        pad_id = rules.eos_id if rules.pad_id is None else rules.pad_id
        holds = holds and (row.ids[row.body :] == (0 if pad_id is None else pad_id)).all()
        findings.need("row.padding", holds, where, "one last segment of the pad id")
    squares = int((real.astype(np.int64) ** 2).sum())
    findings.equal("row.attn_cost", row.scalars["attn_cost"], squares, where)
    findings.equal("row.num_docs", row.scalars["num_docs"], len(real), where)
    findings.equal("row.max_doc_len", row.scalars["max_doc_len"], int(real.max(initial=0)), where)


def _check_mask(row: Row, findings: Findings) -> None:
    targets = row.targets()
    count = int(targets.sum())
    findings.equal("row.num_targets", row.scalars["num_targets"], count, row.where)
    first = not targets[row.starts].any()
    findings.need("row.first_token", first, row.where, "no first token of a segment is a target")
    findings.need(
        "row.padding_mask", not targets[row.body :].any(), row.where, "padding is no target"
    )


def numbered(row: Row) -> Numbered:
    """Return what a row says of its positions."""
    return Numbered(
        where=row.where,
        values=row.positions,
        lengths=row.lengths,
        pad=int(row.scalars["num_pad"]),
        row_id=int(row.scalars["row_id"]),
        stage=row.scalars["stage"],
        original=row.scalars["rope_mode"] == "original",
    )


def _check_positions(row: Row, rules: Rules, findings: Findings) -> None:
    """Check that positions are what the recipe says for a row of this stage."""
    stage = rules.stages.get(row.scalars["stage"], {})
    found = numbered(row)
    check_rising(found, findings)
    check_scheme(found, rules.recipe, stage, findings)


def _check_seams(row: Row, rules: Rules, findings: Findings) -> None:
    """Check that no token is a target where another document begins in a segment, if so asked."""
    spec = spec_of(rules.recipe, rules.stages.get(row.scalars["stage"], {}))
    if spec.get("mask_seams", False):
        check_seams(row.spans, row.targets(), row.where, findings)


def _check_continued(row: Row, rules: Rules, findings: Findings) -> None:
    """Check that fragments start at their offset where `fragment_positions: continue` says so."""
    if rules.recipe["fragment_positions"] != "continue":
        return
    bound = rules.recipe["pos_target_len"] or row.scalars["seq_len"]
    for span in row.spans:
        start, length, offset = span["start"], span["length"], span["doc_offset"]
        if offset + length > bound or not (offset or row.positions is not None):
            continue
        found = () if row.positions is None else row.positions[start : start + length]
        holds = np.array_equal(found, np.arange(offset, offset + length))
        expected = f"positions from {offset} at token {start}"
        findings.need("row.positions", holds, row.where, expected)
    if row.positions is not None:
        below = row.positions.max() < bound
        findings.need("row.positions", below, row.where, f"positions below {bound}")


def _check_spans(row: Row, findings: Findings) -> bool:
    """Check that spans cover all but padding, in order, each inside its segment."""
    start = np.array([span["start"] for span in row.spans], np.int64)
    stop = start + np.array([span["length"] for span in row.spans], np.int64)
    segment = np.array([span["segment"] for span in row.spans], np.int64)
    covers = len(start) > 0 and start[0] == 0 and stop[-1] == row.body
    covers = covers and bool((stop > start).all() and (start[1:] == stop[:-1]).all())
    if not findings.need("row.spans", covers, row.where, "spans that cover all but padding"):
        return False
    known = bool((segment >= 0).all() and (segment < len(row.lengths)).all())
    if known:
        first = row.starts[segment]
        known = bool((first <= start).all() and (stop <= first + row.lengths[segment]).all())
    return findings.need("row.spans", known, row.where, "each span inside its segment")


def _check_specials(row: Row, rules: Rules, findings: Findings) -> None:
    """Check that ids flagged special end a span, open one, or are a sample's own sentinels."""
    at = np.flatnonzero(rules.special[row.ids[: row.body]])
    if not len(at):
        return
    stops = np.cumsum([span["length"] for span in row.spans])
    owners = np.searchsorted(stops, at, side="right")
    bos = rules.recipe["bos"]
    for place, index, owner in zip(at.tolist(), row.ids[at].tolist(), owners.tolist(), strict=True):
        span = row.spans[owner]
        end = rules.recipe["eos"] and index == rules.eos_id and place == stops[owner] - 1
        opens = place == (span["start"] if bos == "document" else 0)
        begin = bos != "none" and index == rules.bos_id and opens
        meant = index in rules.sentinels.get(span["doc_id"], ())
        expected = f"text at token {place}, found the special id {index}"
        findings.need("row.special_ids", end or begin or meant, row.where, expected)
