"""The positions of a shard's rows, and the labels where one document ends and the next begins.

    segments of 5 and 3, the first moved by PoSE    0 1 12 13 14 | 0 1 2
    every segment from 0                            null

A segment's draw is keyed by the seed, the stage, the row and the segment's number in it: the same
whatever shard, row group or worker it is made in.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from generators import positions
from generators.seeds import rng_for
from schemas.row import IntArray


class Numbering(Protocol):
    """How the tokens of one segment are numbered."""

    def __call__(self, row_id: int, segment: int, *, length: int, offset: int) -> IntArray:
        """Return int32[length]; `offset` is where the segment begins in its document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """`fragment_positions: continue`: a fragment that ends below this goes on from its offset."""

    below: int

    def __call__(self, row_id: int, segment: int, *, length: int, offset: int) -> IntArray:
        """Return int32[length]."""
        scheme = positions.load("continued")
        found: IntArray = scheme.positions(
            np.random.default_rng(0), length, self.below, scheme.Options(offset=offset)
        )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A scheme of generators/positions, with the keys that all segments of a stage share."""

    scheme: str
    options: Any
    target: int
    seed: int
    stage: str

    def __call__(self, row_id: int, segment: int, *, length: int, offset: int) -> IntArray:
        """Return int32[length]. Cost: 30 microseconds, and what the scheme takes."""
        rng = rng_for(self.seed, "positions", self.stage, row_id, segment)
        return positions.draw(rng, self.scheme, length, target=self.target, options=self.options)


def numbering_of(stage: str, entry: dict[str, Any] | None, below: int | None) -> Numbering | None:
    """Return the numbering that a unit of work describes; None where segments restart."""
    if below is not None:
        return Continued(below=below)
    if entry is None or entry["scheme"] == "restart":
        return None
    return Drawn(
        scheme=entry["scheme"],
        options=positions.options_of(entry["scheme"], entry["fields"]),
        target=entry["target"],
        seed=entry["seed"],
        stage=stage,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """The K segments of R rows as they lie, padding left out."""

    row: np.ndarray
    """int64[K], ascending, from 0."""
    size: np.ndarray
    """int64[K], tokens."""
    offset: np.ndarray
    """int64[K]: where each begins in its document."""
    original: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    """bool[K]: segments of rows that keep the model's original positions, for which nothing is
    drawn; empty for none."""


def row_positions(
    laid: Laid, numbering: Numbering | None, *, first_row: int, num_rows: int, row_len: int
) -> list[IntArray | None]:
    """Return int32[row_len] for each row, or None where every segment counts from 0.

    Padding counts from 0 as well.
    """
    result: list[IntArray | None] = [None] * num_rows
    if numbering is None:
        return result
    draws = isinstance(numbering, Drawn) and len(laid.original) > 0
    edges = np.searchsorted(laid.row, np.arange(num_rows + 1)).tolist()
    for row in range(num_rows):
        a, b = edges[row], edges[row + 1]
        if draws and laid.original[a]:
            continue
        numbers = [
            numbering(first_row + row, k - a, length=int(laid.size[k]), offset=int(laid.offset[k]))
            for k in range(a, b)
        ]
        if all(map(positions.restarts, numbers)):
            continue
        empty = row_len - int(laid.size[a:b].sum())
        result[row] = np.concatenate([*numbers, np.arange(empty)]).astype(np.int32)
    return result


def seams(columns: dict[str, Any], row: np.ndarray) -> np.ndarray:
    """Return int64: the spans that begin, inside a segment, with text that nothing led up to.

    Another document, another pass over the same, or a part of it that does not follow. Where a
    start id opens it, that is no target in any case, and what follows it is foretold by it.
    """
    number, doc = columns["segment"], columns["doc_id"]
    text = columns["length"] - columns["begin"].astype(np.int64) - columns["end"]
    inside = (row[1:] == row[:-1]) & (number[1:] == number[:-1])
    follows = columns["doc_offset"][1:] == columns["doc_offset"][:-1] + text[:-1]
    same = (doc[1:] == doc[:-1]) & (columns["epoch"][1:] == columns["epoch"][:-1])
    opened = columns["begin"][1:].astype(bool)
    return np.flatnonzero(inside & ~(same & follows) & ~opened) + 1
