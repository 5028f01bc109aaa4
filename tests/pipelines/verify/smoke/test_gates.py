from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.smoke.arms import Arm
from pipelines.verify.smoke.audit import Audit
from pipelines.verify.smoke.gates import (
    GATES,
    LEAST_CONTROL,
    LEAST_OWN,
    MOST_ZERO_SHOT,
    SURPRISE,
    Gate,
    Judged,
    judge,
    recalls,
    surprises,
)
from pipelines.verify.smoke.settings import CPU
from tests.pipelines.verify.smoke.tiny import audited

LONG = CPU.long.length
DEPTHS = [0.1, 0.5, 0.9]
"""One answer early, one in the middle, one late."""
DEPTHS_100 = np.linspace(0, 1, 100)


def arm(name: str = "mix", *, seed: int = 0, **changes: Any) -> Arm:
    """An arm that is in order: its base recalls, it knew nothing of the audit and learnt it."""
    good = audited([0.3] * 3, DEPTHS)
    whole: dict[str, Any] = {
        "seed": seed,
        "name": name,
        "base_own": good,
        "zero_shot": audited([6.0] * 3, DEPTHS),
        "audits": {LONG: good},
        "in_mix": thousand(0),
        "untrained": 0.0,
        "own": good,
        "text": good,
        "entropy": {LONG: 3.0},
        "losses": [5.0],
        "tokens_per_second": 1.0,
        "notes": [],
    }
    return Arm(**{**whole, **changes})


def long(*nll: float) -> dict[str, Any]:
    return {"audits": {LONG: audited(nll, DEPTHS)}}


def judged(*mixes: Arm, control: Arm | None = None) -> Judged:
    pairs = [(mix, control or arm("control", seed=mix.seed)) for mix in mixes]
    return judge(pairs, CPU, wanted=len(pairs))


def thousand(dear: int) -> Audit:
    """Answers of which so many are not to be found in their text."""
    return audited([SURPRISE + 1] * dear + [0] * (1000 - dear))


def state(found: Judged, gate: str) -> Any:
    return next(line["verdict"] for line in found.gates if line["gate"] == gate)


def test_a_mix_that_equals_its_control_passes() -> None:
    found = judged(arm())
    assert (found.state, found.reasons) == ("pass", ())
    assert {line["verdict"] for line in found.gates} == {"pass"}
    assert [line["gate"] for line in found.gates] == [gate.name for gate in GATES]


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_gate_passes_warns_and_fails_at_its_limits(gate: Gate) -> None:
    assert gate.passes < gate.fails
    assert gate.state(gate.passes) == "pass"
    assert gate.state(np.nextafter(gate.passes, 9)) == "warn"
    assert gate.state(gate.fails) == "warn"
    assert gate.state(np.nextafter(gate.fails, 9)) == "fail"
    assert gate.state(-9.0) == "pass"
    assert gate.state(float("nan")) == "inconclusive"


FIGURES: dict[str, Callable[[float], dict[str, Any]]] = {
    "retrieval": lambda x: long(0.3 + x, 0.3 + x, 0.3 + x),
    "depth": lambda x: long(0.3, 0.3 + x, 0.3),
    "range": lambda x: long(0.3 + x, 0.3, 0.3),
    "labels": lambda x: {"in_mix": thousand(round(1000 * x))},
    "targets": lambda x: {"untrained": x},
    "text": lambda x: {"text": audited([], text=5.0 + x)},
}
"""What of a mix makes each gate's figure x: the control has losses of 0.3 everywhere, no surprise,
and text of 5 nats."""


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_each_gate_sees_its_own_fault(gate: Gate) -> None:
    """Between its limits, and as far again above them."""
    warned, failed = (gate.passes + gate.fails) / 2, 2 * gate.fails
    for figure, wanted in ((warned, "warn"), (failed, "fail")):
        found = judged(arm(**FIGURES[gate.name](figure)))
        value = next(line["value"] for line in found.gates if line["gate"] == gate.name)
        assert value == pytest.approx(figure, abs=1e-3)
        assert state(found, gate.name) == wanted
    assert found.state == "fail"


def test_better_than_the_control_is_no_fault() -> None:
    assert judged(arm(**long(0.1, 0.05, 0.2), text=audited([], text=4.0))).state == "pass"


