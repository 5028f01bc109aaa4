"""A curriculum of three stages builds and verifies with every preset, packer and kind of boundary.

The recipe is small, its rows too: 512, 1024 and 4096 tokens over books, code and talk.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from generators.mixing.presets import PRESETS
from generators.packing import names
from pipelines.cli import main
from tests.end_to_end.runs import prose

STAGES = [
    {"name": "short", "seq_len": 512, "share": 0.4},
    {"name": "middle", "seq_len": 1024, "share": 0.3, "replay": 0.1},
    {
        "name": "long",
        "seq_len": 4096,
        "claims": 4000,
        "share": 0.3,
        "replay": 0.1,
        "tasks": {"needle": {"share": 0.3, "depths": "middle"}},
    },
]
RECIPE: dict[str, Any] = {
    "name": "curriculum",
    "tokenizer": "train",
    "train": {"vocab_size": 512},
    "max_epochs": 2,
    "shard_tokens": 16_384,
    "cluster": {"ranks": 2, "rows_per_step": 4},
    "stages": STAGES,
    "sources": {
        "books": {"kind": "book", "files": "books/*"},
        "code": {"kind": "repo", "reader": "repo", "files": "code/*"},
        "talk": {"kind": "conversation", "files": "talk/*", "filler": True},
    },
    "tasks": {"needle": {"share": 0.1, "lengths": [384]}},
}


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty documents: six books and two repositories of up to 12,000 tokens, many short talks."""
    folder = tmp_path_factory.mktemp("curriculum")
    for k, words in enumerate((700, 1200, 1800, 2600, 3500, 4200)):
        _write(folder / f"books/{k}.txt", prose(k, words))
    for k, files in enumerate((3, 6)):
        for part in range(files):
            text = "\n".join(f"# {line}" for line in prose(100 + 9 * k + part, 500).splitlines())
            _write(folder / f"code/r{k}/m{part}.py", text + "\n")
    for k in range(32):
        _write(folder / f"talk/{k}.txt", prose(200 + k, 30 + 4 * k))
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def build(inputs: Path, folder: Path, **changes: Any) -> Path:
    """Build and verify a mix; a store beside the inputs serves all of them."""
    recipe = folder / "r.yaml"
    recipe.write_text(yaml.safe_dump({**RECIPE, "inputs": str(inputs), **changes}))
    mix, store = folder / "mix", inputs.parent / f"{inputs.name}-store"
    assert main(["build", str(recipe), "--out", str(mix), "--store", str(store), "--json"]) == 0
    assert main(["verify", str(mix), "--store", str(store), "--json"]) == 0
    return mix


def rows_of(mix: Path, stage: str, *columns: str) -> list[dict[str, Any]]:
    files = sorted((mix / "data" / stage).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file, columns=list(columns)).to_pylist()]


def manifest_of(mix: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((mix / "manifest.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("packer", names())
def test_every_packer_makes_a_mix_that_verifies(inputs, tmp_path, packer) -> None:
    mix = build(inputs, tmp_path, packer=packer, preset="fu")
    stages = manifest_of(mix)["totals"]["by_stage"]
    assert set(stages) == {"short", "middle", "long"}
    assert all(stage["rows"] > 1 for stage in stages.values())


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_makes_a_mix_that_verifies(inputs, tmp_path, preset, capsys) -> None:
    mix = build(inputs, tmp_path, preset=preset)
    manifest = manifest_of(mix)
    assert manifest["recipe"]["preset"] == preset
    assert len(manifest["recipe"]["shares"]) == len(PRESETS[preset].shares)
    assert main(["inspect", str(mix)]) == 0
    assert PRESETS[preset].source[:40] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("boundaries", "packer"), [("none", "best_fit"), ("none", "single"), ("related", "related")]
)
def test_segments_of_several_documents_verify(inputs, tmp_path, boundaries, packer) -> None:
    mix = build(inputs, tmp_path, boundaries=boundaries, packer=packer)
    rows = rows_of(mix, "short", "spans", "seq_lengths")
    several = [row for row in rows if len(row["spans"]) > len(row["seq_lengths"])]
    assert bool(several) == (packer != "single")
    for row in rows:
        for span in row["spans"]:
            if span["source"].startswith("task:"):
                mine = [s for s in row["spans"] if s["segment"] == span["segment"]]
                assert mine == [span]


def test_segments_are_multiples_for_context_parallelism(inputs, tmp_path) -> None:
    mix = build(inputs, tmp_path, segment_multiple=16)
    lengths = [
        n
        for stage in STAGES
        for r in rows_of(mix, stage["name"], "seq_lengths")
        for n in r["seq_lengths"]
    ]
    assert len(lengths) > 50
    assert {n % 16 for n in lengths} == {0}


def test_rows_of_short_documents_keep_the_original_positions(inputs, tmp_path) -> None:
    stages = [STAGES[0], {**STAGES[1], "share": 0.6, "original": {"share": 0.4, "window": 512}}]
    mix = build(inputs, tmp_path, stages=stages)
    rows = rows_of(mix, "middle", "rope_mode", "max_doc_len")
    assert {row["rope_mode"] for row in rows} == {"original", "rescaled"}
    assert max(row["max_doc_len"] for row in rows if row["rope_mode"] == "original") <= 512


@pytest.mark.parametrize("order", ["short_first", "long_first", "balanced"])
def test_rows_stand_in_the_order_that_was_asked_for(inputs, tmp_path, order) -> None:
    mix = build(inputs, tmp_path, row_order=order, segment_order="long_first", packer="buckets")
    rows = rows_of(mix, "middle", "max_doc_len", "seq_lengths", "num_pad", "attn_cost")
    longest = [row["max_doc_len"] for row in rows]
    if order != "balanced":
        assert longest == sorted(longest, reverse=order == "long_first")
    for row in rows:
        own = row["seq_lengths"][: len(row["seq_lengths"]) - bool(row["num_pad"])]
        assert own == sorted(own, reverse=True)


def test_what_was_replayed_is_the_second_pass_of_earlier_stages(inputs, tmp_path) -> None:
    mix = build(inputs, tmp_path)
    seen: set[str] = set()
    again = 0
    for stage in STAGES:
        spans = [span for row in rows_of(mix, stage["name"], "spans") for span in row["spans"]]
        repeated = {span["doc_id"] for span in spans if span["epoch"] == 1}
        assert repeated <= seen
        again += len(repeated)
        seen |= {span["doc_id"] for span in spans if span["epoch"] == 0}
    assert again


def test_the_plan_says_what_the_build_then_does(inputs, tmp_path, capsys) -> None:
    mix = build(inputs, tmp_path)
    capsys.readouterr()
    assert main(["plan", str(tmp_path / "r.yaml"), "--json"]) == 0
    planned = json.loads(capsys.readouterr().out)["accounting"]["stages"]
    built = manifest_of(mix)["accounting"]["stages"]
    assert [stage["rows"] for stage in planned] == [stage["rows"] for stage in built]
    for mine, other in zip(planned, built, strict=True):
        assert mine["tokens"] == pytest.approx(other["tokens"], rel=0.05)


def test_a_schedule_is_printed_for_a_size_that_is_not_there(inputs, tmp_path, capsys) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(yaml.safe_dump({**RECIPE, "inputs": str(inputs)}))
    assert main(["plan", str(recipe), "--scale", "20M"]) == 0
    text = capsys.readouterr().out
    for word in ("rows", "shards", "disk", "CPU hours", "truncated", "passes"):
        assert word in text
