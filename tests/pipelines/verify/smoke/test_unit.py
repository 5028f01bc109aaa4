import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from pipelines.verify.smoke import arms, training
from pipelines.verify.smoke.arms import Arm
from pipelines.verify.smoke.rebuild import Rebuilt
from pipelines.verify.smoke.unit import Course, arm_key, settings_facts, train_unit
from schemas.errors import LocalResourceError
from schemas.unit import Unit
from tests.pipelines.verify.broken import END
from tests.pipelines.verify.smoke.tiny import TINY

WILD = replace(TINY, long=replace(TINY.long, rate=1e30))
"""The base learns as ever; the extension leaps out of all numbers at its first step."""


def unit(arm: str, seed: int = 0) -> Unit:
    return Unit(phase="smoke", index=0, description={"seed": seed, "arm": arm})


def course(tiny: Rebuilt, folder: Path, **changes: Any) -> Course:
    usual = {"settings": TINY, "device": "cpu", "threads": 1, "end_id": END}
    return Course(rebuilt=tiny, folder=str(folder), **{**usual, **changes})


def test_a_base_then_its_arms(
    tiny: Rebuilt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is kept in a file; an arm that is there is not trained again."""
    whole = course(tiny, tmp_path)
    assert train_unit(whole, unit("base")) == {}
    assert [path.suffix for path in (tmp_path / "bases").iterdir()] == [".pt"]
    made = {name: train_unit(whole, unit(name))["arm"] for name in ("control", "mix")}
    found = {n: Arm.from_json(json.loads((tmp_path / p).read_text())) for n, p in made.items()}
    assert {name: arm.name for name, arm in found.items()} == {"control": "control", "mix": "mix"}
    assert found["mix"].losses[:4] == found["control"].losses[:4], "one base"
    assert found["mix"].losses[4:] != found["control"].losses[4:]
    assert len(list((tmp_path / "bases").iterdir())) == 1
    assert len(list((tmp_path / "arms").iterdir())) == 2, "and nothing half-written"

    def run_arm(*_args: Any, **_options: Any) -> None:
        raise AssertionError("nothing is left to train")

    monkeypatch.setattr(arms, "run_arm", run_arm)
    assert {name: train_unit(whole, unit(name))["arm"] for name in made} == made


def test_training_that_diverges_is_an_answer(tiny: Rebuilt, tmp_path: Path) -> None:
    told = train_unit(course(tiny, tmp_path, settings=WILD), unit("mix"))
    assert set(told) == {"diverged"}
    assert told["diverged"].startswith("the loss of step ")
    assert not (tmp_path / "arms").exists()


def test_a_row_that_does_not_fit_is_told_in_a_sentence(
    tiny: Rebuilt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losses_of(*_args: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate a lot")

    monkeypatch.setattr(training, "losses_of", losses_of)
    with pytest.raises(LocalResourceError) as caught:
        train_unit(course(tiny, tmp_path), unit("base", seed=3))
    assert str(caught.value) == (
        "smoke: base of seed 3: one row of 64 tokens does not fit into the memory of cpu; end what "
        "else uses this memory, or train on another device by --device"
    )


def test_the_key_changes_with_all_that_an_arm_depends_on(tiny: Rebuilt, tmp_path: Path) -> None:
    whole = course(tiny, tmp_path)
    keys = [
        arm_key(whole, unit("mix")),
        arm_key(whole, unit("control")),
        arm_key(whole, unit("mix", seed=1)),
        arm_key(replace(whole, settings=WILD), unit("mix")),
        arm_key(replace(whole, device="cuda"), unit("mix")),
        arm_key(replace(whole, rebuilt=replace(tiny, factor=4.0)), unit("mix")),
        arm_key(replace(whole, rebuilt=replace(tiny, mix=tiny.control)), unit("mix")),
        arm_key(replace(whole, rebuilt=replace(tiny, audits={})), unit("mix")),
    ]
    assert len(set(keys)) == len(keys)
    assert arm_key(course(tiny, tmp_path / "elsewhere"), unit("mix")) == keys[0]


def test_settings_are_json() -> None:
    facts = settings_facts(TINY)
    assert json.loads(json.dumps(facts)) == facts
    assert facts["long"]["length"] == 512
    assert facts["shape"]["taps"] == [1.0, 0.5, 0.25, 0.125]
