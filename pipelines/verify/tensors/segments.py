"""Segments: multiples, windows and one document each, as pipelines/verify/segments.py says.

segment_multiple 4, lengths [8, 6]   row.multiple: 6 is none
"""

import numpy as np

from pipelines.verify.rows import Rules
from pipelines.verify.tensors.breaches import Log
from pipelines.verify.tensors.group import TensorGroup


def check_segments(group: TensorGroup, rules: Rules, log: Log) -> None:
    """Check the segments of rows whose spans are sound."""
    lengths, rows = group.lengths, np.arange(len(group))
    real = lengths.values.astype(np.int64)
    real[lengths.offsets[1:][group.scalars["num_pad"] > 0] - 1] = 0
    multiple = rules.recipe.get("segment_multiple", 1)
    if multiple > 1:
        fits = np.add.reduceat(real % multiple != 0, lengths.offsets[:-1], dtype=np.int64) == 0
        log.need("row.multiple", rows, fits, f"segments of a multiple of {multiple}")
    windows = [_window(rules, *said) for said in zip(group.stages, group.rope_modes, strict=True)]
    bounded = np.array([window is not None for window in windows])
    limits = np.array([window or 0 for window in windows])
    short = np.maximum.reduceat(real, lengths.offsets[:-1]) <= limits
    words = lambda k: f"segments of at most {limits[bounded][k]} tokens"  # noqa: E731
    log.need("row.window", rows[bounded], short[bounded], words)
    if rules.recipe.get("boundaries", "document") == "document":
        bounded[:] = True
    if bounded.any():
        log.need(
            "row.documents", rows[bounded], _alone(group)[bounded], "one document in a segment"
        )


def _window(rules: Rules, stage: str, rope_mode: str) -> int | None:
    """Return the longest segment of a row that keeps original positions among others."""
    said = rules.stages.get(stage, {})
    own = rope_mode == "original" != said.get("rope_mode")
    return int(said["original"]["window"]) if own and said.get("original") else None


def _alone(group: TensorGroup) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return whose segments hold one document each, bool[B]."""
    spans = group.spans
    code, segment, owner = spans.codes("doc_id"), spans["segment"], spans.rows
    meets = (owner[1:] == owner[:-1]) & (segment[1:] == segment[:-1]) & (code[1:] != code[:-1])
    alone = np.ones(len(group), bool)
    alone[owner[1:][meets]] = False
    return alone
