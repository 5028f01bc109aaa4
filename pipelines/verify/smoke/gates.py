"""Gates: what is asked of a mix, and how far a sound one may stray.

Every gate compares the arm of the mix with the control of the same seed and takes the median over
the seeds; one seed alone can err (docs/smoke.md).

    retrieval of three seeds +0.02 +0.31 +0.05   ->   median +0.05, at most 0.5: pass
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pipelines.verify.smoke.arms import Arm
from pipelines.verify.smoke.figures import early_minus_late, mean, middle_minus_ends, share
from pipelines.verify.smoke.settings import Settings

State = Literal["pass", "warn", "fail", "inconclusive"]
WORST: tuple[State, ...] = ("pass", "warn", "inconclusive", "fail")
"""A gate that says nothing hides no failure of another."""

SURPRISE = 12.0
"""Nats: an answer of the mix that is dearer than this was not to be found in its text. By
chance seven digits cost 13 to 16, one answer that was learnt 1 to 2."""
LEAST_OWN = 0.9
"""A base must recall this share in its own wording, or it has not learnt to retrieve."""
MOST_ZERO_SHOT = 0.5
"""And no more than this in the audit's, or the mix would have nothing left to teach."""
LEAST_CONTROL = 0.4
"""The control must have learnt this share of the audit, or there is nothing to compare with. Any of
the four values in the text is right a quarter of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One question: the mix's figure beside the control's."""

    name: str
    about: str
    passes: float
    """At most this, and it passes."""
    fails: float
    """Above this it fails; between the two it warns."""
    of: Callable[[Arm, Arm, int], float]
    """(mix, control, long length) -> figure; the larger the worse."""

    def state(self, value: float) -> State:
        """Return the verdict on a median."""
        if np.isnan(value):
            return "inconclusive"
        return "pass" if value <= self.passes else "warn" if value <= self.fails else "fail"


def _retrieval(mix: Arm, control: Arm, length: int) -> float:
    return mean(mix.audits[length].nll).value - mean(control.audits[length].nll).value


def _depth(mix: Arm, control: Arm, length: int) -> float:
    mine, theirs = (middle_minus_ends(arm.audits[length]).value for arm in (mix, control))
    return mine - theirs


def _range(mix: Arm, control: Arm, length: int) -> float:
    mine, theirs = (early_minus_late(arm.audits[length]).value for arm in (mix, control))
    return mine - theirs


def surprises(arm: Arm) -> float:
    """Return the share of the mix's own answers that its text does not give."""
    return share(arm.in_mix.nll > SURPRISE).value


def _labels(mix: Arm, control: Arm, _length: int) -> float:
    return surprises(mix) - surprises(control)


def _targets(mix: Arm, _control: Arm, _length: int) -> float:
    return mix.untrained


def _text(mix: Arm, control: Arm, _length: int) -> float:
    return mix.text.text_nll - control.text.text_nll


# Where the limits come from: docs/smoke.md, "Does it judge right?". Each lies above what any sound
# arm came to, and below what its fault came to on every base, with two tokenizers.
GATES = (
    Gate(
        name="retrieval",
        about="loss of held-out answers at the long length, mix minus control",
        passes=0.5,
        fails=1.0,
        of=_retrieval,
    ),
    Gate(
        name="depth",
        about="loss in the middle minus at the ends, mix minus control",
        passes=0.7,
        fails=1.0,
        of=_depth,
    ),
    Gate(
        name="range",
        about="loss of early evidence minus of late, mix minus control",
        passes=1.5,
        fails=3.0,
        of=_range,
    ),
    Gate(
        name="labels",
        about="share of the mix's own answers that its text does not give, mix minus control",
        passes=0.015,
        fails=0.03,
        of=_labels,
    ),
    Gate(
        name="targets",
        about="share of the mix's own answers with a token that is no target",
        passes=0.0,
        fails=0.01,
        of=_targets,
    ),
    Gate(
        name="text",
        about="loss of held-out text at the short length, mix minus control",
        passes=0.15,
        fails=0.3,
        of=_text,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The verdict on some seeds."""

    state: State
    reasons: tuple[str, ...]
    """Why it is inconclusive; nothing when it is not."""
    gates: tuple[dict[str, Any], ...]
    """Of each gate: its name, its figures by seed, their median and the verdict on it."""


def recalls(arm: Arm) -> bool:
    """Say whether the base of an arm learnt to recall, in its own wording."""
    return share(arm.base_own.exact).value >= LEAST_OWN


def judge(pairs: Sequence[tuple[Arm, Arm]], settings: Settings, *, wanted: int) -> Judged:
    """Judge the arms (mix, control) of `wanted` seeds.

    Inconclusive, whatever the gates say, where there are fewer, or a base or control is invalid.
    """
    length = settings.long.length
    reasons = [reason for pair in pairs for reason in _invalid(*pair, length)]
    if len(pairs) < wanted:
        reasons.append(f"{len(pairs)} of {wanted} seeds have a base that recalls")
    if not pairs:
        return Judged(state="inconclusive", reasons=tuple(reasons), gates=())
    gates: list[dict[str, Any]] = []
    states: list[State] = []
    for gate in GATES:
        values = [gate.of(mix, control, length) for mix, control in pairs]
        median = float(np.median(values))
        states.append(gate.state(median))
        gates.append(
            {
                "gate": gate.name,
                "verdict": states[-1],
                "value": _number(median),
                "seeds": [_number(value) for value in values],
                "passes": gate.passes,
                "fails": gate.fails,
                "about": gate.about,
            }
        )
    state: State = "inconclusive" if reasons else max(states, key=WORST.index)
    if state == "inconclusive" and not reasons:
        silent = [gate["gate"] for gate in gates if gate["verdict"] == state]
        reasons.append(f"there are no answers or no text for: {', '.join(silent)}")
    return Judged(state=state, reasons=tuple(reasons), gates=tuple(gates))


def _invalid(mix: Arm, control: Arm, length: int) -> list[str]:
    """Return why the arms of a seed say nothing."""
    zero, learnt = (share(x.exact).value for x in (mix.zero_shot, control.audits[length]))
    found = []
    if not recalls(mix):
        own = share(mix.base_own.exact).value
        found.append(
            f"seed {mix.seed}: its base recalls {own:.0%} in its own wording, {LEAST_OWN:.0%} are "
            "needed"
        )
    if not zero <= MOST_ZERO_SHOT:  # nor NaN, where there are no answers
        found.append(
            f"seed {mix.seed}: its base answers {zero:.0%} of the audit before it has met the mix, "
            f"at most {MOST_ZERO_SHOT:.0%} are allowed"
        )
    if not learnt >= LEAST_CONTROL:
        found.append(
            f"seed {mix.seed}: the control answers {learnt:.0%} of the audit, {LEAST_CONTROL:.0%} "
            "are needed"
        )
    return found


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)
