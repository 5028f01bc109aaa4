"""Arrays of torch, on a GPU or, for tests, on the CPU. Imported only where a GPU was asked for.

Uploads go through pinned memory and do not wait; the stream keeps the order. Only `get`, `places`,
`counts` and `take` wait for the device.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pipelines.verify.tensors.arrays import IntArray, power_table, table_size

_FACTORS = (0xBF58476D1CE4E5B9 - (1 << 64), 0x94D049BB133111EB - (1 << 64))
"""Of SplitMix64's finaliser (generators/ngrams/units.py), as signed numbers."""


class TorchArrays:
    """Arrays of torch on one device."""

    def __init__(self, device: str) -> None:
        """Take a device that torch knows: "cpu", "cuda", "cuda:1"."""
        self._device = torch.device(device)
        self._pinned = self._device.type == "cuda"
        self._tables: dict[tuple[int, int], torch.Tensor] = {}

    def put(self, values: npt.NDArray[Any]) -> torch.Tensor:
        """Copy to the device. The copy to pinned memory lets the next group be read meanwhile."""
        dtype = torch.from_numpy(np.empty(0, values.dtype)).dtype
        buffer = torch.empty(len(values), dtype=dtype, pin_memory=self._pinned)
        buffer.numpy()[:] = values
        return buffer.to(self._device, non_blocking=True)

    def get(self, values: torch.Tensor) -> npt.NDArray[Any]:
        """Copy to the host."""
        found: npt.NDArray[Any] = values.cpu().numpy()
        return found

    def lookup(self, table: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        """Return table[id]."""
        last = len(table) - 1
        inside = torch.where((ids >= 0) & (ids < last), ids, last)
        return torch.index_select(table, 0, inside)

    def places(self, flags: torch.Tensor) -> IntArray:
        """Return the places of what is true."""
        return self.get(torch.nonzero(flags).flatten()).astype(np.int64, copy=False)

    def counts(self, flags: torch.Tensor, starts: IntArray, stops: IntArray) -> IntArray:
        """Return how many flags of each range are true."""
        sums = self.running(flags)
        return self.get(sums[self.put(stops)] - sums[self.put(starts)])

    def take(self, values: torch.Tensor, at: IntArray) -> npt.NDArray[Any]:
        """Return the values at these places."""
        return self.get(values[self.put(at)])

    def stirred(self, ids: torch.Tensor, salt: int) -> torch.Tensor:
        """Return stirred ids; `>>` of a signed number drags its sign along, so it is masked."""
        stirred = ids.to(torch.int64) + salt
        for shift, factor in zip((30, 27), _FACTORS, strict=True):
            stirred = (stirred ^ _shifted(stirred, shift)) * factor
        return stirred ^ _shifted(stirred, 31)

    def running(self, values: torch.Tensor) -> torch.Tensor:
        """Return the running sum from 0."""
        sums = torch.zeros(len(values) + 1, dtype=torch.int64, device=self._device)
        torch.cumsum(values, 0, dtype=torch.int64, out=sums[1:])
        return sums

    def powers(self, base: int, size: int) -> torch.Tensor:
        """Return powers from a table that stays on the device."""
        key = (base, table_size(size))
        if key not in self._tables:
            self._tables[key] = self.put(power_table(*key))
        return self._tables[key][:size]


def _shifted(values: torch.Tensor, shift: int) -> torch.Tensor:
    return (values >> shift) & ((1 << (64 - shift)) - 1)
