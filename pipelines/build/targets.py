"""Count the targets of woven samples from the masks that lie beside their ids in the store."""

from collections.abc import Iterable

import numpy as np

from pipelines.store import Store
from pipelines.store.woven import SAMPLES_FILE, Held


def counted_targets(store: Store, samples: Iterable[Held]) -> dict[str, int]:
    """Return the targets of every one of these samples that was woven, by sample_id.

    Reads a byte for each token of all samples of their units, a unit at a time.
    """
    found: dict[str, int] = {}
    for held in samples:
        table = store.table(held.place, SAMPLES_FILE).select(["sample_id", "num_tokens"])
        if not len(table):
            continue
        length = table["num_tokens"].to_numpy().astype(np.int64)
        mask = np.frombuffer(store.folder.read(f"{held.place}/mask.bin"), np.uint8)
        counts = np.add.reduceat(mask, np.cumsum(length) - length, dtype=np.int64)
        counted = dict(zip(table["sample_id"].to_pylist(), counts.tolist(), strict=True))
        found |= {name: counted[name] for name in held.sample_ids if name in counted}
    return found
