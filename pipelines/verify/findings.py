"""What verify found: for each check how often it was made, how often it failed, and where first."""

from dataclasses import dataclass, field
from typing import Any

SHOWN = 50
"""Defects listed one by one; all are counted."""


@dataclass(slots=True)
class Findings:
    """Counts of checks, and the defects by name."""

    checked: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    defects: list[dict[str, str]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    warned: dict[str, int] = field(default_factory=dict)

    def need(self, check: str, holds: Any, where: str, expected: str) -> bool:
        """Count a check; when it does not hold, note where and what was expected. Return it."""
        self.checked[check] = self.checked.get(check, 0) + 1
        if holds:
            return True
        self.failed[check] = self.failed.get(check, 0) + 1
        if len(self.defects) < SHOWN:
            self.defects.append({"check": check, "where": where, "expected": expected})
        return False

    def equal(self, check: str, found: Any, expected: Any, where: str) -> bool:
        """Count a check for equality."""
        return self.need(check, found == expected, where, f"{expected!r}, found {found!r}")

    def warn(self, check: str, holds: Any, note: str) -> None:
        """Count a check whose breach is no defect, but something that the reader must know."""
        self.checked[check] = self.checked.get(check, 0) + 1
        if not holds:
            self.warned[check] = self.warned.get(check, 0) + 1
            self.notes[check] = note

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
