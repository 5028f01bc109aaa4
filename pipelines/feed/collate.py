"""Rows of a mix into a batch for transformers and TRL, each document on its own.

    SFTTrainer(data_collator=collate_for_transformers, ...)

transformers keeps documents apart only when it gets `position_ids` that restart, no
`attention_mask` and no cache; a mask of ones, or the cache that is on by default, lets every
document see those before it (transformers 5.23, masking_utils.py). FlashAttention takes
boundaries for one sequence, so B rows of L tokens become one of B * L: [1, B * L].

    input_ids      5 6 7 2 | 8 9 2 | 0 0 0       seq_lengths 4 3 3, the last is padding
    labels         . 6 7 2 | . 9 2 | . . .       . is -100; the model shifts labels itself
    position_ids   0 1 2 3 | 0 1 2 | 0 1 2

Cost: a few numpy passes over the ids; no loop per token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

IGNORED = -100
"""Label without loss: `ignore_index` of torch's cross entropy."""

Row = Mapping[str, Any]
"""A row as `datasets` yields it, lists or arrays. docs/format.md, "Rows"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """Rows back to back, T tokens in S segments."""

    input_ids: npt.NDArray[np.int64]
    """int64[T]."""
    labels: npt.NDArray[np.int64]
    """int64[T]: the ids, unshifted, and -100 where there is no target."""
    position_ids: npt.NDArray[np.int64]
    """int64[T]: from 0 in each segment."""
    boundaries: npt.NDArray[np.int32]
    """int32[S + 1]: where segments begin, and T."""
    longest: int
    """Tokens of the longest segment."""


def collate_for_transformers(rows: Sequence[Row]) -> dict[str, Any]:
    """Return one batch for a causal language model of transformers.

    `rows` need `input_ids` [L], `seq_lengths`, `target_mask` [L] or None, and `num_pad`. The batch
    has `input_ids`, `labels` and `position_ids` int64[1, B * L], `cu_seq_lens_q` and
    `cu_seq_lens_k` int32[S + 1], `max_length_q` and `max_length_k`, and `use_cache` False. For
    `SFTConfig`: remove_unused_columns=False, max_length=None and
    dataset_kwargs={"skip_prepare_dataset": True}. Raises ValueError for what cannot be fed, with
    the row's `row_id`.
    """
    import torch

    flat = flatten(rows)
    boundaries = torch.from_numpy(flat.boundaries)
    return {
        "input_ids": torch.from_numpy(flat.input_ids)[None],
        "labels": torch.from_numpy(flat.labels)[None],
        "position_ids": torch.from_numpy(flat.position_ids)[None],
        "cu_seq_lens_q": boundaries,
        "cu_seq_lens_k": boundaries,
        "max_length_q": flat.longest,
        "max_length_k": flat.longest,
        "use_cache": False,
    }


def flatten(rows: Sequence[Row]) -> Flat:
    """Lay rows back to back and derive labels, positions and boundaries. numpy alone.

    Raises ValueError for no rows, a missing column, `seq_lengths` that do not add up, or a row
    with positions of its own: transformers would take each of their jumps for a boundary.
    """
    if not rows:
        raise ValueError("there are no rows to collate; a batch needs at least one")
    for at, row in enumerate(rows):
        _check(row, name=f"row {row.get('row_id', at)}")
    input_ids = np.concatenate([np.asarray(row["input_ids"], dtype=np.int64) for row in rows])
    lengths = np.concatenate([np.asarray(row["seq_lengths"], dtype=np.int64) for row in rows])
    targets = np.concatenate([_targets(row) for row in rows])
    ends = np.cumsum(lengths)
    starts = ends - lengths
    targets[starts] = False
    return Flat(
        input_ids=input_ids,
        labels=np.where(targets, input_ids, IGNORED),
        position_ids=np.arange(input_ids.size) - np.repeat(starts, lengths),
        boundaries=np.append(starts, input_ids.size).astype(np.int32),
        longest=int(lengths.max()),
    )


def _targets(row: Row) -> npt.NDArray[np.bool_]:
    """Return bool[L]: the row's own mask, or everything but padding."""
    mask = row["target_mask"]
    size = len(row["input_ids"])
    return np.arange(size) < size - row["num_pad"] if mask is None else np.array(mask, np.bool_)


def _check(row: Row, *, name: str) -> None:
    """Raise ValueError for a row that would train on something else than it says."""
    missing = {"input_ids", "seq_lengths", "target_mask", "num_pad"} - set(row)
    if missing:
        raise ValueError(
            f"{name} has no {', '.join(sorted(missing))}; keep these columns, and set "
            "remove_unused_columns=False in the trainer"
        )
    if row.get("position_ids") is not None:
        raise ValueError(
            f"{name} has position_ids of its own; transformers takes every jump in them for the "
            "start of a document, so feed this mix to a trainer that takes explicit boundaries"
        )
    size = len(row["input_ids"])
    lengths = np.asarray(row["seq_lengths"])
    if lengths.sum() != size or (lengths < 1).any():
        raise ValueError(
            f"{name} has {size} tokens, but its seq_lengths add up to {lengths.sum()} with a least "
            f"of {lengths.min(initial=size)}; set max_length=None, so that the trainer cuts no row"
        )
    if row["target_mask"] is not None and len(row["target_mask"]) != size:
        raise ValueError(
            f"{name} has {size} tokens and a target_mask of {len(row['target_mask'])}; "
            "they must be equal"
        )
