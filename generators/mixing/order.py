"""Numbers and an order that depend on each document alone.

Every document gets a number from its own key and the stream's salt; sorting by it is a shuffle. A
document that is added or removed changes no other's number and moves no other two against each
other.
"""

import numpy as np
import numpy.typing as npt


def keyed_order(rng: np.random.Generator, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Return int64[N], the indices of `keys` (uint64[N]) in a random order; ties keep theirs."""
    return np.argsort(_numbers(rng, keys), kind="stable").astype(np.int64)


def keyed_uniform(
    rng: np.random.Generator, keys: npt.NDArray[np.uint64]
) -> npt.NDArray[np.float64]:
    """Return float64[N] in [0, 1), one for each of `keys` (uint64[N])."""
    return (_numbers(rng, keys) >> np.uint64(11)).astype(np.float64) / 2.0**53


def _numbers(rng: np.random.Generator, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return _mix(keys ^ rng.integers(0, 2**64, dtype=np.uint64))


def _mix(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return SplitMix64's output function (Steele, Lea, Flood 2014, "Fast splittable PRNGs")."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
