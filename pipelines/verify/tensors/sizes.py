"""Sizes: what a row says of its stage, its ids, and whether its columns fit each other.

seq_len 8, ids of 8, lengths [5, 3], mask of 8   fit; lengths [5, 2] do not: row.boundaries
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipelines.verify.rows import Rules
from pipelines.verify.tensors.arrays import Array, Arrays
from pipelines.verify.tensors.breaches import Log
from pipelines.verify.tensors.group import TensorGroup
from schemas.row import BoolArray

EXISTS, SPECIAL, PAD = 1, 2, 4
"""Bits of a kind."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kinds:
    """What each id is."""

    table: npt.NDArray[np.uint8]
    """uint8[V + 1]: bits of the kind; the last entry is for ids that do not exist."""

    @classmethod
    def of(cls, rules: Rules) -> "Kinds":
        """Return the kinds of a mix, made once."""
        return _kinds(_Key(rules))


class _Key:
    """Rules by identity: they hold arrays and dicts, and one process has one of them."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def __hash__(self) -> int:
        return id(self.rules)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.rules is self.rules


@lru_cache(maxsize=4)
def _kinds(key: _Key) -> Kinds:
    rules = key.rules
    table = np.zeros(len(rules.valid) + 1, np.uint8)
    table[:-1] = rules.valid * EXISTS + rules.special * SPECIAL
    pad_id = rules.eos_id if rules.pad_id is None else rules.pad_id
    table[0 if pad_id is None else pad_id] |= PAD
    return Kinds(table=table)


def check_scalars(group: TensorGroup, rules: Rules, log: Log) -> BoolArray:
    """Check what rows say of their stage; return whose padding is a possible number, bool[B]."""
    rows, scalars = np.arange(len(group)), group.scalars
    stages = [rules.stages.get(name, {}) for name in group.stages]
    lengths = [stage.get("seq_len") for stage in stages]
    log.equal("row.seq_len", rows, scalars["seq_len"], lengths)
    modes = [
        [stage.get("rope_mode"), *(["original"] if stage.get("original") else [])]
        for stage in stages
    ]
    known = np.array([mode in of for mode, of in zip(group.rope_modes, modes, strict=True)], bool)
    log.need("row.rope_mode", rows, known, lambda k: f"one of {modes[k]}, as the stage says")
    pad = scalars["num_pad"]
    possible: BoolArray = (pad >= 0) & (pad < group.ids.sizes)
    log.need("row.num_pad", rows, possible, "0 or more, less than the row")
    return possible


def check_sizes(
    group: TensorGroup, alive: BoolArray, kinds: Array, *, arrays: Arrays, rules: Rules, log: Log
) -> BoolArray:
    """Check that rows have their length, in ids that exist, and that their columns fit.

    Return which rows of those that were alive can be checked further, bool[B].
    """
    rows = np.flatnonzero(alive)
    sizes = group.scalars["seq_len"] + int(bool(rules.recipe["extra_token"]))
    log.equal("row.length", rows, group.ids.sizes[rows], sizes[rows])
    alive = alive & (group.ids.sizes == sizes)
    known = np.ones(len(group), bool)
    unknown = arrays.places((kinds & EXISTS) == 0)
    known[np.searchsorted(group.ids.offsets, unknown, side="right") - 1] = False
    rows = np.flatnonzero(alive)
    log.need("row.ids", rows, known[rows], "ids of the tokenizer")
    alive &= known
    return _check_columns(group, alive, log)


def _check_columns(group: TensorGroup, alive: BoolArray, log: Log) -> BoolArray:
    """Check that segments fill rows, and mask and positions have a value for every id."""
    rows, sizes, lengths = np.flatnonzero(alive), group.ids.sizes, group.lengths
    sums = np.concatenate([[0], np.cumsum(lengths.values, dtype=np.int64)])[lengths.offsets]
    filled = np.diff(sums) == sizes
    filled[lengths.rows[lengths.values <= 0]] = False
    log.need("row.boundaries", rows, filled[rows], "segments of 1 or more that sum to the row")
    alive = alive & filled
    for name, column in (("mask", group.mask), ("positions", group.positions)):
        found = np.where(column.present, column.sizes, sizes)
        log.equal(f"row.{name}_length", rows, found[rows], sizes[rows])
        alive &= found == sizes
    return alive
