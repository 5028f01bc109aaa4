r"""Answers: every place before a sample's answer where the answer's tokens stand, in any order.

    segment  ... key is 7 3 9 ... 7 3 8 ... the pass 7 3 9 opened ... Answer: 7 3 9
    evidence        -----                                              searched for: 7 3 9
    ->  one candidate, in "the pass 7 3 9 opened"

All samples of a group at once: of each pattern the rarest token is its anchor, one pass over the
ids finds all anchors, and what stands around them is compared exactly.

Tokens and text do not say the same. A hit of tokens need not be whole words ("739" in "17395"), so
it is a candidate that `confirmed` decides by the text around it. And text may be spelled by other
tokens than those of the answer: so `forms` adds the encodings of the bare answer and of the answer
behind a space, and the search of the decoded text (needles.check_unique) keeps the last word. The
search here is a second reading, by other code and of all samples, and no replacement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.verify.needles import bounded
from pipelines.verify.tensors.arrays import Array, Arrays, IntArray
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.needles import Placed

Ids = npt.NDArray[np.int32]
AROUND = 32
"""Tokens that are decoded on either side of a candidate: more than a word has."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patterns:
    """What is searched for and where, K in all. Tokens count through the whole group."""

    ids: tuple[Ids, ...]
    """K patterns, one token at least."""
    starts: IntArray
    stops: IntArray
    """int64[K]: the range that a hit must lie in."""
    samples: IntArray
    """int64[K]: the placed sample."""
    answers: tuple[str, ...]
    """What the pattern spells."""
    stated: IntArray
    """int64[E, 2]: where evidence stands in the group, rising and apart; a hit may not touch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Tokens of an answer where they should not stand."""

    row: int
    """Index in the group."""
    sample: int
    """Index among the placed samples."""
    answer: str
    start: int
    stop: int
    """Tokens of the row."""
    first: int
    last: int
    """Tokens of the row between which there is no evidence: the piece of text it stands in."""


def patterns_of(
    group: TensorGroup, placed: Placed, encode: Callable[[str], Ids] | None = None
) -> Patterns:
    """Return what to search for: the answers of samples that declare `unique: value`.

    With `encode` also other ways to spell them.
    """
    begins, needles = group.ids.offsets[placed.rows], group.needles
    lines = placed.lines
    wanted = np.array([line["unique"] == "value" for line in lines], bool)
    of, numbers = placed.owners, placed.needles
    spans = [needles[f"evidence_{side}"][numbers].astype(np.int64) for side in ("start", "end")]
    stated = np.stack([begins[of] + span for span in spans], axis=1)
    found: dict[tuple[int, str, bytes], Ids] = {}
    for k, number in zip(of.tolist(), numbers.tolist(), strict=True):
        if wanted[k]:
            answer = needles.text("answer", number)
            span = slice(*(int(needles[f"answer_{side}"][number]) for side in ("start", "end")))
            for ids in (group.ids.row(int(placed.rows[k]))[span], *forms(answer, encode)):
                if len(ids):
                    found[k, answer, ids.tobytes()] = ids
    samples = np.array([key[0] for key in found], np.int64)
    ends = np.array([line["answer_start"] for line in lines], np.int64)
    return Patterns(
        ids=tuple(found.values()),
        starts=(begins + placed.starts)[samples],
        stops=(begins + ends)[samples],
        samples=samples,
        answers=tuple(key[1] for key in found),
        stated=_merged(stated[stated[:, 0] < stated[:, 1]]),
    )


def forms(answer: str, encode: Callable[[str], Ids] | None) -> list[Ids]:
    """Return other tokens that spell an answer: bare, and behind a space."""
    bare = answer.strip()
    return [] if encode is None or not bare else [encode(bare), encode(f" {bare}")]


def _merged(spans: IntArray) -> IntArray:
    """Return spans sorted, those that touch or overlap as one."""
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reach = np.maximum.accumulate(spans[:, 1])
    opens = np.ones(len(spans), bool)
    opens[1:] = spans[1:, 0] > reach[:-1]
    firsts = np.flatnonzero(opens)
    return np.stack(
        [spans[firsts, 0], reach[np.append(firsts[1:], len(spans))[: len(firsts)] - 1]], axis=1
    )


