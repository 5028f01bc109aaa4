"""A sample: one synthetic text woven from a plan, and where its pieces came to lie.

All token numbers of these dataclasses count from the first token of the sample; the row adds its
own start when the sample is placed (`pipelines/shards`). Spans are half-open.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """One piece of evidence, the question that it serves and the answer that it supports."""

    evidence: tuple[int, int]
    question: tuple[int, int]
    answer: tuple[int, int]
    text: str
    """The answer's text; decoding the answer span gives it, but for white space around it."""
    role: str
    """`planted` or `natural`."""
    extractive: bool
    target_depth: float | None
    depth: float
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HaystackSpan:
    """A piece of a document's cleaned text, in characters, that serves as haystack."""

    doc_id: str
    start: int
    end: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Characters of a haystack that are one document's own, in one piece."""

    at: int
    """Where it begins in the haystack; the next run begins behind it and an empty line."""
    size: int
    doc_id: str
    start: int
    """Characters of the document before it."""
    epoch: int = 0
    license: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Haystack:
    """Text offered as haystack, with its own tokens: runs of documents, parted by empty lines."""

    text: str
    token_ends: npt.NDArray[np.int64]
    """int64[N]: where each token ends, in UTF-8 bytes from the start of the text."""
    runs: tuple[Run, ...]
    """In the order of the text; none where the text is noise that no document has."""

    def spans(self, start: int, stop: int) -> list[HaystackSpan]:
        """Return what documents the characters [start, stop) are from."""
        found = []
        first_run = max(bisect_right(self.runs, start, key=lambda run: run.at) - 1, 0)
        for run in self.runs[first_run:]:
            first, last = max(start, run.at), min(stop, run.at + run.size)
            if run.at >= stop:
                break
            if first < last:
                moved = run.start - run.at
                found.append(
                    HaystackSpan(
                        doc_id=run.doc_id, start=first + moved, end=last + moved, epoch=run.epoch
                    )
                )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one sample is to be, apart from its words."""

    sample_id: str
    length: int
    """Greatest number of tokens, start and end ids included."""
    min_length: int = 1
    """A sample that comes out shorter is drawn again."""
    multiple: int = 1
    """The number of tokens is a multiple of this."""
    question: Literal["first", "last", "both"] = "last"
    loss: Literal["answer", "answer+context", "all"] = "answer"
    bos: bool = False
    """Begin with the tokenizer's start id."""
    eos: bool = True
    """End with the tokenizer's end id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Woven:
    """One sample after WEAVE: its ids, its mask and its needles."""

    sample_id: str
    task: str
    task_version: int
    template: str
    split: str
    loss: str
    question: str
    unique: str
    depth_kind: str
    answerable: bool
    gold: str
    answer: tuple[int, int]
    needles: tuple[Needle, ...]
    haystack: tuple[HaystackSpan, ...]
    licenses: tuple[str, ...]
    sentinels: tuple[int, ...]
    params: dict[str, Any]
    ids: npt.NDArray[np.int32]
    """int32[T], with start and end ids as the recipe asks."""
    target_mask: npt.NDArray[np.bool_]
    """bool[T]; the first token is never a target."""


HAYSTACK = pa.struct(
    [("doc_id", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("epoch", pa.int16())]
)

SAMPLES = pa.schema(
    [
        ("sample_id", pa.string()),
        ("task", pa.string()),
        ("task_version", pa.int32()),
        ("template", pa.string()),
        ("split", pa.string()),
        ("row_id", pa.int64()),
        ("segment", pa.int32()),
        ("num_tokens", pa.int32()),
        ("loss", pa.string()),
        ("question", pa.string()),
        ("unique", pa.string()),
        ("depth_kind", pa.string()),
        ("answerable", pa.bool_()),
        ("gold", pa.string()),
        ("answer_start", pa.int32()),
        ("answer_end", pa.int32()),
        ("haystack", pa.list_(HAYSTACK)),
        ("licenses", pa.list_(pa.string())),
        ("sentinels", pa.list_(pa.int32())),
        ("params", pa.string()),
    ]
)
"""`samples/*.parquet`; `answer_start` and `answer_end` count from the start of the row."""
