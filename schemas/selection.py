"""What selection hands from room to room: a cleaned text, and a text that is scored."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from schemas.document import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What a cleaner made of a text."""

    text: str
    count: int = 0
    """What the cleaner counts, in the unit that its `COUNTS` names: characters, lines, places."""
    reason: str | None = None
    """Why the document is rejected; None when it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One stored document as a score sees it."""

    text: str
    """The cleaned text, in the tokenizer's normal form; not empty."""
    kind: Kind
    data: bytes = field(repr=False)
    """The same text in UTF-8."""
    ids: npt.NDArray[np.int32] = field(repr=False)
    """int32[T], its tokens without start and end ids."""
    foils: tuple[bytes, ...] = field(default=(), repr=False)
    """For a score with FOILS: texts of other documents of the same kind, in UTF-8."""
