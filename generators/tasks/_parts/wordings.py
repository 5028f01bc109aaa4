r"""How the templates of a task are written down: a few lines each, and ` | ` between short fields.

fields_of("The {key} of the mill | Mill:\n  What turns {keys}?\n", lines=2)
->  ["The {key} of the mill", "Mill:", "What turns {keys}?"]
"""

from collections.abc import Iterator


def fields_of(wordings: str, *, lines: int) -> Iterator[list[str]]:
    """Yield the fields of each group of so many lines.

    Raises ValueError when the last group lacks a line.
    """
    stripped = [line.strip() for line in wordings.strip().splitlines()]
    if len(stripped) % lines:
        raise ValueError(f"{len(stripped)} lines are no groups of {lines}")
    for at in range(0, len(stripped), lines):
        yield [field for line in stripped[at : at + lines] for field in line.split(" | ")]
