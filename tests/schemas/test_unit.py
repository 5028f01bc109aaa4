"""The same description is the same unit; a raised generation makes every unit of its phase new."""

import pytest

from schemas.canonical import digest
from schemas.unit import GENERATIONS, Unit


def test_a_fingerprint_knows_the_work_and_not_its_number() -> None:
    first = Unit(phase="weave", index=0, description={"a": 1, "b": 2})
    assert Unit(phase="weave", index=7, description={"b": 2, "a": 1}).fingerprint == (
        first.fingerprint
    )
    assert Unit(phase="weave", index=0, description={"a": 2}).fingerprint != first.fingerprint
    assert Unit(phase="prepare", index=0, description={"a": 1, "b": 2}).fingerprint != (
        first.fingerprint
    )


def test_a_fingerprint_by_hand() -> None:
    unit = Unit(phase="train", index=0, description={"x": 1})
    generation = GENERATIONS["train"]
    assert unit.fingerprint == digest(
        {"phase": "train", "generation": generation, "work": {"x": 1}}
    )


def test_a_raised_generation_changes_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = Unit(phase="weave", index=0, description={})
    before = unit.fingerprint
    monkeypatch.setitem(GENERATIONS, "weave", GENERATIONS["weave"] + 1)
    assert unit.fingerprint != before
