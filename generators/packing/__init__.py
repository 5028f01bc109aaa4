"""Packers: pieces of known length into rows of exactly one length.

A packer is a module of this folder that defines `pack` and returns a `Packing`; its file name is
its name in a recipe. Modules without `pack` are what packers are made of. Nothing is registered
anywhere: adding a file adds a packer.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators import discovery

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """K segments in R rows, in the order in which they lie; M pieces were left out."""

    row: IntArray
    """int64[K]: the row of each segment, ascending, 0..R-1."""
    piece: IntArray
    """int64[K]: index of the given piece that the segment is a fragment of."""
    start: IntArray
    """int64[K]: first token of the fragment within its piece."""
    length: IntArray
    """int64[K]: tokens of the piece in this segment, without a cut's cost."""
    free: IntArray
    """int64[R]: tokens of each row that stay empty. Rows with padding stand last."""
    left: IntArray
    """int64[M]: pieces that lie in no row, not even in part, ascending."""
    group: IntArray | None = None
    """int64[K]: fragments of a row that follow each other with the same number may see each other;
    -1 for none. Only a packer that knows what belongs together says so."""


Packer = Callable[..., Packing]
"""pack(rng, lengths, *, cuttable, capacity, min_fragment, cut_cost=0) -> Packing."""


def names() -> tuple[str, ...]:
    """Return the names of all packers, sorted; imports none of them."""
    return discovery.names(__name__)


def fills_rows(name: str) -> bool:
    """Say whether a packer fills rows as far as pieces allow; `FILLS_ROWS = False` says it pads."""
    return bool(getattr(discovery.load(__name__, name, what="packer"), "FILLS_ROWS", True))


def needs_near(name: str) -> bool:
    """Say whether a packer asks which pieces are like which; `NEEDS_NEAR = True` says so.

    Its `pack` takes `near`, int64[N, K]: the pieces most like each, nearest first, -1 for none.
    """
    return bool(getattr(discovery.load(__name__, name, what="packer"), "NEEDS_NEAR", False))


def load(name: str) -> Packer:
    """Return the packer of this name. Raises RecipeError with the nearest name for any other."""
    packer: Packer = discovery.load(__name__, name, what="packer").pack
    return packer
