"""Where a piece that is longer than a row is cut, by policy.

    150 tokens, paragraphs at 30, 55, 90 and 140, rows of 60, fragments of 10 or more
    ->  [0, 30) [30, 55) [55, 90) [90, 150)

Chunks end at the last wanted break that leaves room for a fragment behind them in their row, so
that what is left of the row can be filled. Where no such break lies in the second half of the row,
one of the next lower level serves, and where there is none at all the chunk ends at the row's end.
"""

from dataclasses import dataclass

import numpy as np

from generators.chunking.breaks import LINE, PARAGRAPH, SECTION, Int64
from schemas.recipe import LongDocuments

LEVELS: dict[LongDocuments, tuple[int, ...]] = {
    "section": (SECTION, PARAGRAPH, LINE),
    "paragraph": (PARAGRAPH, LINE),
    "overlap": (PARAGRAPH, LINE),
    "drop_tail": (PARAGRAPH, LINE),
    "larger_bucket": (PARAGRAPH, LINE),
}
"""The breaks of each policy, the most wanted first; `fixed` has none and is cut by the packer."""
EARLIEST = {SECTION: 0.25, PARAGRAPH: 0.5, LINE: 0.5}
"""Shares of a row before which a break is too early: a section may leave more to be filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunks:
    """The K chunks of one piece, in order."""

    start: Int64
    stop: Int64
    repeat: Int64
    """Tokens at a chunk's start that are also the end of the one before."""


def cut_piece(
    span: tuple[int, int],
    breaks: Int64,
    *,
    policy: LongDocuments,
    capacity: int,
    min_fragment: int,
    overlap: float = 0.0,
) -> Chunks:
    """Return the chunks of tokens [start, stop) of a document, each of at most `capacity` tokens.

    `breaks` is what `find_breaks` returns for the document; `capacity` is what a row has for text,
    start and end ids off. With `drop_tail` there is one chunk; with `overlap` each but the first
    repeats about `overlap` of a row.
    """
    at, stop = span
    levels = [breaks[(breaks & 3) >= level] >> 2 for level in LEVELS[policy]]
    starts, stops, repeats = [at], [], [0]
    while stop - at > capacity:
        # What follows must be no shorter than a fragment, and neither must the gap behind.
        latest = min(at + capacity - min_fragment, stop - min_fragment)
        cut = _last_break(levels, LEVELS[policy], at, latest)
        stops.append(cut)
        if policy == "drop_tail":
            break
        # However much repeats, each chunk goes on by half of its length at least.
        earliest = max(cut - int(overlap * capacity), (at + cut) // 2 + 1)
        back = _first_break(levels, earliest, cut) if overlap else cut
        repeats.append(cut - back)
        starts.append(back)
        at = back
    else:
        stops.append(stop)
    return Chunks(
        start=np.array(starts, np.int64),
        stop=np.array(stops, np.int64),
        repeat=np.array(repeats, np.int64),
    )


def _last_break(levels: list[Int64], names: tuple[int, ...], at: int, latest: int) -> int:
    """Return the best break of (at, latest], `latest` itself where there is none."""
    for places, name in zip(levels, names, strict=True):
        found = int(np.searchsorted(places, latest, side="right")) - 1
        if found >= 0 and places[found] >= at + EARLIEST[name] * (latest - at):
            return max(int(places[found]), at + 1)
    return latest


def _first_break(levels: list[Int64], earliest: int, cut: int) -> int:
    """Return the first break of [earliest, cut), `earliest` itself where there is none."""
    for places in levels:
        found = int(np.searchsorted(places, earliest))
        if found < len(places) and places[found] < cut:
            return int(places[found])
    return earliest
