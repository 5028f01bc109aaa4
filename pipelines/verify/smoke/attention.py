"""Attention within segments: nothing is seen across a boundary, and nothing that comes later.

On a CPU segments of one length attend together, each causally; FlexAttention has no backward pass
there (torch 2.13), and a mask over the whole batch takes five times as long. On a GPU one
FlexAttention kernel skips the blocks that no segment reaches into.

    seq_lengths 3 2 3   ->   segments 0 and 2 as a batch of two, segment 1 by itself
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - as torch's own pages have it
from torch import Tensor

Attend = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Attention of q, k, v [H, T, D] to [H, T, D]; q bears the scale of the scores."""

BLOCK = 256
"""Queries that attend at once on a CPU. softmax(q k') v in three steps takes three quarters of the
time of a whole training step with torch's fused kernel, whose backward pass is slow there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """Where the segments of a batch of T tokens begin and how long they are."""

    lengths: npt.NDArray[np.int64]
    """int64[S], all above 0, T in all."""
    device: torch.device

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """int64[S]."""
        starts: npt.NDArray[np.int64] = np.cumsum(self.lengths) - self.lengths
        return starts

    def ages(self) -> Tensor:
        """Return int64[T]: how many tokens of its segment stand before each token."""
        total = int(self.lengths.sum())
        return torch.from_numpy(np.arange(total) - np.repeat(self.starts, self.lengths)).to(
            self.device
        )

    def attention(self) -> Attend:
        """Return attention within these segments, for this device."""
        if self.device.type == "cuda":
            return _flex(self)
        groups = _groups(self)
        return functools.partial(_by_length, groups=groups)


Group = tuple[int, Tensor]
"""A length L and int64[n, L], the tokens of the n segments of that length."""


def _groups(segments: Segments) -> list[Group]:
    starts, lengths = segments.starts, segments.lengths
    return [
        (
            int(length),
            torch.from_numpy(starts[lengths == length][:, None] + np.arange(length)),
        )
        for length in np.unique(lengths)
    ]


def _by_length(q: Tensor, k: Tensor, v: Tensor, *, groups: list[Group]) -> Tensor:
    if len(groups) == 1:
        return _causal(*(_apart(x, groups[0][1].shape) for x in (q, k, v)), length=groups[0][0])
    out = torch.zeros_like(v)
    for length, index in groups:
        n = index.shape[0]
        flat = index.flatten()
        parts = (_apart(x[:, flat], (n, length)) for x in (q, k, v))
        out = out.index_copy(1, flat, _causal(*parts, length=length))
    return out


def _apart(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return [H, n * L, D] as [H, n, L, D]."""
    return x.reshape(x.shape[0], *shape, x.shape[-1])


def _causal(q: Tensor, k: Tensor, v: Tensor, *, length: int) -> Tensor:
    """Attend in each of n segments: [H, n, L, D] to [H, n * L, D]; scores are not scaled.

    A block of queries at a time, with the keys up to its own end: half of the square.
    """
    parts = []
    for start in range(0, length, BLOCK):
        stop = min(start + BLOCK, length)
        scores = q[:, :, start:stop] @ k[:, :, :stop].transpose(-1, -2)
        later = torch.full((stop - start, stop - start), -math.inf, dtype=scores.dtype).triu(1)
        seen = torch.softmax(scores + F.pad(later, (start, 0)), -1, dtype=v.dtype)
        parts.append(seen @ v[:, :, :stop])
    return torch.cat(parts, -2).flatten(1, 2)


def _flex(segments: Segments) -> Attend:
    """Return one FlexAttention kernel over all segments; compiled once for all batches."""
    total = int(segments.lengths.sum())
    number = torch.from_numpy(np.repeat(np.arange(len(segments.lengths)), segments.lengths))
    number = number.to(segments.device)

    def sees(_batch: Tensor, _head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        return (number[query] == number[key]) & (query >= key)

    blocks = _compiled_blocks()(sees, None, None, total, total, device=str(segments.device))

    def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        out: Tensor = _compiled_flex()(q[None], k[None], v[None], block_mask=blocks, scale=1.0)
        return out[0]

    return attend


@functools.cache
def _compiled_blocks() -> Callable[..., Any]:
    """Compiled, it never holds the T x T mask that it is computed from: 17 GB at 131,072 tokens."""
    from torch.nn.attention.flex_attention import create_block_mask

    return torch.compile(create_block_mask)


@functools.cache
def _compiled_flex() -> Callable[..., Tensor]:
    from torch.nn.attention.flex_attention import flex_attention

    return torch.compile(flex_attention)
