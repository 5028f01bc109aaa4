"""Packing one million document lengths: seconds, padding, and documents cut without need.

    python -m benchmarks.packing [--law LAW] [--documents N] [--rows 32768 131072] [--trl]

    mixed   as a long-context corpus has them: 80 % log-normal around 1,500 tokens, 17 % around
            12,000, 3 % with a heavy tail from 20,000 to 2 M
    long    those of `mixed` that have 8,192 tokens or more: nothing short is left for gaps
    whole   evenly from a tenth of a row to a row: nothing may be cut either

Documents longer than a row must be cut by anyone. `best_fit`, `related` and `single` cut no others;
`concatenate` and `buckets` may cut all of them. `related` is told 16 neighbours of each document,
drawn from the 50 of its topic. Beside ours stand the lower bound, concatenate-and-cut and next fit,
and with --trl the `bfd_split` and `bfd` packings of TRL (where it is installed) over the same
lengths in one batch. `bfd` throws away what is longer than a row.
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
LONG = 8_192
CUTS_ALL = ("buckets", "concatenate")
"""Packers whose way it is to cut documents that fit into a row."""
TOPIC, NEIGHBOURS = 50, 16
"""Documents of a topic, and how many of them each one is told to be near."""


def draw_lengths(rng: np.random.Generator, size: int, *, law: str, capacity: int) -> Lengths:
    """Return int64[size] of document lengths in tokens, by one of the laws above."""
    if law == "whole":
        return rng.integers(capacity // 10, capacity, size, endpoint=True)
    if law == "mixed":
        return _mixed(rng, size)
    drawn = _mixed(rng, 8 * size)  # about a quarter is long
    return drawn[drawn >= LONG][:size]


def _mixed(rng: np.random.Generator, size: int) -> Lengths:
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


def ours(
    lengths: Lengths, capacity: int, *, name: str, near: Mapping[int, Lengths] | None = None
) -> Packed:
    """Pack by one of ours; best fit leaves out what no full row can take.

    `near` has the neighbours, int64[N, K], by the number of documents: they are given, not found.
    """
    more = {"near": near[lengths.size]} if near and packing.needs_near(name) else {}
    packed = packing.load(name)(
        np.random.default_rng(0),
        lengths,
        cuttable=(lengths > capacity) | (name in CUTS_ALL),
        capacity=capacity,
        min_fragment=64,
        **more,
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


def next_fit(lengths: Lengths, capacity: int) -> Packed:
    """Put documents one behind the other, and open a row for each that finds no room.

    Of longer ones the ends that their full rows leave over come here.
    """
    full = int((lengths // capacity).sum())
    ends = np.cumsum(lengths % capacity)
    rows, filled, last = 0, 0, int(ends[-1])
    while filled < last:
        filled = int(ends[np.searchsorted(ends, filled + capacity, side="right") - 1])
        rows += 1
    return Packed(rows=full + rows, tokens=int(lengths.sum()))


def neighbours(rng: np.random.Generator, size: int) -> Lengths:
    """Return int64[size, NEIGHBOURS]: documents drawn from the same TOPIC documents."""
    own = np.arange(size)[:, None]
    steps = rng.integers(1, TOPIC, (size, NEIGHBOURS))
    found = own // TOPIC * TOPIC + (own + steps) % TOPIC
    return np.where(found < size, found, -1)


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


def packers(
    near: Mapping[int, Lengths], *, trl: bool
) -> dict[str, Callable[[Lengths, int], Packed]]:
    """Return what is measured, best fit first; says so where TRL is wanted and not installed."""
    names = sorted(packing.names(), key=lambda name: (name != "best_fit", name))
    found: dict[str, Callable[[Lengths, int], Packed]] = {
        f"longmix {name}": partial(ours, name=name, near=near) for name in names
    }
    found["concatenate and cut"] = concatenate_and_cut
    found["next fit"] = next_fit
    if trl and importlib.util.find_spec("trl") is None:
        print("TRL is not installed, so its packings are left out: pip install trl\n")
    elif trl:
        found["TRL bfd_split"] = partial(trl_bfd, overflow="split")
        found["TRL bfd"] = partial(trl_bfd, overflow="truncate")
    return found


def main() -> None:
    """Pack at each row length and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--law", choices=("mixed", "long", "whole"), default="mixed")
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, nargs="+", default=[8_192, 32_768, 131_072])
    parser.add_argument("--trl", action="store_true", help="run TRL's packings too; minutes more")
    given = parser.parse_args()
    few = 1_000
    near = {num: neighbours(np.random.default_rng(1), num) for num in (few, given.documents)}
    measured = packers(near, trl=given.trl)
    # Imports, first calls and the first memory that is asked for are not what is measured.
    for num, which in ((few, measured), (given.documents, ("longmix best_fit",))):
        warm = draw_lengths(np.random.default_rng(0), num, law=given.law, capacity=8_192)
        for name in which:
            measured[name](warm, 8_192)
    names = ("CPU s", "times best fit", "padding %", "cut though they fit", "left out", "lost %")
    print(table("row", "packer", *names))
    sums = []
    for capacity in given.rows:
        lengths = draw_lengths(
            np.random.default_rng(0), given.documents, law=given.law, capacity=capacity
        )
        _print_rows(lengths, capacity, measured)
        sums.append(f"{int(lengths.sum()):,}")
    print(f"\n{given.documents:,} documents of {', '.join(sums)} tokens")


def _print_rows(
    lengths: Lengths, capacity: int, measured: Mapping[str, Callable[[Lengths, int], Packed]]
) -> None:
    total, best = int(lengths.sum()), 0.0
    bound = Packed(rows=lower_bound(lengths, capacity), tokens=total)
    print(row(f"{capacity:,}", "lower bound", "", "", _padding(bound, capacity), "", "", ""))
    for name, packer in measured.items():
        start = time.process_time()
        packed = packer(lengths, capacity)
        seconds = time.process_time() - start
        best = best or seconds
        counts = (f"{packed.cut:,}", f"{packed.left:,}", f"{100 * packed.lost / total:.2f}")
        cells = (f"{seconds:.2f}", f"{seconds / best:.2f}", _padding(packed, capacity), *counts)
        print(row(f"{capacity:,}", name, *cells), flush=True)


def _padding(packed: Packed, capacity: int) -> str:
    return f"{100 * (1 - packed.tokens / (packed.rows * capacity)):.4f}"


if __name__ == "__main__":
    main()
