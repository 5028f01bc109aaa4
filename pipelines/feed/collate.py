"""Rows of a mix into a batch for transformers and TRL, each document on its own.

    SFTTrainer(data_collator=collate_for_transformers, ...)

transformers keeps documents apart only when it gets `position_ids` that restart, no
`attention_mask` and no cache; a mask of ones, or the cache that is on by default, lets every
document see those before it (transformers 5.23, masking_utils.py). FlashAttention takes
boundaries for one sequence, so B rows of L tokens become one of B * L: [1, B * L].

    input_ids      5 6 7 2 | 8 9 2 | 0 0 0       seq_lengths 4 3 3, the last is padding
    labels         . 6 7 2 | . 9 2 | . . .       . is -100; the model shifts labels itself
    position_ids   0 1 2 3 | 0 1 2 | 0 1 2

Rows with `position_ids` of their own (PoSE, CREAM, ...) need `collate_with_positions`: it tells
boundaries apart from positions, since every jump in positions would be one.

Cost: a few numpy passes over the ids; no loop per token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from schemas.positions_spec import CARRIES_POSITIONS

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
    """int64[T]: the row's own, else from 0 in each segment."""
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
    the row's `row_id`, and for rows with positions of their own.
    """
    import torch

    flat = flatten(rows)
    for at, row in enumerate(rows):
        if row.get("position_ids") is not None:
            raise ValueError(
                f"{_name(row, at)} has position_ids of its own, and on this path the trainer cannot"
                f" carry them: {CARRIES_POSITIONS['trl']}; take collate_with_positions"
            )
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


def collate_with_positions(
    rows: Sequence[Row], *, attention: Literal["sdpa", "eager", "flash_attention_2"]
) -> dict[str, Any]:
    """Return one batch whose documents are kept apart by boundaries alone, whatever its positions.

    `attention` is the model's `attn_implementation`. For FlashAttention the batch is that of
    `collate_for_transformers`, since it has boundaries of its own. The others get `attention_mask`
    [1, 1, B * L, B * L] instead: bool for `sdpa`, float32 for `eager`. It takes the square of the
    tokens: 1 GB for 32,768 as bool; longer batches need FlashAttention. Such a mask takes the place
    of the model's own: layers with a window see whole documents. Raises ValueError as `flatten`
    does.
    """
    import torch

    flat = flatten(rows)
    batch = {
        "input_ids": torch.from_numpy(flat.input_ids)[None],
        "labels": torch.from_numpy(flat.labels)[None],
        "position_ids": torch.from_numpy(flat.position_ids)[None],
        "use_cache": False,
    }
    if attention == "flash_attention_2":
        boundaries = torch.from_numpy(flat.boundaries)
        ends = {"cu_seq_lens_q": boundaries, "cu_seq_lens_k": boundaries}
        return {**batch, **ends, "max_length_q": flat.longest, "max_length_k": flat.longest}
    segment = torch.from_numpy(np.repeat(np.arange(flat.boundaries.size - 1), _sizes(flat)))
    seen = (segment[:, None] == segment[None]).tril()[None, None]
    if attention == "eager":  # added to the scores
        seen = torch.zeros(seen.shape).masked_fill(~seen, torch.finfo(torch.float32).min)
    return {**batch, "attention_mask": seen}


def _sizes(flat: Flat) -> npt.NDArray[np.int32]:
    """Return int32[S], tokens of the segments."""
    sizes: npt.NDArray[np.int32] = np.diff(flat.boundaries)
    return sizes


def flatten(rows: Sequence[Row]) -> Flat:
    """Lay rows back to back and derive labels, positions and boundaries. numpy alone.

    Raises ValueError for no rows, a missing column, `seq_lengths` that do not add up, or positions
    that do not rise in every segment.
    """
    if not rows:
        raise ValueError("there are no rows to collate; a batch needs at least one")
    for at, row in enumerate(rows):
        _check(row, name=_name(row, at))
    input_ids = np.concatenate([np.asarray(row["input_ids"], dtype=np.int64) for row in rows])
    lengths = np.concatenate([np.asarray(row["seq_lengths"], dtype=np.int64) for row in rows])
    targets = np.concatenate([_targets(row) for row in rows])
    ends = np.cumsum(lengths)
    starts = ends - lengths
    targets[starts] = False
    positions = np.arange(input_ids.size) - np.repeat(starts, lengths)
    first = 0
    for row in rows:
        if row.get("position_ids") is not None:
            own = np.asarray(row["position_ids"], dtype=np.int64)
            positions[first : first + own.size] = own
        first += len(row["input_ids"])
    return Flat(
        input_ids=input_ids,
        labels=np.where(targets, input_ids, IGNORED),
        position_ids=positions,
        boundaries=np.append(starts, input_ids.size).astype(np.int32),
        longest=int(lengths.max()),
    )


def _name(row: Row, at: int) -> str:
    return f"row {row.get('row_id', at)}"


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
    if row.get("position_ids") is not None:
        _check_positions(np.asarray(row["position_ids"]), lengths, name=name)


def _check_positions(positions: npt.NDArray[Any], lengths: npt.NDArray[Any], *, name: str) -> None:
    """Raise ValueError for positions that do not rise in every segment."""
    size = int(lengths.sum())
    if positions.size != size:
        raise ValueError(f"{name} has {size} tokens and {positions.size} position_ids")
    rises = np.diff(positions) > 0
    rises[np.cumsum(lengths)[:-1] - 1] = True
    if not rises.all() or positions.min() < 0:
        raise ValueError(
            f"{name} has position_ids that fall or repeat inside a segment; the row is damaged"
        )
