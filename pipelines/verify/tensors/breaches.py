"""Breaches: what does not hold, and how often each check was made, for many rows at once.

log.need("row.ids", rows=[0, 1, 2], holds=[True, False, True], expected="ids of the tokenizer")
->  row.ids made 3 times; Breach(check="row.ids", row=1, expected="ids of the tokenizer")
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.verify.tensors.arrays import IntArray
from schemas.row import BoolArray

Words = str | Callable[[int], str]
"""What was expected: the same for all, or of the k-th of the rows that were asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One check that does not hold."""

    check: str
    row: int
    """Index of the row in its group."""
    expected: str
    place: str = ""
    """Where in the row, to stand behind its name: " segment 3", " sample needle/17"; or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checked:
    """What checks of a group came to."""

    counts: dict[str, int]
    """How often each check was made."""
    breaches: tuple[Breach, ...]
    """By row, and for a row in the order of the checks."""
    sound: BoolArray
    """bool[B]: rows whose spans can be trusted for further checks."""
    drawn: BoolArray
    """bool[B]: rows whose positions a scheme draws: the host draws them again
    (`pipelines.verify.positions.check_scheme`)."""


@dataclass(slots=True)
class Log:
    """Counts of checks and the breaches, while a group is checked."""

    numbers: IntArray
    """int64[B]: the index in the whole group of each row that is still looked at."""
    counts: dict[str, int] = field(default_factory=dict)
    breaches: list[Breach] = field(default_factory=list)

    def narrow(self, rows: BoolArray) -> None:
        """Look on at these rows alone."""
        self.numbers = self.numbers[rows]

    def need(
        self,
        check: str,
        rows: IntArray,
        holds: npt.NDArray[np.bool_],
        expected: Words,
        *,
        place: Words = "",
    ) -> None:
        """Count a check of each of K rows, and note where it does not hold.

        `rows` is int64[K] and may name a row more than once; `holds` is bool[K]. A check that is
        made of no row is not counted, as if it were not there.
        """
        if not len(rows):
            return
        self.counts[check] = self.counts.get(check, 0) + len(rows)
        for k in np.flatnonzero(~holds).tolist():
            breach = Breach(
                check=check,
                row=int(self.numbers[rows[k]]),
                expected=expected if isinstance(expected, str) else expected(k),
                place=place if isinstance(place, str) else place(k),
            )
            self.breaches.append(breach)

    def equal(
        self,
        check: str,
        rows: IntArray,
        found: npt.NDArray[Any] | Sequence[Any],
        expected: npt.NDArray[Any] | Sequence[Any],
        *,
        place: Words = "",
    ) -> None:
        """Count a check for equality of two [K]."""
        has, wants = _plain(found), _plain(expected)
        holds = np.fromiter((a == b for a, b in zip(has, wants, strict=True)), bool, len(has))
        words = lambda k: f"{wants[k]!r}, found {has[k]!r}"  # noqa: E731 - two lists, one sentence
        self.need(check, rows, holds, words, place=place)

    def close(self, sound: BoolArray, drawn: BoolArray) -> Checked:
        """Return what was noted, the breaches by row."""
        breaches = tuple(sorted(self.breaches, key=lambda breach: breach.row))
        return Checked(counts=self.counts, breaches=breaches, sound=sound, drawn=drawn)


def _plain(values: npt.NDArray[Any] | Sequence[Any]) -> list[Any]:
    """Return Python's own values: they print as such."""
    return values.tolist() if isinstance(values, np.ndarray) else list(values)
