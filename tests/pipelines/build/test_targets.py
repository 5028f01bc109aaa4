"""Targets of samples are those of their masks, unit by unit; what is not asked for counts not."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from pipelines.build.targets import counted_targets
from pipelines.files import open_folder
from pipelines.store import Store
from pipelines.store.samples import FILES, write_samples
from pipelines.store.woven import Held
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
    asked = [held(store, 0, "ab"), held(store, 1, "c"), held(store, 2, "d")]
    assert counted_targets(store, asked) == {"a": 2, "b": 0, "c": 1}
    assert counted_targets(store, [held(store, 0, "b")]) == {"b": 0}


def held(store: Store, index: int, names: str) -> Held:
    place = store.place(unit_of(index))
    return Held(place=place, sample_ids=tuple(names), numbers=tuple(range(len(names))))


def masked(name: str, mask: list[bool]) -> Woven:
    ids = np.arange(len(mask), dtype=np.int32)
    return replace(WOVEN, sample_id=name, ids=ids, target_mask=np.array(mask))
