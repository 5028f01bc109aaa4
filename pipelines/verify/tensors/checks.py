"""Checks of a row group: all that rows.py and segments.py say of a row, of many rows at once.

    check_group(group, rules, arrays)
    ->  counts {"row.ids": 61, "row.positions": 61, ...}, breaches (), sound all True

Names, counts and words are those of `check_row` and `check_segments`: a row that fails a check
which others build on is looked at no further, and the rest of the group goes on. Left to the host:
`row.digest` (digests.py, in threads), and the positions that a scheme draws (`Checked.drawn`).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.verify.rows import Rules
from pipelines.verify.tensors.arrays import Array, Arrays
from pipelines.verify.tensors.breaches import Checked, Log
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.masks import check_masks
from pipelines.verify.tensors.positions import check_continued, check_positions, upload
from pipelines.verify.tensors.segments import check_segments
from pipelines.verify.tensors.sizes import Kinds, check_scalars, check_sizes
from pipelines.verify.tensors.spans import check_seams, check_spans, check_specials
from schemas.row import BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Uploaded:
    """A group's long columns where they are computed with; what sketches and searches need."""

    group: TensorGroup
    ids: Array
    """int32[T]."""


def upload_group(group: TensorGroup, arrays: Arrays) -> Uploaded:
    """Send a group's ids to the device, once for all that is done with them."""
    return Uploaded(group=group, ids=arrays.put(group.ids.values))


def check_group(
    group: TensorGroup, rules: Rules, arrays: Arrays, *, uploaded: Uploaded | None = None
) -> Checked:
    """Check the rows of a group.

    Cost: some passes over the ids and the mask, a few more over positions where they are written;
    about 10 ns a token on a core (benchmarks/verify_speed.py).
    """
    log = Log(np.arange(len(group)))
    kinds = Kinds.of(rules)
    ids = arrays.put(group.ids.values) if uploaded is None else uploaded.ids
    found = arrays.lookup(arrays.put(kinds.table), ids)
    sized = check_sizes(
        group, check_scalars(group, rules, log), found, arrays=arrays, rules=rules, log=log
    )
    drawn, sound = np.zeros(len(group), bool), np.zeros(len(group), bool)
    part = group.select(sized)
    if part is not group:
        log.narrow(sized)
        found = arrays.lookup(arrays.put(kinds.table), arrays.put(part.ids.values))
    if len(part):
        drawn[sized], sound[sized] = _check_sized(part, found, rules, arrays=arrays, log=log)
    return log.close(sound, drawn)


def _check_sized(
    group: TensorGroup, kinds: Array, rules: Rules, *, arrays: Arrays, log: Log
) -> tuple[BoolArray, BoolArray]:
    """Check rows whose columns fit each other; return which are drawn and which are sound."""
    mask = arrays.put(group.mask.values)
    check_masks(group, kinds, mask, arrays=arrays, log=log)
    given = upload(group, arrays)
    drawn = check_positions(group, given, rules, arrays=arrays, log=log)
    sound = check_spans(group, log)
    part, numbers = group.select(sound), log.numbers
    if not len(part):
        return drawn, sound
    if part is not group:
        log.narrow(sound)
        kinds = arrays.lookup(arrays.put(Kinds.of(rules).table), arrays.put(part.ids.values))
        mask, given = arrays.put(part.mask.values), upload(part, arrays)
    check_continued(part, given, rules, arrays=arrays, log=log)
    check_seams(part, mask, rules, arrays=arrays, log=log)
    check_specials(part, kinds, rules, arrays=arrays, log=log)
    check_segments(part, rules, log)
    log.numbers = numbers
    return drawn, sound
