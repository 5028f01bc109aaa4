"""Packing one million document lengths: seconds, padding, and documents cut without need.

    python -m benchmarks.packing [--trl]

The lengths are drawn as a long-context corpus has them: 80 % log-normal around 1,500 tokens, 17 %
around 12,000, 3 % with a heavy tail from 20,000 to 2 M. Documents longer than a row must be cut by
anyone. `best_fit` and `single` cut no others; `concatenate` and `buckets` may cut all of them.
Beside ours stand the lower bound, the arithmetic of concatenate-and-cut alone, and with --trl the
`bfd_split` and `bfd` packings of TRL (where it is installed) over the same lengths in one batch.
`bfd` throws away what is longer than a row.
"""

import argparse
import importlib.util
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from unittest import mock

import numpy as np
import numpy.typing as npt

from benchmarks.measure import row, table
from generators import packing
from generators.packing._bound import lower_bound

Lengths = npt.NDArray[np.int64]
LONGEST = 2_000_000
CUTS_ALL = ("buckets", "concatenate")
"""Packers whose way it is to cut documents that fit into a row."""


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
    lost: int = 0
    """Tokens thrown away of documents that lie in rows."""


def ours(lengths: Lengths, capacity: int, *, name: str) -> Packed:
    """Pack by one of ours; best fit leaves out what no full row can take."""
    packed = packing.load(name)(
        np.random.default_rng(0),
        lengths,
        cuttable=(lengths > capacity) | (name in CUTS_ALL),
        capacity=capacity,
        min_fragment=64,
    )
    is_cut = np.bincount(packed.piece, minlength=len(lengths)) > 1
    return Packed(
        rows=len(packed.free),
        tokens=int(packed.length.sum()),
        cut=int(np.count_nonzero(is_cut & (lengths <= capacity))),
        left=len(packed.left),
    )


def concatenate_and_cut(lengths: Lengths, capacity: int) -> Packed:
    """Cut one long string of documents every `capacity` tokens."""
    ends = np.cumsum(lengths)
    is_cut = (ends - 1) // capacity != (ends - lengths) // capacity
    total = int(ends[-1])
    cut = int(np.count_nonzero(is_cut & (lengths <= capacity)))
    return Packed(rows=-(-total // capacity), tokens=total, cut=cut)


def trl_bfd(lengths: Lengths, capacity: int, *, overflow: Literal["split", "truncate"]) -> Packed:
    """Pack by TRL's best fit decreasing; what is longer than a row is split there, or truncated.

    Its lists hold nothing and are not moved (8 billion tokens would need 64 GB), so the seconds are
    those of the packing alone; what it would truncate is already truncated.
    """
    import pyarrow as pa
    from trl.data_utils import _pack_bfd

    kept = np.minimum(lengths, capacity) if overflow == "truncate" else lengths
    offsets = pa.array(np.concatenate(([0], np.cumsum(kept))))
    ids = pa.LargeListArray.from_arrays(offsets, pa.nulls(int(kept.sum())))
    with mock.patch.multiple(
        "pyarrow.compute", take=_as_it_is, filter=_as_it_is, list_slice=_as_it_is
    ):
        packed = _pack_bfd(pa.table({"input_ids": ids}), capacity, overflow)
    return Packed(rows=len(packed), tokens=int(kept.sum()), lost=int(lengths.sum() - kept.sum()))


def _as_it_is(values: Any, *which: Any) -> Any:
    return values


def packers(*, trl: bool) -> dict[str, Callable[[Lengths, int], Packed]]:
    """Return what is measured, by name; says so where TRL is wanted and not installed."""
    found: dict[str, Callable[[Lengths, int], Packed]] = {
        f"longmix {name}": partial(ours, name=name) for name in packing.names()
    }
    found["concatenate and cut"] = concatenate_and_cut
    if trl and importlib.util.find_spec("trl") is None:
        print("TRL is not installed, so its packings are left out: pip install trl\n")
    elif trl:
        found["TRL bfd_split"] = partial(trl_bfd, overflow="split")
        found["TRL bfd"] = partial(trl_bfd, overflow="truncate")
    return found


def main() -> None:
    """Pack at three row lengths and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--trl", action="store_true", help="run TRL's packings too; minutes more")
    given = parser.parse_args()
    lengths = draw_lengths(np.random.default_rng(0), given.documents)
    print(f"{given.documents:,} documents, {int(lengths.sum()):,} tokens\n")
    measured = packers(trl=given.trl)
    for packer in measured.values():
        packer(lengths[:1000], 8_192)  # imports and first calls are not what is measured
    print(table("row", "packer", "CPU s", "padding %", "cut though they fit", "left out", "lost %"))
    for capacity in (8_192, 32_768, 131_072):
        _print_rows(lengths, capacity, measured)


def _print_rows(
    lengths: Lengths, capacity: int, measured: Mapping[str, Callable[[Lengths, int], Packed]]
) -> None:
    total = int(lengths.sum())
    bound = Packed(rows=lower_bound(lengths, capacity), tokens=total)
    print(row(f"{capacity:,}", "lower bound", "", _padding(bound, capacity), "", "", ""))
    for name, packer in measured.items():
        start = time.process_time()
        packed = packer(lengths, capacity)
        seconds = f"{time.process_time() - start:.2f}"
        counts = (f"{packed.cut:,}", f"{packed.left:,}", f"{100 * packed.lost / total:.2f}")
        cells = (seconds, _padding(packed, capacity), *counts)
        print(row(f"{capacity:,}", name, *cells), flush=True)


def _padding(packed: Packed, capacity: int) -> str:
    return f"{100 * (1 - packed.tokens / (packed.rows * capacity)):.4f}"


if __name__ == "__main__":
    main()
