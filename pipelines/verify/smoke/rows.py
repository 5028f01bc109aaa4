"""Rows as the smoke model takes them: folded ids, weights of the loss, and where answers stand.

ids       7 7 9 4 4 1     seq_lengths 4 2
targets   . 1 1 1 . 1     . is no target
weights   0 1 1 3 0 1     token 3 is an answer and counts three times
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pipelines.feed.dataset import COLUMNS, MixDataset
from pipelines.verify.smoke.attention import Segments
from pipelines.verify.smoke.decoder import Batch
from pipelines.verify.smoke.vocabulary import Vocabulary

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The N answers of a row, one for each piece of evidence."""

    starts: Int64
    """int64[N]: first tokens, counted from the start of the row."""
    stops: Int64
    depths: Float64
    """float64[N]: depths of their evidence."""
    samples: tuple[str, ...]
    """Names of the samples that they belong to."""

    @staticmethod
    def none() -> "Answers":
        """Return no answers."""
        empty = np.zeros(0, np.int64)
        return Answers(starts=empty, stops=empty, depths=np.zeros(0), samples=())

    def covered(self, length: int) -> npt.NDArray[np.bool_]:
        """Return bool[length]: the tokens of answers."""
        edges = np.zeros(length + 1, np.int64)
        np.add.at(edges, self.starts, 1)
        np.add.at(edges, self.stops, -1)
        inside: npt.NDArray[np.bool_] = np.cumsum(edges[:-1]) > 0
        return inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of T tokens."""

    ids: Int64
    """int64[T], folded."""
    lengths: Int64
    """int64[S], segments."""
    weights: Float32
    """float32[T]: how much the prediction of each token counts."""
    answers: Answers
    positions: Int64 | None = None
    """int64[T]; None counts from 0 in each segment."""
    padding: int = 0
    """Tokens at the end that are no text."""


def plain_row(ids: Int64, *, answers: Answers, answer_weight: float) -> Row:
    """Return a row of one segment in which every token is a target."""
    weights = np.where(answers.covered(len(ids)), answer_weight, 1.0).astype(np.float32)
    return Row(ids=ids, lengths=np.array([len(ids)]), weights=weights, answers=answers)


def read_rows(mix: str, vocabulary: Vocabulary, *, answer_weight: float) -> list[Row]:
    """Return all rows of a mix."""
    dataset = MixDataset(mix, columns=(*COLUMNS, "needles"))
    return [
        folded_row(row, vocabulary, answer_weight=answer_weight)
        for row in dataset.__getitems__(range(len(dataset)))
    ]


def folded_row(row: dict[str, Any], vocabulary: Vocabulary, *, answer_weight: float) -> Row:
    """Return a row of `MixDataset`, needles and all, as the smoke model takes it."""
    ids, lengths = vocabulary.fold(row["input_ids"]), row["seq_lengths"].astype(np.int64)
    needles = row["needles"]
    answers = Answers(
        starts=np.array([n["answer_start"] for n in needles], np.int64),
        stops=np.array([n["answer_end"] for n in needles], np.int64),
        depths=np.array([n["depth"] for n in needles], np.float64),
        samples=tuple(n["sample_id"] for n in needles),
    )
    targets = row["target_mask"]
    if targets is None:
        targets = np.arange(len(ids)) < len(ids) - row["num_pad"]
    weights = np.where(answers.covered(len(ids)), answer_weight, 1.0) * targets
    return Row(
        ids=ids,
        lengths=lengths,
        weights=weights.astype(np.float32),
        answers=answers,
        padding=row["num_pad"],
        positions=None if row["position_ids"] is None else row["position_ids"].astype(np.int64),
    )


def batch_of(rows: Sequence[Row], device: torch.device) -> Batch:
    """Return rows back to back on a device. A segment's first token is never predicted."""
    segments = Segments(lengths=np.concatenate([row.lengths for row in rows]), device=device)
    weights = np.concatenate([row.weights for row in rows])
    weights[segments.starts] = 0
    ages = segments.ages()
    own = [row.positions for row in rows]
    positions = ages
    if any(part is not None for part in own):
        edges = np.cumsum([0, *(len(row.ids) for row in rows)])
        parts = [
            ages[edges[i] : edges[i + 1]] if part is None else torch.from_numpy(part).to(device)
            for i, part in enumerate(own)
        ]
        positions = torch.cat(parts)
    tokens = torch.from_numpy(np.concatenate([row.ids for row in rows])).to(device)
    return Batch(
        tokens=tokens,
        positions=positions,
        weights=torch.from_numpy(weights).to(device),
        segments=segments,
    )


def dealt(rng: np.random.Generator, rows: Sequence[Row], count: int) -> Iterator[list[Row]]:
    """Yield `count` rows at a time in a drawn order of all rows, then in another one.

    What is left at the end of an order, fewer than `count`, waits for the next. Raises ValueError
    for fewer rows than `count`.
    """
    if len(rows) < count:
        raise ValueError(f"{len(rows)} rows for steps of {count}")
    while True:
        order = rng.permutation(len(rows))
        for start in range(0, len(rows) - count + 1, count):
            yield [rows[index] for index in order[start : start + count]]
