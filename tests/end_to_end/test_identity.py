"""A folder never holds parts of two mixes: what differs is named, and nothing is touched.

Without this, a recipe edited between two runs would leave shards of both in one mix.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Reference
from tests.end_to_end.runs import built, digests, killed_at, make_corpus, manifest, write_recipe


@pytest.fixture
def begun(reference: Reference, tmp_path: Path) -> Path:
    """A copy of the reference to do harm to: inputs, recipe, mix with its work folder."""
    shutil.copytree(reference.inputs, tmp_path / "inputs", copy_function=shutil.copy2)
    shutil.copytree(reference.mix.parent, tmp_path / "built")
    write_recipe(tmp_path / "recipe.yaml", tmp_path / "inputs")
    return tmp_path


def change_one_byte(inputs: Path) -> None:
    """Change a file so that neither its size nor its time tells."""
    path = inputs / "books/3.txt"
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[100] = ord("#")
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def add_a_file(inputs: Path) -> None:
    (inputs / "books/new.txt").write_text("One more book.\n", encoding="utf-8")


def remove_a_file(inputs: Path) -> None:
    (inputs / "books/3.txt").unlink()


def change_a_repository(inputs: Path) -> None:
    (inputs / "code/tool/src/more.py").write_text("pass\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (change_one_byte, "inputs.books:books/3.txt: "),
        (add_a_file, "inputs.books:books/new.txt: (absent) then, "),
        (remove_a_file, "inputs.books:books/3.txt: "),
        (change_a_repository, "inputs.code:code/tool: "),
    ],
)
def test_changed_inputs_are_refused_by_name(
    begun: Path, change: Callable[[Path], None], named: str
) -> None:
    before = digests(begun / "built")
    change(begun / "inputs")
    refused = built(begun / "recipe.yaml", "--out", begun / "built/mix", code=2)
    assert named in refused.stderr
    assert "--overwrite" in refused.stderr
    assert digests(begun / "built") == before


def test_a_changed_recipe_is_refused_with_both_values_and_overwrite_builds_anew(
    begun: Path,
) -> None:
    build = (begun / "recipe.yaml", "tasks.needle.share=0.2", "shard_tokens=65536")
    refused = built(*build, "--out", begun / "built/mix", code=2)
    assert "recipe.tasks.needle.share: 0.3 then, 0.2 now" in refused.stderr
    assert "recipe.shard_tokens: 8192 then, 65536 now" in refused.stderr
    built(*build, "--out", begun / "built/mix", "--overwrite")
    built(*build, "--out", begun / "fresh")
    assert digests(begun / "built/mix") == digests(begun / "fresh")  # no shard of the old mix left
    assert manifest(begun / "fresh")["recipe"]["tasks"]["needle"]["share"] == 0.2


def test_another_tokenizer_under_the_same_name_is_refused(
    reference: Reference, tmp_path: Path
) -> None:
    tokenizer = tmp_path / "tokenizer.json"
    shutil.copy(reference.mix / "tokenizer/tokenizer.json", tokenizer)
    build = (reference.recipe, f"tokenizer={tokenizer}", "--out", tmp_path / "mix")
    killed_at("plan.identity:renamed", "build", *build)
    tokenizer.write_text(json.dumps(json.loads(tokenizer.read_text("utf-8"))), encoding="utf-8")
    assert "\n  tokenizer: " in built(*build, code=2).stderr


@pytest.mark.parametrize("flags", [(), ("--overwrite",)])
def test_a_second_driver_is_turned_away_and_touches_nothing(
    begun: Path, flags: tuple[str, ...]
) -> None:
    before = digests(begun / "built")
    with open(begun / "built/mix.work/lock", "w", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = built(begun / "recipe.yaml", "--out", begun / "built/mix", *flags, code=2)
    assert "another longmix is building" in refused.stderr
    assert digests(begun / "built") == before


@pytest.mark.parametrize("name", ["thesis.tex", "manifest.json"])
@pytest.mark.parametrize("flags", [(), ("--overwrite",)])
def test_a_folder_of_somebody_else_is_never_written_nor_removed(
    tmp_path: Path, flags: tuple[str, ...], name: str
) -> None:
    """Also when it has a manifest.json, as many programs write."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / name).write_text('{"name": "my app"}', encoding="utf-8")
    recipe = write_recipe(tmp_path / "recipe.yaml", make_corpus(tmp_path / "inputs"))
    refused = built(recipe, "--out", tmp_path / "papers", *flags, code=2)
    assert "another --out" in refused.stderr
    assert [path.name for path in (tmp_path / "papers").iterdir()] == [name]