def test_the_median_of_the_seeds_decides() -> None:
    """One seed of three may stray; two may not."""
    fails = GATES[0].fails
    mixes = [arm(seed=s, **long(*[0.3 + x] * 3)) for s, x in enumerate((0.02, 2 * fails, 0.05))]
    found = judged(*mixes)
    assert found.state == "pass"
    assert found.gates[0]["value"] == pytest.approx(0.05)
    assert found.gates[0]["seeds"] == pytest.approx([0.02, 2 * fails, 0.05])
    twice = [arm(seed=s, **long(*[0.3 + x] * 3)) for s, x in enumerate((2 * fails, 0.02, 9.0))]
    assert judged(*twice).state == "fail"


@pytest.mark.parametrize(
    ("mix", "control", "reason"),
    [
        (
            {"base_own": audited([0, 9, 9])},
            {},
            "seed 0: its base recalls 33% in its own wording",
        ),
        ({"zero_shot": audited([0, 0, 9])}, {}, "seed 0: its base answers 67% of the audit before"),
        ({}, long(0, 9, 9), "seed 0: the control answers 33% of the audit"),
    ],
)
@pytest.mark.parametrize("fails", [False, True])
def test_an_invalid_base_or_control_says_nothing(
    mix: dict[str, Any], control: dict[str, Any], reason: str, fails: bool
) -> None:
    """Whether its gates would pass or fail."""
    found = judged(
        arm(**mix, **({"untrained": 1.0} if fails else {})), control=arm("control", **control)
    )
    assert found.state == "inconclusive"
    assert found.reasons[0].startswith(reason)
    assert state(found, "targets") == ("fail" if fails else "pass"), "figures are told all the same"


def test_limits_of_a_valid_run_are_within() -> None:
    """Just so much recalled, known before and learnt: it is judged."""
    hundredths = {
        share: audited([0.3] * round(100 * share) + [5.0] * round(100 - 100 * share), DEPTHS_100)
        for share in (LEAST_OWN, MOST_ZERO_SHOT, LEAST_CONTROL)
    }
    both = {
        "base_own": hundredths[LEAST_OWN],
        "zero_shot": hundredths[MOST_ZERO_SHOT],
        "audits": {LONG: hundredths[LEAST_CONTROL]},
    }
    found = judged(arm(**both), control=arm("control", **both))
    assert (found.state, found.reasons) == ("pass", ())


@pytest.mark.parametrize("name", ["base_own", "zero_shot"])
def test_an_audit_without_answers_is_no_pass(name: str) -> None:
    found = judged(arm(**{name: audited([])}))
    assert found.state == "inconclusive"
    assert found.reasons


def test_a_control_without_answers_is_no_pass() -> None:
    found = judged(arm(), control=arm("control", audits={LONG: audited([])}))
    assert found.state == "inconclusive"
    assert found.reasons


def test_fewer_seeds_than_wanted_are_inconclusive() -> None:
    pair = arm(), arm("control")
    found = judge([pair], CPU, wanted=3)
    assert found.state == "inconclusive"
    assert found.reasons == ("1 of 3 seeds have a base that recalls",)
    assert len(found.gates) == len(GATES)
    assert judge([], CPU, wanted=3) == Judged(
        state="inconclusive", reasons=("0 of 3 seeds have a base that recalls",), gates=()
    )


def test_a_gate_without_a_figure_hides_no_failure() -> None:
    """Rows without answers of their own: labels say nothing; targets fail, and so the mix fails."""
    silent = {"in_mix": audited([])}
    found = judged(arm(**silent))
    assert state(found, "labels") == "inconclusive"
    assert found.state == "inconclusive"
    assert found.reasons == ("there are no answers or no text for: labels",)
    assert judged(arm(**silent, untrained=0.5)).state == "fail"
    assert judged(arm(**silent, untrained=0.005)).state == "inconclusive"


def test_surprises_are_answers_beyond_the_limit() -> None:
    asked = audited([SURPRISE, SURPRISE + 0.01, 0.1, 2 * SURPRISE])
    assert surprises(arm(in_mix=asked)) == 0.5
    assert np.isnan(surprises(arm(in_mix=audited([]))))


def test_a_base_recalls_from_nine_in_ten_on() -> None:
    assert LEAST_OWN == 0.9
    assert recalls(arm(base_own=audited([0.1] * 9 + [5])))
    assert not recalls(arm(base_own=audited([0.1] * 8 + [5, 5])))
    assert not recalls(arm(base_own=audited([])))


@given(extra=st.floats(0, 3), seeds=st.integers(1, 4))
def test_a_dearer_mix_never_has_a_better_verdict(extra: float, seeds: int) -> None:
    order = ["pass", "warn", "fail"]
    states = [
        judged(*(arm(seed=s, **long(*[0.3 + x] * 3)) for s in range(seeds))).state
        for x in (extra / 2, extra)
    ]
    assert order.index(states[0]) <= order.index(states[1])
