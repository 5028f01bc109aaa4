"""Positions: the rules of every scheme, the shape of those that are known, and the very draw.

    pose, 2 chunks    0 1 2 | 17 18 19 20 21     one jump at most
    cream             0 1 2 | 17 18 19 | 45 46 47, target 48: as much tail as head, the last is 47

What is drawn is drawn again from the seed, the row and the segment. The shapes are judged by what
the papers say, without the program that drew, which a fault of its own would not betray.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from generators import positions
from generators.seeds import rng_for
from pipelines.verify.findings import Findings
from schemas.errors import RecipeError
from schemas.row import BoolArray, IntArray

HEAD_MIDDLE_TAIL = 3
MOST_SPECIAL = 2
"""Start and end id: what a span has beside text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """What a row says of its positions."""

    where: str
    values: IntArray | None
    lengths: IntArray
    """int32[S], padding too."""
    pad: int
    row_id: int
    stage: str
    original: bool
    """Whether the row keeps the model's original positions."""

    def segments(self) -> list[IntArray]:
        """Return the positions of each segment, padding last."""
        if self.values is None:
            return [np.arange(length, dtype=np.int32) for length in self.lengths.tolist()]
        return np.split(self.values, np.cumsum(self.lengths[:-1]))


def spec_of(recipe: dict[str, Any], stage: dict[str, Any]) -> dict[str, Any]:
    """Return what the recipe of a mix says of a stage's positions; empty where it says nothing."""
    spec = stage.get("positions") or recipe.get("positions")
    return spec if isinstance(spec, dict) else {}


def check_rising(found: Numbered, findings: Findings) -> None:
    """Check that positions stand only where they do not restart, and rise in every segment."""
    if found.values is None:
        return
    parts = found.segments()
    written = not all(np.array_equal(part, np.arange(len(part))) for part in parts)
    findings.need("row.positions", written, found.where, "null where positions only restart")
    rises = all((np.diff(part.astype(np.int64)) > 0).all() for part in parts)
    sound = rises and found.values.min() >= 0
    findings.need("row.positions", sound, found.where, "positions that rise in every segment")
    if found.pad:
        counts = np.array_equal(parts[-1], np.arange(found.pad))
        findings.need("row.positions", counts, found.where, "padding that counts from 0")


def check_scheme(
    found: Numbered, recipe: dict[str, Any], stage: dict[str, Any], findings: Findings
) -> None:
    """Check a row against the scheme of its stage, and that there are none without a scheme."""
    if recipe["fragment_positions"] == "continue":
        return
    spec, where = spec_of(recipe, stage), found.where
    name = str(spec.get("scheme", "restart"))
    if name == "restart" or found.original:
        null = found.values is None
        findings.need("row.positions", null, where, "null: the recipe asks for none in this row")
        return
    fields = {key: value for key, value in spec.items() if key not in ("scheme", "mask_seams")}
    try:
        options = positions.options_of(name, fields)
        target, seed = int(recipe["pos_target_len"]), int(recipe["seed"])
    except (RecipeError, ValidationError, KeyError, TypeError, ValueError) as error:
        findings.need("row.position_draw", False, where, f"a scheme that is known: {error!r}")
        return
    parts = found.segments()[: -1 if found.pad else None]
    for number, part in enumerate(parts):
        _check_bounds(part, target, f"{where} segment {number}", findings)
        rng = rng_for(seed, "positions", found.stage, found.row_id, number)
        again = positions.draw(rng, name, len(part), target=target, options=options)
        same = np.array_equal(part, again)
        wording = f"the positions that {name} draws for this row and segment"
        findings.need("row.position_draw", same, f"{where} segment {number}", wording)
    _check_shapes(found, name, options, target=target, findings=findings)


def _check_bounds(part: IntArray, target: int, where: str, findings: Findings) -> None:
    findings.need("row.position_start", part[0] == 0, where, "positions from 0")
    findings.need("row.position_bound", part[-1] < target, where, f"positions below {target}")


def _check_shapes(
    found: Numbered, name: str, options: Any, *, target: int, findings: Findings
) -> None:
    """Check the runs of each segment that does not restart, where the scheme's shape is known."""
    shape = SHAPES.get(name)
    for number, part in enumerate(found.segments()[: -1 if found.pad else None]):
        if shape is None or part[-1] == len(part) - 1:
            continue
        expected = shape(runs(part), options, target)
        where = f"{found.where} segment {number}"
        findings.need("row.position_shape", expected is None, where, expected or "")


def runs(part: IntArray) -> list[tuple[int, int]]:
    """Return the first position and the tokens of each run: 0 1 2 7 8 -> (0, 3), (7, 2)."""
    cuts = np.flatnonzero(np.diff(part.astype(np.int64)) != 1) + 1
    edges = [0, *cuts.tolist(), len(part)]
    return [(int(part[a]), b - a) for a, b in itertools.pairwise(edges)]


def _pose(found: list[tuple[int, int]], options: Any, target: int) -> str | None:
    """Judge PoSE: as many runs as chunks at most; the program's first is no longer than half."""
    length = sum(size for _, size in found)
    if len(found) > options.chunks:
        return f"at most {options.chunks} runs, found {len(found)}"
    if options.form == "code" and found[0][1] > (length + 1) // 2:
        return f"a first run of at most {(length + 1) // 2} tokens, found {found[0][1]}"
    return None


def _cream(found: list[tuple[int, int]], options: Any, target: int) -> str | None:
    """Judge CREAM: head, middle and tail of the sizes that it has; the tail ends the target."""
    length = sum(size for _, size in found)
    sizes = {"thirds": length // 3, "k": options.k or 4 * target // length}
    heads = {size for name, size in sizes.items() if options.heads in ("both", name)}
    if len(found) > HEAD_MIDDLE_TAIL:
        return f"at most {HEAD_MIDDLE_TAIL} runs, found {len(found)}"
    if found[-1][0] + found[-1][1] != target:
        return f"a tail that ends at {target - 1}, found {found[-1][0] + found[-1][1] - 1}"
    ends = {found[0][1], found[-1][1]}
    # Where the middle touches one of them it is a part of it, and the other still has its size.
    if not ends & heads or (len(found) == HEAD_MIDDLE_TAIL and len(ends) > 1):
        return f"a head and a tail of {' or '.join(map(str, sorted(heads)))} tokens"
    return None


SHAPES: dict[str, Callable[[list[tuple[int, int]], Any, int], str | None]] = {
    "pose": _pose,
    "cream": _cream,
}
"""By scheme: what is wrong with the runs of a segment, None for nothing. Others have none."""


def seams(row_spans: list[dict[str, Any]]) -> list[int]:
    """Return the tokens at which, inside a segment, text begins that nothing led up to.

    Lengths of spans count start and end ids, so text that goes on may begin two sooner.
    """
    found = []
    for before, span in itertools.pairwise(row_spans):
        if span["segment"] != before["segment"]:
            continue
        same = (span["doc_id"], span["epoch"]) == (before["doc_id"], before["epoch"])
        ahead = before["doc_offset"] + before["length"] - span["doc_offset"]
        if not (same and 0 <= ahead <= MOST_SPECIAL):
            found.append(int(span["start"]))
    return found


def check_seams(
    row_spans: list[dict[str, Any]], targets: BoolArray, where: str, findings: Findings
) -> None:
    """Check that no token at a seam is a target."""
    at = seams(row_spans)
    if at:
        masked = not targets[at].any()
        findings.need("row.seams", masked, where, f"no target at the seams {at[:8]}")
