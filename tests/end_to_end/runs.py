"""Run the real command on a tiny corpus, and compare what it leaves behind byte for byte.

The corpus is three sources of about 110 KB: eight texts, a JSONL file and one repository; two of
the texts are twins, and one has a picture's caption and the prompt of a benchmark in it. Units and
shards are small, so that even this much makes several of each. Texts come from one seeded stream:
the same corpus everywhere, and no file of it stands in this repository.
"""

import hashlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from pipelines import cli

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["pipelines.build.mix", "pipelines.report.summary", "generators.scoring.lines", "rensa"]
)
ROOT = Path(__file__).resolve().parents[2]
WORDS = (
    "the of a note says that question answer what is number for in this text code word value key",
    "date name one two where which found stated about following river stone lantern window harbour",
    "winter letter garden mountain silver quiet market bridge wooden candle morning paper orchard",
)

RECIPE: dict[str, Any] = {
    "name": "tiny",
    "tokenizer": "train",
    "train": {"vocab_size": 512},
    "seq_len": 1024,
    "unit_bytes": 12_000,
    "shard_tokens": 8_192,
    "sources": {
        "books": {
            "reader": "text",
            "kind": "book",
            "files": "books/*",
            "filler": True,
            "clean": ["illustrations"],
            "scores": ["lines"],
        },
        "talk": {"reader": "jsonl", "kind": "conversation", "files": "talk/*", "filler": True},
        "code": {"reader": "repo", "kind": "repo", "files": "code/*", "filler": True},
    },
    "tasks": {"needle": {"share": 0.3, "lengths": [512, 768], "distractors": 1}},
}
SELECTION: dict[str, Any] = {
    "near_duplicates": {"book": 0.8},
    "decontaminate": {"files": ["prompts/*.jsonl"], "known": False},
}
"""What RECIPE's own sources are compared with."""
PROMPT = "How many lanterns hung above the seven bridges of the town when the winter fair began?"


def prose(seed: int, num_words: int) -> str:
    """Return sentences of plain words, never the same for two seeds."""
    rng = np.random.default_rng(seed)
    known = " ".join(WORDS).split()
    words = [known[k] for k in rng.integers(len(known), size=num_words)]
    lines = [" ".join(words[at : at + 9]) for at in range(0, num_words, 9)]
    return ".\n".join(f"{line} {rng.integers(1000)}" for line in lines) + ".\n"


def make_corpus(folder: Path) -> Path:
    """Write the corpus and return its folder."""
    for name in ("books", "talk", "code/tool/src", "prompts"):
        (folder / name).mkdir(parents=True)
    for k, num_words in enumerate([300, 600, 1000, 1500, 2200, 3000]):
        (folder / f"books/{k}.txt").write_text(prose(k, num_words), encoding="utf-8")
    (folder / "books/caf\u00e9.txt").write_text(
        f"{prose(50, 200)}\n[Illustration: a bridge]\n\n{PROMPT}\n\nd\u00e9j\u00e0 vu\n",
        encoding="utf-8",
    )
    (folder / "books/twin.txt").write_text(prose(3, 1500) + "The end.\n", encoding="utf-8")
    (folder / "prompts/quiz.jsonl").write_text(json.dumps({"question": PROMPT}), encoding="utf-8")
    lines = [json.dumps({"text": prose(100 + k, 200 + 20 * k)}) for k in range(8)]
    (folder / "talk/all.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for k, name in enumerate(["README.md", "src/main.py", "src/more.py"]):
        (folder / "code/tool" / name).write_text(prose(200 + k, 400), encoding="utf-8")
    return folder


def write_recipe(path: Path, inputs: Path, **changes: Any) -> Path:
    """Write RECIPE over `inputs`, with some of its top-level keys changed.

    Other `sources` are compared with nothing: no prompts stand beside their files.
    """
    selection = {} if "sources" in changes else SELECTION
    recipe = {**RECIPE, **selection, "inputs": str(inputs), **changes}
    path.write_text(yaml.safe_dump(recipe), encoding="utf-8")
    return path


def longmix(
    *words: str | Path, env: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end. `env` is added to a plain environment."""
    options |= {"env": environment(env), "capture_output": True, "text": True}
    return subprocess.run(command(*words), check=False, **options)


def command(*words: str | Path) -> list[str]:
    """Return the command line of longmix with these words."""
    return [sys.executable, "-m", "pipelines.cli", *map(str, words)]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without any wish to die, and with `more`."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("LONGMIX_", "RAY_"))}
    path = os.pathsep.join(filter(None, [str(ROOT), plain.get("PYTHONPATH")]))
    return {**plain, "PYTHONPATH": path, **(more or {})}


def built(*words: str | Path, code: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `longmix build` and check its exit code."""
    done = longmix("build", *words, **options)
    assert done.returncode == code, f"exit {done.returncode}, not {code}:\n{done.stderr[-3000:]}"
    return done


def killed_at(moment: str, *words: str | Path) -> None:
    """Run a command that dies at `moment`; that it died there, and of SIGKILL, is checked.

    A new process each time, forked from one that has the imports done: eighty deaths of one
    build then take a third of the time.
    """
    process = FORKS.Process(target=_die, args=(moment, [str(word) for word in words]))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL, f"{moment} was not reached: {process.exitcode}"


def _die(moment: str, words: list[str]) -> None:
    os.environ["LONGMIX_KILL_AT"] = moment
    sys.exit(cli.main(words))


POISON = """
import os, signal
import {module}

owner = {owner}
plain = owner.{name}

def poisoned(*words):
    if words[-1].startswith("POISON"):
        {fault}
    return plain(*words)

owner.{name} = poisoned
"""
READING = {"module": "generators.text", "owner": "generators.text", "name": "blank"}
ENCODING = {
    "module": "generators.tokens.tokenizer",
    "owner": "generators.tokens.tokenizer.Tokenizer",
    "name": "normalise",
}


def poison(folder: Path, place: dict[str, str], fault: str) -> dict[str, str]:
    """Return an environment in which a text that starts with POISON runs the statement `fault`.

    `place` is READING or ENCODING. Python runs a `sitecustomize` that it finds on its path at every
    start, also in Ray's workers.
    """
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(POISON.format(**place, fault=fault), encoding="utf-8")
    return {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file below a folder, by its path in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def manifest(mix: Path) -> dict[str, Any]:
    """Return the manifest of a mix."""
    read: dict[str, Any] = json.loads((mix / "manifest.json").read_text(encoding="utf-8"))
    return read


def times(*folders: Path) -> dict[Path, int]:
    """Return the last change of every file below some folders, in nanoseconds."""
    return {
        path: path.stat().st_mtime_ns
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def strays(mix: Path) -> list[Path]:
    """Return the temporary files that are left in a mix and in its work folder."""
    return [*mix.rglob("*.tmp"), *mix.with_name(f"{mix.name}.work").rglob("*.tmp")]
