"""Which relative distances a scheme trains: a model that never saw a distance has to guess it.

    0 1 2 | 6 7, target 8    distances 1 2 4 5 6 7 of 1..7: 3 is missing
    0 1 2 3 4                distances 1 2 3 4: nothing beyond the segment's own length

Bands are those of the target: below the length N of the segment, from there to a quarter of the
target, and its other quarters.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
BANDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What R segments of one length have between their tokens."""

    edges: tuple[int, ...]
    """BANDS + 1 distances: band b is [edges[b], edges[b + 1])."""
    shares: tuple[float | None, ...]
    """Of the distances of each band, how many a segment has, on the average; None for an empty
    band."""
    never: int
    """Distances below the target that no segment has."""


def coverage(drawn: Iterable[npt.NDArray[np.int32]], *, length: int, target: int) -> Coverage:
    """Return what segments of `length` tokens cover; each is int32[length], below `target`.

    Cost: a Fourier transform of 2 * target numbers a segment, 10 ms at 131,072.
    """
    quarters = [max(length, -(-target * part // 4)) for part in (1, 2, 3)]
    edges = (1, min(length, target), *quarters, max(length, target))
    starts, sizes = np.array(edges[:-1]), np.diff(edges)
    total, ever, count = np.zeros(BANDS), np.zeros(target, bool), 0
    for positions in drawn:
        present = distances(positions, target)
        sums = np.concatenate([[0], np.cumsum(present)])
        stop = np.minimum(starts + sizes, target)
        total += sums[stop] - sums[np.minimum(starts, target)]
        ever |= present
        count += 1
    shares = [
        float(have) / (count * size) if size and count else None
        for have, size in zip(total, sizes.tolist(), strict=True)
    ]
    return Coverage(edges=edges, shares=tuple(shares), never=int((~ever[1:]).sum()))


def distances(positions: npt.NDArray[np.int32], target: int) -> Flags:
    """Return bool[target]: whether two of the positions are so far apart.

    The autocorrelation of where a position is taken; the transform is long enough not to wrap.
    """
    taken = np.zeros(2 * target)
    taken[positions] = 1
    spectrum = np.fft.rfft(taken)
    counts = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, 2 * target)
    return np.asarray(counts[:target] > 0.5)  # noqa: PLR2004 - counts are whole numbers
