"""Muon for matrices, AdamW for the rest, one learning rate for both.

Muon makes the step of each matrix orthogonal (Jordan et al. 2024, as in torch.optim.Muon), which is
what lets a model of half a million parameters find recall within 300 steps; AdamW alone had not
found it by then (docs/smoke.md). Q, K and V are matrices of their own, so each is made orthogonal
by itself.
"""

import torch

from pipelines.verify.smoke.decoder import Decoder
from pipelines.verify.smoke.settings import Phase

MOMENTUM = 0.95
NEWTON_SCHULZ = 5
BETAS = (0.9, 0.95)
CLIP = 1.0
"""Largest norm of all gradients together."""
LEAST = 0.05
"""Share of the rate that is left at the end of its fall."""


class Optimiser:
    """Both optimisers of a phase, driven by the number of the step."""

    def __init__(self, model: Decoder, phase: Phase) -> None:
        self.phase = phase
        self.parameters = list(model.parameters())
        layers = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
        matrices = [layer.weight for layer in layers]
        known = {id(matrix) for matrix in matrices}
        rest = [p for p in self.parameters if id(p) not in known]
        self.parts: list[torch.optim.Optimizer] = [
            torch.optim.Muon(
                matrices,
                lr=phase.rate,
                weight_decay=0.0,
                momentum=MOMENTUM,
                nesterov=True,
                ns_steps=NEWTON_SCHULZ,
                adjust_lr_fn="original",  # times sqrt(max(1, rows / columns))
            ),
            torch.optim.AdamW(rest, lr=phase.rate, betas=BETAS, weight_decay=0.0),
        ]

    def step(self, number: int) -> None:
        """Take the step of this number, from 0, with the gradients that are there; drop them."""
        torch.nn.utils.clip_grad_norm_(self.parameters, CLIP)
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate_at(number, self.phase)
            part.step()
        self.drop()

    def drop(self) -> None:
        """Forget the gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none=True)


def rate_at(number: int, phase: Phase) -> float:
    """Return the learning rate of a step: 100 steps, warmup 5, decay 0.5, rate 1.

    step 0 -> 0.2, step 4 to 50 -> 1, step 75 -> 0.525, step 99 -> 0.069
    """
    warm = min(1.0, (number + 1) / phase.warmup) if phase.warmup else 1.0
    falls = phase.decay * phase.steps
    gone = max(0.0, number - (phase.steps - falls)) / falls if falls else 0.0
    return phase.rate * warm * (1 - (1 - LEAST) * gone)
