"""Two real mixes beside each other, two recipes, and one of each."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.build.job import Options
from pipelines.build.mix import build_mix
from pipelines.cli import main
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress
from pipelines.report.diff import diff_facts, diff_totals
from pipelines.report.diff_text import diff_text
from pipelines.shards.mix import open_mix
from schemas.errors import IdentityError, RecipeError, VerificationError


@pytest.fixture(scope="module")
def other(corpus: Path, recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny mix of another corpus: Monday's note is longer, Wednesday's is new, a garden went.

    Shorter books are let in, and the vocabulary is smaller.
    """
    root = tmp_path_factory.mktemp("other")
    folder = root / corpus.name
    shutil.copytree(corpus, folder)
    monday = (folder / "notes/monday.txt").read_text()
    (folder / "notes/monday.txt").write_text(monday + "And then it rained.\n")
    (folder / "notes/wednesday.txt").write_text(monday.upper())
    (folder / "books/garden-again.txt").unlink()
    words = [f"inputs={folder}", "sources.books.min_tokens=4", "train.vocab_size=520"]
    options = Options(out=str(root / "tiny"), executor="local")
    build_mix(load_recipe(str(recipe_file), words), options, Progress(io.StringIO()))
    return root / "tiny"


@pytest.fixture(scope="module")
def facts(mix: Path, other: Path) -> dict[str, Any]:
    return diff_facts(str(mix), str(other))


def test_a_mix_and_itself_are_one_line(mix: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(mix), str(mix)]) == 0
    line = "no difference: A and B are the same mix, all files byte for byte\n"
    assert capsys.readouterr().out == line


def test_recipe_and_tokenizer(facts: dict[str, Any]) -> None:
    assert facts["recipe"] == [
        {"key": "sources.books.min_tokens", "a": 100, "b": 4},
        {"key": "train.vocab_size", "a": 600, "b": 520},
    ]
    made = {entry["key"] for entry in facts["made_with"]}
    assert {"tokenizer.sha256", "tokenizer.vocab_size"} <= made
    assert "longmix_version" not in made


def test_inputs_by_uri_and_digest(facts: dict[str, Any]) -> None:
    assert facts["inputs"] == {
        "only_a": {"count": 1, "named": ["books/garden-again.txt"]},
        "only_b": {"count": 1, "named": ["notes/wednesday.txt"]},
        "changed": {"count": 1, "named": ["notes/monday.txt"]},
    }


def test_documents_that_one_mix_keeps(facts: dict[str, Any]) -> None:
    """The garden that A kept is gone, so B keeps its twin."""
    found = facts["documents"]
    sides = ({x["doc_id"]: x["reason"] for x in found[s]["named"]} for s in ("only_a", "only_b"))
    assert list(sides) == [
        {"books:books/garden-again.txt": "not met"},
        {
            "books:books/garden.txt": "exact_duplicate",
            "books:books/leaflet.txt": "short",
            "notes:notes/wednesday.txt": "not met",
        },
    ]
    assert found["text_changed"]["named"] == ["notes:notes/monday.txt"]


def test_totals_are_those_of_the_manifests(facts: dict[str, Any], mix: Path, other: Path) -> None:
    a, b = (open_mix(str(name)).manifest["totals"] for name in (mix, other))
    found = {(entry["of"], entry["name"]): entry for entry in facts["totals"]}
    for name in ("rows", "tokens", "targets", "pad"):
        assert (found["all", name]["a"], found["all", name]["b"]) == (a[name], b[name])
    assert ("source", "task:needle") not in found
    assert found["task", "needle"]["b"] == b["by_task"]["needle"]
    assert found["rows of stage", "long"]["a"] == a["by_stage"]["long"]["rows"]


def test_samples_and_depths_add_up_to_those_of_the_mixes(
    facts: dict[str, Any], mix: Path, other: Path
) -> None:
    (entry,) = facts["samples"]["by_task"]
    both = entry["changed"] + entry["same"]
    for side, name in (("a", mix), ("b", other)):
        number = len(open_mix(str(name)).table("samples"))
        assert entry[f"only_{side}"] + both == number
        assert sum(sum(line[side]) for line in facts["depths"]) == number
    assert sum(entry["columns"].values()) >= entry["changed"] > 0


