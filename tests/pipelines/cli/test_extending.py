"""`longmix rope` prints text or one JSON object, writes a picture, and refuses with 2."""

import json

import pytest

from pipelines.cli import main
from tests.pipelines.plan.models import CONFIGS

LLAMA = str(CONFIGS / "llama-3-8b.json")
PLAN = ["rope", LLAMA, "--target", "131072"]


def test_text_or_one_json_object(capsys) -> None:
    assert main(PLAN) == 0
    assert capsys.readouterr().out.startswith("llama: 32 layers")
    assert main([*PLAN, "--methods", "yarn,base", "base.base=8e6", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [method["name"] for method in facts["methods"]] == ["yarn", "base"]
    assert facts["methods"][1]["config"]["rope_theta"] == 8e6


def test_keys_of_methods_stand_anywhere(capsys) -> None:
    assert main(["rope", LLAMA, "yarn.beta_fast=16", "--json", "--target", "131072"]) == 0
    yarn = [m for m in json.loads(capsys.readouterr().out)["methods"] if m["name"] == "yarn"]
    assert yarn[0]["config"]["rope_parameters"]["beta_fast"] == 16


def test_the_picture_is_written(tmp_path, capsys) -> None:
    assert main([*PLAN, "--plot", str(tmp_path / "out.svg")]) == 0
    assert (tmp_path / "out.svg").read_text().startswith("<svg")
    assert main([*PLAN, "--plot", str(tmp_path / "none" / "out.svg")]) == 4


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("gpt2", [], "learns one vector for each position"),
        ("bloom-7b", [], "ALiBi"),
        ("mpt-7b", [], "ALiBi"),
        ("odd-rotary", [], "must be even"),
        ("conflicting", [], "differ in factor"),
        ("llama-3.1-8b", [], "--from-scaled"),
        ("llama-3-8b", ["--methods", "dynamic"], "inference only"),
        ("llama-3-8b", ["--trained", "131072"], "a target must be longer"),
        ("missing", [], "cannot be read"),
    ],
)
def test_the_impossible_ends_with_two(name, words, sentence, capsys) -> None:
    assert main(["rope", str(CONFIGS / f"{name}.json"), "--target", "131072", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_what_is_scaled_can_start_again(capsys) -> None:
    scaled = str(CONFIGS / "llama-3.1-8b.json")
    assert main(["rope", scaled, "--target", "1048576", "--from-scaled"]) == 0
    assert "now (llama3)" in capsys.readouterr().out
