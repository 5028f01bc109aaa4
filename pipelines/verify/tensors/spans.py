"""Spans: that they cover all but padding, each inside its segment, and what stands at their edges.

    lengths [5, 3], spans (segment 0, tokens 0-5), (1, 5-8)   sound; (0, 0-6), (1, 6-8) is not

As many as spans or special ids, so in numpy; only special ids are looked for among all tokens.
"""

import numpy as np

from pipelines.verify.positions import MOST_SPECIAL, spec_of
from pipelines.verify.rows import Rules
from pipelines.verify.tensors.arrays import Array, Arrays, IntArray
from pipelines.verify.tensors.breaches import Log
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.sizes import SPECIAL
from schemas.row import BoolArray


def check_spans(group: TensorGroup, log: Log) -> BoolArray:
    """Check the spans of rows whose columns fit; return which rows have sound ones, bool[B]."""
    spans, lengths = group.spans, group.lengths
    start, size = spans["start"].astype(np.int64), spans["length"].astype(np.int64)
    stop, owner = start + size, spans.rows
    sound = np.diff(spans.offsets) > 0
    sound[owner[size <= 0]] = False
    first, last = spans.offsets[:-1][sound], spans.offsets[1:][sound] - 1
    sound[sound] = (start[first] == 0) & (stop[last] == group.body[sound])
    gap = (start[1:] != stop[:-1]) & (owner[1:] == owner[:-1])
    sound[owner[1:][gap]] = False
    log.need("row.spans", np.arange(len(group)), sound, "spans that cover all but padding")
    rows = np.flatnonzero(sound)
    segment = spans["segment"].astype(np.int64)
    known = (segment >= 0) & (segment < lengths.sizes[owner])
    index = np.where(known, lengths.offsets[owner] + segment, 0)
    begin = group.starts[index]
    known &= (begin <= start) & (stop <= begin + lengths.values[index])
    inside = np.ones(len(group), bool)
    inside[owner[~known]] = False
    log.need("row.spans", rows, inside[rows], "each span inside its segment")
    both: BoolArray = sound & inside
    return both


def check_seams(group: TensorGroup, mask: Array, rules: Rules, *, arrays: Arrays, log: Log) -> None:
    """Check that no token is a target where another text begins in a segment, if so asked."""
    asked = [
        bool(spec_of(rules.recipe, rules.stages.get(name, {})).get("mask_seams", False))
        for name in group.stages
    ]
    spans = group.spans
    if not any(asked) or len(spans) < 2:  # noqa: PLR2004 - one span has no neighbour
        return
    at = _seams(group)
    at = at[np.array(asked)[spans.rows[at]]]
    owner, start = spans.rows[at], spans["start"][at].astype(np.int64)
    # Without a mask every token inside a segment is a target.
    shown = np.ones(len(at), bool)
    masked = group.mask.present[owner]
    if masked.any():
        shown[masked] = arrays.take(mask, (group.mask.offsets[owner] + start)[masked])
    rows = np.unique(owner)
    hidden = ~np.isin(rows, owner[shown])
    words = lambda k: f"no target at the seams {start[owner == rows[k]].tolist()[:8]}"  # noqa: E731
    log.need("row.seams", rows, hidden, words)


def _seams(group: TensorGroup) -> IntArray:
    """Return the spans that begin, inside a segment, where nothing led up to (positions.seams)."""
    spans = group.spans
    here, after = slice(None, -1), slice(1, None)
    inside = (spans.rows[here] == spans.rows[after]) & (
        spans["segment"][here] == spans["segment"][after]
    )
    code, epoch, offset = spans.codes("doc_id"), spans["epoch"], spans["doc_offset"]
    same = (code[here] == code[after]) & (epoch[here] == epoch[after])
    ahead = offset[here] + spans["length"][here] - offset[after]
    goes_on = same & (ahead >= 0) & (ahead <= MOST_SPECIAL)
    return np.flatnonzero(inside & ~goes_on) + 1


def check_specials(
    group: TensorGroup, kinds: Array, rules: Rules, *, arrays: Arrays, log: Log
) -> None:
    """Check that ids flagged special end a span, open one, or are a sample's own sentinels."""
    spans, ids = group.spans, group.ids
    at = arrays.places((kinds & SPECIAL) != 0)
    row = np.searchsorted(ids.offsets, at, side="right") - 1
    place = at - ids.offsets[row]
    body = place < group.body[row]
    at, row, place = at[body], row[body], place[body]
    if not len(at):
        return
    index = ids.values[at]
    begins = ids.offsets[spans.rows] + spans["start"]
    owner = np.searchsorted(begins, at, side="right") - 1
    stop = begins[owner] + spans["length"][owner]
    holds = np.zeros(len(at), bool)
    if rules.recipe["eos"] and rules.eos_id is not None:
        holds |= (index == rules.eos_id) & (at == stop - 1)
    bos = rules.recipe["bos"]
    if bos != "none" and rules.bos_id is not None:
        opens = at == begins[owner] if bos == "document" else place == 0
        holds |= (index == rules.bos_id) & opens
    for k in np.flatnonzero(~holds).tolist() if rules.sentinels else ():
        meant = rules.sentinels.get(spans.text("doc_id", owner[k]), set())
        holds[k] = int(index[k]) in meant
    words = lambda k: f"text at token {place[k]}, found the special id {index[k]}"  # noqa: E731
    log.need("row.special_ids", row, holds, words)
