"""What cannot be read is left out by name and counted; all the rest is built.

Without this, one cut download among a million files would stop a build, or vanish from it unsaid.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import zstandard

from tests.end_to_end.conftest import Reference
from tests.end_to_end.runs import (
    ENCODING,
    READING,
    built,
    longmix,
    manifest,
    poison,
    prose,
    write_recipe,
)


def documents(mix: Path) -> dict[str, dict[str, Any]]:
    """Return the documents table of a mix by doc_id."""
    lines = pq.read_table(mix / "documents/documents-00000.parquet").to_pylist()
    return {line["doc_id"]: line for line in lines}


def source(files: str, **fields: Any) -> dict[str, Any]:
    """Return a source of the recipe."""
    return {"files": files, "filler": True, **fields}


def test_broken_files_are_quarantined_by_name_and_the_rest_is_built(
    reference: Reference, tmp_path: Path
) -> None:
    text = prose(1, 2000).encode()
    line = json.dumps({"text": prose(2, 400)}).encode() + b"\n"
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    (inputs / "whole.txt").write_bytes(text)
    (inputs / "cut.txt.zst").write_bytes(zstandard.compress(text + b"zst")[:-200])
    (inputs / "cut.txt.gz").write_bytes(gzip.compress(text + b"gz", mtime=0)[:-200])
    (inputs / "cut.jsonl.gz").write_bytes(gzip.compress(line * 3, mtime=0)[:-20])
    (inputs / "footless.parquet").write_bytes(b"PAR1" + text)
    sources = {
        "texts": source("*.txt*"),
        "lines": source("*.jsonl*", reader="jsonl"),
        "tables": source("*.parquet", reader="parquet"),
    }
    recipe = write_recipe(tmp_path / "recipe.yaml", inputs, sources=sources, unit_bytes=1_000_000)
    build = (recipe, f"tokenizer={reference.mix}/tokenizer/tokenizer.json", "--out")
    built(*build, tmp_path / "mix", code=3)
    reasons = {entry["uri"]: entry["reason"] for entry in manifest(tmp_path / "mix")["quarantined"]}
    assert sorted(reasons) == ["cut.jsonl.gz", "cut.txt.gz", "cut.txt.zst", "footless.parquet"]
    assert "cut or corrupt" in reasons["cut.txt.zst"]
    assert "Parquet" in reasons["footless.parquet"]
    assert documents(tmp_path / "mix")["texts:whole.txt"]["kept"]
    assert longmix("verify", tmp_path / "mix").returncode == 0
    built(*build, tmp_path / "mix", code=3)  # it stays so when nothing is left to do


@pytest.mark.parametrize(("rule", "least"), [("quarantine", 0), ("prefix", 10)])
def test_the_good_beginning_of_a_cut_file_is_kept_where_the_recipe_says_so(
    reference: Reference, tmp_path: Path, rule: str, least: int
) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    lines = [json.dumps({"text": f"{k} {prose(k, 2000)}"}) for k in range(60)]
    (inputs / "cut.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0)[:-99])
    (inputs / "whole.jsonl").write_text(json.dumps({"text": prose(99, 2000)}), encoding="utf-8")
    sources = {"talk": source("*", reader="jsonl", broken_file=rule)}
    recipe = write_recipe(tmp_path / "recipe.yaml", inputs, sources=sources, tokens=8192)
    tokenizer = f"tokenizer={reference.mix}/tokenizer/tokenizer.json"
    built(recipe, tokenizer, "--out", tmp_path / "mix", code=3)
    met = documents(tmp_path / "mix")
    prefix = [name for name in met if name.startswith("talk:cut.jsonl.gz#")]
    assert prefix == [f"talk:cut.jsonl.gz#{k}" for k in range(len(prefix))]
    assert (least <= len(prefix) < len(lines)) if least else not prefix
    assert met["talk:whole.jsonl#0"]["kept"]


def test_bytes_that_are_not_utf8_are_rejected_replaced_or_read_as_latin1(
    reference: Reference, tmp_path: Path
) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    (inputs / "old.txt").write_bytes(b"Le caf\xe9 noir. " + prose(1, 900).encode())
    (inputs / "sound.txt").write_bytes(prose(2, 900).encode())
    rules = ("reject", "replace", "latin-1")
    sources = {rule: source("old.txt", bad_utf8=rule) for rule in rules}
    sources["sound"] = source("sound.txt")
    recipe = write_recipe(tmp_path / "recipe.yaml", inputs, sources=sources)
    tokenizer = f"tokenizer={reference.mix}/tokenizer/tokenizer.json"
    built(recipe, tokenizer, "--out", tmp_path / "mix")
    met = documents(tmp_path / "mix")
    assert met["reject:old.txt"]["reason"] == "bad_utf8 at byte 6"
    longmix("inspect", tmp_path / "mix", "--texts", tmp_path / "texts")
    beginnings = {path.read_text("utf-8")[:8] for path in (tmp_path / "texts").iterdir()}
    assert {"Le caf\ufffd ", "Le caf\u00e9 "} < beginnings
    assert len(beginnings) == 3


def test_a_file_that_the_disk_does_not_give_is_an_error_of_this_machine(
    reference: Reference, tmp_path: Path
) -> None:
    (tmp_path / "inputs").mkdir()
    bad = tmp_path / "inputs/bad.txt"
    bad.symlink_to("/proc/self/mem")  # opens, and answers every read with an I/O error
    sources = {"books": source("*.txt")}
    recipe = write_recipe(tmp_path / "recipe.yaml", tmp_path / "inputs", sources=sources)
    done = built(recipe, "--out", tmp_path / "mix", code=4)
    assert f"{bad}: could not be read" in done.stderr
    assert not (tmp_path / "mix").exists()


def build_with_poison(reference: Reference, folder: Path, place: dict[str, str]) -> Path:
    """Build from nine lines and a second file, with an exception at line 5; return the mix."""
    lines = [json.dumps({"text": f"{k} {prose(k, 600)}"}) for k in range(9)]
    lines[5] = json.dumps({"text": "POISON " + prose(5, 600)})
    (folder / "inputs").mkdir()
    (folder / "inputs/all.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "inputs/more.jsonl").write_text(lines[0].replace("0 ", "more "), encoding="utf-8")
    sources = {"talk": source("*", reader="jsonl")}
    recipe = write_recipe(folder / "recipe.yaml", folder / "inputs", sources=sources)
    tokenizer = f"tokenizer={reference.mix}/tokenizer/tokenizer.json"
    env = poison(folder / "patch", place, "raise ValueError('no such text')")
    built(recipe, tokenizer, "--out", folder / "mix", env=env, code=3)
    return folder / "mix"


def kept(mix: Path) -> list[str]:
    """Return the ids of the kept documents."""
    return [name.removeprefix("talk:") for name, line in documents(mix).items() if line["kept"]]


def test_a_document_that_cannot_be_encoded_is_left_out_alone(
    reference: Reference, tmp_path: Path
) -> None:
    mix = build_with_poison(reference, tmp_path, ENCODING)
    (entry,) = manifest(mix)["quarantined"]
    assert entry["doc_id"] == "talk:all.jsonl#5"
    assert "ValueError: no such text" in entry["reason"]
    assert kept(mix) == [f"all.jsonl#{k}" for k in (0, 1, 2, 3, 4, 6, 7, 8)] + ["more.jsonl#0"]


def test_a_file_whose_reader_fails_half_way_keeps_what_came_before_and_says_so(
    reference: Reference, tmp_path: Path
) -> None:
    mix = build_with_poison(reference, tmp_path, READING)
    document, rest = manifest(mix)["quarantined"]
    assert document["doc_id"] == "talk:all.jsonl#5"
    assert rest["uri"] == "all.jsonl"
    assert "cannot be read beyond document 5" in rest["reason"]
    assert kept(mix) == [f"all.jsonl#{k}" for k in range(5)] + ["more.jsonl#0"]


def test_a_text_that_cannot_be_read_does_not_stop_the_training_of_a_tokenizer(
    reference: Reference, tmp_path: Path
) -> None:
    """Nor does one that is the first of all, on which the tokenizer would be proved."""
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs/0.txt").write_text("POISON", encoding="utf-8")
    (tmp_path / "inputs/1.txt").write_text(prose(1, 3000), encoding="utf-8")
    sources = {"books": source("*")}
    recipe = write_recipe(tmp_path / "recipe.yaml", tmp_path / "inputs", sources=sources)
    env = poison(tmp_path / "patch", READING, "raise ValueError('no such text')")
    built(recipe, "--out", tmp_path / "mix", env=env, code=3)
    assert [entry["doc_id"] for entry in manifest(tmp_path / "mix")["quarantined"]] == [
        "books:0.txt"
    ]
