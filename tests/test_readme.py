"""The pages for people keep their word: commands run, snippets run, tables are the schemas.

Rule for the pages that are run (README.md, docs/feeding.md): everything happens in one folder with
`books/`, `tokenizer.json`, `model/` and the project's `recipes/`, as the pages suppose. `bash`
blocks run first, in order, then `python` blocks. SMALL says what is replaced to keep that short.
The `bash smoke` block runs in this process, with tiny models. `make` lines are checked to be real
targets, not made. `bash cluster` blocks are not run, as there is no cluster here: their
options are compared with the commands' own help.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml

from generators import sources
from generators.tokens.train import train_bpe
from pipelines.cli import main
from pipelines.plan.recipe import check_recipe
from pipelines.shards.rows import PlacedSample, RowFormat, Sources, rows_table
from schemas import errors
from schemas.document import DOCUMENTS
from schemas.layout import (
    DEPTHS,
    LEDGER,
    LEFT,
    PLACED_SPANS,
    RESPONSES,
    SHARDS,
    SPANS,
    SUPPLY,
    UNWOVEN,
)
from schemas.row import NEEDLE, ROWS, SPAN
from schemas.sample import SAMPLES, Needle
from tests.conftest import prose

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
    *(f"docs/{path.name}" for path in sorted((Path(__file__).parents[1] / "docs").glob("*.md"))),
)
RUN = ("README.md", "docs/feeding.md")
SMALL = {
    "seq_len=32768": "seq_len=2048 tasks.needle.lengths=[1024]",
    "--out natural ": "--out natural sources.books.min_tokens=4096 ",
    "--out curriculum ": "--out curriculum stages=[{name:\\ a,seq_len:\\ 2048,share:\\ 0.6},"
    "{name:\\ b,seq_len:\\ 8192,share:\\ 0.4}] tasks={} ",
    "needle-main-32640-000000": "needle-main-1024-000000",
    "max_steps=1000": "max_steps=1, use_cpu=True, bf16=False, report_to='none', save_strategy='no'",
}


def page(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text, info):
    """Return the fenced blocks of a language, shortened by SMALL; an indented fence is none."""
    found = re.findall(rf"^```{info}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    for written, small in SMALL.items():
        found = [block.replace(written, small) for block in found]
    return found


def commands(text, info="bash"):
    return [line for block in blocks(text, info) for line in block.splitlines()]


@dataclass(frozen=True)
class Workshop:
    folder: Path
    printed: str


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """The folder that the pages suppose, after all their shell commands ran in it."""
    folder = tmp_path_factory.mktemp("workshop")
    (folder / "books").mkdir()
    texts = [prose(seed, 12_000) for seed in range(3)]
    for seed, text in enumerate(texts):
        (folder / "books" / f"{seed}.txt").write_text(text, encoding="utf-8")
    (folder / "tokenizer.json").write_bytes(train_bpe(texts, vocab_size=600))
    save_model(folder)
    shutil.copytree(ROOT / "recipes", folder / "recipes")
    command = folder / "bin" / "longmix"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m pipelines.cli "$@"\n')
    command.chmod(0o755)
    plain = {key: value for key, value in os.environ.items() if not key.startswith("RAY_")}
    path = {"PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    printed = ""
    for line in (line for name in RUN for line in commands(page(name))):
        if not line.startswith("make "):
            done = subprocess.run(
                shlex.split(line), cwd=folder, env=plain | path, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"
            printed += done.stdout
    return Workshop(folder, printed)


def save_model(folder):
    """Write `model/`: one layer of random weights over the vocabulary of tokenizer.json."""
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        eos_token="<|endoftext|>",  # noqa: S106 - a token of text, not a secret
    )
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=2048,
    )
    LlamaForCausalLM(config).save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")


def test_the_commands_make_and_prove_a_mix(workshop):
    assert (workshop.folder / "mix" / "manifest.json").exists()
    assert "mix: passed" in workshop.printed


def test_the_smoke_command_trains(workshop, monkeypatch, capsys):
    """With a model and steps so few that it learns nothing: whatever it finds, it is no pass."""
    pytest.importorskip("torch")
    from tests.pipelines.verify.smoke.tiny import TINY

    monkeypatch.setattr("pipelines.verify.smoke.mix.CPU", TINY)
    monkeypatch.setattr("pipelines.verify.smoke.mix.LEAST_ANSWERS", 1)
    monkeypatch.chdir(workshop.folder)
    (line,) = commands(page("README.md"), "bash smoke")
    assert main([*shlex.split(line)[1:], "--executor", "local"]) == 6
    assert "smoke: inconclusive" in capsys.readouterr().out
    found = json.loads((workshop.folder / "mix/reports/smoke.json").read_text())
    assert found["verdict"] == "inconclusive"
    assert "recalls" in found["notes"][0]


def test_the_output_that_is_shown_has_the_shape_of_the_real_one(workshop):
    shown = next(block for block in blocks(page("README.md"), "text") if "fill" in block)
    fixed = [line for line in shown.splitlines() if not re.search(r"\d|…", line)]
    assert len(fixed) >= 3
    assert [line for line in fixed if line.split() not in _words(workshop.printed)] == []
    real = [words for words in _words(workshop.printed) if words[:1] == ["task:needle"]]
    assert real, "the page shows a line for the task, so the run must have made samples"


def _words(text):
    return [line.split() for line in text.splitlines()]


SNIPPETS = [(name, code) for name in RUN for code in blocks(page(name), "python")]


@pytest.fixture
def at_work(workshop, monkeypatch, tmp_path):
    """Stand in the workshop, with a cache of `datasets` that is gone afterwards."""
    monkeypatch.chdir(workshop.folder)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path)


@pytest.mark.parametrize(
    "snippet", SNIPPETS, ids=[f"{name} {k}" for k, (name, _) in enumerate(SNIPPETS)]
)
@pytest.mark.usefixtures("at_work")
def test_a_snippet_runs(snippet):
    name, code = snippet
    exec(compile(code, name, "exec"), {})  # noqa: S102 - a snippet of our own page


def test_the_pages_have_snippets_and_commands():
    assert len(SNIPPETS) >= 6
    assert len(commands(page("README.md"))) >= 6
    assert len(commands(page("README.md"), "bash cluster")) == 2


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_make_lines_are_targets(name):
    lines = [line for line in commands(page(name)) if line.startswith("make ")]
    assert lines
    for line in lines:
        target = line.split()[1]
        done = subprocess.run(
            ["make", "-n", target],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert re.search(rf"^\.PHONY:.*\b{target}\b", page("Makefile"), flags=re.MULTILINE)


def test_cluster_lines_have_real_options():
    pytest.importorskip("ray")
    for line in commands(page("README.md"), "bash cluster"):
        outer, _, inner = line.partition(" -- ")
        for part in filter(None, (outer, inner)):
            words = shlex.split(part)
            is_ray = words[0] == "ray"
            help_of = ["ray", "job", "submit"] if is_ray else ["pipelines.cli", "build"]
            if is_ray:
                help_of[0] = "ray.scripts.scripts"
            done = subprocess.run(
                [sys.executable, "-m", *help_of, "--help"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
            options = [word for word in words if word.startswith("--")]
            assert options
            assert [option for option in options if option not in done.stdout] == []


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    targets = re.findall(r"\]\(([^)]+)\)", page(name))
    files = [target.partition("#")[0] for target in targets if "://" not in target]
    missing = [file for file in files if file and not ((ROOT / name).parent / file).exists()]
    assert missing == []


def test_the_rooms_on_the_map_are_there():
    tree = next(block for block in blocks(page("README.md"), "text") if "generators/" in block)
    room = ""
    for line in tree.splitlines():
        folder = line.split()[0]
        room = room if line.startswith(" ") else folder
        assert (ROOT / (room + folder if line.startswith(" ") else folder)).is_dir(), line


def test_the_recipe_is_explained_as_it_stands():
    recipe = " ".join(re.sub(r" +#.*", "", page("recipes/books.yaml")).split())
    lines = [cells[0] for cells in table(page("README.md"), "One recipe, line by line")]
    said = [code for line in lines for code in re.findall(r"`([^`]+)`", line)]
    assert len(said) > 10
    assert [code for code in said if code not in recipe] == []


@pytest.mark.parametrize(
    "name", ["docs/samples.md", "docs/written.md", "docs/mixtures.md", "docs/positions.md"]
)
def test_pieces_of_a_recipe_are_pieces_of_a_recipe(name):
    """An indented block is one too; `depths` belongs to a task, and a stage may change one."""
    found = re.findall(r"^( *)```yaml\n(.*?)^ *```$", page(name), flags=re.DOTALL | re.MULTILINE)
    assert found
    for indent, block in found:
        given = yaml.safe_load(re.sub(f"^{indent}", "", block, flags=re.MULTILINE))
        if "depths" in given:
            given = {"tasks": {"needle": given}}
        recipe = {"inputs": ".", "tokenizer": "train", "sources": {"books": {}}, **given}
        recipe.setdefault("tasks", {"needle": {}, "knots": {}})
        recipe.setdefault("max_epochs", 2)
        assert check_recipe(recipe, name).tasks


def test_exit_codes_are_those_of_the_errors():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    known = {getattr(kind, "exit_code", None) for kind in kinds} - {None}
    known |= {value for key, value in vars(errors).items() if key.startswith("EXIT_")}
    assert {int(cells[0]) for cells in table(page("docs/format.md"), "Exit codes")} == known
    assert set(map(int, re.findall(r"`(\d+)`", section(page("README.md"), "Exit codes")))) == known


def section(text, heading):
    _, _, rest = text.partition(f"## {heading}\n")
    return re.split(r"^## ", rest, flags=re.MULTILINE)[0]


def table(text, heading, which=0):
    """Return the body of the table number `which` under a heading, cell by cell."""
    tables = re.findall(r"(?:^\|.*\n)+", section(text, heading), flags=re.MULTILINE)
    lines = tables[which].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def spelt(kind):
    """Return an Arrow type as docs/format.md spells it."""
    if pa.types.is_list(kind):
        return f"list<{spelt(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return "struct"
    return {"float": "float32"}.get(str(kind), str(kind))


@pytest.mark.parametrize(
    ("heading", "which", "fields"),
    [
        ("Rows", 0, ROWS),
        ("Rows", 1, SPAN),
        ("needles", 0, NEEDLE),
        ("documents", 0, DOCUMENTS),
        ("samples", 0, SAMPLES),
        ("plan", 0, SPANS),
        ("plan", 1, SHARDS),
        ("plan", 2, SUPPLY),
        ("plan", 3, LEDGER),
        ("plan", 4, LEFT),
        ("plan", 5, UNWOVEN),
        ("plan", 6, DEPTHS),
        ("plan", 7, RESPONSES),
    ],
    ids=[
        *("rows", "spans", "needles", "documents", "samples"),
        *("plan", "shards", "supply", "ledger", "left", "unwoven", "depths", "responses"),
    ],
)
def test_the_tables_of_the_format_are_the_schemas(heading, which, fields):
    said = [
        (cells[0].strip("`"), cells[1].removesuffix(" or null"))
        for cells in table(page("docs/format.md"), heading, which)
    ]
    assert said == [(field.name, spelt(field.type)) for field in fields]


def test_the_nullable_columns_of_documents_are_marked():
    lines = table(page("docs/format.md"), "documents")
    said = [cells[0].strip("`") for cells in lines if cells[1].endswith(" or null")]
    assert said == [field.name for field in DOCUMENTS if field.nullable]


def test_the_keys_of_the_manifest_are_described(mix):
    manifest = json.loads((mix / "manifest.json").read_text(encoding="utf-8"))
    lines = {
        cells[0].strip("`"): cells[1] for cells in table(page("docs/format.md"), "manifest.json")
    }
    assert set(lines) == set(manifest)
    for key in ("tokenizer", "totals"):
        assert [inner for inner in manifest[key] if f"`{inner}`" not in lines[key]] == []
    for key in ("inputs", "files", "shards"):
        assert [inner for inner in manifest[key][0] if f"`{inner}`" not in lines[key]] == []


def test_the_row_by_eye_is_what_the_builder_makes():
    """Sixteen tokens: five of a book and its end id (2), a sample of nine and its end id."""
    ids = {"book": [31, 32, 33, 34, 35], "sample": [11, 12, 13, 14, 15, 16, 17, 18, 15]}
    book = {"segment": 0, "start": 0, "length": 6, "doc_id": "books:rain.txt", "doc_offset": 40}
    sample = {"segment": 1, "start": 6, "length": 10, "doc_id": "needle-main-10-000000"}
    common = {"row_id": 0, "epoch": 0, "begin": False, "end": True, "ids_start": 0}
    common["rope_mode"] = "rescaled"
    lines = [
        {**common, **book, "source": "books", "place": "book"},
        {**common, **sample, "doc_offset": 0, "source": "task:needle", "place": "sample"},
    ]
    needle = Needle(
        evidence=(2, 5),
        question=(5, 7),
        answer=(8, 9),
        text="seven",
        role="planted",
        extractive=True,
        target_depth=0.4,
        depth=0.4,
        distance=3,
    )
    mask = np.array([False] * 8 + [True, True])
    woven = PlacedSample(task="needle", target_mask=mask, needles=(needle,))
    rows = rows_table(
        pa.Table.from_pylist(lines, schema=PLACED_SPANS),
        RowFormat(
            stage="main",
            seq_len=16,
            row_len=16,
            eos_id=2,
            bos_id=None,
            pad_id=2,
        ),
        Sources(
            ids=lambda place, start, stop: np.array(ids[place][start:stop], np.int32),
            sample=lambda _place, _sample_id: woven,
        ),
        first_row=0,
        num_rows=1,
    )
    (said,) = (json.loads(block) for block in blocks(page("docs/format.md"), "json"))
    said["row_digest"] = bytes.fromhex(said["row_digest"])
    assert rows.to_pylist() == pa.Table.from_pylist([said], schema=ROWS).to_pylist()


@pytest.mark.parametrize(
    ("heading", "readers"),
    [
        ("jsonl, parquet, hub", ["jsonl", "parquet", "hub"]),
        ("repo, git, archive, tables", ["repo", "git", "archive", "tables"]),
        ("conversations", ["conversations"]),
    ],
)
def test_the_keys_of_readers_are_told(heading, readers):
    told = [line[0].strip("`") for line in table(page("docs/sources.md"), heading)]
    keys = {key for reader in readers for key in sources.load(reader).Options.model_fields}
    assert sorted(told) == sorted(keys)


def test_every_reader_is_told():
    headings = re.findall(r"^## (.*)$", page("docs/sources.md"), flags=re.MULTILINE)
    assert set(sources.names()) <= set(", ".join(headings).split(", "))