def test_the_text_has_every_part(facts: dict[str, Any]) -> None:
    heads = [part.splitlines()[0] for part in diff_text(facts).split("\n\n")]
    starts = ["A  ", "recipe: 2", "made with", "inputs", "documents", "tokens", "samples"]
    assert [head.startswith(start) for head, start in zip(heads, starts, strict=False)] == [
        True
    ] * 7
    assert heads[-1].startswith("files: ")


def test_the_other_way_round_only_the_sides_change(
    facts: dict[str, Any], mix: Path, other: Path
) -> None:
    back = diff_facts(str(other), str(mix))
    for part in ("inputs", "documents"):
        assert back[part]["only_a"] == facts[part]["only_b"]
    assert [entry["difference"] for entry in back["totals"]] == [
        -entry["difference"] for entry in facts["totals"]
    ]


def test_json_is_one_object(mix: Path, other: Path, facts: dict[str, Any], capsys) -> None:
    assert main(["diff", str(mix), str(other), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == facts


def test_bytes_that_cleaning_takes_away_are_a_changed_input(mix: Path, tmp_path: Path) -> None:
    """The inputs are not among the files of a mix, and still they are told."""
    copy = tmp_path / "tiny"
    shutil.copytree(mix, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["inputs"][0]["sha256"] = "0" * 64
    (copy / "manifest.json").write_text(json.dumps(manifest))
    facts = diff_facts(str(mix), str(copy))
    assert (facts["same"], facts["files"]) == (False, [])
    assert facts["inputs"]["changed"]["count"] == 1


def test_a_mix_and_its_own_recipe_do_not_differ(mix: Path, recipe_file: Path) -> None:
    for pair in ([str(mix), str(recipe_file)], [str(recipe_file), str(mix)]):
        facts = diff_facts(*pair)
        assert (facts["compared"], facts["recipe"], facts["same"]) == ("recipes", [], True)


def test_recipes_are_compared_with_their_defaults(recipe_file: Path, tmp_path: Path) -> None:
    recipe = yaml.safe_load(recipe_file.read_text())
    (tmp_path / "spelt.yaml").write_text(yaml.safe_dump({**recipe, "seed": 0, "eos": True}))
    assert diff_facts(str(recipe_file), str(tmp_path / "spelt.yaml"))["same"]
    changed = tmp_path / "changed.yaml"
    changed.write_text(
        yaml.safe_dump({**recipe, "inputs": f"/elsewhere/{Path(recipe['inputs']).name}"})
    )
    (entry,) = diff_facts(str(recipe_file), str(changed))["recipe"]
    assert entry["key"] == "inputs"


def test_a_mix_in_a_folder_named_like_a_recipe_is_a_mix(mix: Path, tmp_path: Path) -> None:
    shutil.copytree(mix, tmp_path / "tiny.yaml")
    assert diff_facts(str(mix), str(tmp_path / "tiny.yaml"))["compared"] == "mixes"


def test_an_older_mix_may_have_no_table_of_depths(mix: Path, tmp_path: Path) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(mix, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    files = manifest["files"]
    manifest["files"] = [file for file in files if file["path"] != "plan/depths.parquet"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    (entry,) = diff_facts(str(mix), str(copy))["depths"]
    assert sum(entry["a"]) > sum(entry["b"]) == 0


def test_what_cannot_be_read_is_a_sentence(mix: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none.yaml: cannot be read"):
        diff_facts(str(tmp_path / "none.yaml"), str(mix))
    with pytest.raises(IdentityError, match="there is no mix here"):
        diff_facts(str(mix), str(tmp_path / "none"))
    copy = tmp_path / "tiny"
    shutil.copytree(mix, copy)
    (copy / "samples/samples-00000.parquet").write_bytes(b"PAR1")
    with pytest.raises(VerificationError, match=r"samples-00000.parquet: cannot be read"):
        diff_facts(str(mix), str(copy))


def test_the_percentage_is_of_a_and_none_where_a_has_nothing() -> None:
    a = {"by_source": {"books": 200, "task:code": 5}, "tokens": 205}
    b = {"by_source": {"books": 250, "notes": 10}, "tokens": 260}
    found = {entry["name"]: entry for entry in diff_totals(a, b)}
    assert (found["books"]["difference"], found["books"]["percent"]) == (50, 25.0)
    assert (found["notes"]["difference"], found["notes"]["percent"]) == (10, None)
    assert "task:code" not in found
