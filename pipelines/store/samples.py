"""Finished samples in the store: a table beside their ids and masks.

Numbers count from the sample's first token; the row that takes a sample adds its own start.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.store import Store
from schemas.sample import SAMPLES, Needle, Woven
from schemas.unit import Unit

FILES = ("ids.bin", "mask.bin", "samples.parquet")

_PLACED_LATER = ("row_id", "segment")
STORED_SAMPLES = pa.schema(
    [
        *(field for field in SAMPLES if field.name not in _PLACED_LATER),
        pa.field("needles", pa.string()),
        pa.field("ids_start", pa.int64()),
    ]
)
"""SAMPLES without its place in a row, with the needles (JSON) and the place in `ids.bin`."""


def write_samples(store: Store, unit: Unit, samples: Sequence[Woven]) -> None:
    """Write the files of a WEAVE unit; the marker is the caller's."""
    at = 0
    lines = []
    with store.writing(unit, *FILES) as (ids, mask, table):
        for sample in samples:
            ids.write(np.ascontiguousarray(sample.ids, "<i4"))
            mask.write(np.ascontiguousarray(sample.target_mask, "u1"))
            lines.append(_line(sample, at))
            at += len(sample.ids)
        pq.write_table(
            pa.Table.from_pylist(lines, schema=STORED_SAMPLES), table, compression="zstd"
        )


def _line(sample: Woven, at: int) -> dict[str, Any]:
    line: dict[str, Any] = {
        name: getattr(sample, name) for name in STORED_SAMPLES.names if hasattr(sample, name)
    }
    return line | {
        "num_tokens": len(sample.ids),
        "answer_start": sample.answer[0],
        "answer_end": sample.answer[1],
        "haystack": [asdict(span) for span in sample.haystack],
        "licenses": list(sample.licenses),
        "sentinels": list(sample.sentinels),
        "params": json.dumps(sample.params, sort_keys=True, ensure_ascii=False),
        "needles": json.dumps([asdict(needle) for needle in sample.needles], ensure_ascii=False),
        "ids_start": at,
    }


def read_needles(text: str) -> tuple[Needle, ...]:
    """Return the needles that `needles` of STORED_SAMPLES spells."""
    needles = []
    for entry in json.loads(text):
        fields: dict[str, Any] = entry
        spans = {name: tuple(fields[name]) for name in ("evidence", "question", "answer")}
        needles.append(Needle(**{**fields, **spans}))
    return tuple(needles)
