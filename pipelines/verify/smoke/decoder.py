"""The smoke model: a RoPE decoder so small that it learns to retrieve within minutes of one core.

Pre-norm blocks with QK-norm, squared ReLU and a tied embedding, as small language models have them
today; and one part of its own, a token shift on the input of Q and K. Each query and key then knows
the three tokens before it, and "key -> value" is one step of attention. Without the shift two
layers did not find it in 0.8 M tokens, with it they do in 0.2 M (docs/smoke.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - as torch's own pages have it
from torch import Tensor, nn

from pipelines.verify.smoke.attention import Attend, Segments
from pipelines.verify.smoke.settings import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows back to back, T tokens in all."""

    tokens: Tensor
    """int64[T], ids of the folded vocabulary."""
    positions: Tensor
    """int64[T]."""
    weights: Tensor
    """float32[T]: how much the prediction of each token counts; 0 for no target."""
    segments: Segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What all layers know of a batch's tokens."""

    turn: tuple[Tensor, Tensor]
    """Cosines and sines float32[T, D / 2]."""
    ages: Tensor
    """int64[T]: tokens before each one in its segment."""
    attend: Attend


class Decoder(nn.Module):
    """[T] tokens to [T, V] logits of the next ones."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.rotary = Rotary(shape)
        nn.init.normal_(self.embedding.weight, std=1.0)

    def hidden(self, batch: Batch) -> Tensor:
        """Return [T, d], what the logits are read from."""
        return _norm(self._through(batch, lambda block, x, place: block(x, place)))

    def queries_and_keys(self, batch: Batch) -> list[tuple[Tensor, Tensor]]:
        """Return q, with the scale of the scores, and k [H, T, D] of each layer."""
        found: list[tuple[Tensor, Tensor]] = []

        def note(block: Block, x: Tensor, place: Place) -> Tensor:
            found.append(block.queries(_norm(x), place)[:2])
            passed: Tensor = block(x, place)
            return passed

        self._through(batch, note)
        return found

    def _through(self, batch: Batch, pass_on: Callable[["Block", Tensor, Place], Tensor]) -> Tensor:
        place = Place(
            turn=self.rotary(batch.positions),
            ages=batch.segments.ages(),
            attend=batch.segments.attention(),
        )
        x = _norm(self.embedding(batch.tokens))
        for block in self.blocks.children():
            x = pass_on(cast("Block", block), x, place)
        return x

    def logits(self, hidden: Tensor) -> Tensor:
        """Return float32[..., V] for [..., d]."""
        scores: Tensor = F.linear(hidden, self.embedding.weight).float()
        shrink: float = self.shape.width**-0.5
        return scores * shrink


class Rotary(nn.Module):
    """Turns pairs of dimensions by angles that grow with the position."""

    inv_freq: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        size = shape.width // shape.heads
        plain = shape.rope_base ** (-np.arange(0, size, 2) / size)
        self.register_buffer("inv_freq", torch.from_numpy(plain), persistent=False)
        self.factor = 1.0

    def scale(self, inv_freq: npt.NDArray[np.float64], factor: float) -> None:
        """Take the frequencies float64[D / 2] and the attention factor of a RoPE scaling."""
        self.inv_freq = torch.from_numpy(inv_freq).to(self.inv_freq.device)
        self.factor = factor

    def forward(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """Return cosines and sines, float32[T, D / 2]. Angles are float64: 128K turns are many."""
        angles = positions.double()[:, None] * self.inv_freq
        return (angles.cos() * self.factor).float(), (angles.sin() * self.factor).float()


class Block(nn.Module):
    """Attention and a hidden layer, each added to what came in."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, self.heads = shape.width, shape.heads
        self.taps = nn.Parameter(torch.tensor(shape.taps)[:, None].repeat(1, width))
        self.q, self.k, self.v, self.out = (nn.Linear(width, width, bias=False) for _ in range(4))
        self.up = nn.Linear(width, shape.expansion * width, bias=False)
        self.down = nn.Linear(shape.expansion * width, width, bias=False)
        self.logit_scale = nn.Parameter(torch.full((shape.heads, 1, 1), shape.logit_scale))
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: Tensor, place: Place) -> Tensor:
        """Return [T, d] for [T, d]."""
        mixed = place.attend(*self.queries(_norm(x), place)).transpose(0, 1).flatten(1)
        x = x + self.out(mixed)
        through: Tensor = self.down(F.relu(self.up(_norm(x))).square())
        return x + through

    def queries(self, normed: Tensor, place: Place) -> tuple[Tensor, Tensor, Tensor]:
        """Return q, k, v [H, T, D] of [T, d]; q bears the scale of the scores."""
        shifted = shift(normed, self.taps, place.ages)
        q, k, v = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(0, 1)
            for layer, x in ((self.q, shifted), (self.k, shifted), (self.v, normed))
        )
        q = turned(F.normalize(q, dim=-1), place.turn) * self.logit_scale
        return q.to(v.dtype), turned(F.normalize(k, dim=-1), place.turn).to(v.dtype), v


def shift(x: Tensor, taps: Tensor, ages: Tensor) -> Tensor:
    """Add to each token of [T, d] those before it in its own segment, weighted by taps [K, d].

    taps 1 .5, segments (a b) (c d)  ->  a, b + .5 a, c, d + .5 c
    """
    out = x * taps[0]
    for back in range(1, len(taps)):
        before = F.pad(x, (0, 0, back, 0))[: len(x)]
        out = out + before * taps[back] * (ages >= back)[:, None]
    return out


def turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn [H, T, D] by position: dimension i and i + D / 2 are a pair, as in transformers."""
    cos, sin = turn
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)


def _norm(x: Tensor) -> Tensor:
    return F.rms_norm(x, x.shape[-1:])
