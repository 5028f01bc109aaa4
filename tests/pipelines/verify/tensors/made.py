"""Rows made by hand, rules for them, and what the row-by-row checks say of the same rows.

V = 100 ids; 99 ends a text, 98 may open one, both special; 50 is a hole in the vocabulary.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipelines.verify.findings import Findings
from pipelines.verify.rows import Rules, check_row, read_rows
from pipelines.verify.segments import check_segments
from pipelines.verify.tensors.arrays import Arrays, open_arrays
from pipelines.verify.tensors.breaches import Breach
from schemas.row import ROWS, row_digest

Row = dict[str, Any]

VOCABULARY, END, START, HOLE = 100, 99, 98, 50
LENGTH = 24
DRAWN = {"row.position_draw", "row.position_start", "row.position_bound", "row.position_shape"}
"""Checks of what a scheme draws, which stay with the host."""


def rules(**changes: Any) -> Rules:
    """Return rules; `changes` are keys of the recipe."""
    recipe = {
        "extra_token": False,
        "eos": True,
        "bos": "none",
        "fragment_positions": "restart",
        "pos_target_len": None,
        "seed": 0,
        **changes,
    }
    valid, special = np.ones(VOCABULARY, bool), np.zeros(VOCABULARY, bool)
    valid[HOLE] = False
    special[[START, END]] = True
    original = {"share": 0.5, "window": 10}
    return Rules(
        recipe=recipe,
        eos_id=END,
        bos_id=START,
        pad_id=None,
        valid=valid,
        special=special,
        stages={
            "main": {"name": "main", "seq_len": LENGTH, "rope_mode": "rescaled"},
            "mixed": {
                "name": "mixed",
                "seq_len": LENGTH,
                "rope_mode": "rescaled",
                "original": original,
            },
        },
        sentinels={"needle/0": {START}},
    )


def row(
    row_id: int = 0,
    lengths: Sequence[int] = (10, 8, 6),
    *,
    pad: int = 0,
    mask: bool = False,
    positions: Sequence[int] | None = None,
    stage: str = "main",
) -> Row:
    """Return a sound row: natural text of rising ids, an end id after each segment.

    `pad` tokens of padding are the last of `lengths`. With `mask` the default mask is spelled out.
    """
    real = list(lengths)[: -1 if pad else None]
    ids = np.concatenate([[*range(1 + k, n + k), END] for k, n in enumerate(real)])
    found: Row = {
        "input_ids": [*ids.tolist(), *[END] * pad],
        "seq_lengths": list(lengths),
        "target_mask": None,
        "position_ids": None if positions is None else list(positions),
        "spans": spans_of(real, row_id),
        "needles": [],
        "row_id": row_id,
        "row_digest": bytes(16),
        "stage": stage,
        "seq_len": LENGTH,
        "num_docs": len(real),
        "max_doc_len": max(real),
        "num_targets": sum(real) - len(real),
        "num_pad": pad,
        "attn_cost": sum(n * n for n in real),
        "rope_mode": "rescaled",
    }
    if mask:
        found["target_mask"] = [k > 0 for n in real for k in range(n)] + [False] * pad
    return found


def spans_of(lengths: Sequence[int], row_id: int) -> list[Row]:
    starts = itertools.accumulate([0, *lengths[:-1]])
    return [
        {
            "segment": k,
            "start": start,
            "length": length,
            "doc_id": f"books:{row_id}.{k}",
            "doc_offset": 0,
            "source": "books",
            "epoch": 0,
        }
        for k, (start, length) in enumerate(zip(starts, lengths, strict=True))
    ]


def table(rows: Sequence[Row]) -> pa.Table:
    """Return rows as they are read from a shard, with digests that fit."""
    sealed = [{**one, "row_digest": digest(one)} for one in rows]
    return pa.Table.from_pylist(sealed, schema=ROWS)


def digest(one: Row) -> bytes:
    columns = [np.array(one[name], np.int32) for name in ("input_ids", "seq_lengths")]
    mask = None if one["target_mask"] is None else np.array(one["target_mask"], bool)
    positions = None if one["position_ids"] is None else np.array(one["position_ids"], np.int32)
    return row_digest(*columns, mask, positions)


def by_row(found: pa.Table, known: Rules) -> tuple[dict[str, int], list[tuple[int, str, str]]]:
    """Return counts, and (row, check, expected) in order, by the checks that go row by row."""
    counts: Counter[str] = Counter()
    defects = []
    for number, one in enumerate(read_rows(found, "", 0)):
        findings = Findings()
        if check_row(one, known, findings):
            check_segments(one, known, findings)
        for name in (*DRAWN, "row.digest"):
            findings.checked.pop(name, None)
        counts.update(findings.checked)
        told = [d for d in findings.defects if d["check"] in findings.checked]
        defects += [(number, d["check"], d["expected"]) for d in told]
    return dict(counts), defects


def told(breaches: Sequence[Breach]) -> list[tuple[int, str, str]]:
    return [(breach.row, breach.check, breach.expected) for breach in breaches]


def arrays_of(name: str) -> Arrays:
    """Return arrays, or skip the test where torch is not installed."""
    if name != "cpu":
        pytest.importorskip("torch", reason="torch is not installed")
    return open_arrays(name)


def with_sample(
    ids: Sequence[int], needles: Sequence[Row], *, sample_id: str = "needle/0", row_id: int = 0
) -> tuple[Row, Row]:
    """Return a row of one sample, END at its end, and its line of the samples table.

    A needle gives `evidence`, `question` and `answer` as (start, end); what else it gives stays.
    """
    one = row(row_id, (len(ids),))
    one |= {"input_ids": [*ids], "seq_len": len(ids)}
    one["spans"][0] |= {"doc_id": sample_id, "source": "task:needle"}
    for needle in needles:
        spans = {name: needle[name] for name in ("evidence", "question", "answer")}
        ends = {
            f"{n}_{side}": at for n, s in spans.items() for side, at in zip(SIDES, s, strict=True)
        }
        rest = {key: value for key, value in needle.items() if key not in spans}
        depth = spans["evidence"][0] / spans["question"][0]
        one["needles"].append(
            {
                "task": "needle",
                "sample_id": sample_id,
                "segment": 0,
                "answer": " ".join(map(str, ids[slice(*spans["answer"])])),
                "role": "planted",
                "extractive": True,
                "target_depth": depth,
                "depth": depth,
                "distance": spans["answer"][0] - spans["evidence"][1],
                **ends,
                **rest,
            }
        )
    line = {
        "sample_id": sample_id,
        "task": "needle",
        "row_id": row_id,
        "segment": 0,
        "num_tokens": len(ids),
        "loss": "answer",
        "question": "last",
        "unique": "value",
        "depth_kind": "planted",
        "answer_start": min(needle["answer"][0] for needle in needles),
        "answer_end": max(needle["answer"][1] for needle in needles),
    }
    return one, line


def spelled(ids: Sequence[int]) -> str:
    """Return the text of ids: token 17 is the word "17"; those from 60 on stick to the one before.

    17 63 is "173", so that a run of tokens need not be whole words.
    """
    return "".join(f" {k}" if k < GLUED else str(k - GLUED) for k in map(int, ids)).strip()


class Table(dict[str, Row]):
    """Lines of a samples table by sample_id."""

    def take(self, names: Iterable[str]) -> dict[str, Row]:
        return {name: self[name] for name in names if name in self}


SIDES = ("start", "end")
GLUED = 60
