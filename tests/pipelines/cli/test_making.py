"""plan and build end with a text or one JSON object, and refuse what cannot be before any work."""

import gzip
import json
import shutil
import sys
from pathlib import Path

import pytest

from pipelines.cli import main


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


def test_a_plan_lays_rows_out_and_says_what_they_waste(recipe_file: Path, capsys) -> None:
    assert main(["plan", str(recipe_file)]) == 0
    text = capsys.readouterr().out
    assert "rows, with samples at their greatest lengths:" in text
    assert "cut docs" in text
    assert main(["plan", str(recipe_file), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [stage["stage"] for stage in facts["accounting"]["stages"]] == ["short", "long"]


def test_a_plan_at_another_scale(recipe_file: Path, capsys) -> None:
    words = ["plan", str(recipe_file), "tasks={}", "--scale"]
    assert main([*words, "1M"]) == 0
    assert capsys.readouterr().out.startswith("tiny  at 1.00 M tokens, from documents like the 4 ")
    assert main([*words, "200000", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["schedule"]["totals"]["tokens"] == pytest.approx(200_000, rel=0.02)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--scale", "20X"], "--scale 20X: give the tokens of the whole mix, such as 500M"),
        (["--scale", "0"], "--scale 0: give"),
        (["--scale", "20B", "--sample", "3"], "--scale lays rows out and --sample reads too"),
        (["--scale", "20B", "sources.books.min_tokens=999999"], "no document was kept"),
    ],
)
def test_a_scale_that_cannot_be(recipe_file: Path, capsys, words, sentence: str) -> None:
    if "min_tokens" in words[-1]:
        words = [*words, "sources.notes.min_tokens=999999"]
    assert main(["plan", str(recipe_file), *words]) == 2
    assert sentence in capsys.readouterr().err
