"""PoSE: a segment in a few chunks, each moved further on; the text is not touched.

    8 tokens, target 32, cut after 3, moved by 14   ->   0 1 2 | 17 18 19 20 21

"PoSE: Efficient Context Window Extension of LLMs via Positional Skip-wise Training", arXiv
2309.10400. N tokens, target L'. Chunk i starts at token s(i) and is moved by u(i):

    paper   u(0) = 0, u(i) ~ U{u(i-1) .. L' - N}; the cuts are k - 1 different places of 1 .. N - 1,
            all alike, where the paper only says that lengths vary
    code    two chunks: the first has U{1 .. (N + 1) // 2} tokens, never more than half; the second
            is moved by U{0 .. L' - N}

With two chunks the forms differ in the cut alone. With more, the paper's law draws every move from
what the last one left, so that the later chunks crowd at the end.

The original may also leave text out between chunks. Here it stays whole: no token follows one that
it does not follow in its document, and no label has to be masked for that.
"""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from generators.positions import Int32
from schemas.knobs import Strict

TWO = 2


class Options(Strict):
    """How a segment is cut."""

    chunks: int = Field(default=TWO, ge=TWO, le=1024)
    """Parts of a segment; it has one jump fewer at most."""
    form: Literal["code", "paper"] = "code"
    """As the authors' program draws, or as their paper writes; see above."""

    @model_validator(mode="after")
    def _has_two_chunks(self) -> "Options":
        if self.form == "code" and self.chunks != TWO:
            raise ValueError(
                f"the program of PoSE has two chunks, not {self.chunks}; write form: paper for more"
            )
        return self


def fits(length: int, target: int, options: Options) -> bool:
    """Say whether every chunk can have a token of its own, and twice as much room."""
    return 2 * options.chunks <= length < target


def positions(rng: np.random.Generator, length: int, target: int, options: Options) -> Int32:
    """Return int32[length]: at most `chunks` runs, the first from 0, the last below `target`.

    Raises ValueError for fewer tokens than chunks or more than the target.
    """
    if not options.chunks <= length <= target:
        raise ValueError(f"{length} tokens in {options.chunks} chunks below {target}")
    if options.form == "code":
        cuts = rng.integers(1, (length + 1) // 2, size=1, endpoint=True)
    else:
        cuts = np.sort(rng.choice(length - 1, options.chunks - 1, replace=False)) + 1
    moves = np.zeros(options.chunks, np.int64)
    for i in range(1, options.chunks):
        moves[i] = rng.integers(moves[i - 1], target - length, endpoint=True)
    sizes = np.diff(cuts, prepend=0, append=length)
    return (np.arange(length) + np.repeat(moves, sizes)).astype(np.int32)
