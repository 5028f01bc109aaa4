"""Totals: what only all rows together can show, counted row by row and compared at the end."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from pipelines.verify.findings import Findings
from pipelines.verify.rows import Row


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
    rows: dict[bytes, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    """By digest: where a row was met first, and the passes of its spans."""
    repeated: int = 0
    """Rows that a later pass cut just as an earlier one."""

    def add(self, row: Row, findings: Findings) -> None:
        """Count one row, and check that it was not met before."""
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
        self._add_digest(row, findings)

    def _add_digest(self, row: Row, findings: Findings) -> None:
        passes = tuple(span["epoch"] for span in row.spans)
        first, known = self.rows.setdefault(row.scalars["row_digest"], (row.where, passes))
        twin = first != row.where
        self.repeated += twin and known != passes
        unique = not twin or known != passes
        findings.need("row.unique", unique, row.where, f"a row of its own, it is that of {first}")


def check_totals(
    totals: Totals,
    manifest: dict[str, Any],
    samples: dict[str, dict[str, Any]],
    *,
    documents: dict[str, dict[str, Any]],
    findings: Findings,
) -> None:
    """Compare what was counted with the manifest; for a mix that was read whole."""
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
    missing = sorted(set(samples) - totals.samples)
    findings.equal("sample.placed", missing, [], "samples that no row holds")
    for line in samples.values():
        for piece in line["haystack"]:
            if piece["doc_id"] in documents:
                totals.epochs[documents[piece["doc_id"]]["source"]].add(piece["epoch"])
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
