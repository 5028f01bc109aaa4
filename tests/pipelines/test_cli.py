"""The command line: flags stay few, every ending has its code, help loads nothing heavy.

What a mix is stands in its recipe; a new flag needs a better reason than a new key. Change FLAGS
only with that reason.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines import cli
from pipelines.cli import main
from schemas.errors import LocalResourceError, RemoteError
from schemas.recipe import Recipe

RECIPE_FLAGS = {"--json", "--store", "--executor", "--workers", "--ray-address", "--out"}
FLAGS = {
    "plan": RECIPE_FLAGS | {"--sample"},
    "ask": RECIPE_FLAGS | {"--count"},
    "build": RECIPE_FLAGS | {"--overwrite"},
    "status": {"--json"},
    "inspect": {"--json", "--row", "--sample", "--documents", "--texts", "--store"},
    "verify": {"--json", "--store", "--sample"},
    "diff": {"--json"},
    "config": {"--json"},
}
HEAVY = ("ray", "torch", "datasets", "tokenizers", "transformers", "pandas")


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


@pytest.mark.parametrize("words", [["--help"], ["build", "--help"], ["config", "schema"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\n"
        "from pipelines.cli import main\n"
        "try:\n"
        f"    main({words!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


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
    monkeypatch.setattr(cli, "_build", lambda arguments: seen.append(arguments) or 0)
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


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (LocalResourceError("the disk is full"), 4, "longmix: the disk is full"),
        (RemoteError("no answer"), 5, "longmix: no answer"),
        (MemoryError(), 4, "longmix: out of memory"),
        (NotADirectoryError(20, "Not a directory", "a/b"), 4, "longmix: [Errno 20] Not a dir"),
        (KeyboardInterrupt(), 130, "longmix: interrupted; run the same command again"),
    ],
)
def test_every_ending_has_its_code_and_its_sentence(
    monkeypatch, capsys, *, error: BaseException, code: int, words: str
) -> None:
    def fail(arguments: Any) -> int:
        raise error

    monkeypatch.setattr(cli, "_status", fail)
    assert main(["status", "mix"]) == code
    assert words in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_output_that_a_full_disk_refuses_is_a_sentence() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", "config", "schema"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert "No space left on device" in done.stderr


def test_a_store_that_is_named_must_hold_texts(mix: Path, tmp_path: Path, capsys) -> None:
    """Else a slip of the pen would leave the texts unchecked without a word."""
    assert main(["verify", str(mix), "--store", str(tmp_path / "nothing")]) == 2
    assert "holds no texts" in capsys.readouterr().err


def test_a_bug_keeps_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uncaught, so Python prints where it happened and ends with 1."""
    monkeypatch.setattr(cli, "_status", lambda arguments: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        main(["status", "mix"])


def test_a_recipe_that_cannot_be_ends_with_two(tmp_path: Path, capsys) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("sed: 1")
    assert main(["plan", str(path)]) == 2
    assert "Did you mean 'seed'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--sample", "0"], "--sample 0: read one document at least"),
        (["sources.books.clean=[gutenburg]"], "Did you mean 'gutenberg'?"),
        (["near_duplicates={book: 0}"], "near_duplicates.book: Input should be greater than 0"),
        (["decontaminate={files: [none/*.jsonl]}"], "decontaminate.files: nothing below "),
        (["sources.books.scores=[language]"], "books.scores.language: needs py3langid; type: pip"),
    ],
)
def test_a_selection_that_cannot_be_is_one_sentence_before_any_work(
    monkeypatch, recipe_file, tmp_path, capsys, *, words: list[str], sentence: str
) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)
    out = tmp_path / "tiny"
    assert main(["plan", str(recipe_file), "--out", str(out), *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("longmix: ")
    assert sentence in line
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} <= {"lock"}


def test_a_plan_of_a_sample_prints_text_or_one_json_object(recipe_file: Path, capsys) -> None:
    assert main(["plan", str(recipe_file), "--sample", "2"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("A sample. ")
    assert "kept tokens of all" in text
    assert main(["plan", str(recipe_file), "--sample", "2", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [part["inputs"]["sampled"] for part in facts["yields"]] == [2, 2]


@pytest.mark.parametrize("command", ["status", "inspect", "verify"])
def test_a_folder_that_is_no_mix_ends_with_two(command: str, tmp_path: Path, capsys) -> None:
    assert main([command, str(tmp_path / "none")]) == 2
    assert "longmix: " in capsys.readouterr().err


def test_a_quarantined_file_ends_a_plan_with_three(recipe_file, corpus, tmp_path, capsys) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(corpus, folder)
    whole = gzip.compress(b"a book " * 1000)
    (folder / "books" / "cut.txt.gz").write_bytes(whole[: len(whole) // 2])
    words = [f"inputs={folder}", "sources.books.files=books/*"]
    assert main(["plan", str(recipe_file), *words, "--json"]) == 3
    facts = json.loads(capsys.readouterr().out)
    (entry,) = facts["quarantined"]
    assert entry["uri"] == "books/cut.txt.gz"


def test_a_mix_that_is_done_is_not_built_again(recipe_file, mix, capsys) -> None:
    before = (mix / "manifest.json").stat().st_mtime_ns
    assert main(["build", str(recipe_file), "--out", str(mix)]) == 0
    captured = capsys.readouterr()
    assert "is complete; nothing to do" in captured.err
    assert captured.out.startswith("tiny: ")
    assert (mix / "manifest.json").stat().st_mtime_ns == before


def test_another_recipe_in_the_same_folder_ends_with_two(recipe_file, mix, capsys) -> None:
    assert main(["build", str(recipe_file), "--out", str(mix), "seed=5"]) == 2
    assert "recipe.seed: 0 then, 5 now" in capsys.readouterr().err


def test_verify_ends_with_zero_or_six(mix: Path, tmp_path: Path, capsys) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(mix, copy)
    store = f"{mix}.work/store"
    assert main(["verify", str(copy), "--store", store, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"]
    card = copy / "README.md"
    card.write_text(card.read_text() + "!")
    assert main(["verify", str(copy), "--store", store]) == 6


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


def test_the_version(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"longmix \d+\.\d+\.\d+\n", capsys.readouterr().out)
