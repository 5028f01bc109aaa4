"""A sample comes out of the store as it went in: a lost needle would be a lie in the mix."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from pipelines.files import open_folder
from pipelines.store import Store
from pipelines.store.samples import FILES, STORED_SAMPLES, read_needles, write_samples
from schemas.sample import HaystackSpan, Needle, Woven
from schemas.unit import Unit

NEEDLE = Needle(
    evidence=(1, 2),
    question=(2, 3),
    answer=(3, 4),
    text="œuvre",
    role="planted",
    extractive=True,
    target_depth=None,
    depth=1 / 3,
    distance=1,
)
WOVEN = Woven(
    sample_id="n-0",
    task="needle",
    task_version=2,
    template="0123abcd",
    split="train",
    loss="answer",
    question="last",
    unique="value",
    depth_kind="planted",
    answerable=True,
    gold="œuvre",
    answer=(3, 4),
    needles=(NEEDLE, replace(NEEDLE, target_depth=0.25)),
    haystack=(HaystackSpan(doc_id="books:a", start=10, end=40, epoch=0),),
    licenses=("CC0",),
    sentinels=(7,),
    params={"keys": 2, "z": None},
    ids=np.array([5, 6, 7, 8, 2], np.int32),
    target_mask=np.array([False, False, False, True, True]),
)
UNIT = Unit(phase="weave", index=0, description={})


def test_needles_survive_their_spelling() -> None:
    text = json.dumps([asdict(needle) for needle in WOVEN.needles])
    assert read_needles(text) == WOVEN.needles


def test_two_samples_lie_one_behind_the_other(tmp_path: Path) -> None:
    store = Store(open_folder(str(tmp_path)))
    short = replace(WOVEN, sample_id="n-1", ids=WOVEN.ids[:3], target_mask=WOVEN.target_mask[:3])
    write_samples(store, UNIT, [WOVEN, short])
    place = store.place(UNIT)
    table = store.table(place, "samples.parquet")
    assert table.schema == STORED_SAMPLES
    first, second = table.to_pylist()
    assert (first["ids_start"], first["num_tokens"]) == (0, 5)
    assert (second["ids_start"], second["num_tokens"]) == (5, 3)
    assert store.ids(place, 5, 8).tolist() == [5, 6, 7]
    assert store.slice(place, "mask.bin", (0, 8)) == b"\0\0\0\1\1\0\0\0"
    assert read_needles(first["needles"]) == WOVEN.needles
    assert (first["answer_start"], first["answer_end"], first["gold"]) == (3, 4, "œuvre")
    assert first["haystack"] == [{"doc_id": "books:a", "start": 10, "end": 40, "epoch": 0}]
    assert (first["params"], first["sentinels"]) == ('{"keys": 2, "z": null}', [7])


def test_the_caller_writes_the_marker(tmp_path: Path) -> None:
    store = Store(open_folder(str(tmp_path)))
    write_samples(store, UNIT, [WOVEN])
    assert store.done(UNIT) is None
    store.finish(UNIT, FILES, {"samples": 1})
    assert store.done(UNIT) == {"samples": 1}
