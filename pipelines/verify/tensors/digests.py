"""Digests: the sha256 of every row, by as many threads as one likes.

    check_digests(group, threads=8)  ->  Breach("row.digest", row 3, "b'..', found b'..'")

hashlib lets other threads run while it hashes more than 2,047 bytes (Python's documentation), and
a row is far more; so this is as fast as the cores, beside whatever a GPU does.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from pipelines.verify.tensors.breaches import Checked, Log
from pipelines.verify.tensors.group import TensorGroup
from schemas.row import BoolArray, row_digest


def digests_of(group: TensorGroup, *, threads: int) -> list[bytes]:
    """Return what row_digest must be, for each row. Cost: 4 to 9 bytes a token through sha256."""
    if threads <= 1:
        return list(map(_digest, _with_group(group), range(len(group))))
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(_digest, _with_group(group), range(len(group))))


def check_digests(
    group: TensorGroup, *, threads: int = 1, rows: BoolArray | None = None
) -> Checked:
    """Check row_digest of the rows, or of some of them (bool[B]): those whose columns fit."""
    asked = np.ones(len(group), bool) if rows is None else rows
    part = group.select(asked)
    log = Log(np.flatnonzero(asked))
    found = digests_of(part, threads=threads) if len(part) else []
    log.equal("row.digest", np.arange(len(part)), part.digests, found)
    return log.close(asked, np.zeros(len(group), bool))


def _with_group(group: TensorGroup) -> Iterator[TensorGroup]:
    return (group for _ in range(len(group)))


def _digest(group: TensorGroup, row: int) -> bytes:
    mask = group.mask.row(row) if group.mask.present[row] else None
    positions = group.positions.row(row) if group.positions.present[row] else None
    return row_digest(group.ids.row(row), group.lengths.row(row), mask, positions)
