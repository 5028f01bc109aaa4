"""The verdict as a terminal shows it: a line a check, the first defects, and the figures.

FAIL row.length             1 of 2
  row.length: row 7: expected 4, found 3
mix: FAILED, 3 checks
"""

from typing import Any

from pipelines.verify.sampling import sampling_line
from pipelines.verify.shortcuts import shortcut_lines


def verdict_text(verdict: dict[str, Any]) -> str:
    """Return the verdict for a terminal."""
    lines = [_check_line(entry) for entry in verdict["checks"]]
    lines += [f"  {d['check']}: {d['where']}: expected {d['expected']}" for d in verdict["defects"]]
    rest = sum(entry["failed"] for entry in verdict["checks"]) - len(verdict["defects"])
    if rest:
        lines.append(f"  and {rest:,} more: --defects FILE writes them down")
    lines += shortcut_lines(verdict.get("shortcuts", []))
    if verdict.get("sampling"):
        lines.append(sampling_line(verdict["sampling"], passed=verdict["passed"]))
    if verdict.get("rows"):
        lines.append(_figures(verdict))
    state = "passed" if verdict["passed"] else "FAILED"
    lines.append(f"{verdict['mix']}: {state}, {len(verdict['checks'])} checks")
    return "\n".join(lines)


def _check_line(entry: dict[str, Any]) -> str:
    mark = "FAIL" if entry["failed"] else "warn" if entry["warned"] else "ok  "
    count = f"{entry['checked']:,}"
    if entry["failed"]:
        count = f"{entry['failed']:,} of {count}"
    note = f"  ({entry['note']})" if entry["note"] else ""
    return f"{mark} {entry['check']:<22} {count}{note}"


def _figures(verdict: dict[str, Any]) -> str:
    run = verdict["run"]
    where = verdict["device"] + (f" ({run['gpu']})" if run["gpu"] else "")
    return (
        f"{verdict['tokens']:,} tokens in {verdict['rows']:,} rows, {verdict['samples']:,} samples "
        f"solved again, in {run['seconds']:.1f} s: {run['tokens_per_second']:,} tokens/s on "
        f"{where}, executor {run['executor']}"
    )
