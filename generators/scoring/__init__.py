"""Scores: what can be measured of one document. One module, one score, found by its file name.

A score is a pure function of a stored text; its columns go into the documents table, and the
recipe's `keep` rules are applied to the columns afterwards, so that a changed threshold reads no
text. A value that cannot be had (the text is too short) is None.
"""

from collections.abc import Mapping
from typing import Any, Protocol, cast

import pyarrow as pa

from generators import discovery
from schemas.knobs import Strict
from schemas.selection import Subject

Value = float | str | bytes | None


class Score(Protocol):
    """What a module of this folder offers."""

    Options: type[Strict]
    """The score's own keys in a recipe; `needs`, where they have it, maps the packages that the
    core does not bring to the extra that does."""
    COLUMNS: Mapping[str, pa.DataType]
    """The columns that it fills: float64, or string; binary ones are not published."""
    FOILS: bool
    """Whether it compares with other documents of the same kind."""

    def score(self, subject: Subject, options: Any) -> dict[str, Value]:
        """Return a value for each of COLUMNS."""


def names() -> tuple[str, ...]:
    """Return the names of all scores, sorted; imports none of them."""
    return discovery.names(__name__)


def load(name: str) -> Score:
    """Return the score of this name. Raises RecipeError with the nearest name for any other."""
    return cast(Score, discovery.load(__name__, name, what="score"))