def search(
    group: TensorGroup, ids: Array, patterns: Patterns, placed: Placed, *, arrays: Arrays
) -> list[Candidate]:
    """Return every exact hit of every pattern in its range, outside evidence.

    `ids` is int32[T] of the group, on the device. Cost: one look-up a token, and for each anchor
    that is met some numpy.
    """
    if not patterns.ids:
        return []
    number, at = _hits(group, ids, patterns, arrays)
    sizes = np.array([len(pattern) for pattern in patterns.ids])[number]
    piece = np.searchsorted(patterns.stated[:, 1], at, side="right")  # evidence that ends behind
    before = np.concatenate([[[-1, -1]], patterns.stated, [[1 << 62, 1 << 62]]])
    free = at + sizes <= before[piece + 1, 0]
    number, at, sizes, piece = number[free], at[free], sizes[free], piece[free]
    samples = patterns.samples[number]
    rows = placed.rows[samples]
    begin = group.ids.offsets[rows]
    firsts = np.maximum(before[piece, 1], patterns.starts[number]) - begin
    lasts = np.minimum(before[piece + 1, 0], patterns.stops[number]) - begin
    columns = (rows, samples, number, at - begin, at + sizes - begin, firsts, lasts)
    return [
        Candidate(
            row=row, sample=sample, answer=patterns.answers[k], start=a, stop=b, first=c, last=d
        )
        for row, sample, k, a, b, c, d in zip(*(c.tolist() for c in columns), strict=True)
    ]


def _hits(
    group: TensorGroup, ids: Array, patterns: Patterns, arrays: Arrays
) -> tuple[IntArray, IntArray]:
    """Return the pattern and the first token of each exact hit in a pattern's range."""
    values = group.ids.values
    common = np.bincount(values)
    places = [
        int(np.argmin(common[pattern])) if _met(pattern, common) else -1 for pattern in patterns.ids
    ]
    kept = np.flatnonzero(np.array(places) >= 0)
    offset = np.array(places, np.int64)[kept]
    anchors = np.array([patterns.ids[k][places[k]] for k in kept.tolist()], np.int64)
    sizes = np.array([len(patterns.ids[k]) for k in kept.tolist()], np.int64)
    table = np.zeros(len(common) + 1, np.uint8)
    table[anchors] = 1
    at = arrays.places(arrays.lookup(arrays.put(table), ids) != 0)
    # By token, then place: what one anchor may be in its range stands together.
    reach = len(values) + 1
    keys = np.sort(values[at].astype(np.int64) * reach + at)
    low = np.searchsorted(keys, anchors * reach + patterns.starts[kept] + offset)
    last = patterns.stops[kept] - sizes + offset
    high = np.maximum(low, np.searchsorted(keys, anchors * reach + last, side="right"))
    owner = np.repeat(np.arange(len(kept)), high - low)
    inside = np.arange(len(owner)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    begin = keys[low[owner] + inside] % reach - offset[owner]
    same = _same(values, begin, owner, [patterns.ids[k] for k in kept.tolist()])
    return kept[owner[same]], begin[same]


def _met(pattern: Ids, common: IntArray) -> bool:
    """Say whether all tokens of a pattern occur."""
    return bool(pattern.max() < len(common) and pattern.min() >= 0 and common[pattern].all())


def _same(values: Ids, begin: IntArray, owner: IntArray, patterns: Sequence[Ids]) -> IntArray:
    """Return which hits are exact: token by token of the patterns, all hits at once."""
    left = np.arange(len(begin))
    longest = max((len(pattern) for pattern in patterns), default=0)
    padded = np.full((len(patterns), longest), -1, np.int32)
    for k, pattern in enumerate(patterns):
        padded[k, : len(pattern)] = pattern
    for j in range(longest):
        wanted = padded[owner[left], j]
        here = np.minimum(begin[left] + j, len(values) - 1)
        left = left[(wanted < 0) | (values[here] == wanted)]
    return left


def confirmed(group: TensorGroup, candidate: Candidate, decode: Callable[[Ids], str]) -> bool:
    """Say whether the answer stands there in whole words, by the text around the tokens.

    Text at the edge of what is decoded may be half a word, unless evidence or the segment ends
    there, as `needles.check_unique` reads it.
    """
    first = max(candidate.first, candidate.start - AROUND)
    last = min(candidate.last, candidate.stop + AROUND)
    text = decode(group.ids.row(candidate.row)[first:last])
    for match in bounded(candidate.answer).finditer(text):
        opens = match.start() > 0 or first == candidate.first
        closes = match.end() < len(text) or last == candidate.last
        if opens and closes:
            return True
    return False
