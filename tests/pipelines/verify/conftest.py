"""One small mix in three shards, built by the real command's code, for tests to copy and break.

Two books of one source are long and hold the haystacks; letters are short and may be cut to fill
rows; one letter is there twice. Nobody may write into the fixture: `mix` is a copy of one's own.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.build.job import Options
from pipelines.build.mix import build_mix
from pipelines.plan.recipe import check_recipe
from pipelines.progress import Progress
from tests.pipelines.verify.broken import END, Broken

Variant = Callable[..., Broken]

WORDS = (
    "the a an old young grey river town mill letter road bridge garden window candle winter "
    "summer went came saw said asked answered carried found lost slowly twice over under between "
    "nobody somebody and but because when which against what does give according to left right"
)
SYLLABLES = "ba ce di fo gu ha jé ki lo mu na pe ri so tu va we xi yo zü"

RECIPE: dict[str, Any] = {
    "name": "small",
    "tokenizer": "train",
    "train": {"vocab_size": END + 1},
    "seq_len": 512,
    "shard_tokens": 8192,
    "sources": {
        "books": {
            "kind": "book",
            "files": "books/*",
            "license": "CC0-1.0",
            "long_documents": "fixed",
        },
        "letters": {"files": "letters/*", "filler": True},
    },
    "tasks": {"needle": {"share": 0.3, "lengths": [256, 400], "distractors": 1}},
}


def prose(seed: int, num_words: int) -> str:
    """Return paragraphs of two sentences, an invented word in each; keyed by the seed."""
    rng = np.random.default_rng(seed)
    sentences = []
    while num_words > 0:
        size = int(rng.integers(6, 14))
        words = [*rng.choice(WORDS.split(), size), "".join(rng.choice(SYLLABLES.split(), 3))]
        sentences.append(" ".join(words).capitalize() + ".")
        num_words -= size
    return "\n\n".join(" ".join(sentences[i : i + 2]) for i in range(0, len(sentences), 2)) + "\n"


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus: three books, eight letters, one of them twice."""
    folder = tmp_path_factory.mktemp("texts")
    for name in ("books", "letters"):
        (folder / name).mkdir()
    for seed, num_words in enumerate([4000, 3000, 2000]):
        (folder / f"books/{seed}.txt").write_text(prose(seed, num_words), encoding="utf-8")
    for seed in range(8):
        text = prose(100 + max(seed, 1), 150 + 40 * max(seed, 1))
        (folder / f"letters/{seed}.txt").write_text(text, encoding="utf-8")
    return folder


def build(texts: Path, out: Path, **changes: Any) -> Path:
    """Build RECIPE with some of its keys changed, and return the mix."""
    recipe = check_recipe({**RECIPE, "inputs": str(texts), **changes}, "recipe")
    build_mix(recipe, Options(out=str(out), executor="local"), Progress(every=1e9))
    return out


@pytest.fixture(scope="session")
def sound(texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mix, whole; its store is in `small.work/store` beside it."""
    out = build(texts, tmp_path_factory.mktemp("sound") / "small")
    assert json.loads((out / "manifest.json").read_text())["tokenizer"]["eos_id"] == END
    return out


@pytest.fixture
def mix(sound: Path, tmp_path: Path) -> Broken:
    """A copy of the mix that a test may break; texts are still in the store of the original."""
    shutil.copytree(sound, tmp_path / "small")
    return Broken(tmp_path / "small", str(sound.parent / "small.work/store"))


@pytest.fixture
def variant(texts: Path, tmp_path: Path) -> Variant:
    """A function that builds RECIPE with some of its keys changed, with a store of its own."""

    def build_variant(**changes: Any) -> Broken:
        out = build(texts, tmp_path / "variant", **changes)
        return Broken(out, str(tmp_path / "variant.work/store"))

    return build_variant


def needle_task(**changes: Any) -> dict[str, Any]:
    """Return the recipe's tasks with some keys of its only task changed."""
    return {"needle": {**RECIPE["tasks"]["needle"], **changes}}
