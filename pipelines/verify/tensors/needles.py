"""Needles: order, depth, distance and targets of all needles of a row group, recomputed.

    segment from token 0, evidence 40-60, question 90-95, answer 100-102
    ->  depth 40 / 90, distance 40

As many as needles, so in numpy. What needs text (words, questions, hidden values) is checked where
text is: pipelines/verify/needles.py. Names, counts and words of what is checked here are the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipelines.verify.needles import DEPTH_ROUNDING, TOLERANCE_SHARE, TOLERANCE_TOKENS
from pipelines.verify.rows import Rules
from pipelines.verify.tensors.arrays import IntArray
from pipelines.verify.tensors.breaches import Checked, Log
from pipelines.verify.tensors.group import TensorGroup
from schemas.row import BoolArray

ROLES = ("planted", "natural")
_SIDES = ("start", "end")
_ENDS = tuple(f"{name}_{side}" for name in ("evidence", "question", "answer") for side in _SIDES)


class Samples(Protocol):
    """The samples table of a mix, as `pipelines.verify.lines.Lines` is."""

    def take(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return the lines of these sample_ids, those that there are."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """The samples that stand where the samples table says, K in all, and their N needles."""

    lines: list[dict[str, Any]]
    """K lines of the samples table."""
    rows: IntArray
    """int64[K]."""
    starts: IntArray
    stops: IntArray
    """int64[K]: the sample's tokens, from the start of the row."""
    needles: IntArray
    """int64[N]: indices into the group's needles."""
    owners: IntArray
    """int64[N]: the sample of each, 0 to K - 1."""

    def column(self, field: str) -> list[Any]:
        """Return a field of the lines, K values."""
        return [line[field] for line in self.lines]


def placed_of(group: TensorGroup, rules: Rules, samples: Samples) -> Placed:
    """Return the samples of a group whose spans are sound, where their answer lies inside them."""
    spans = group.spans
    tasks = np.flatnonzero(spans.starts_with("source", "task:"))
    table = samples.take({spans.text("doc_id", k) for k in tasks.tolist()})
    kept, lines = [], []
    end = int(bool(rules.recipe["eos"]))
    for k in tasks.tolist():
        line = table.get(spans.text("doc_id", k))
        start = int(spans["start"][k])
        stop = start + int(spans["length"][k])
        row_id = int(group.scalars["row_id"][spans.rows[k]])
        said = (row_id, int(spans["segment"][k]), spans.text("source", k).removeprefix("task:"))
        if line is None or (line["row_id"], line["segment"], line["task"]) != said:
            continue
        if start < line["answer_start"] < line["answer_end"] <= stop - end:
            kept.append(k)
            lines.append(line)
    at = np.array(kept, np.int64)
    starts = spans["start"][at].astype(np.int64)
    needles, owners = _needles_in(group, spans.rows[at], spans["segment"][at])
    return Placed(
        lines=lines,
        rows=spans.rows[at],
        starts=starts,
        stops=starts + spans["length"][at],
        needles=needles,
        owners=owners,
    )


def _needles_in(
    group: TensorGroup, rows: IntArray, segments: npt.NDArray[Any]
) -> tuple[IntArray, IntArray]:
    """Return the needles that name one of these segments, and which of them."""
    reach = int(max(segments.max(initial=0), group.needles["segment"].max(initial=0))) + 1
    wanted = rows * reach + segments
    named = group.needles.rows * reach + group.needles["segment"]
    # The first of equal keys: a later span of the same segment has no needles.
    order = np.argsort(wanted, kind="stable")
    found = np.searchsorted(wanted[order], named)
    found = np.minimum(found, max(len(wanted) - 1, 0))
    if not len(wanted):
        return found[:0], found[:0]
    mine = np.flatnonzero((wanted[order[found]] == named) & (group.needles["segment"] >= 0))
    return mine, order[found[mine]]


def check_needles(
    group: TensorGroup, placed: Placed, *, numbers: IntArray | None = None
) -> Checked:
    """Check the needles of placed samples.

    `numbers` is int64[B]: what to call the rows, where the group is a part of another.
    """
    log = Log(np.arange(len(group)) if numbers is None else numbers)
    ids = [line["sample_id"] for line in placed.lines]
    of = placed.owners
    spans = {name: group.needles[name][placed.needles].astype(np.int64) for name in _ENDS}
    ordered = _check_order(group, placed, spans, log=log, ids=ids)
    kept = np.flatnonzero(ordered)
    spans = {name: column[kept] for name, column in spans.items()}
    part = Placed(
        lines=placed.lines,
        rows=placed.rows,
        starts=placed.starts,
        stops=placed.stops,
        needles=placed.needles[kept],
        owners=of[kept],
    )
    _check_depth(group, part, spans, log=log, ids=ids)
    _check_overlap(group, part, spans, log=log, ids=ids)
    return log.close(np.ones(len(group), bool), np.zeros(len(group), bool))


