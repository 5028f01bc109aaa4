"""The picture of docs/packing.md: the same documents in rows, by each packer.

python -m benchmarks.packing_pictures --out docs/packing.svg
"""

import argparse
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.dependency_pictures import BLUE, BROWN, GREEN, save
from benchmarks.packing import CUTS_ALL
from generators import packing
from generators.packing import IntArray, Packing

CAPACITY, FRAGMENT, SEED = 128, 4, 3
NAMES = [*"abcdefghijkl", "sample"]
LENGTHS = np.array([300, 170, 75, 60, 50, 42, 32, 27, 22, 17, 12, 9, 52])
"""Only `a` and `b` are longer than a row."""
HUES = {"g": GREEN, "o": BROWN, "b": BLUE, "s": "#777777"}
TOPICS = "gobgogbogbgos"
"""Of each document its topic, as a colour; a sample has none."""
COLOURS = [HUES[topic] for topic in TOPICS]
TITLES = {
    "best_fit": "whole, and gaps filled by long ones",
    "related": "best_fit, one topic side by side",
    "single": "one document a row",
    "buckets": "segments of one size a row",
    "concatenate": "cut wherever a row ends",
}


def main() -> None:
    """Draw the documents, and a panel for each packer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="an .svg file")
    given = parser.parse_args()
    packed = {name: _packed(name) for name in TITLES}
    figure, axes = plt.subplots(2, 3, figsize=(9.2, 6.6), layout="constrained")
    _draw(axes.flat[0], _alone(), "12 documents and a sample; dotted: a row")
    axes.flat[0].axvline(CAPACITY, color="0.3", lw=0.8, ls=":")
    for axis, (name, title) in zip(axes.flat[1:], TITLES.items(), strict=True):
        _draw(axis, packed[name], f"{name}: {title}")
        _hatch(axis, packed[name])
    figure.supxlabel(
        "colour: topic   grey: sample   hatched: padding   black line: a document is cut   "
        "underlined: one group",
        fontsize=8,
    )
    save(figure, given.out)


def _packed(name: str) -> Packing:
    """Pack by a packer; all but the sample may be cut where that is the packer's way."""
    cuttable = (LENGTHS > CAPACITY) | (name in CUTS_ALL)
    cuttable[-1] = False
    more = {"near": _near()} if packing.needs_near(name) else {}
    return packing.load(name)(
        np.random.default_rng(SEED),
        LENGTHS,
        cuttable=cuttable,
        capacity=CAPACITY,
        min_fragment=FRAGMENT,
        **more,
    )


def _near() -> IntArray:
    """Return int64[N, K]: of each document the others of its colour, -1 behind them."""
    rows = [
        [other for other, its in enumerate(TOPICS) if its == mine != "s" and other != one]
        for one, mine in enumerate(TOPICS)
    ]
    return np.array([row + [-1] * (len(TOPICS) - len(row)) for row in rows])


def _alone() -> Packing:
    """Return each document by itself, as long as it is."""
    each, none = np.arange(len(LENGTHS)), np.zeros(len(LENGTHS), np.int64)
    return Packing(row=each, piece=each, start=none, length=LENGTHS, free=none, left=none[:0])


def _draw(axis: Any, packed: Packing, title: str) -> None:
    """Draw every fragment as a bar with its document's letter, and a line where it is cut."""
    ends = np.cumsum(packed.length)
    first = np.unique(packed.row, return_index=True)[1]
    offset = ends - packed.length - (ends - packed.length)[first][packed.row]
    columns = (packed.row, packed.piece, packed.start, packed.length, offset)
    for row, piece, start, length, left in zip(*(c.tolist() for c in columns), strict=True):
        axis.barh(row, length, left=left, height=0.8, color=COLOURS[piece], ec="white", lw=0.8)
        for cut, edge in (
            (start > 0, left),
            (start + length < LENGTHS[piece], left + length),
        ):
            if cut:
                axis.plot(
                    [edge, edge], [row - 0.46, row + 0.46], color="black", lw=2, clip_on=False
                )
        if length > FRAGMENT:
            middle = left + length / 2
            axis.text(
                middle, row, NAMES[piece], color="white", fontsize=7, ha="center", va="center"
            )
    if packed.group is not None:
        _bracket(axis, packed, offset)
    axis.set_title(title, fontsize=8.5, loc="left")
    axis.set_xlim(0, max(CAPACITY, int(packed.length.max())))
    axis.set_ylim(len(packed.free) - 0.4, -0.7)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)


def _hatch(axis: Any, packed: Packing) -> None:
    rows = np.flatnonzero(packed.free)
    free = packed.free[rows]
    axis.barh(
        rows, free, left=CAPACITY - free, height=0.8, color="white", ec="0.6", hatch="////", lw=0.5
    )


def _bracket(axis: Any, packed: Packing, offset: IntArray) -> None:
    """Underline the members of each group."""
    if packed.group is None:
        return
    for group in np.unique(packed.group[packed.group >= 0]):
        mine = np.flatnonzero(packed.group == group)
        row = packed.row[mine[0]]
        edges = [offset[mine[0]] + 1, offset[mine[-1]] + packed.length[mine[-1]] - 1]
        axis.plot(edges, [row + 0.47] * 2, color="black", lw=1.2)


if __name__ == "__main__":
    main()
