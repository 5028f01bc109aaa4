"""Units, the words or tokens of a text as arrays, and the hashes of every run of n of them.

The hash of a run is a polynomial of the hashes of its units, modulo 2^64, so order matters:

    units a, b, c  ->  2-grams a*B + b, b*B + c         3-gram a*B^2 + b*B + c

A run of 13 is two runs of 6 and a unit, a run of 6 two runs of 3: about 2 log2(n) passes over the
array. Two different runs share a hash with a chance of about 2^-64: of 10^10 runs looked up in an
index of 10^7, one in 180 such corpora is a false hit. Texts can be made to collide on purpose;
nobody gains by it here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
IntArray = npt.NDArray[np.int64]

RUN_BASE = 0xD1342543DE82EF95
"""Multiplier of runs: a 64-bit multiplier of good spectral quality (Steele and Vigna,
"Computationally easy, spectrally good multipliers", 2021). Odd, so that no unit's hash is lost."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Units:
    """The units of a text, in order."""

    hashes: Hashes = field(repr=False)
    """uint64[N]; equal units have equal hashes."""
    starts: IntArray = field(repr=False)
    """int64[N]: the character of the text where each begins."""
    ends: IntArray = field(repr=False)
    """int64[N]: the character behind each."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.hashes)

    def tail(self, count: int) -> "Units":
        """Return the last `count` units, or all of them when there are fewer."""
        part = slice(max(0, len(self) - count), None)
        return Units(hashes=self.hashes[part], starts=self.starts[part], ends=self.ends[part])


def empty() -> Units:
    """Return the units of a text that has none."""
    nowhere = np.zeros(0, np.int64)
    return Units(hashes=np.zeros(0, np.uint64), starts=nowhere, ends=nowhere)


def joined(parts: Sequence[Units]) -> Units:
    """Return the units of consecutive parts of one text as one."""
    if not parts:
        return empty()
    return Units(
        hashes=np.concatenate([part.hashes for part in parts]),
        starts=np.concatenate([part.starts for part in parts]),
        ends=np.concatenate([part.ends for part in parts]),
    )


def mixed(values: Hashes) -> Hashes:
    """Return values with their bits stirred; different values stay different.

    The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
    generators", 2014). Without it, polynomials of polynomials would collide: hashes of letters
    would add up across the words of a run.
    """
    stirred = values ^ (values >> np.uint64(30))
    stirred *= np.uint64(0xBF58476D1CE4E5B9)
    stirred ^= stirred >> np.uint64(27)
    stirred *= np.uint64(0x94D049BB133111EB)
    stirred ^= stirred >> np.uint64(31)
    return stirred


def rolling(hashes: Hashes, n: int) -> Hashes:
    """Return the hash of every run of n: uint64[N-n+1], and uint64[0] when N < n.

    Raises ValueError when n is less than 1.
    """
    if n < 1:
        raise ValueError(f"n is {n}; a run has at least one unit")
    if len(hashes) < n:
        return np.zeros(0, np.uint64)
    if n == 1:
        return hashes
    half = n // 2
    halves = rolling(hashes, half)
    runs = _chained(halves[:-half], halves[half:], half)
    return _chained(runs[:-1], hashes[2 * half :], 1) if n % 2 else runs


def _chained(left: Hashes, right: Hashes, size: int) -> Hashes:
    """Return the hashes of the runs on the left, each with the run of `size` that follows it."""
    chained = left * np.uint64(pow(RUN_BASE, size, 1 << 64))
    chained += right
    return chained
