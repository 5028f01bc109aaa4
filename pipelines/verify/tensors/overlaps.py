"""Overlaps: what the sketches of a whole mix say of text that stands in it more than once.

    gram   row  document          share of row 1: 1 of 2, of row 2: 1 of 1
    ca7    1    A                 row 3 has the gram from document A again: another pass, or a
    ca7    2    B                 document that repeats itself, and no overlap
    f00    1    A

A gram counts where it also stands in another row, in text of another document. Whole documents and
spans are not asked for: two editions of a book share most of their grams and no fingerprint.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.verify.findings import Findings
from pipelines.verify.tensors.arrays import IntArray
from pipelines.verify.tensors.sketches import SIZES, Grams, Prints, Sketch, join
from schemas.row import BoolArray

LIMIT = 0.5
"""Share of a row's 50-grams that stand elsewhere, above which it is named. Documents that share a
third of their n-grams in the sense of Jaccard share half of each one's: 2 J / (1 + J) with
J = 1/3, far below what deduplication lets pass as different (0.7 to 0.8). And three mixes of books
and of Python packages had 0.003 %, 0.7 % and 3.2 % of all 50-grams in two documents: the rows that
were named held a licence of 4,000 tokens, and a package's copy of another."""
LEAST_HITS = 8
"""Kept n-grams of a row that must stand elsewhere before it is named: with fewer the share says
little (8 of 16 is one half within 0.25, 19 times of 20)."""
SHOWN = 20
"""Rows, pairs and passages that are listed; all are counted."""
GAP = 16
"""Times the rate: so far apart two kept n-grams of one passage stand once in e^16 cases."""
LONG = 512
"""Tokens from which a passage that stands twice is listed: a page of a book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShare:
    """How much of a row stands elsewhere."""

    row_id: int
    share: float
    grams: int
    """Kept n-grams that the share is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage that stands twice, about so long; tokens count from the start of each row.

    Kept n-grams vouch for it, so single words inside may differ: `exact_passage` reads them.
    """

    row_id: int
    start: int
    other_row_id: int
    other_start: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What is shared in n-grams of one size."""

    n: int
    grams: int
    """Kept n-grams of natural text."""
    share: float
    """Of them, those that stand in another row of another document."""
    above: int
    """Rows of which more than LIMIT stands elsewhere."""
    rows: tuple[RowShare, ...]
    """The worst of those, SHOWN at most."""
    passages: tuple[Passage, ...]
    """The longest, SHOWN at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """What is the same tokens: rows of the same document and pass, or spans of two documents."""

    count: int
    """Those that another one came before."""
    pairs: tuple[tuple[int, int], ...]
    """row_id of the first and of each later one, SHOWN at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The judgement on a mix."""

    rate: int
    tokens: int
    """Of natural text, as far as it was read."""
    overlaps: tuple[Overlap, ...]
    rows: Duplicates
    spans: Duplicates
    """Of the spans that were kept: one in rate / 64."""

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return asdict(self)

    def report(self, findings: Findings) -> None:
        """Note a row that stands twice as a defect, and what documents share as a warning.

        Short runs are a figure alone: half of a page of citations may stand elsewhere in 13s.
        """
        where = ", ".join(f"{a} and {b}" for a, b in self.rows.pairs)
        expected = f"different rows; the same tokens in rows {where}"
        findings.need("rows.duplicate", not self.rows.count, "all rows", expected)
        note = f"{self.spans.count} spans are the text of another document"
        findings.warn("rows.same_span", not self.spans.count, note)
        for overlap in self.overlaps[:1]:
            findings.warn("rows.overlap", not overlap.above, _sentence(overlap))


def _sentence(overlap: Overlap) -> str:
    worst = ", ".join(f"{row.row_id} ({row.share:.0%})" for row in overlap.rows[:3])
    return (
        f"{overlap.share:.2%} of all runs of {overlap.n} tokens stand in two documents; more than "
        f"{LIMIT:.0%} of rows {worst}: {overlap.above} rows in all"
    )


def judge_sketches(sketches: Sequence[Sketch]) -> Figures | None:
    """Return what the sketches of all groups come to; None where there is none.

    Cost: sorting the kept n-grams three times. The order of the sketches does not matter.
    """
    if not sketches:
        return None
    whole = join(sketches)
    rows, spans = whole.rows, whole.spans
    return Figures(
        rate=whole.rate,
        tokens=whole.num_tokens,
        overlaps=tuple(_overlap(n, whole.grams[n], whole.rate) for n in SIZES),
        rows=_same(rows, lambda a, b: _one_pass(rows, a, b)),
        spans=_same(spans, lambda a, b: spans.documents[a] != spans.documents[b]),
    )


def _one_pass(rows: Prints, earlier: IntArray, later: IntArray) -> BoolArray:
    """Say which rows begin with the same document in the same pass."""
    same = rows.documents[earlier] == rows.documents[later]
    alike: BoolArray = same & (rows.epochs[earlier] == rows.epochs[later])
    return alike


def _overlap(n: int, grams: Grams, rate: int) -> Overlap:
    hit = standing_elsewhere(grams)
    row_ids, owner = np.unique(grams.rows, return_inverse=True)
    kept = np.bincount(owner, minlength=len(row_ids))
    hits = np.bincount(owner[hit], minlength=len(row_ids))
    above = np.flatnonzero((hits > LIMIT * kept) & (hits >= LEAST_HITS))
    worst = above[np.argsort(-hits[above] / kept[above], kind="stable")][:SHOWN]
    shares = [
        RowShare(row_id=int(row_ids[k]), share=float(hits[k] / kept[k]), grams=int(kept[k]))
        for k in worst.tolist()
    ]
    return Overlap(
        n=n,
        grams=len(grams.hashes),
        share=float(hit.mean()) if len(hit) else 0.0,
        above=len(above),
        rows=tuple(shares),
        passages=passages(grams, n, rate),
    )


def standing_elsewhere(grams: Grams) -> BoolArray:
    """Say which n-grams also stand in another row, in text of another document: bool[G].

    Of the n-grams that are the same, those in the row and those of the document are taken away, and
    those that are both given back; what is left stands elsewhere.
    """
    found = np.zeros(len(grams.hashes), bool)
    often = np.flatnonzero(_alike(grams.hashes) > 1)
    hashes, rows, documents = (
        column[often] for column in (grams.hashes, grams.rows, grams.documents)
    )
    others = _alike(hashes) - _alike(hashes, rows) - _alike(hashes, documents)
    found[often] = others + _alike(hashes, rows, documents) > 0
    return found


def _alike(*columns: IntArray) -> IntArray:
    """Return for each entry how many have the same values in all columns, itself included."""
    order = np.lexsort(columns)
    new = np.zeros(len(order), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[order[1:]] != column[order[:-1]]
    group = np.cumsum(new) - 1
    sizes = np.empty(len(order), np.int64)
    sizes[order] = np.bincount(group)[group] if len(order) else 0
    return sizes


def passages(grams: Grams, n: int, rate: int) -> tuple[Passage, ...]:
    """Return the longest passages that stand twice, each against where it stood first.

    Kept n-grams that stand as far apart here as there are one passage, from the first to the end
    of the last, so by about the rate too short at either end.
    """
    order = np.lexsort((grams.places, grams.rows, grams.hashes))
    hashes = grams.hashes[order]
    first = np.searchsorted(hashes, hashes)  # the first of all that are the same
    here, there = order, order[first]
    apart = grams.rows[here] != grams.rows[there]
    apart &= grams.documents[here] != grams.documents[there]
    here, there = here[apart], there[apart]
    shift = grams.places[here].astype(np.int64) - grams.places[there]
    columns = (grams.places[here], shift, grams.rows[there], grams.rows[here])
    order = np.lexsort(columns)
    here, there, shift = here[order], there[order], shift[order]
    new = np.ones(len(order), bool)
    new[1:] = np.diff(grams.places[here]) > GAP * rate
    for column in (shift, grams.rows[here], grams.rows[there]):
        new[1:] |= column[1:] != column[:-1]
    opens = np.flatnonzero(new)
    closes = np.append(opens[1:], len(order)) - 1
    lengths = grams.places[here[closes]] - grams.places[here[opens]] + n if len(opens) else opens
    longest = np.argsort(-lengths, kind="stable")[:SHOWN]
    return tuple(
        Passage(
            row_id=int(grams.rows[there[opens[k]]]),
            start=int(grams.places[there[opens[k]]]),
            other_row_id=int(grams.rows[here[opens[k]]]),
            other_start=int(grams.places[here[opens[k]]]),
            length=int(lengths[k]),
        )
        for k in longest[lengths[longest] >= LONG].tolist()
    )


def exact_passage(
    one: npt.NDArray[np.int32], two: npt.NDArray[np.int32], passage: Passage
) -> Passage:
    """Return the run of equal tokens, both ways from a passage's first, as its two rows have it.

    `one` and `two` are int32[T] of the rows. Length 0 where the hashes lied.
    """
    here, there = passage.start, passage.other_start
    ahead = _common(one[here:], two[there:])
    behind = _common(one[:here][::-1], two[:there][::-1]) if ahead else 0
    return Passage(
        row_id=passage.row_id,
        start=here - behind,
        other_row_id=passage.other_row_id,
        other_start=there - behind,
        length=behind + ahead,
    )


def _common(one: npt.NDArray[np.int32], two: npt.NDArray[np.int32]) -> int:
    """Return how many tokens two begin with alike."""
    size = min(len(one), len(two))
    differs = np.flatnonzero(one[:size] != two[:size])
    return int(differs[0]) if len(differs) else size


def _same(prints: Prints, copied: Callable[[IntArray, IntArray], BoolArray]) -> Duplicates:
    """Return what has a fingerprint that came before.

    `copied` says of earlier and later ones, int64[C] each, which are the same without intent.
    """
    order = np.lexsort((prints.places, prints.rows, prints.prints[:, 1], prints.prints[:, 0]))
    new = np.ones(len(order), bool)
    new[1:] = (prints.prints[order[1:]] != prints.prints[order[:-1]]).any(axis=1)
    first = order[np.flatnonzero(new)[np.cumsum(new) - 1]]
    earlier, later = first[~new], order[~new]
    copies = copied(earlier, later)
    earlier, later = earlier[copies], later[copies]
    pairs = zip(prints.rows[earlier].tolist(), prints.rows[later].tolist(), strict=True)
    return Duplicates(count=len(later), pairs=tuple(sorted(pairs)[:SHOWN]))
