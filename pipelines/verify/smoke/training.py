"""Training: steps of whole rows, in parts where the device's memory does not hold them at once.

The loss of a step is the mean over its targets by weight, whatever the number of parts, so a step
in halves is the same step.
"""

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F  # noqa: N812 - as torch's own pages have it
from torch import Tensor

from pipelines.verify.smoke.decoder import Batch, Decoder
from pipelines.verify.smoke.optimiser import Optimiser
from pipelines.verify.smoke.rows import Row, batch_of
from pipelines.verify.smoke.settings import Phase

LOGITS_AT_ONCE = 1 << 15
"""Predictions whose logits are computed together: 0.5 GB of float32 at 4,096 ids. Training keeps
all of them for the backward pass."""


class DivergedError(Exception):
    """The loss is no number any more."""


@dataclass(slots=True, kw_only=True)
class Trained:
    """What a phase came to."""

    losses: list[float] = field(default_factory=list)
    """Of each step, nats a target by weight."""
    notes: list[str] = field(default_factory=list)


def autocast(device: torch.device) -> AbstractContextManager[None]:
    """Return bfloat16 for products of matrices, on a CPU as on a GPU."""
    return torch.autocast(device.type, torch.bfloat16)


def losses_of(model: Decoder, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Return the targets int64[N], their losses float32[N] and whether each was the first guess."""
    hidden = model.hidden(batch)
    targets = torch.nonzero(batch.weights > 0).flatten()
    losses, hits = [], []
    for part in torch.split(targets, LOGITS_AT_ONCE):
        logits = model.logits(hidden[part - 1])
        losses.append(F.cross_entropy(logits, batch.tokens[part], reduction="none"))
        hits.append(logits.argmax(-1) == batch.tokens[part])
    return targets, torch.cat(losses), torch.cat(hits)


def train(
    model: Decoder,
    steps: Iterator[list[Row]],
    phase: Phase,
    *,
    device: torch.device,
) -> Trained:
    """Train for a phase. Raises DivergedError when a loss is no number."""
    optimiser, trained, parts = Optimiser(model, phase), Trained(), 1
    model.train()
    for number in range(phase.steps):
        rows = next(steps)
        while True:
            try:
                loss = _accumulate(model, rows, parts, device)
                break
            except torch.OutOfMemoryError as error:
                optimiser.drop()
                if parts >= len(rows):
                    raise torch.OutOfMemoryError(
                        f"one row of {phase.length:,} tokens does not fit into the memory of "
                        f"{device}"
                    ) from error
                parts = min(2 * parts, len(rows))
                trained.notes.append(
                    f"the memory of {device} does not hold {len(rows)} rows of {phase.length:,} "
                    f"tokens at once; from step {number} on each step is taken in {parts} parts"
                )
        if not math.isfinite(loss):
            raise DivergedError(f"the loss of step {number + 1} of {phase.steps} is {loss}")
        optimiser.step(number)
        trained.losses.append(loss)
    return trained


def _accumulate(model: Decoder, rows: list[Row], parts: int, device: torch.device) -> float:
    """Add up the gradients of a step, part by part; return its loss."""
    size = -(-len(rows) // parts)
    batches = [batch_of(rows[i : i + size], device) for i in range(0, len(rows), size)]
    total = sum(float(batch.weights.sum()) for batch in batches)
    whole = 0.0
    for batch in batches:
        with autocast(device):
            targets, losses, _ = losses_of(model, batch)
        loss = (losses * batch.weights[targets]).sum() / max(total, 1.0)
        torch.autograd.backward(loss)
        whole += float(loss.detach())
    return whole
