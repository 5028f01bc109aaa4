"""`verify` ends with 0 or 6; the smoke training follows it, and can only take a pass away."""

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main

FOUND: dict[str, Any] = {
    "mix": "tiny",
    "device": "cpu",
    "settings": {},
    "verdict": "pass",
    "reasons": [],
    "gates": [],
    "notes": [],
}


@pytest.fixture
def copy(mix: Path, tmp_path: Path) -> Path:
    """A mix that a test may spoil."""
    whole = tmp_path / "tiny"
    shutil.copytree(mix, whole)
    return whole


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What smoke trainings were asked for; each finds the verdict that the test wrote to FOUND."""
    asked: list[Any] = []

    def smoke_mix(name: str, options: Any, **_: Any) -> dict[str, Any]:
        asked.append(options)
        return FOUND | {"mix": name}

    monkeypatch.setattr("pipelines.verify.smoke.mix.smoke_mix", smoke_mix)
    monkeypatch.setattr("pipelines.verify.smoke.reports.smoke_page", lambda found: "a page")
    monkeypatch.setattr("pipelines.verify.smoke.text.smoke_text", lambda found: "a text")
    return asked


def test_a_store_that_is_named_must_hold_texts(mix: Path, tmp_path: Path, capsys) -> None:
    """Else a slip of the pen would leave the texts unchecked without a word."""
    assert main(["verify", str(mix), "--store", str(tmp_path / "nothing")]) == 2
    assert "holds no texts" in capsys.readouterr().err


def test_verify_ends_with_zero_or_six(mix: Path, copy: Path, capsys) -> None:
    store = f"{mix}.work/store"
    assert main(["verify", str(copy), "--store", store, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"]
    card = copy / "README.md"
    card.write_text(card.read_text() + "!")
    assert main(["verify", str(copy), "--store", store]) == 6


def test_options_of_the_smoke_training_need_it(mix: Path, capsys) -> None:
    assert main(["verify", str(mix), "--seeds", "5"]) == 2
    assert "add --smoke" in capsys.readouterr().err


def test_without_torch_it_says_what_to_install(mix: Path, monkeypatch, capsys) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "torch" else found(name)
    )
    assert main(["verify", str(mix), "--smoke"]) == 2
    assert "pip install 'longmix[torch]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("verdict", "code"), [("pass", 0), ("warn", 0), ("fail", 6), ("inconclusive", 6)]
)
def test_what_was_not_proved_is_no_pass(
    verdict: str, code: int, *, copy: Path, trained: list[Any], monkeypatch, capsys
) -> None:
    monkeypatch.setitem(FOUND, "verdict", verdict)
    assert main(["verify", str(copy), "--smoke", "--seeds", "5", "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert (told["passed"], told["smoke"]["verdict"]) == (code == 0, verdict)
    assert [options.seeds for options in trained] == [5]
    assert json.loads((copy / "reports/smoke.json").read_text()) == told["smoke"]
    assert main(["verify", str(copy)]) == 0, "reports are no part of the mix"


def test_a_mix_that_is_damaged_is_not_trained_on(copy: Path, trained: list[Any], capsys) -> None:
    (copy / "README.md").write_text("!")
    assert main(["verify", str(copy), "--smoke"]) == 6
    assert "smoke: not begun" in capsys.readouterr().out
    assert trained == []
