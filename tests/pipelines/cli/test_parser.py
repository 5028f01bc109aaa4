"""Flags stay few, overrides stand anywhere, and what is unknown is named.

What a mix is stands in its recipe; a new flag needs a better reason than a new key. Change FLAGS
only with that reason.
"""

import re
from typing import Any

import pytest

from pipelines.cli import main, making

EXECUTOR_FLAGS = {"--executor", "--workers", "--ray-address"}
RECIPE_FLAGS = EXECUTOR_FLAGS | {"--json", "--store", "--out"}
FLAGS = {
    "plan": RECIPE_FLAGS | {"--sample", "--scale"},
    "ask": RECIPE_FLAGS | {"--count"},
    "build": RECIPE_FLAGS | {"--overwrite"},
    "status": {"--json"},
    "inspect": {"--json", "--row", "--sample", "--documents", "--texts", "--store"},
    "verify": EXECUTOR_FLAGS
    | {"--json", "--store", "--sample", "--sample-by", "--defects", "--device"}
    | {"--smoke", "--seeds", "--smoke-dir"},
    "diff": {"--json"},
    "rope": {"--json", "--target", "--methods", "--mix", "--trained", "--from-scaled"}
    | {"--inference", "--gamma", "--plot"},
    "config": {"--json"},
}


def help_of(*words: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.findall(r"^    ([a-z]+) ", help_of(capsys=capsys), re.MULTILINE)
    assert set(found) == set(FLAGS)


@pytest.mark.parametrize("command", FLAGS)
def test_the_flags_of_a_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = set(re.findall(r"--[a-z][a-z-]*", help_of(command, capsys=capsys).split("options:")[1]))
    assert found - {"--help"} == FLAGS[command]


@pytest.mark.parametrize(
    "words",
    [
        ["r.yaml", "a=1", "b=2", "--out", "mix"],
        ["r.yaml", "--out", "mix", "a=1", "b=2"],
        ["r.yaml", "a=1", "--out", "mix", "b=2"],
        ["--out", "mix", "r.yaml", "a=1", "b=2"],
    ],
)
def test_overrides_stand_anywhere(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(making, "build", lambda arguments: seen.append(arguments) or 0)
    assert main(["build", *words]) == 0
    (arguments,) = seen
    assert (arguments.recipe, arguments.overrides) == ("r.yaml", ["a=1", "b=2"])
    assert arguments.out == "mix"


@pytest.mark.parametrize(
    ("words", "strange"),
    [
        (["build", "r.yaml", "--out", "mix", "--tokens=5"], "--tokens=5"),
        (["build", "r.yaml", "--out", "mix", "a=1", "--fast"], "--fast"),
        (["status", "mix", "a=1"], "a=1"),
        (["verify", "mix", "other"], "other"),
    ],
)
def test_unknown_words_are_named(words, strange: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert f"unknown arguments: {strange}" in capsys.readouterr().err


def test_the_version(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"longmix \d+\.\d+\.\d+\n", capsys.readouterr().out)
