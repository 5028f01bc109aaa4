"""Amounts for people: 1.23 GB, 1.5 hours, 20.0 B, books from 65,536."""

from collections.abc import Mapping
from typing import Any

STEP = 1000
ALMOST = 0.9995
"""Of a unit: what would be shown as 1,000.0 of the smaller one."""


def size(num_bytes: float) -> str:
    """Return 1234567890 as `1.23 GB`."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if num_bytes < STEP:
            return f"{num_bytes:.3g} {unit}"
        num_bytes /= STEP
    return f"{num_bytes:.3g} TB"


def duration(seconds: float) -> str:
    """Return 5400 as `1.5 hours`."""
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def amount(number: float) -> str:
    """Return 20000000000 as `20.0 B`, and numbers below a million whole."""
    for unit, length in (("T", 10**12), ("B", 10**9), ("M", 10**6)):
        if number >= ALMOST * length:
            return f"{number / length:,.{2 if number < 10 * length else 1}f} {unit}"
    return f"{number:,.0f}"


def with_lengths(line: Mapping[str, Any]) -> str:
    """Return a source with its documents' lengths: `books from 65,536`, `books below 65,536`.

    `line` has `source`, and `at_least` and `below` where shares go by length.
    """
    start = f" from {line['at_least']:,}" if line.get("at_least") else ""
    end = f" below {line['below']:,}" if line.get("below") else ""
    return f"{line['source']}{start}{end}"
