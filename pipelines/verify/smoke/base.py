"""Bases: models that recall at the short length, in a wording of their own, before any mix is met.

A base depends on nothing but the folded vocabulary, the short natural text, the settings, the
device and its seed, so it is trained once and kept: mixes over the same documents share it.

    bases/3f9c....pt   {"model": weights, "losses": 600 numbers}
"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch

from generators.seeds import rng_for
from pipelines.verify.smoke.audit import Audit, audit
from pipelines.verify.smoke.decoder import Decoder
from pipelines.verify.smoke.planting import (
    Wording,
    draw_wording,
    planted_row,
    recall_rows,
    short_rows,
)
from pipelines.verify.smoke.rows import Row
from pipelines.verify.smoke.settings import Settings
from pipelines.verify.smoke.training import train
from pipelines.verify.smoke.vocabulary import Vocabulary
from schemas.canonical import digest

GENERATION = 1
"""Raised by hand when the same seed would give another base."""
UNREADABLE = (EOFError, KeyError, OSError, RuntimeError, TypeError, ValueError, UnpicklingError)
"""What torch raises for a file that is cut or holds something else."""
AUDITED = 24
"""Rows of the audit in the base's own wording; four statements each."""
ASKED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A model that was trained at the short length."""

    model: Decoder
    wording: Wording
    own: Audit
    """Its audit in its own wording, at the short length."""
    losses: list[float]


def base_key(
    vocabulary: Vocabulary,
    texts: list[Row],
    settings: Settings,
    seed: int,
    *,
    device: torch.device,
) -> str:
    """Return what tells bases apart: the sha256 of all that one depends on."""
    columns = zip(*((row.ids, row.lengths, row.weights) for row in texts), strict=True)
    parts = {
        "generation": GENERATION,
        "device": device.type,
        "vocabulary": vocabulary.digest,
        "text": [digest(np.concatenate(column).tolist()) for column in columns],
        "shape": asdict(settings.shape),
        "phases": [asdict(settings.warm), asdict(settings.short)],
        "weight": settings.answer_weight,
        "seed": seed,
        "torch": torch.__version__,
    }
    return digest(parts)


def get_base(
    folder: Path,
    vocabulary: Vocabulary,
    texts: list[Row],
    *,
    settings: Settings,
    seed: int,
    device: torch.device,
) -> Base:
    """Return the base of a seed from `folder`, or train it and keep it there.

    `texts` are natural rows of the short length. A file that cannot be read is written again.
    Raises DivergedError as training does.
    """
    wording = draw_wording(rng_for(seed, "smoke", "wording"), vocabulary)
    place = folder / f"{base_key(vocabulary, texts, settings, seed, device=device)}.pt"
    model = _fresh(settings, seed, device)
    losses = _load(place, model, device)
    if losses is None:
        model = _fresh(settings, seed, device)  # a spoilt file may have filled a part of it
        rng = rng_for(seed, "smoke", "base")
        first = recall_rows(rng, wording, vocabulary, settings)
        second = short_rows(rng, wording, texts, settings)
        losses = []
        for steps, phase in ((first, settings.warm), (second, settings.short)):
            losses += train(model, steps, phase, device=device).losses
        folder.mkdir(parents=True, exist_ok=True)
        half = place.with_suffix(f".{os.getpid()}.half")
        torch.save({"model": model.state_dict(), "losses": losses}, half)
        half.replace(place)
    own = audit(model, own_rows(wording, texts, settings, seed), device)
    return Base(model=model, wording=wording, own=own, losses=losses)


def _fresh(settings: Settings, seed: int, device: torch.device) -> Decoder:
    """Return the model before training, and leave torch's own numbers as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Decoder(settings.shape).to(device)


def _load(place: Path, model: Decoder, device: torch.device) -> list[float] | None:
    """Fill a model from a file and return its losses; None without a file that can be read."""
    if not place.exists():
        return None
    try:
        kept: dict[str, Any] = torch.load(place, map_location=device, weights_only=True)
        model.load_state_dict(kept["model"])
        losses: list[float] = kept["losses"]
    except UNREADABLE:
        return None
    return losses


def own_rows(wording: Wording, texts: list[Row], settings: Settings, seed: int) -> list[Row]:
    """Return rows of the short length in the base's own wording, for audits."""
    rng = rng_for(seed, "smoke", "own")
    chosen = rng.integers(0, len(texts), AUDITED)
    return [
        planted_row(rng, wording, texts[index].ids, asked=ASKED, settings=settings)
        for index in chosen
    ]
