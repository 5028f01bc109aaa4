"""One process and many come to the same verdict, whatever comes back first."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.executors import Outcome, Work
from pipelines.executors.local import Local
from pipelines.verify import mix as mixes
from pipelines.verify import units
from schemas.errors import LongmixError
from schemas.unit import Unit
from tests.pipelines.verify.broken import Broken, natural


class Backwards(Local):
    """An executor whose last unit is done first."""

    name = "backwards"

    def run(self, work: Work, units: Iterable[Unit]) -> Iterator[Outcome]:
        yield from super().run(work, [*units][::-1])


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "UNIT_BYTES", 10_000)
    monkeypatch.setattr(units, "UNIT_TEXT_BYTES", 4_000)


def same(verdict: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in verdict.items() if key != "run"}


def broken(mix: Broken) -> Broken:
    """Break rows of both shards, a total and a document."""
    mix.edit_rows(natural, lambda row: row["input_ids"].__setitem__(20, 77))
    mix.edit_rows(lambda row: row["row_id"] == 1, lambda row: row.update(attn_cost=0))
    mix.edit_manifest(lambda manifest: manifest["totals"].update(rows=1))
    return mix


def test_order_in_which_units_are_done_does_not_show(
    mix: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = broken(mix).verdict()
    monkeypatch.setattr(units, "UNIT_BYTES", 10_000)
    monkeypatch.setattr(units, "UNIT_TEXT_BYTES", 4_000)
    split = mix.verdict()
    monkeypatch.setattr(mixes, "_executor", lambda *_: Backwards())
    backwards = mix.verdict()
    assert not whole["passed"]
    assert same(whole) == same(split) == same(backwards)
    assert backwards["run"]["executor"] == "backwards"


ON_RAY = """
import sys
from pipelines.cli import main
from pipelines.verify import units

units.UNIT_BYTES, units.UNIT_TEXT_BYTES = 10_000, 4_000
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.ray
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.usefixtures("small_units")
def test_ray_comes_to_the_same_verdict(mix: Broken, tmp_path: Path, workers: str) -> None:
    """In a process of its own: one process may start one cluster."""
    broken(mix)
    tables = [tmp_path / f"{name}.jsonl" for name in ("local", "ray")]
    alone = mix.verdict(defects=str(tables[0]))
    where = ["verify", str(mix.path), "--store", mix.store, "--json", "--device", "cpu"]
    how = ["--executor", "ray", "--workers", workers, "--defects", str(tables[1])]
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    done = subprocess.run(
        [sys.executable, "-c", ON_RAY, *where, *how],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 6, done.stderr
    many = json.loads(done.stdout)
    assert same(alone) == same(many)
    assert (alone["run"]["executor"], many["run"]["executor"]) == ("local", "ray")
    assert tables[0].read_bytes() == tables[1].read_bytes() != b""


@pytest.mark.usefixtures("small_units")
def test_progress_counts_units_and_what_is_in_them(
    mix: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(io, "StringIO", lambda: stream)
    mix.verdict()
    text = stream.getvalue()
    tokens = f"{mix.manifest['totals']['tokens']:,} tokens"
    assert '"phase": "rows", "done": 0' in text
    assert tokens in text
    assert '"phase": "documents"' in text


def test_unit_that_fails_leaves_no_verdict(mix: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("out of order")

    monkeypatch.setattr(units, "check_part", fail)
    with pytest.raises(LongmixError, match=r"part 1 of 1 of data/main/main-00000\.parquet"):
        mix.verdict()


def test_shard_that_is_not_whole_leaves_out_the_totals(mix: Broken) -> None:
    mix.shards[1].write_bytes(b"PAR1")
    verdict = mix.verdict()
    checks = {entry["check"]: entry for entry in verdict["checks"]}
    assert checks["files.bytes"]["failed"] == 1
    assert "totals.rows" not in checks
    assert checks["shard.rows"]["checked"] == len(mix.manifest["shards"]) - 1