def _check_order(
    group: TensorGroup, placed: Placed, spans: dict[str, IntArray], *, log: Log, ids: list[str]
) -> BoolArray:
    """Check that evidence, question and answer follow each other inside their sample."""
    of, needles = placed.owners, group.needles
    rows = placed.rows[of]
    inside = np.ones(len(of), bool)
    for name in ("evidence", "question", "answer"):
        start, stop = spans[f"{name}_start"], spans[f"{name}_end"]
        inside &= (placed.starts[of] <= start) & (start < stop) & (stop <= placed.stops[of])
    first = np.array([line["question"] == "first" for line in placed.lines], bool)[of]
    asked = np.where(
        first,
        spans["question_end"] <= spans["evidence_start"],
        spans["evidence_end"] <= spans["question_start"],
    )
    answer = spans["answer_start"]
    ordered = asked & (spans["evidence_end"] <= answer) & (spans["question_end"] <= answer)
    place = lambda k: f" sample {ids[of[k]]}"  # noqa: E731
    known = np.array([needles.text("role", k) in ROLES for k in placed.needles.tolist()], bool)
    log.need("needle.role", rows, known, "a known role", place=place)
    begin, end = (np.array(placed.column(f"answer_{side}"), np.int64)[of] for side in _SIDES)
    part = (begin <= answer) & (spans["answer_end"] <= end)
    log.need("needle.answer_place", rows, part, "a part of the sample's answer", place=place)
    holds: BoolArray = inside & ordered
    expected = "evidence and question before the answer, inside the sample"
    log.need("needle.order", rows, holds, expected, place=place)
    return holds


def _check_depth(
    group: TensorGroup, placed: Placed, spans: dict[str, IntArray], *, log: Log, ids: list[str]
) -> None:
    """Check depth, distance and whether targets were met."""
    of, rows = placed.owners, placed.rows[placed.owners]
    place = lambda k: f" sample {ids[of[k]]}"  # noqa: E731
    evidence, answer = spans["evidence_start"], spans["answer_start"]
    # The context ends at the question, or at the answer when the question comes first.
    ahead = spans["question_end"] <= evidence
    size = np.where(ahead, answer, spans["question_start"]) - placed.starts[of]
    depth = (evidence - placed.starts[of]) / size
    stored, target = (group.needles[name][placed.needles] for name in ("depth", "target_depth"))
    stored, target = stored.astype(np.float64), target.astype(np.float64)
    close = np.abs(depth - stored) < DEPTH_ROUNDING
    words = lambda k: f"{depth[k]:.5f}, found {stored[k]:.5f}"  # noqa: E731
    log.need("needle.depth", rows, close, words, place=place)
    distance = answer - spans["evidence_end"]
    log.equal(
        "needle.distance", rows, group.needles["distance"][placed.needles], distance, place=place
    )
    free = np.isnan(target)
    most = np.maximum(TOLERANCE_SHARE * size, TOLERANCE_TOKENS) + 0.5
    met = (target >= 0) & (target <= 1) & (np.abs(depth - target) * size <= most)
    planted = np.array([kind == "planted" for kind in placed.column("depth_kind")], bool)[of]
    chosen = planted & _planted(group, placed)
    told = lambda k: (  # noqa: E731
        "a target of what was planted"
        if free[k]
        else f"depth {target[k]:.4f}, found {depth[k]:.4f}"
    )
    log.need("needle.target", rows, np.where(free, ~chosen, met), told, place=place)


def _planted(group: TensorGroup, placed: Placed) -> BoolArray:
    roles = [group.needles.text("role", k) for k in placed.needles.tolist()]
    return np.array([role == "planted" for role in roles], bool)


def _check_overlap(
    group: TensorGroup, placed: Placed, spans: dict[str, IntArray], *, log: Log, ids: list[str]
) -> None:
    """Check that no two pieces of planted evidence of a sample share a token."""
    planted = _planted(group, placed)
    columns = (placed.owners, spans["evidence_start"], spans["evidence_end"])
    pieces = np.unique(np.stack([column[planted] for column in columns], axis=1), axis=0)
    here, after = pieces[:-1], pieces[1:]
    shared = (here[:, 0] == after[:, 0]) & (here[:, 2] > after[:, 1])
    apart = np.ones(len(ids), bool)
    apart[here[shared, 0]] = False
    expected = "pieces of evidence that share no token"
    place = lambda k: f" sample {ids[k]}"  # noqa: E731
    log.need("needle.overlap", placed.rows, apart, expected, place=place)
