"""Find woven samples again, whatever mix and unit they were woven for.

The marker of a finished WEAVE unit says the keys of its samples (`keys`, also of those that could
not be woven); a key is the sha256 of all that decides a sample's bytes. A marker is read once a
build, 70 bytes for each sample; the sizes of a unit's files are asked only where it is wanted.

    units A: k1 k2, B: k2 k3 (not finished), C: k3   wanted k2 k3 k4   ->   k2: A, k3: C
"""

import json
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.store import Store
from schemas.draw import Int64

READERS = 16
"""Markers that are read at a time: on an object store one takes some 50 ms."""
SAMPLES_FILE = "samples.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The samples of one unit that belong to a mix; the unit may hold others as well."""

    place: str
    """The unit's folder in the store."""
    sample_ids: tuple[str, ...]
    numbers: tuple[int, ...]
    """Of each sample, its number in the order of DRAW."""


def find_woven(store: Store, wanted: Collection[str]) -> dict[str, str]:
    """Return the place of the finished unit that holds each of these keys, where there is one.

    Of several units the first by name; each is of the same bytes. A unit without its marker, or
    with a file that has not its size, is as if it were not there.
    """
    markers = [name for name in store.folder.names("weave") if name.endswith("/done.json")]
    if not wanted or not markers:
        return {}
    asked = frozenset(wanted)

    def among(marker: str) -> frozenset[str]:
        keys: list[str] = json.loads(store.folder.read(marker))["result"].get("keys", [])
        return asked.intersection(keys)

    found: dict[str, str] = {}
    with ThreadPoolExecutor(READERS) as readers:
        for name, held in zip(markers, readers.map(among, markers), strict=True):
            place = name.removesuffix("/done.json")
            new = [key for key in held if key not in found]
            if new and store.done_at(place) is not None:
                found |= dict.fromkeys(new, place)
    return found


def held_table(store: Store, held: Held, columns: Sequence[str]) -> tuple[pa.Table, Int64]:
    """Return columns of the samples of `held` that were woven, and their numbers, int64[N].

    Lines are in the order of the unit. Samples that could not be woven have no line.
    """
    table = store.table(held.place, SAMPLES_FILE).select(columns)
    number = dict(zip(held.sample_ids, held.numbers, strict=True))
    numbers = np.array([number.get(name, -1) for name in _names(table)], np.int64)
    return table.filter(pa.array(numbers >= 0)), numbers[numbers >= 0]


def unwoven_of(store: Store, held: Held) -> list[dict[str, Any]]:
    """Return the samples of `held` that could not be woven: `sample_id` and `reason`."""
    marker = json.loads(store.folder.read(f"{held.place}/done.json"))
    mine = set(held.sample_ids)
    return [entry for entry in marker["result"]["unwoven"] if entry["sample_id"] in mine]


def _names(table: pa.Table) -> list[str]:
    names: list[str] = table["sample_id"].to_pylist()
    return names
