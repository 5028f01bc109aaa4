"""Structure: what a row group is without its text, by rows and as arrays of the whole group.

    cpu    rows.py judges each row; the arrays of tensors/ only give figures of many rows together
    cuda   the arrays judge: the same checks by the same names, thousands of rows at once

Figures are the same on both: sketches (what stands twice in the mix), n-grams of benchmarks, and
places where an answer's tokens stand though they should not, which the decoded text decides.
"""

from dataclasses import dataclass

import pyarrow as pa

from pipelines.verify.findings import Findings
from pipelines.verify.positions import check_scheme
from pipelines.verify.rows import Row, Rules, check_row, numbered
from pipelines.verify.segments import check_segments
from pipelines.verify.tensors.breaches import Breach
from pipelines.verify.tensors.examine import Examined, Job, examine

OWN = ("sample.unique_tokens",)
"""What only the arrays check: no row by itself."""
TEXTUAL = "needle."
"""Checks of needles, which `samples.py` makes of every sample that is solved again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A row group, examined as arrays."""

    rules: Rules
    examined: Examined
    breaches: dict[int, list[Breach]]
    """By row of the group: those that count."""
    by_arrays: bool
    """Whether the arrays judge rows too."""

    def check(self, row: Row, number: int, findings: Findings) -> bool:
        """Note what is wrong with row `number` of the group; return whether it can be trusted."""
        if not self.by_arrays:
            sound = check_row(row, self.rules, findings)
            if sound:
                check_segments(row, self.rules, findings)
        else:
            sound = bool(self.examined.sound[number])
            if self.examined.drawn[number]:
                _check_draw(row, self.rules, findings)
        for breach in self.breaches.get(number, ()):
            findings.note(breach.check, f"{row.where}{breach.place}", breach.expected)
        return sound


def examine_group(table: pa.Table, job: Job, *, by_arrays: bool, findings: Findings) -> Structure:
    """Examine a row group and count the checks that were made.

    Breaches are noted row by row, by `Structure.check`.
    """
    found = examine(table, job)
    breaches: dict[int, list[Breach]] = {}
    for breach in found.breaches:
        if _counts(breach.check, by_arrays=by_arrays):
            breaches.setdefault(breach.row, []).append(breach)
    made = {name: n for name, n in found.counts.items() if _counts(name, by_arrays=by_arrays)}
    findings.absorb(Findings(checked=made))
    return Structure(rules=job.rules, examined=found, breaches=breaches, by_arrays=by_arrays)


def _counts(check: str, *, by_arrays: bool) -> bool:
    """Say whether the arrays' word counts for a check."""
    return check in OWN or (by_arrays and not check.startswith(TEXTUAL))


def _check_draw(row: Row, rules: Rules, findings: Findings) -> None:
    """Draw positions again, which arrays do not."""
    stage = rules.stages.get(row.scalars["stage"], {})
    check_scheme(numbered(row), rules.recipe, stage, findings)
