"""Bars of text: eighths of a block, so that a terminal shows a histogram."""

from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(value: float, most: float, width: int = 30) -> str:
    """Return a bar of up to `width` characters; 1 of 2 at width 4 is `██  `."""
    eighths = round(8 * width * value / most) if most else 0
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def count(number: int, noun: str) -> str:
    """Return 1 and `row` as `1 row`, 2000 as `2,000 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def table(rows: Sequence[Sequence[str]], *, left: int = 1) -> list[str]:
    """Return lines of columns, the first `left` to the left and the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    return [
        "  ".join(
            cell.ljust(width) if index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
