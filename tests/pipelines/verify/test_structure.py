"""Rows judged one by one and as arrays of a group: the same checks, counts and defects."""

import copy
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.verify import mix as mixes
from pipelines.verify.device import Device
from pipelines.verify.findings import Findings
from pipelines.verify.known import Context, forget, known_of
from pipelines.verify.rows import read_rows
from pipelines.verify.structure import Structure, examine_group
from schemas.row import ROWS
from tests.pipelines.verify.broken import Broken, Row, default_mask, digest_of, natural
from tests.pipelines.verify.conftest import Variant, needle_task


def judged(mix: Broken, rows: list[Row], *, by_arrays: bool) -> tuple[Structure, Findings]:
    """Examine rows as a group of their own; the arrays are torch's where they judge."""
    device = "torch" if by_arrays else "cpu"
    known = known_of(Context(mix=str(mix.path), store=mix.store, device=device))
    table, findings = pa.Table.from_pylist(rows, schema=ROWS), Findings()
    structure = examine_group(table, known.examining, by_arrays=by_arrays, findings=findings)
    for number, row in enumerate(read_rows(table, "a.parquet", 0)):
        structure.check(row, number, findings)
    forget()
    return structure, findings


def rows_of(mix: Broken) -> list[Row]:
    return [row for path in mix.shards for row in pq.read_table(path).to_pylist()]


def faults(row: Row) -> dict[str, Row]:
    """Return copies of a natural row, each with one fault."""
    changes: dict[str, Any] = {
        "an id that nobody has": {"input_ids": [99999, *row["input_ids"][1:]]},
        "a row too short": {"input_ids": row["input_ids"][:-1]},
        "segments that do not fill it": {"seq_lengths": row["seq_lengths"][:-1]},
        "positions that fall": {"position_ids": list(range(512))[::-1]},
        "a first token as a target": {"target_mask": [True, *default_mask(row)[1:]]},
        "another cost": {"attn_cost": 0},
        "a gap between spans": {"spans": row["spans"][1:]},
        "another digest": {"row_digest": b"0" * 16},
        "a stage that is not there": {"stage": "later"},
    }
    found = {}
    for name, change in changes.items():
        found[name] = {**copy.deepcopy(row), **change}
        if "row_digest" not in change:
            found[name]["row_digest"] = digest_of(found[name])
    return found


@pytest.mark.parametrize("by_arrays", [False, True])
def test_sound_rows_have_no_defect_and_a_sketch(mix: Broken, *, by_arrays: bool) -> None:
    structure, findings = judged(mix, rows_of(mix), by_arrays=by_arrays)
    assert findings.failed == {}
    assert structure.examined.sketch is not None
    assert findings.checked["sample.unique_tokens"] == len(mix.lines("samples"))


def test_rows_and_arrays_find_the_same_faults(mix: Broken) -> None:
    rows = rows_of(mix)
    broken = faults(next(row for row in rows if natural(row)))
    group = [*broken.values(), *rows]
    alone = judged(mix, group, by_arrays=False)[1]
    together = judged(mix, group, by_arrays=True)[1]
    assert alone.failed == together.failed
    assert {k: v for k, v in alone.checked.items() if v} == together.checked

    def told(findings: Findings) -> list[tuple[str, str, str]]:
        return sorted((d["where"], d["check"], d["expected"]) for d in findings.found)

    assert told(alone) == told(together)
    where = {d["where"] for d in alone.found}
    assert where == {f"a.parquet row {number}" for number in range(len(broken))}


POSITIONS = {"positions": {"scheme": "pose"}, "pos_target_len": 4096}


@pytest.mark.parametrize(
    "changes", [{}, POSITIONS, {"tasks": needle_task(loss="all")}, {"extra_token": True}]
)
def test_verdict_is_the_same_on_every_device(
    variant: Variant, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    """`torch` is torch on the CPU: what a GPU does, slowly."""
    mix = variant(**changes)
    cpu = mix.verdict()
    monkeypatch.setattr(mixes, "resolve", lambda *_, **__: Device(name="torch"))
    torch = mix.verdict()
    assert cpu["passed"]
    assert {**cpu, "device": "torch", "run": None} == {**torch, "run": None}
