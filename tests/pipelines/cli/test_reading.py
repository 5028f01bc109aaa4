"""Commands over a finished mix print a text or one JSON object; their code says what they found."""

import json
from pathlib import Path

import pytest

from pipelines.cli import main
from schemas.recipe import Recipe


@pytest.mark.parametrize("command", ["status", "inspect", "verify"])
def test_a_folder_that_is_no_mix_ends_with_two(command: str, tmp_path: Path, capsys) -> None:
    assert main([command, str(tmp_path / "none")]) == 2
    assert "longmix: " in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--row", "0"], ["--documents"]])
def test_inspect_prints_text_or_one_json_object(words: list[str], mix: Path, capsys) -> None:
    assert main(["inspect", str(mix), *words]) == 0
    assert not capsys.readouterr().out.startswith("{")
    assert main(["inspect", str(mix), *words, "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), dict)


def test_inspect_writes_texts_and_counts_them(mix: Path, tmp_path: Path, capsys) -> None:
    assert main(["inspect", str(mix), "--texts", str(tmp_path / "texts")]) == 0
    count = len(list((tmp_path / "texts").iterdir()))
    assert capsys.readouterr().out == f"{count} texts written\n"


def test_config_schema_is_the_schema_of_a_recipe(capsys) -> None:
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == Recipe.model_json_schema()


def test_config_resolve_shows_every_default(recipe_file: Path, capsys) -> None:
    assert main(["config", "resolve", str(recipe_file), "seed=3"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["seed"], shown["min_fragment"], shown["name"]) == (3, 64, "tiny")
    assert main(["config", "resolve"]) == 2
