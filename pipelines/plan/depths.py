"""How deep evidence is meant to lie, and how deep it came to lie, in tenths of the context.

    stage main, task needle, samples of 4,096   expected  12 11 12 ...   realised  12 11 12 ...

Lengths are those that the recipe asks for. Of tasks whose evidence is natural or spread nothing is
expected; where it lies is counted all the same.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.draw import Draw, SampleDraw
from schemas.layout import DEPTHS

BINS = 10

Group = tuple[str, str, int]
"""A stage, a key of the recipe's `tasks`, and a length."""
Int64 = npt.NDArray[np.int64]


def expected_depths(draw: Draw) -> dict[Group, Int64]:
    """Return int64[BINS] for each group that has samples: the target depths in each tenth."""
    return _count((sample, sample.depths) for sample in draw.samples)


def depth_table(draw: Draw, realised: dict[str, list[float]], targeted: Iterable[str]) -> pa.Table:
    """Return DEPTHS. `realised` has the depths of each sample, `targeted` the uses that plant."""
    uses = set(targeted)
    expected = expected_depths(draw)
    found = _count((sample, realised[sample.sample_id]) for sample in draw.samples)
    lines = [
        {
            "stage": stage,
            "task": use,
            "length": length,
            "tenth": tenth,
            "expected": int(expected[stage, use, length][tenth]) if use in uses else None,
            "realised": count,
        }
        for (stage, use, length), counts in found.items()
        for tenth, count in enumerate(counts.tolist())
    ]
    return pa.Table.from_pylist(lines, schema=DEPTHS)


def _count(found: Iterable[tuple[SampleDraw, Iterable[float]]]) -> dict[Group, Int64]:
    groups: dict[Group, list[float]] = {}
    for sample, depths in found:
        groups.setdefault((sample.stage, sample.use, sample.length), []).extend(depths)
    return {group: np.histogram(depths, BINS, (0, 1))[0] for group, depths in groups.items()}
