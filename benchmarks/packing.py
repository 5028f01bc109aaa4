"""Packing one million document lengths: seconds, padding, and documents cut without need.

    python -m benchmarks.packing [--trl]

The lengths are drawn as a long-context corpus has them: 80 % log-normal around 1,500 tokens, 17 %
around 12,000, 3 % with a heavy tail from 20,000 to 2 M. Documents longer than a row must be cut by
anyone; beside ours stand the lower bound, concatenate-and-cut, and with --trl the `bfd_split`
packing of TRL (which must be installed) over the same lengths in one batch.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt

from benchmarks.measure import row, table
from generators.packing._bound import lower_bound
from generators.packing.best_fit import pack

Lengths = npt.NDArray[np.int64]
LONGEST = 2_000_000


def draw_lengths(rng: np.random.Generator, size: int) -> Lengths:
    """Return int64[size] of document lengths in tokens."""
    kind = rng.random(size)
    short = rng.lognormal(np.log(1_500), 1.1, size)
    middle = rng.lognormal(np.log(12_000), 0.9, size)
    tail = 20_000 * (1 + rng.pareto(1.1, size))
    lengths = np.where(kind < 0.8, short, np.where(kind < 0.97, middle, tail))  # noqa: PLR2004
    return np.clip(lengths, 1, LONGEST).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What a packer made of the lengths."""

    rows: int
    tokens: int
    """In rows, of the documents' own."""
    cut: int = 0
    """Documents cut that fit into a row."""
    left: int = 0
    """Documents that lie in no row."""


def best_fit(lengths: Lengths, capacity: int) -> Packed:
    """Pack by ours, which leaves out what no full row can take."""
    packed = pack(
        np.random.default_rng(0),
        lengths,
        cuttable=lengths > capacity,
        capacity=capacity,
        min_fragment=64,
    )
    return Packed(rows=len(packed.free), tokens=int(packed.length.sum()), left=len(packed.left))


def concatenate_and_cut(lengths: Lengths, capacity: int) -> Packed:
    """Cut one long string of documents every `capacity` tokens."""
    ends = np.cumsum(lengths)
    is_cut = (ends - 1) // capacity != (ends - lengths) // capacity
    total = int(ends[-1])
    cut = int(np.count_nonzero(is_cut & (lengths <= capacity)))
    return Packed(rows=-(-total // capacity), tokens=total, cut=cut)


def trl_bfd(lengths: Lengths, capacity: int) -> Packed:
    """Pack by TRL's best fit decreasing; what is longer than a row is split there too.

    Its lists hold nothing and are not moved (8 billion tokens would need 64 GB), so the seconds are
    those of the packing alone.
    """
    import pyarrow as pa
    from trl.data_utils import _pack_bfd

    offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))))
    ids = pa.LargeListArray.from_arrays(offsets, pa.nulls(int(lengths.sum())))
    with mock.patch.multiple("pyarrow.compute", take=_as_it_is, filter=_as_it_is):
        packed = _pack_bfd(pa.table({"input_ids": ids}), capacity, "split")
    return Packed(rows=len(packed), tokens=int(lengths.sum()))


def _as_it_is(values: Any, which: Any) -> Any:
    return values


def main() -> None:
    """Pack at three row lengths and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--trl", action="store_true", help="run TRL's packing too; a minute more")
    given = parser.parse_args()
    lengths = draw_lengths(np.random.default_rng(0), given.documents)
    print(f"{given.documents:,} documents, {int(lengths.sum()):,} tokens\n")
    print(table("row", "packer", "CPU s", "padding %", "cut though they fit", "left out"))
    packers: dict[str, Callable[[Lengths, int], Packed]] = {
        "longmix best_fit": best_fit,
        "concatenate and cut": concatenate_and_cut,
        **({"TRL bfd_split": trl_bfd} if given.trl else {}),
    }
    for packer in packers.values():
        packer(lengths[:1000], 8_192)  # imports and first calls are not what is measured
    for capacity in (8_192, 32_768, 131_072):
        least = lower_bound(lengths, capacity)
        bound = Packed(rows=least, tokens=int(lengths.sum()))
        print(row(f"{capacity:,}", "lower bound", "", _padding(bound, capacity), "", ""))
        for name, packer in packers.items():
            start = time.process_time()
            packed = packer(lengths, capacity)
            seconds = f"{time.process_time() - start:.2f}"
            cells = (seconds, _padding(packed, capacity), f"{packed.cut:,}", f"{packed.left:,}")
            print(row(f"{capacity:,}", name, *cells), flush=True)


def _padding(packed: Packed, capacity: int) -> str:
    return f"{100 * (1 - packed.tokens / (packed.rows * capacity)):.4f}"


if __name__ == "__main__":
    main()
