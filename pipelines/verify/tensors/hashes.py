"""Hashes: every run of n tokens, and any range of tokens, from one running sum.

    ids a b c d   u = stirred(id + 1)   sum[i] = u[0] + u[1] / B + ... + u[i - 1] / B^(i - 1)
    run of n at i   (sum[i + n] - sum[i]) * B^(i + n - 1) = u[i] B^(n - 1) + ... + u[i + n - 1]
    range [s, e)    the same with n = e - s

All modulo 2^64, where B, being odd, can be divided by. It is the polynomial of
`generators.ngrams.units.rolling`, value for value, so an index of token n-grams can be asked; but
every n, every row and every segment come from the same sum, in five passes (Karp and Rabin,
"Efficient randomized pattern-matching algorithms", 1987, made prefix sums).

Two different runs have the same 64 bits with a chance of about 2^-64; fingerprints of whole rows
are 128 bits, two polynomials of different base and differently stirred tokens. Texts can be made
to collide on purpose; nobody gains by it here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators.ngrams.units import RUN_BASE
from generators.ngrams.words import LETTER_BASE
from pipelines.verify.tensors.arrays import Array, Arrays, IntArray, power_table, table_size

SECOND_BASE = LETTER_BASE
"""Of the second polynomial: 2^64 divided by the golden ratio, odd (Knuth, TAOCP 3, section 6.4)."""
SECOND_SALT = 1 << 32
"""Added to ids before they are stirred for the second polynomial: no id is as large."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """The running sum of some tokens."""

    sums: Array
    """int64[T + 1], on the device."""
    base: int
    arrays: Arrays

    def runs(self, n: int) -> Array:
        """Return the hash of every run of n tokens, int64[max(0, T - n + 1)], on the device."""
        size = len(self.sums) - 1
        if size < n:
            return self.sums[:0]
        return (self.sums[n:] - self.sums[:-n]) * self.arrays.powers(self.base, size)[n - 1 :]

    def ranges(self, starts: IntArray, stops: IntArray) -> IntArray:
        """Return the hash of each range [start, stop), int64[K], on the host; none is empty."""
        found = self.arrays.take(self.sums, np.concatenate([stops, starts]))
        powers = power_table(self.base, table_size(len(self.sums)))
        hashes: IntArray = (found[: len(stops)] - found[len(stops) :]) * powers[stops - 1]
        return hashes


def sums_of(ids: Array, arrays: Arrays, *, base: int = RUN_BASE, salt: int = 1) -> Sums:
    """Return the running sum of int32 ids that lie on the device.

    Cost: five passes of 8 bytes a token and the stirring; 16 bytes a token of powers are kept.
    """
    inverse = pow(base, -1, 1 << 64)
    units = arrays.stirred(ids, salt)
    units *= arrays.powers(inverse, len(ids))
    return Sums(sums=arrays.running(units), base=base, arrays=arrays)


def fingerprints(
    first: Sums, second: Sums, starts: IntArray, stops: IntArray
) -> npt.NDArray[np.int64]:
    """Return 128 bits for each range, int64[K, 2]."""
    return np.stack([first.ranges(starts, stops), second.ranges(starts, stops)], axis=1)
