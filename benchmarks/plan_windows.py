"""What windows give up: their contents against the whole mix, and what a shard is gathered from.

    python -m benchmarks.plan_windows [--documents 10000000] [--window-tokens 20000000000]

The corpus and the recipe of `benchmarks.plan_scale`. The draw is made before there are windows, so
a mix in windows has the same pieces and the same samples as one without, and all its totals are
equal. What differs is which of them stand near each other: for each stage that has windows, the
largest difference between a window and the stage in the share of a source, of a class of lengths
(powers of two) and of a tenth of the depths, all in points; padding; and of how many units' files
a shard is gathered.
"""

import argparse
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from benchmarks.measure import row, table
from benchmarks.plan_scale import plan, recipe_with, woven_of
from pipelines.plan.documents import Documents
from pipelines.plan.layout import Layout
from pipelines.plan.spans import documents_in
from pipelines.plan.windows import Windows, windows_of
from schemas.draw import Draw, Int64
from schemas.recipe import Recipe

Float64 = npt.NDArray[np.float64]


def deviation(window: Int64, group: Int64, weight: Int64, number: int) -> float:
    """Return the largest difference of a group's share of a window from its share of all.

    Arrays of N things: the window, the group and the weight of each.
    """
    size = int(group.max(initial=0)) + 1
    sums = np.bincount(window * size + group, weight, number * size).reshape(number, size)
    own = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1)
    return float(np.abs(own - sums.sum(axis=0) / max(sums.sum(), 1)).max(initial=0.0))


def contents(
    drawn: Draw, documents: Documents, stage: str, windows: Windows
) -> Mapping[str, float | str]:
    """Return how much the windows of a stage differ from it, in points."""
    pieces, corpus = drawn.pieces[stage], documents.corpus
    window, tokens = windows.document[pieces.doc], pieces.stop - pieces.start
    length = np.log2(corpus.num_tokens[pieces.doc]).astype(np.int64)
    sums = np.bincount(window, tokens, windows.number)
    samples = [s for s in drawn.samples if s.stage == stage and s.depths]
    of = np.array([windows.sample[s.sample_id] for s in samples for _ in s.depths], np.int64)
    depth = np.array([d for s in samples for d in s.depths], np.float64)
    tenth = np.minimum(depth * 10, 9).astype(np.int64)
    source = corpus.source[pieces.doc].astype(np.int64)
    each = np.ones_like(of)
    return {
        "window tokens": f"{sums.min():,.0f} to {sums.max():,.0f}",
        "source": 100 * deviation(window, source, tokens, windows.number),
        "length": 100 * deviation(window, length, tokens, windows.number),
        "depth": 100 * deviation(of, tenth, each, windows.number),
        "chance": 100 * chance(of, tenth, windows.number),
    }


def chance(window: Int64, group: Int64, number: int) -> float:
    """Return three standard errors of a group's share in the smallest window, if drawn at random.

    Of n things a tenth: 3 sqrt(.1 * .9 / n).
    """
    least = int(np.bincount(window, minlength=number).min()) if len(window) else 0
    share = np.bincount(group).max(initial=0) / max(len(group), 1)
    return float(3 * np.sqrt(share * (1 - share) / max(least, 1)))


def fan_in(documents: Documents, layout: Layout, stage: str) -> Int64:
    """Return int64[shards]: of how many units' files each full shard of a stage is gathered."""
    shards = layout.shards.filter([name == stage for name in layout.shards["stage"].to_pylist()])
    first = shards["first_row"].to_numpy()
    last = int(first[-1]) + shards["num_rows"][-1].as_py()
    rows = layout.spans["row_id"].to_numpy()
    low, high = np.searchsorted(rows, (first[0], last))
    part = layout.spans.slice(low, high - low)
    doc = documents_in(part, documents)
    unit = documents.table["unit"].to_numpy()[documents.kept[doc]]
    shard = np.searchsorted(first, part["row_id"].to_numpy(), side="right") - 1
    text = doc >= 0
    pairs = np.unique(shard[text] * len(documents.places) + unit[text])
    counts = np.bincount(pairs // len(documents.places), minlength=len(first))
    return counts[: max(len(counts) - 1, 1)]


def report(recipe: Recipe, size: int) -> None:
    """Plan and print the rows of each stage."""
    documents, drawn, layout = plan(size, recipe)
    windows = windows_of(recipe, drawn, documents, woven_of(drawn))
    for stage, found in windows.items():
        mine = layout.shards.filter([n == stage for n in layout.shards["stage"].to_pylist()])
        ids = int(np.sum(mine["num_rows"].to_numpy() * mine["seq_len"].to_numpy()))
        units = fan_in(documents, layout, stage)
        of = contents(drawn, documents, stage, found) if found else {}
        cells = [f"{value:.2f}" if isinstance(value, float) else value for value in of.values()]
        print(
            row(
                stage,
                found.number if found else 1,
                *(cells or [""] * 5),
                f"{100 * int(np.sum(mine['num_pad'].to_numpy())) / ids:.5f}",
                f"{np.mean(units):,.0f}",
                f"{units.max():,}",
                f"{len(documents.places):,}",
            ),
            flush=True,
        )


def main() -> None:
    """Print the tables with and without windows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=10_000_000)
    parser.add_argument("--window-tokens", type=int, nargs="+", default=[20_000_000_000])
    given = parser.parse_args()
    heads = ("window tokens", "source", "length", "depth", "3 s.e.")
    print(table("stage", "windows", *heads, "padding %", "units a shard", "most", "units"))
    for tokens in given.window_tokens:
        report(recipe_with(window_tokens=tokens), given.documents)


if __name__ == "__main__":
    main()
