"""Each gate catches the fault that it is for, and honest samples pass them all.

The samples are texts: lines of planted records between lines of prose, read as verify reads them.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from generators.shortcuts.candidates import find_choice
from generators.shortcuts.gates import (
    ALL,
    Gate,
    Trial,
    gates_of,
    mean_percentile,
    mean_search,
)
from generators.shortcuts.guesses import credits_of, search
from generators.shortcuts.shapes import shape_of
from generators.shortcuts.surprise import Surprise

SAMPLES = 240
RECORDS = 6
PROSE = "the a river mill letter road bridge came went saw over under and but because when"

Fault = Callable[[np.random.Generator, dict[str, Any]], None]


def read(rng: np.random.Generator, fault: Fault | None, **given: Any) -> Trial:
    """Write a sample of six records, one of them asked for, and read it again."""
    sample = {
        "values": [str(rng.integers(10**6, 10**7)) for _ in range(RECORDS)],
        "slot": int(rng.integers(RECORDS)),
        "depth": float(rng.random()),
        "mark": "",
        "repeat": None,
        **given,
    }
    if fault is not None:
        fault(rng, sample)
    values, slot = sample["values"], sample["slot"]
    again = [] if sample["repeat"] is None else [values[sample["repeat"]]]
    lines, at = [], 0
    for index, value in enumerate([*values, *again]):
        lines += [" ".join(rng.choice(PROSE.split(), 12)) for _ in range(3)]
        record = f"box {index} of the store holds {value}{sample['mark'] * (index == slot)}"
        if index == slot:
            at = sum(len(line) + 1 for line in lines)
        lines.append(record)
    text, gold = "\n".join(lines), values[slot]
    evidence = (at, text.find("\n", at) if "\n" in text[at:] else len(text))
    shape = shape_of(gold)
    assert shape is not None
    question = f'What does "box {slot}" hold?'
    surprise = Surprise(text, [evidence])
    where: dict[str, Any] = {"gold": gold, "evidence": evidence, "question": question}
    choice, wide = (find_choice(text, look, **where) for look in (shape.same, shape.alike))
    assert choice is not None
    assert wide is not None
    percentile = surprise.percentile(evidence)
    return Trial(
        gold=gold,
        rank=choice.gold,
        size=len(choice.candidates),
        credit=credits_of(choice, surprise.mean),
        search=search(choice, text, question),
        look=shape.same.pattern,
        lengths=Counter(len(candidate.value) for candidate in wide.candidates),
        depths=(sample["depth"],),
        percentiles=() if percentile is None else (percentile,),
    )


def trials(fault: Fault | None = None, samples: int = SAMPLES) -> list[Trial]:
    rng = np.random.default_rng(11)
    return [read(rng, fault) for _ in range(samples)]


def gates(found: list[Trial]) -> dict[str, Gate]:
    return {gate.name: gate for gate in gates_of(found, depth_chance=0.1)}


def failed(found: list[Trial]) -> set[str]:
    return {name for name, gate in gates(found).items() if gate.bound.verdict == "fail"}


def constant_answer(_: np.random.Generator, sample: dict[str, Any]) -> None:
    sample["values"][sample["slot"]] = "4444444"


def frequent_answer(rng: np.random.Generator, sample: dict[str, Any]) -> None:
    if rng.random() < 0.5:
        sample["values"][sample["slot"]] = "4444444"


def constant_slot(_: np.random.Generator, sample: dict[str, Any]) -> None:
    sample["slot"] = 2


def always_first(_: np.random.Generator, sample: dict[str, Any]) -> None:
    sample["slot"] = 0


def always_last(_: np.random.Generator, sample: dict[str, Any]) -> None:
    sample["slot"] = RECORDS - 1


def longer(rng: np.random.Generator, sample: dict[str, Any]) -> None:
    sample["values"][sample["slot"]] = str(rng.integers(10**8, 10**9))


def constant_depth(_: np.random.Generator, sample: dict[str, Any]) -> None:
    sample["depth"] = 0.33


def marked(_: np.random.Generator, sample: dict[str, Any]) -> None:
    sample["mark"] = " zyx!!"


def said_twice(_: np.random.Generator, sample: dict[str, Any]) -> None:
    sample["repeat"] = sample["slot"]


@pytest.mark.parametrize(
    ("fault", "caught"),
    [
        (constant_answer, {"prior"}),
        (frequent_answer, {"prior"}),
        (constant_slot, {"slot"}),
        (always_first, {"slot", "first"}),
        (always_last, {"slot", "last"}),
        (constant_depth, {"depth"}),
        (marked, {"odd"}),
        (said_twice, {"frequent", "last"}),
    ],
)
def test_a_fault_is_caught_by_its_gate_alone(fault: Fault, caught: set[str]) -> None:
    assert failed(trials(fault)) == caught


def test_an_answer_of_another_length_is_caught() -> None:
    """No other value has nine digits, so the answer of that look alone is nothing to choose."""
    found = failed(trials(longer))
    assert "length" in found
    assert found <= {"length", "longest"}


def test_honest_samples_pass_all_gates_that_apply() -> None:
    found = gates(trials(samples=SAMPLES))
    assert list(found) == list(ALL)
    verdicts = {name: gate.bound.verdict for name, gate in found.items()}
    assert verdicts.pop("abstain") == "not applicable"
    assert set(verdicts.values()) == {"pass"}
    assert found["slot"].entropy is not None
    assert found["slot"].entropy > 0.98


def test_the_entropy_of_one_slot_is_low() -> None:
    entropy = gates(trials(constant_slot))["slot"].entropy
    assert entropy is not None
    assert entropy < 0.4


def test_few_samples_neither_pass_nor_fail() -> None:
    verdicts = {gate.bound.verdict for gate in gates(trials(samples=20)).values()}
    assert verdicts == {"inconclusive", "not applicable"}


def test_answers_without_a_look_leave_the_rules_that_choose_out() -> None:
    found = gates([Trial(gold=f"passage {number}") for number in range(300)])
    judged = {name for name, gate in found.items() if gate.bound.verdict != "not applicable"}
    assert judged == {"prior"}
    assert found["prior"].bound.verdict == "pass"


def test_nothing_can_be_said_of_no_samples() -> None:
    assert {gate.bound.verdict for gate in gates([]).values()} == {"not applicable"}
    assert mean_percentile([]) == (0.5, 0)
    assert mean_search([]) == (0.0, 0)


@pytest.mark.parametrize(("share", "fails"), [(0.25, False), (0.5, False), (0.9, True)])
def test_unanswerable_questions_have_a_gate_of_their_own(share: float, fails: bool) -> None:
    unanswerable = round(SAMPLES * share)
    found = [Trial(gold="not stated", answerable=False)] * unanswerable
    found += trials(samples=SAMPLES - unanswerable)
    assert failed(found) == ({"abstain"} if fails else set())


def test_numbers_from_one_to_nine_are_held_against_a_ninth() -> None:
    rng = np.random.default_rng(5)
    even = [Trial(gold=str(rng.integers(1, 10))) for _ in range(400)]
    assert gates(even)["prior"].chance == pytest.approx(1 / 9)
    assert failed(even) == set()
    skewed = [Trial(gold=str(min(rng.geometric(0.5), 9))) for _ in range(400)]
    assert failed(skewed) == {"prior"}


def test_answers_are_held_against_those_of_questions_of_the_same_kind() -> None:
    found = [Trial(gold="yes", kind="whether"), Trial(gold="zero", kind="count")] * 100
    assert failed(found) == {"prior"}
    assert gates(found)["prior"].accuracy == 1


def test_one_search_finds_a_value_beside_its_name() -> None:
    accuracy, samples = mean_search(trials(samples=60))
    assert (accuracy, samples) == (1.0, 60)


def test_codes_stand_out_of_prose() -> None:
    oddness, pieces = mean_percentile(trials(samples=60))
    assert pieces == 60
    assert oddness > 0.9
