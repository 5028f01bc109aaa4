"""An arm: one base, extended on the rows of one mix and audited.

The arms of a seed start from the same base, since bases differ more than mixes do; all figures are
compared within a seed (docs/smoke.md).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from generators.rope import Rope, load
from generators.seeds import rng_for
from pipelines.verify.smoke.audit import Audit, attention_entropy, audit
from pipelines.verify.smoke.base import Base, get_base, own_rows
from pipelines.verify.smoke.decoder import Decoder
from pipelines.verify.smoke.rows import Row, dealt
from pipelines.verify.smoke.settings import Settings
from pipelines.verify.smoke.training import train
from pipelines.verify.smoke.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What every arm is audited on, and what bases are trained on."""

    audits: dict[int, list[Row]]
    """By length: held-out haystacks with statements in held-out templates."""
    text: list[Row]
    """Natural rows of the short length."""
    base_text: list[Row]
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What an arm came to."""

    seed: int
    name: str
    base_own: Audit
    """The base in its own wording at the short length, before the extension."""
    zero_shot: Audit
    """The base on the audit of the long length, before the extension."""
    audits: dict[int, Audit]
    """By length, after the extension."""
    in_mix: Audit
    """Rows of the mix itself that were kept out of the training."""
    untrained: float
    """Share of the mix's answers with a token that is no target."""
    own: Audit
    """The base's own wording at the short length, after the extension."""
    text: Audit
    """Held-out text at the short length, after the extension."""
    entropy: dict[int, float]
    losses: list[float]
    tokens_per_second: float
    notes: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "seed": self.seed,
            "arm": self.name,
            **{name: getattr(self, name).as_json() for name in AUDITS},
            "audits": {str(length): found.as_json() for length, found in self.audits.items()},
            "untrained": None if np.isnan(self.untrained) else round(self.untrained, 4),
            "entropy": {str(length): round(x, 3) for length, x in self.entropy.items()},
            "losses": [round(loss, 4) for loss in self.losses],
            "tokens_per_second": round(self.tokens_per_second),
            "notes": self.notes,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Arm":
        """Return what `as_json` wrote."""
        return Arm(
            seed=data["seed"],
            name=data["arm"],
            **{name: Audit.from_json(data[name]) for name in AUDITS},
            untrained=float("nan") if data["untrained"] is None else data["untrained"],
            audits={int(k): Audit.from_json(v) for k, v in data["audits"].items()},
            entropy={int(k): v for k, v in data["entropy"].items()},
            losses=data["losses"],
            tokens_per_second=data["tokens_per_second"],
            notes=data["notes"],
        )


AUDITS = ("base_own", "zero_shot", "in_mix", "own", "text")


def run_arm(
    name: str,
    rows: list[Row],
    held: Held,
    *,
    settings: Settings,
    seed: int,
    factor: float,
    bases: Path,
    device: torch.device,
) -> Arm:
    """Extend the base of a seed on `rows` and audit it. Raises DivergedError as training does."""
    texts = held.base_text
    options: dict[str, Any] = {"settings": settings, "seed": seed, "device": device}
    base = get_base(bases, held.vocabulary, texts, **options)
    scale_rope(base.model, settings, factor)
    long = settings.long.length
    zero_shot = audit(base.model, held.audits[long], device)
    kept, trained_on = split_rows(rows, settings)
    rng = rng_for(seed, "smoke", "order")
    start = time.perf_counter()
    steps = dealt(rng, trained_on, settings.long.rows)
    trained = train(base.model, steps, settings.long, device=device)
    elapsed = time.perf_counter() - start
    found = _audits(base, held, kept, settings=settings, seed=seed, device=device)
    return Arm(
        seed=seed,
        name=name,
        base_own=base.own,
        zero_shot=zero_shot,
        untrained=untrained_share(rows),
        **found,
        losses=base.losses + trained.losses,
        tokens_per_second=settings.long.tokens / elapsed,
        notes=trained.notes,
    )


def _audits(
    base: Base,
    held: Held,
    kept: list[Row],
    *,
    settings: Settings,
    seed: int,
    device: torch.device,
) -> dict[str, Any]:
    model, texts = base.model, held.base_text
    return {
        "audits": {length: audit(model, rows, device) for length, rows in held.audits.items()},
        "in_mix": audit(model, kept, device),
        "own": audit(model, own_rows(base.wording, texts, settings, seed), device),
        "text": audit(model, held.text, device),
        "entropy": {
            length: attention_entropy(model, rows, device) for length, rows in held.audits.items()
        },
    }


def untrained_share(rows: list[Row]) -> float:
    """Return the share of all answers with a token that is no target; NaN without answers."""
    weighed = [
        bool((row.weights[a:b] > 0).all())
        for row in rows
        for a, b in zip(row.answers.starts, row.answers.stops, strict=True)
    ]
    return 1 - float(np.mean(weighed)) if weighed else float("nan")


def split_rows(rows: list[Row], settings: Settings) -> tuple[list[Row], list[Row]]:
    """Return the rows that are kept for the in-mix audit, and those to train on.

    Without answers the first row stands in for the audit: its text is read, and it is trained on.
    """
    chosen = kept_rows([len(row.answers.starts) for row in rows], settings)
    kept = [row for index, row in enumerate(rows) if index in chosen]
    return kept or rows[:1], [row for index, row in enumerate(rows) if index not in chosen]


def kept_rows(answers: Sequence[int], settings: Settings) -> set[int]:
    """Return the numbers of the rows kept for the in-mix audit, by how many answers each row has.

    Rows with answers, every k-th of them from the first, `settings.in_mix` in all, but never more
    than a fifth of them.
    """
    asked = [index for index, count in enumerate(answers) if count]
    count = min(settings.in_mix, len(asked) // 5)
    return {asked[at] for at in np.arange(count) * len(asked) // max(1, count)}


def scale_rope(model: Decoder, settings: Settings, factor: float) -> None:
    """Stretch the model's positions by YaRN from the short length to `factor` times as many."""
    if factor <= 1:
        return
    shape, trained = settings.shape, settings.short.length
    rope = Rope(dim=shape.width // shape.heads, base=shape.rope_base, trained=trained)
    yarn = load("yarn")
    scaled = yarn.scale(rope, round(trained * factor), yarn.Options())
    model.rotary.scale(scaled.inv_freq, scaled.attention_factor)
