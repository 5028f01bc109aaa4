"""Arrays: the few operations that numpy and torch spell differently, under one name.

    numpy    ids = arrays.put(ids)     arrays.places(ids == 7)  ->  [3, 9]
    torch    the same, but the ids lie on the device and only 3 and 9 come back

Everything else (`+ * == < & |`, slices) is written the same for both. Numbers are int64 that wrap
around: modulo 2^64 both do the same, so hashes made on a GPU and on a CPU can be joined.
"""

from functools import cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from generators.ngrams.units import mixed
from schemas.errors import RecipeError

Array = Any
"""numpy.ndarray or torch.Tensor."""
IntArray = npt.NDArray[np.int64]


class Arrays(Protocol):
    """Where arrays as long as the tokens live, and what is done with them there."""

    def put(self, values: npt.NDArray[Any]) -> Array:
        """Return the values where this computes; dtype kept. They may be the same memory."""

    def get(self, values: Array) -> npt.NDArray[Any]:
        """Return values on the host."""

    def lookup(self, table: Array, ids: Array) -> Array:
        """Return table[id] for int32 ids, and the last entry for ids outside [0, len(table) - 1).

        `table` is uint8[V + 1], by `put`.
        """

    def places(self, flags: Array) -> IntArray:
        """Return the places of what is true, int64 and rising, on the host."""

    def counts(self, flags: Array, starts: IntArray, stops: IntArray) -> IntArray:
        """Return how many flags of each range [start, stop) are true, int64[K] on the host."""

    def take(self, values: Array, at: IntArray) -> npt.NDArray[Any]:
        """Return the values at these places, on the host."""

    def stirred(self, ids: Array, salt: int) -> Array:
        """Return `generators.ngrams.units.mixed` of int32 ids + salt, as new int64 values."""

    def running(self, values: Array) -> Array:
        """Return the running sum of int64 values, modulo 2^64: int64[T + 1], from 0."""

    def powers(self, base: int, size: int) -> Array:
        """Return base^0, base^1 ... modulo 2^64: int64[size]. Kept for the next call."""


def open_arrays(device: str) -> Arrays:
    """Return the arrays of a device: "cpu" is numpy, "cuda" or "cuda:N" torch on that GPU.

    "torch" is torch on the CPU, for tests. Raises RecipeError for another name; whether the GPU is
    there has been looked at before.
    """
    if device == "cpu":
        return NumpyArrays()
    if device == "torch" or device.partition(":")[0] == "cuda":
        # Here, so that a plain check on the CPU never imports torch.
        from pipelines.verify.tensors.torch_arrays import TorchArrays

        return TorchArrays("cpu" if device == "torch" else device)
    raise RecipeError(f"device '{device}': checks run on 'cpu' or 'cuda'; take one of these")


class NumpyArrays:
    """Arrays of numpy, in the host's memory."""

    def put(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the values themselves."""
        return values

    def get(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the values themselves."""
        return values

    def lookup(self, table: npt.NDArray[Any], ids: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return table[id]; seen as unsigned, an id below 0 is beyond the end too."""
        return table.take(np.ascontiguousarray(ids).view(np.uint32), mode="clip")

    def places(self, flags: npt.NDArray[Any]) -> IntArray:
        """Return the places of what is true."""
        return np.flatnonzero(flags)

    def counts(self, flags: npt.NDArray[Any], starts: IntArray, stops: IntArray) -> IntArray:
        """Return how many flags of each range are true."""
        sums = np.zeros(len(flags) + 1, np.int64)
        np.cumsum(flags, out=sums[1:])
        return sums[stops] - sums[starts]

    def take(self, values: npt.NDArray[Any], at: IntArray) -> npt.NDArray[Any]:
        """Return the values at these places."""
        return values[at]

    def stirred(self, ids: npt.NDArray[Any], salt: int) -> IntArray:
        """Return stirred ids."""
        units = ids.astype(np.int64)
        units += salt
        return mixed(units.view(np.uint64)).view(np.int64)

    def running(self, values: npt.NDArray[Any]) -> IntArray:
        """Return the running sum from 0."""
        sums = np.zeros(len(values) + 1, np.int64)
        np.cumsum(values, out=sums[1:])
        return sums

    def powers(self, base: int, size: int) -> IntArray:
        """Return powers from a table that is kept."""
        return power_table(base, table_size(size))[:size]


def table_size(size: int) -> int:
    """Return the next power of two, so that few different tables are made."""
    return 1 << max(16, (size - 1).bit_length())


@cache
def power_table(base: int, size: int) -> IntArray:
    """Return base^0 ... base^(size - 1) modulo 2^64. Eight bytes each; a process keeps them."""
    table = np.full(size, base % (1 << 64), np.uint64)
    table[0] = 1
    np.cumprod(table, out=table)
    table.flags.writeable = False
    return table.view(np.int64)
