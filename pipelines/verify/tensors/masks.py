"""Masks: padding, targets, and the numbers that count segments and targets.

lengths [3, 2, 3], num_pad 3, no mask   targets . x x . x . . .   num_targets 3, num_docs 2
"""

import numpy as np

from pipelines.verify.tensors.arrays import Array, Arrays, IntArray
from pipelines.verify.tensors.breaches import Log
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.sizes import PAD


def check_masks(group: TensorGroup, kinds: Array, mask: Array, *, arrays: Arrays, log: Log) -> None:
    """Check padding, counts and targets of rows whose columns fit each other.

    `kinds` is uint8[T], `mask` the values of the rows that have one.
    """
    _check_padding(group, kinds, arrays=arrays, log=log)
    _check_counts(group, log)
    _check_targets(group, mask, arrays=arrays, log=log)


def _check_padding(group: TensorGroup, kinds: Array, *, arrays: Arrays, log: Log) -> None:
    """Check that padding is one last segment of the pad id."""
    pad, lengths = group.scalars["num_pad"], group.lengths
    rows = np.flatnonzero(pad)
    if not len(rows):
        return
    stops = group.ids.offsets[1:][rows]
    same = arrays.counts((kinds & PAD) != 0, stops - pad[rows], stops) == pad[rows]
    last = lengths.values[lengths.offsets[1:][rows] - 1]
    holds = (lengths.sizes[rows] > 1) & (last == pad[rows]) & same
    log.need("row.padding", rows, holds, "one last segment of the pad id")


def _check_counts(group: TensorGroup, log: Log) -> None:
    """Check what rows say of their segments, padding left out."""
    pad, lengths, rows = group.scalars["num_pad"], group.lengths, np.arange(len(group))
    real = lengths.values.astype(np.int64)
    real[lengths.offsets[1:][pad > 0] - 1] = 0
    first = lengths.offsets[:-1]
    found = {
        "attn_cost": np.add.reduceat(real * real, first),
        "num_docs": lengths.sizes - (pad > 0),
        "max_doc_len": np.maximum.reduceat(real, first),
    }
    for name, counted in found.items():
        log.equal(f"row.{name}", rows, group.scalars[name], counted)


def _check_targets(group: TensorGroup, mask: Array, *, arrays: Arrays, log: Log) -> None:
    """Check that neither padding nor a first token is a target, and how many are.

    Where there is no mask all but those are, by definition.
    """
    rows, body, sizes = np.arange(len(group)), group.body, group.ids.sizes
    owners, starts = group.lengths.rows, group.starts
    firsts = np.bincount(owners[starts < body[owners]], minlength=len(rows))
    targets, first, padding = body - firsts, np.zeros_like(body), np.zeros_like(body)
    begin, masked = group.mask.offsets[:-1], group.mask.present
    if masked.any():
        with_mask = masked[owners]
        at = (begin[owners] + starts)[with_mask]
        mine = begin[masked]
        edges = [
            (mine, mine + sizes[masked]),
            (mine + body[masked], mine + sizes[masked]),
            (at, at + 1),
        ]
        whole, tail, one = _counts(mask, edges, arrays)
        targets[masked], padding[masked] = whole, tail
        first = np.bincount(owners[with_mask], weights=one, minlength=len(rows)).astype(np.int64)
    log.equal("row.num_targets", rows, group.scalars["num_targets"], targets)
    log.need("row.first_token", rows, first == 0, "no first token of a segment is a target")
    log.need("row.padding_mask", rows, padding == 0, "padding is no target")


def _counts(mask: Array, edges: list[tuple[IntArray, IntArray]], arrays: Arrays) -> list[IntArray]:
    """Return the targets in each range, of several lists of ranges by one running sum."""
    starts, stops = (np.concatenate(side) for side in zip(*edges, strict=True))
    cuts = np.cumsum([len(start) for start, _ in edges])[:-1]
    return np.split(arrays.counts(mask, starts, stops), cuts)
