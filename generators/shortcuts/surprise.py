"""Surprise: how odd a run of a text is against the rest of it.

Every run of four characters has a surprise: minus the logarithm of its share in the rest of the
text. What stands often surprises little, an invented word much:

    "and the letter ... KX4-90Q7 ... and the river"     the code is made of runs never met

Planted lines are no part of the rest: ten of one wording would make each other look familiar.
Cost: linear, some ten numpy operations over the text; 30 bytes of memory a character.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Run = tuple[int, int]

GRAM = 4
LARGEST_TABLE = 1 << 18
"""Places of the table of counts, twice the text's at least up to here: a long text has fewer
different runs by far, so few share a place."""
FEWEST_WINDOWS = 8
_PRIME = np.uint32(2654435761)
_UNSEEN = 0.5  # counted for a run that stands nowhere else


class Surprise:
    """The surprise of every place of a text against all of it but the runs `planted`."""

    __slots__ = ("_planted", "_sums")

    def __init__(self, text: str, planted: Sequence[Run]) -> None:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        rest = np.ones(max(len(codes) - GRAM + 1, 0), bool)
        for start, stop in planted:
            rest[max(start - GRAM + 1, 0) : stop] = False
        self._planted = planted
        self._sums: npt.NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(_each(codes, rest))])

    def mean(self, start: int, stop: int) -> float:
        """Return the mean surprise of the runs inside characters [start, stop)."""
        last = min(max(stop - GRAM + 1, start + 1), len(self._sums) - 1)
        first = min(start, last)
        return float(self._sums[last] - self._sums[first]) / max(last - first, 1)

    def percentile(self, run: Run) -> float | None:
        """Return the share of windows of the run's size that surprise less than it; ties half.

        Windows stand side by side, and none touches a planted run. None where fewer than
        FEWEST_WINDOWS are left.
        """
        start, stop = run
        size = max(stop - start - GRAM + 1, 1)
        starts = np.arange(0, len(self._sums) - size, size)
        free = np.ones(len(starts), bool)
        for low, high in self._planted:
            free[max(low - size, 0) // size : -(-high // size)] = False
        starts = starts[free]
        if len(starts) < FEWEST_WINDOWS:
            return None
        others = (self._sums[starts + size] - self._sums[starts]) / size
        own = self.mean(start, stop)
        return float(np.mean(others < own) + 0.5 * np.mean(others == own))


def _each(codes: npt.NDArray[np.uint32], rest: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Return the surprise of the run that begins at each character but the last three.

    `rest` (bool, one for each run) says which runs are counted; none counts itself.
    """
    total = len(rest)
    runs = np.zeros(total, np.uint32)
    for offset in range(min(GRAM, total)):
        runs += codes[offset : offset + total]
        runs *= _PRIME
        runs ^= runs >> np.uint32(15)
    table = min(LARGEST_TABLE, 1 << (2 * total).bit_length())
    runs &= np.uint32(table - 1)
    counted = runs[rest]
    counts = np.bincount(counted, minlength=table)
    size = max(len(counted), 1)
    # A run of the rest is compared with the others of it, a planted one with all.
    among = [np.log(size / np.maximum(counts - own, _UNSEEN)).astype(np.float32) for own in (0, 1)]
    return np.where(rest, among[1][runs], among[0][runs])
