"""Verify guesses: what can be answered without reading fails, and few samples prove nothing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from pipelines.verify.findings import Findings
from pipelines.verify.needles import Placed
from pipelines.verify.rows import Row
from pipelines.verify.shortcuts import MEANING, Shortcuts, shortcut_lines
from tests.pipelines.verify.broken import Broken

SAMPLES = 240
RECIPE: dict[str, Any] = {
    "tasks": {"boxes": {"task": "needle", "depths": {"law": "uniform"}}},
    "stages": [{"name": "main"}],
}


@pytest.fixture
def tokenizer(sound: Path) -> Tokenizer:
    return load_tokenizer((sound / "tokenizer/tokenizer.json").read_bytes())


class Mix:
    """Samples of one task, each a text of lines whose records say what a box holds."""

    def __init__(self, tokenizer: Tokenizer, seed: int = 4) -> None:
        self.tokenizer, self.rng = tokenizer, np.random.default_rng(seed)
        self.shortcuts, self.findings = Shortcuts(), Findings()

    def add(
        self,
        *,
        slot: int | None = None,
        answerable: bool = True,
        depth: float | None = None,
        **changes: Any,
    ) -> None:
        """Add a sample of five records; the one in `slot`, or any, is asked for."""
        values = [str(self.rng.integers(10**6, 10**7)) for _ in range(5)]
        slot = int(self.rng.integers(5)) if slot is None else slot
        lines = [f"box {index} of the mill holds {value}" for index, value in enumerate(values)]
        filler = ["the old river went over the road and under the bridge of the town"] * 4
        pieces = [line for record in lines for line in (*filler, record)]
        question = f'What does "box {slot}" hold?'
        pieces += ["", question, "It is"]
        ids = [self.tokenizer.encode(piece + "\n") for piece in pieces]
        ends = np.cumsum([len(part) for part in ids])
        place = 5 * slot + 4
        needle = {
            "evidence_start": ends[place - 1],
            "evidence_end": ends[place],
            "question_start": ends[-3],
            "question_end": ends[-2],
            "answer": values[slot],
            "extractive": True,
            "target_depth": 0.5,
            "depth": float(self.rng.random()) if depth is None else depth,
        }
        line = {
            "sample_id": "boxes-main-256-000000",
            "task": "needle",
            "gold": values[slot] if answerable else "not stated",
            "answerable": answerable,
            "params": json.dumps({"question": "last"}),
            **changes,
        }
        row = Row(
            where="row 0",
            ids=np.concatenate(ids),
            lengths=np.array([ends[-1]], np.int32),
            mask=None,
            positions=None,
            spans=[],
            needles=[],
            scalars={},
        )
        placed = Placed(
            line=line,
            row=row,
            start=0,
            stop=len(row.ids),
            targets=np.zeros(len(row.ids), bool),
            needles=[needle] if answerable else [],
            where="row 0 sample 0",
        )
        text = self.tokenizer.decode(row.ids)
        self.shortcuts.add(placed, text, self.tokenizer)

    def table(self, **recipe: Any) -> dict[str, Any]:
        [table] = self.shortcuts.judge({**RECIPE, **recipe}, self.findings)
        return table

    def verdicts(self, **recipe: Any) -> dict[str, str]:
        return {gate["gate"]: gate["verdict"] for gate in self.table(**recipe)["gates"]}


def test_honest_samples_pass_and_are_told_of(tokenizer: Tokenizer) -> None:
    mix = Mix(tokenizer)
    for _ in range(SAMPLES):
        mix.add()
    verdicts = mix.verdicts()
    assert list(verdicts) == list(MEANING)
    assert verdicts.pop("abstain") == "not applicable"
    assert set(verdicts.values()) == {"pass"}
    assert mix.findings.failed == {}
    table = mix.table()
    assert table["samples"] == SAMPLES
    assert table["search"] == {"samples": SAMPLES, "accuracy": 1.0}
    assert table["detectability"]["pieces"] == SAMPLES
    [head, heads, line] = shortcut_lines([table])
    assert head == "guesses without reading, by task (docs/gates.md)"
    assert heads.split()[:4] == ["task", "passed", "failed", "too"]
    assert line.split()[:7] == ["boxes", "11", "0", "0", "1", "1.00", "1.00"]


def test_a_constant_slot_is_a_defect_with_its_sentence(tokenizer: Tokenizer) -> None:
    mix = Mix(tokenizer)
    for _ in range(100):
        mix.add(slot=2)
    assert mix.verdicts()["slot"] == "fail"
    # In so small a text the third line is often the oddest, and always the right one here.
    assert mix.findings.failed == {"shortcut.slot": 1, "shortcut.odd": 1}
    assert mix.findings.defects[0] == {
        "check": "shortcut.slot",
        "where": "task boxes",
        "expected": "the candidate in the place where the others' answers mostly are to be "
        "right in at most 43.7% of 100 samples (chance is 20.0%), found 100.0%",
    }


def test_what_is_easy_on_purpose_is_no_defect(tokenizer: Tokenizer) -> None:
    mix = Mix(tokenizer)
    for _ in range(100):
        mix.add(slot=4)
    easy = {"task": "needle", "depths": {"law": "uniform"}, "shortcuts": ["slot", "last"]}
    verdicts = mix.verdicts(tasks={"boxes": easy})
    assert (verdicts["slot"], verdicts["last"]) == ("meant", "meant")
    assert mix.findings.failed == {}


def test_uses_of_one_task_are_judged_apart(tokenizer: Tokenizer) -> None:
    mix = Mix(tokenizer)
    for number in range(100):
        mix.add(slot=2, sample_id=f"boxes-main-256-{number}")
        mix.add(sample_id=f"more-boxes-main-256-{number}")
    tasks = {"boxes": {"task": "needle"}, "more-boxes": {"task": "needle"}}
    both = mix.shortcuts.judge({**RECIPE, "tasks": tasks}, mix.findings)
    assert [(table["task"], table["samples"]) for table in both] == [
        ("boxes", 100),
        ("more-boxes", 100),
    ]
    assert {entry["where"] for entry in mix.findings.defects} == {"task boxes"}


def test_too_few_samples_are_a_warning(tokenizer: Tokenizer) -> None:
    mix = Mix(tokenizer)
    for _ in range(12):
        mix.add()
    assert set(mix.verdicts().values()) == {"inconclusive", "not applicable"}
    assert not any(check.startswith("shortcut.") for check in mix.findings.failed)
    assert list(mix.findings.checked) == ["shortcut.samples"]
    assert mix.findings.warned["shortcut.samples"] == mix.findings.checked["shortcut.samples"]


def test_unanswerable_samples_have_a_gate_of_their_own(tokenizer: Tokenizer) -> None:
    mix = Mix(tokenizer)
    for number in range(150):
        mix.add(answerable=number % 10 == 0)
    verdicts = mix.verdicts()
    assert verdicts["abstain"] == "fail"
    assert mix.findings.failed == {"shortcut.abstain": 1}


def test_an_answer_that_no_evidence_spells_has_no_candidates(tokenizer: Tokenizer) -> None:
    mix = Mix(tokenizer)
    for number in range(200):
        mix.add(gold=f"{number} boxes")
    verdicts = mix.verdicts()
    judged = {name for name, verdict in verdicts.items() if verdict != "not applicable"}
    assert judged == {"prior", "depth"}


@pytest.mark.parametrize(
    ("law", "verdict"),
    [
        ({"law": "uniform"}, "fail"),
        ({"law": "list", "values": [0.05, 0.45]}, "pass"),
        ({"law": "list", "values": [0.05]}, "not applicable"),
        ({"law": "joint", "cells": [{"depths": [0, 0.5]}]}, "not applicable"),
    ],
)
def test_depths_are_held_against_the_law_that_was_asked_for(
    tokenizer: Tokenizer, law: dict[str, Any], verdict: str
) -> None:
    mix = Mix(tokenizer)
    for number in range(240):
        mix.add(depth=0.05 if number % 2 else 0.45)
    assert mix.verdicts(tasks={"boxes": {"task": "needle", "depths": law}})["depth"] == verdict


def test_a_stage_may_ask_for_another_law(tokenizer: Tokenizer) -> None:
    mix = Mix(tokenizer)
    for number in range(240):
        mix.add(depth=0.05 if number % 3 else 0.45)
    stage = {"name": "main", "tasks": {"boxes": {"depths": {"law": "list", "values": [0.05]}}}}
    assert mix.verdicts(stages=[stage])["depth"] == "not applicable"


def test_verify_guesses_at_a_whole_mix(mix: Broken) -> None:
    verdict = mix.verdict()
    [table] = verdict["shortcuts"]
    assert table["task"] == "needle"
    assert table["samples"] == len(mix.lines("samples"))
    assert table["detectability"]["pieces"] > 0
    assert verdict["passed"]
    assert json.loads(json.dumps(table)) == table


def test_without_samples_there_is_nothing_to_say() -> None:
    assert Shortcuts().judge(RECIPE, Findings()) == []
    assert shortcut_lines([]) == []
