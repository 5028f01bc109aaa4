"""Findings of made-up arms, as `smoke_mix` tells them: a mix that fails in the middle, in nats.

depth     0   .1   .2   .3   .4   .5   .6   .7   .8   .9
mix      0.5  0.5  0.5  3.5  3.5  3.5  3.5  0.5  0.5  0.5     at 512 tokens; 0.5 at others
control  0.5  everywhere
"""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="audits are those of a model, which is torch's")

from pipelines.verify.smoke.arms import Arm
from pipelines.verify.smoke.audit import BUCKETS, Audit
from pipelines.verify.smoke.findings import findings
from pipelines.verify.smoke.gates import SURPRISE
from pipelines.verify.smoke.unit import settings_facts
from tests.pipelines.verify.smoke.small import SMALL

CHEAP, DEAR = 0.5, 3.5
DEPTHS = np.repeat(np.arange(10) / 10 + 0.05, 4)
DEARER = SURPRISE + 1
"""The loss of an answer that its text does not give."""
LIMITS = {"retrieval": (0.2, 0.35), "depth": (0.25, 0.4), "labels": (0.03, 0.05)}
"""Limits of the gates here: how they look does not depend on how they are tuned."""
HOSTILE = "<script>alert(1)</script>&\"'\x1b[2J\x00\udc80"


def audit(middle: float = CHEAP, *, samples: str = "sample") -> Audit:
    """Return 40 answers, four of each tenth of the depth; dear ones are wrong."""
    nll = np.where((DEPTHS > 0.3) & (DEPTHS < 0.7), middle, CHEAP)
    return Audit(
        nll=nll,
        exact=nll < 1,
        depths=DEPTHS,
        samples=tuple(f"{samples}-{number}" for number in range(len(nll))),
        by_position=np.linspace(5, 4, BUCKETS),
        text_nll=4.25,
    )


def arm(seed: int, name: str, middle: float = CHEAP, *, surprise: float = CHEAP) -> Arm:
    """Return an arm whose answers in the middle cost `middle` at the long length."""
    steps = SMALL.warm.steps + SMALL.short.steps + SMALL.long.steps
    asked = audit(samples=HOSTILE)
    asked.nll[:2] = surprise
    return Arm(
        seed=seed,
        name=name,
        base_own=audit(),
        zero_shot=audit() if seed < 0 else _never(),
        audits={256: audit(), 512: audit(middle), 1024: audit()},
        in_mix=asked,
        untrained=0.0,
        own=audit(),
        text=audit(),
        entropy={256: 2.5, 512: 3.0, 1024: 3.25},
        losses=np.linspace(9, 3, steps).tolist(),
        tokens_per_second=7000.4,
        notes=[],
    )


def _never() -> Audit:
    found = audit()
    found.exact[:] = False
    return found


def told(
    *, middle: float = DEAR, surprise: float = CHEAP, seeds: int = 3, wanted: int | None = None
) -> dict[str, Any]:
    """Return what `smoke_mix` returns for mixes that cost `middle` in the middle."""
    pairs = [
        (arm(seed, "mix", middle, surprise=surprise), arm(seed, "control")) for seed in range(seeds)
    ]
    reasons = [f"{seeds} of {wanted} seeds have a base that recalls"] if wanted else []
    figures = {"retrieval": 0.4 * (middle - CHEAP), "depth": middle - CHEAP}
    figures["labels"] = 0.05 if surprise > SURPRISE else 0.0
    gates = [_gate(name, value, seeds) for name, value in figures.items() if seeds]
    states = [gate["verdict"] for gate in gates]
    verdict = "fail" if "fail" in states else "warn" if "warn" in states else "pass"
    return {
        "mix": "made/mix",
        "device": "cpu",
        "settings": settings_facts(SMALL),
        "verdict": "inconclusive" if reasons else verdict,
        "reasons": reasons,
        "gates": gates,
        "notes": ["a note"],
        **findings(pairs, SMALL),
    }


def _gate(name: str, value: float, seeds: int) -> dict[str, Any]:
    passes, fails = LIMITS[name]
    return {
        "gate": name,
        "verdict": "pass" if value <= passes else "warn" if value <= fails else "fail",
        "value": value,
        "seeds": [value] * seeds,
        "passes": passes,
        "fails": fails,
        "about": f"what {name} asks",
    }


def early() -> dict[str, Any]:
    """Return what `smoke_mix` returns where nothing could be trained."""
    return {
        "mix": "made/mix",
        "device": "cpu",
        "settings": settings_facts(SMALL),
        "verdict": "inconclusive",
        "reasons": ["rows are too short"],
        "gates": [],
        "notes": [],
    }


def emptied(found: dict[str, Any]) -> dict[str, Any]:
    """Put null in place of every figure of the arms, as NaN is told."""
    for seed in found["seeds"]:
        for name in ("mix", "control"):
            seed[name] = {key: _null(value) for key, value in seed[name].items()}
            seed[name]["tokens_per_second"] = 0
    found["together"] = _null(found["together"])
    for gate in found["gates"]:
        gate |= {"value": None, "seeds": [None] * 3, "verdict": "inconclusive"}
    found["surprising"] |= {"share": None, "samples": [], "dear": 0}
    return found


def _null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: 0 if key == "answers" else _null(part) for key, part in value.items()}
    return [_null(part) for part in value] if isinstance(value, list) else None
