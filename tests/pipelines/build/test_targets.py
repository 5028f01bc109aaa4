"""Targets of samples are those of their masks, unit by unit."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from pipelines.build.targets import counted_targets
from pipelines.files import open_folder
from pipelines.store import Store
from pipelines.store.samples import FILES, write_samples
from schemas.sample import Woven
from schemas.unit import Unit
from tests.pipelines.store.test_samples import WOVEN


def unit_of(index: int) -> Unit:
    return Unit(phase="weave", index=index, description={"number": index})


def test_masks_are_counted_by_sample(tmp_path: Path) -> None:
    store = Store(open_folder(str(tmp_path)))
    masks = {"a": [False, True, True], "b": [False, False], "c": [False, True]}
    woven = {name: masked(name, mask) for name, mask in masks.items()}
    for index, names in enumerate(["ab", "c", ""]):
        write_samples(store, unit_of(index), [woven[name] for name in names])
        store.finish(unit_of(index), FILES, {})
    found = counted_targets(store, [unit_of(index) for index in range(3)])
    assert found == {"a": 2, "b": 0, "c": 1}


def masked(name: str, mask: list[bool]) -> Woven:
    ids = np.arange(len(mask), dtype=np.int32)
    return replace(WOVEN, sample_id=name, ids=ids, target_mask=np.array(mask))
