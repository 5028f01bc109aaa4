"""Count the targets of woven samples from the masks that lie beside their ids in the store."""

from collections.abc import Iterable

import numpy as np

from pipelines.store import Store
from schemas.unit import Unit


def counted_targets(store: Store, units: Iterable[Unit]) -> dict[str, int]:
    """Return the targets of every sample of these WEAVE units, by sample_id.

    Reads a byte for each token of the samples, a unit at a time.
    """
    found: dict[str, int] = {}
    for unit in units:
        place = store.place(unit)
        table = store.table(place, "samples.parquet").select(["sample_id", "num_tokens"])
        if not len(table):
            continue
        length = table["num_tokens"].to_numpy().astype(np.int64)
        mask = np.frombuffer(store.folder.read(f"{place}/mask.bin"), np.uint8)
        counts = np.add.reduceat(mask, np.cumsum(length) - length, dtype=np.int64)
        found |= dict(zip(table["sample_id"].to_pylist(), counts.tolist(), strict=True))
    return found
