"""What verify found: for each check how often it was made, how often it failed, and where first.

    unit 0   row.ids 600 checked, 1 failed     row.ids 900 checked, 1 failed
    unit 1   row.ids 300 checked, 0 failed  ->   main-00000.parquet row 7 (row_id 7): row.ids

Units find by themselves; `absorb` adds what they found, in the order of the units, so that one
process and many come to the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

SHOWN = 50
"""Defects listed one by one in a verdict; all are counted."""
KEPT = 100_000
"""Defects kept for the table of all of them: about 50 MB."""
OF_A_UNIT = 10_000
"""Defects that one unit sends: where each row is wrong, more would say no more."""
LISTED = ("check", "where", "expected")


@dataclass(slots=True)
class Findings:
    """Counts of checks, and the defects by name."""

    checked: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    found: list[dict[str, Any]] = field(default_factory=list)
    """Defects: check, where, expected, and the shard and row_id where there is one."""
    notes: dict[str, str] = field(default_factory=dict)
    warned: dict[str, int] = field(default_factory=dict)
    most: int = KEPT
    """Defects that are kept; later ones are only counted."""
    shard: str | None = None
    """Of what is being checked; None where it is no row."""
    row_id: int | None = None

    @property
    def defects(self) -> list[dict[str, str]]:
        """The first defects, as a verdict lists them."""
        return [{key: defect[key] for key in LISTED} for defect in self.found[:SHOWN]]

    @contextmanager
    def at(self, shard: str | None, row_id: int | None = None) -> Iterator[None]:
        """Let the defects that are found within the block carry their shard and row."""
        before = self.shard, self.row_id
        self.shard, self.row_id = shard, row_id
        try:
            yield
        finally:
            self.shard, self.row_id = before

    def need(self, check: str, holds: Any, where: str, expected: str) -> bool:
        """Count a check; when it does not hold, note where and what was expected. Return it."""
        self.checked[check] = self.checked.get(check, 0) + 1
        if not holds:
            self.note(check, where, expected)
        return bool(holds)

    def note(self, check: str, where: str, expected: str) -> None:
        """Note the failure of a check that was counted when it was made."""
        self.failed[check] = self.failed.get(check, 0) + 1
        if len(self.found) < self.most:
            defect = {"check": check, "where": where, "expected": expected}
            self.found.append({**defect, "shard": self.shard, "row_id": self.row_id})

    def equal(self, check: str, found: Any, expected: Any, where: str) -> bool:
        """Count a check for equality."""
        return self.need(check, found == expected, where, f"{expected!r}, found {found!r}")

    def warn(self, check: str, holds: Any, note: str) -> None:
        """Count a check whose breach is no defect, but something that the reader must know."""
        self.checked[check] = self.checked.get(check, 0) + 1
        if not holds:
            self.warned[check] = self.warned.get(check, 0) + 1
            self.notes[check] = note

    def absorb(self, other: "Findings") -> None:
        """Add what was found elsewhere, as if it had been found here, after all so far."""
        mine = (self.checked, self.failed, self.warned)
        for counts, more in zip(mine, (other.checked, other.failed, other.warned), strict=True):
            for name, count in more.items():
                counts[name] = counts.get(name, 0) + count
        self.notes |= other.notes
        self.found += other.found[: self.most - len(self.found)]

    def verdict(self) -> dict[str, Any]:
        """Return everything as JSON values; `passed` when nothing failed."""
        return {
            "passed": not self.failed,
            "checks": [
                {
                    "check": name,
                    "checked": count,
                    "failed": self.failed.get(name, 0),
                    "warned": self.warned.get(name, 0),
                    "note": self.notes.get(name),
                }
                for name, count in sorted(self.checked.items())
            ],
            "defects": self.defects,
        }
