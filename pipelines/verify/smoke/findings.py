"""What a smoke training found, as JSON values: figures of both arms, seed by seed and together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipelines.verify.smoke.arms import Arm
from pipelines.verify.smoke.audit import Audit
from pipelines.verify.smoke.figures import (
    by_depth,
    early_minus_late,
    mean,
    middle_minus_ends,
    share,
    worst_band,
)
from pipelines.verify.smoke.gates import SURPRISE, surprises
from pipelines.verify.smoke.settings import Settings

LISTED = 50
"""Samples whose answers surprise, listed by name; all are counted."""


def findings(pairs: Sequence[tuple[Arm, Arm]], settings: Settings) -> dict[str, Any]:
    """Return what the arms (mix, control) of all seeds found."""
    return {
        "seeds": [
            {
                "seed": mix.seed,
                "mix": _figures(mix, settings),
                "control": _figures(control, settings),
            }
            for mix, control in pairs
        ],
        "together": {
            name: {
                str(length): by_depth(_together([arm.audits[length] for arm in arms]))
                for length in arms[0].audits
            }
            for name, arms in (
                ("mix", [pair[0] for pair in pairs]),
                ("control", [pair[1] for pair in pairs]),
            )
            if arms
        },
        "surprising": _surprising([mix for mix, _ in pairs]),
    }


def _figures(arm: Arm, settings: Settings) -> dict[str, Any]:
    long = arm.audits[settings.long.length]
    return {
        "lengths": {
            str(length): {
                "answers": len(found.nll),
                "exact": share(found.exact).as_json(),
                "nll": mean(found.nll).as_json(),
            }
            for length, found in arm.audits.items()
        },
        "middle_minus_ends": middle_minus_ends(long).as_json(),
        "early_minus_late": early_minus_late(long).as_json(),
        "worst_band": _number(worst_band(long)),
        "base": {
            "own": share(arm.base_own.exact).as_json(),
            "zero_shot": share(arm.zero_shot.exact).as_json(),
        },
        "own_after": share(arm.own.exact).as_json(),
        "in_mix": {
            "answers": len(arm.in_mix.nll),
            "exact": share(arm.in_mix.exact).as_json(),
            "surprising": share(arm.in_mix.nll > SURPRISE).as_json(),
        },
        "untrained": _number(arm.untrained),
        "text_nll": _number(arm.text.text_nll),
        "by_position": [_number(x) for x in long.by_position],
        "entropy": {str(length): _number(x) for length, x in arm.entropy.items()},
        "losses": arm.losses,
        "tokens_per_second": round(arm.tokens_per_second),
    }


def _together(audits: list[Audit]) -> Audit:
    """Return the answers of several seeds as one audit: each the mean over the seeds.

    The seeds were asked the same questions, so their answers are no more than one audit's.
    """
    first = audits[0]
    return replace(
        first,
        nll=np.mean([found.nll for found in audits], axis=0),
        exact=np.mean([found.exact for found in audits], axis=0),
    )


def _surprising(arms: Sequence[Arm]) -> dict[str, Any]:
    """Return the samples whose answers most seeds do not find in their text, dearest first."""
    if not arms:
        return {"share": None, "samples": []}
    nll = np.median([arm.in_mix.nll for arm in arms], axis=0)
    order = np.argsort(-nll, kind="stable")
    samples, depths = arms[0].in_mix.samples, arms[0].in_mix.depths
    dear = [at for at in order.tolist() if nll[at] > SURPRISE]
    shares = [surprises(arm) for arm in arms]
    return {
        "share": _number(float(np.median(shares))),
        "answers": len(nll),
        "dear": len(dear),
        "samples": [
            {"sample_id": samples[at], "nll": _number(nll[at]), "depth": _number(depths[at])}
            for at in dear[:LISTED]
        ],
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
