"""What DRAW decides from lengths alone: which tokens are natural rows, which are haystacks.

Documents are known by their index in the corpus (the kept documents, in the order of their
doc_id); token numbers count from the first token of a document's text.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The kept documents of all sources, as whole arrays of D documents."""

    num_tokens: Int64
    """int64[D], tokens of the text."""
    source: npt.NDArray[np.int32]
    """int32[D], index into `sources`."""
    key: npt.NDArray[np.uint64]
    """uint64[D], the first 8 bytes of the text's sha256: what keyed orders are keyed by."""
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """What a row and its segments carry beside text."""

    capacity: int
    """Tokens of a row that segments can fill."""
    end: int
    """1 where documents end with the end id, else 0."""
    begin: int
    """1 where documents begin with the start id, else 0."""
    min_fragment: int
    multiple: int = 1
    """Every segment's length is a multiple of this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """N pieces of documents that natural segments will be made of."""

    doc: Int64
    start: Int64
    stop: Int64
    epoch: Int64

    def __len__(self) -> int:
        """Return N."""
        return len(self.doc)

    @classmethod
    def joined(cls, parts: Iterable["Pieces"]) -> "Pieces":
        """Return the pieces of all parts, one after the other."""
        empty, parts = np.zeros(0, np.int64), list(parts)
        return cls(
            doc=np.concatenate([empty, *(part.doc for part in parts)]),
            start=np.concatenate([empty, *(part.start for part in parts)]),
            stop=np.concatenate([empty, *(part.stop for part in parts)]),
            epoch=np.concatenate([empty, *(part.epoch for part in parts)]),
        )

    def taken(self, which: Int64 | npt.NDArray[np.bool_]) -> "Pieces":
        """Return some of the pieces, by their numbers (int64[M]) or flags (bool[N])."""
        return Pieces(
            doc=self.doc[which],
            start=self.start[which],
            stop=self.stop[which],
            epoch=self.epoch[which],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Tokens [start, stop) of one document that a sample's haystack is made of."""

    doc: int
    start: int
    stop: int
    epoch: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDraw:
    """One sample to weave: how long, how deep, in which pieces of which documents."""

    sample_id: str
    use: str
    """The recipe's key under `tasks`."""
    stage: str
    length: int
    """Most tokens that the sample may have, start and end ids included."""
    depths: tuple[float, ...]
    """Target depth of each piece of evidence."""
    pieces: tuple[Piece, ...] = ()
    """In the order of the text; none where the haystack is noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What a source or a task was asked for in one stage, and what it could give, in tokens."""

    stage: str
    source: str
    """A source's name, `replay:` and a source's name, or `task:` and the recipe's key under
    `tasks`."""
    asked: int
    given: int
    at_least: int = 0
    """Of documents of so many tokens or more."""
    below: int | None = None
    """Of documents of fewer tokens; None means any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Everything that is decided before WEAVE."""

    samples: tuple[SampleDraw, ...]
    pieces: dict[str, Pieces]
    """By stage."""
    supply: tuple[Supply, ...]
    original: dict[str, Pieces] = field(default_factory=dict)
    """By stage: documents for rows with `rope_mode: original`."""
