"""Totals: what only all rows together can show, counted row by row and compared at the end.

Each unit counts its own rows; `absorb` adds the units, in their order, and finds rows that come
twice. Memory: 16 bytes and a name for each row.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.verify.documents import Place
from pipelines.verify.findings import Findings
from pipelines.verify.rows import Row


@dataclass(frozen=True, slots=True)
class Met:
    """A row that was read: what it is known by."""

    digest: bytes
    passes: bytes
    """int16 epochs of its spans."""
    where: str
    place: Place


@dataclass(slots=True)
class Totals:
    """What was counted over all rows that were read."""

    counts: Counter[str] = field(default_factory=Counter)
    by_source: Counter[str] = field(default_factory=Counter)
    by_stage: dict[str, Counter[str]] = field(default_factory=dict)
    epochs: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By source: the passes that its text was met in."""
    samples: set[str] = field(default_factory=set)
    last_row: dict[str, int] = field(default_factory=dict)
    """By stage."""
    padded: list[tuple[str, int]] = field(default_factory=list)
    """Stage and row_id of each row with padding."""
    met: list[Met] = field(default_factory=list)
    """The rows of a unit, in order."""
    rows: dict[bytes, Met] = field(default_factory=dict)
    """By digest, of all units: the first row that has it."""
    repeated: int = 0
    """Rows that a later pass cut just as an earlier one."""

    def add(self, row: Row, place: Place) -> None:
        """Count one row."""
        size, pad = len(row.ids), int(row.scalars["num_pad"])
        stage, row_id = row.scalars["stage"], int(row.scalars["row_id"])
        targets = int(row.targets().sum())
        self.counts.update({"rows": 1, "tokens": size, "targets": targets, "pad": pad})
        self.by_stage.setdefault(stage, Counter()).update({"rows": 1, "tokens": size})
        self.last_row[stage] = max(row_id, self.last_row.get(stage, row_id))
        if pad:
            self.padded.append((stage, row_id))
        for span in row.spans:
            self.by_source[span["source"]] += span["length"]
            if span["source"].startswith("task:"):
                self.samples.add(span["doc_id"])
            else:
                self.epochs[span["source"]].add(span["epoch"])
        passes = np.array([span["epoch"] for span in row.spans], "<i2").tobytes()
        self.met.append(Met(row.scalars["row_digest"], passes, row.where, place))

    def absorb(self, other: "Totals", findings: Findings) -> None:
        """Add what a later unit counted, and check that none of its rows was met before."""
        self.counts.update(other.counts)
        self.by_source.update(other.by_source)
        for stage, counts in other.by_stage.items():
            self.by_stage.setdefault(stage, Counter()).update(counts)
        for source, epochs in other.epochs.items():
            self.epochs[source] |= epochs
        self.samples |= other.samples
        for stage, row_id in other.last_row.items():
            self.last_row[stage] = max(row_id, self.last_row.get(stage, row_id))
        self.padded += other.padded
        for row in other.met:
            self._add_digest(row, findings)

    def _add_digest(self, row: Met, findings: Findings) -> None:
        first = self.rows.setdefault(row.digest, row)
        later = first is not row and first.passes != row.passes
        self.repeated += later
        unique = first is row or later
        with findings.at(row.place.shard, row.place.row_id):
            expected = f"a row of its own, it is that of {first.where}"
            findings.need("row.unique", unique, row.where, expected)


def check_totals(
    totals: Totals,
    manifest: dict[str, Any],
    samples: set[str],
    *,
    passes: set[tuple[str, int]],
    findings: Findings,
) -> None:
    """Compare what was counted with the manifest; for a mix that was read whole.

    `passes` are sources and epochs that haystacks use.
    """
    told = manifest["totals"]
    for key in ("rows", "tokens", "targets", "pad"):
        findings.equal(f"totals.{key}", told[key], totals.counts[key], "manifest.json")
    findings.equal("totals.by_source", told["by_source"], dict(totals.by_source), "manifest.json")
    tasks = {
        name.removeprefix("task:"): tokens
        for name, tokens in totals.by_source.items()
        if name.startswith("task:")
    }
    findings.equal("totals.by_task", told["by_task"], tasks, "manifest.json")
    stages = {name: dict(counts) for name, counts in totals.by_stage.items()}
    findings.equal("totals.by_stage", told["by_stage"], stages, "manifest.json")
    missing = sorted(samples - totals.samples)
    findings.equal("sample.placed", missing, [], "samples that no row holds")
    for source, epoch in passes:
        totals.epochs[source].add(epoch)
    _check_epochs(totals, manifest["recipe"], findings)
    early = [row_id for stage, row_id in totals.padded if row_id != totals.last_row[stage]]
    note = f"padding in {len(early)} rows that are not the last of their stage"
    findings.warn("mix.padding", not early, note)
    note = f"{totals.repeated} rows are the same as in an earlier pass"
    findings.warn("mix.repeated", not totals.repeated, note)


def _check_epochs(totals: Totals, recipe: dict[str, Any], findings: Findings) -> None:
    """Check that passes over a source count from 0 without a gap, no further than the recipe."""
    for source, epochs in sorted(totals.epochs.items()):
        most = recipe["max_epochs"] or recipe["sources"].get(source, {}).get("max_epochs", 1)
        expected = list(range(min(most, len(epochs))))
        findings.equal("span.epoch", sorted(epochs), expected, f"passes over {source}")
