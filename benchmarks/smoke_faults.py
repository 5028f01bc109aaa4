"""Faults for the smoke training to find: the rows of a good mix, spoilt in one way.

answers corrupted     ... key = 41 7   ->   ... key = 90 2       the evidence still says 41 7
mask one too early    targets . . 1 1  ->   . 1 1 .
naive packing         seq_lengths 3 5  ->   8                    everything sees what is before it
keys re-used          four documents of a row state the same keys with other values
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.feed.dataset import COLUMNS, MixDataset
from pipelines.verify.smoke.rows import Row, folded_row
from pipelines.verify.smoke.vocabulary import Vocabulary

Int64 = npt.NDArray[np.int64]
SAMPLES = 4
"""Documents of a row that state the same keys."""


def corrupted(rng: np.random.Generator, rows: list[Row], share: float) -> list[Row]:
    """Give this share of the answers the tokens of another answer of as many tokens."""
    pool: dict[int, list[Int64]] = {}
    for row in rows:
        for a, b in zip(row.answers.starts, row.answers.stops, strict=True):
            pool.setdefault(int(b - a), []).append(row.ids[a:b])
    spoilt = []
    for row in rows:
        ids = row.ids.copy()
        for a, b in zip(row.answers.starts, row.answers.stops, strict=True):
            if rng.random() < share:
                others = pool[int(b - a)]
                ids[a:b] = others[int(rng.integers(len(others)))]
        spoilt.append(replace(row, ids=ids))
    return spoilt


def shifted(rows: list[Row]) -> list[Row]:
    """Let every target be the token after the one that is meant.

    That is a mask by token laid on labels by prediction. The other way round the end id, a target
    itself, makes up for the last token of an answer, so that all of it is still trained.
    """
    return [replace(row, weights=np.append(np.float32(0), row.weights[:-1])) for row in rows]


def naive(rows: list[Row]) -> list[Row]:
    """Make one segment of each row."""
    return [replace(row, lengths=np.array([len(row.ids)])) for row in rows]


def keys_reused(
    rng: np.random.Generator, mix: str, vocabulary: Vocabulary, *, answer_weight: float
) -> list[Row]:
    """Return rows whose documents state the same keys, each with values and text of its own.

    `mix` has short samples. Of each row's first sample four copies are made; what is neither
    evidence nor question nor answer is replaced by natural text. Rows without samples stay.
    """
    dataset = MixDataset(mix, columns=(*COLUMNS, "needles"))
    raw = dataset.__getitems__(range(len(dataset)))
    text = np.concatenate([_natural(row) for row in raw])
    values: dict[int, list[Int64]] = {}
    for row in raw:
        for needle in row["needles"]:
            value = row["input_ids"][needle["answer_start"] : needle["answer_end"]]
            values.setdefault(len(value), []).append(value)
    made = []
    for row in raw:
        copies = _copies(rng, row, text, values) if row["needles"] else None
        made.append(folded_row(copies or row, vocabulary, answer_weight=answer_weight))
    return made


def _natural(row: dict[str, Any]) -> Int64:
    """Return the ids of a row's segments without needles."""
    ends = np.cumsum(row["seq_lengths"])
    held = {needle["segment"] for needle in row["needles"]}
    last = len(row["input_ids"]) - row["num_pad"]
    parts = [
        row["input_ids"][end - size : min(end, last)]
        for at, (end, size) in enumerate(zip(ends, row["seq_lengths"], strict=True))
        if at not in held
    ]
    return np.concatenate([np.zeros(0, np.int32), *parts])


def _copies(
    rng: np.random.Generator, row: dict[str, Any], text: Int64, values: dict[int, list[Int64]]
) -> dict[str, Any] | None:
    """Return a row of four copies of a row's first sample; None where a value is not found."""
    length, segment = len(row["input_ids"]), row["needles"][0]["segment"]
    start = int(np.sum(row["seq_lengths"][:segment]))
    size = int(row["seq_lengths"][segment])
    needles = [needle for needle in row["needles"] if needle["segment"] == segment]
    if SAMPLES * size > length:
        return None
    ids, mask, lengths, placed = [], [], [], []
    for copy in range(SAMPLES):
        own, targets = _copy(rng, row, needles, text=text, values=values, start=start, size=size)
        if own is None:
            return None
        ids.append(own)
        mask.append(targets)
        lengths.append(size)
        for needle in needles:
            at = {key: needle[key] - start + copy * size for key in ("answer_start", "answer_end")}
            placed.append(needle | at)
    rest = length - SAMPLES * size
    if rest:
        first = int(rng.integers(len(text) - rest))
        ids.append(text[first : first + rest])
        mask.append(np.ones(rest, bool))
        lengths.append(rest)
    return {
        "input_ids": np.concatenate(ids),
        "seq_lengths": np.array(lengths, np.int32),
        "target_mask": np.concatenate(mask),
        "position_ids": None,
        "num_pad": 0,
        "needles": placed,
    }


def _copy(
    rng: np.random.Generator,
    row: dict[str, Any],
    needles: list[dict[str, Any]],
    *,
    text: Int64,
    values: dict[int, list[Int64]],
    start: int,
    size: int,
) -> tuple[Int64 | None, npt.NDArray[np.bool_]]:
    """Return one copy of a sample with text and values of its own, and its targets."""
    ids = row["input_ids"][start : start + size].copy()
    targets = row["target_mask"][start : start + size]
    plain = np.ones(size, bool)
    plain[min(needle["question_start"] for needle in needles) - start :] = False
    for needle in needles:
        plain[needle["evidence_start"] - start : needle["evidence_end"] - start] = False
    first = int(rng.integers(len(text) - size))
    ids[plain] = text[first : first + size][plain]
    for needle in needles:
        a, b = needle["answer_start"] - start, needle["answer_end"] - start
        c, d = needle["evidence_start"] - start, needle["evidence_end"] - start
        found = np.lib.stride_tricks.sliding_window_view(ids[c:d], b - a) == ids[a:b]
        at = np.flatnonzero(found.all(1))
        if not len(at):
            return None, targets
        pool = values[b - a]
        value = pool[int(rng.integers(len(pool)))]
        ids[a:b] = value
        ids[c + at[0] : c + at[0] + b - a] = value
    return ids, targets
