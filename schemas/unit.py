"""A unit: one piece of parallel work, known by the sha256 of what it is made from.

The same description gives the same bytes on any machine, so a unit that was done once is done for
ever and two attempts may overlap without harm.
"""

from dataclasses import dataclass
from typing import Any

from schemas.canonical import digest

GENERATIONS = {"train": 1, "prepare": 2, "score": 1, "weave": 1, "assemble": 1, "smoke": 1}
"""Raised by hand when a phase's output changes for the same description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One input that a reader opens: a file, or a folder that is a repository."""

    source: str
    uri: str
    """Relative to `inputs`, or whole when remote."""
    num_bytes: int
    sha256: str
    """Of the file's bytes; of a repository, of its sorted lines `sha256  path`."""
    rest: tuple[tuple[str, str], ...] = ()
    """Where rows are grouped: later files, uri and sha256, that go on with this one's groups."""
    foreign: tuple[str, ...] = ()
    """Where rows are grouped: keys in this file whose group an earlier file began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A phase, its number within the phase, and the canonical description of its work."""

    phase: str
    index: int
    description: dict[str, Any]
    """JSON values only; the phase's generation is part of it."""

    @property
    def fingerprint(self) -> str:
        """Return the sha256 of the description and the phase's generation."""
        return digest(
            {"phase": self.phase, "generation": GENERATIONS[self.phase], "work": self.description}
        )
