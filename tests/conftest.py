"""A tiny corpus, a recipe over it, and the mix that the real build makes of them, once a session.

The corpus has what every table should show: two long books, one too short, one that is the twin
of another, notes that may be cut, and a file that is not UTF-8. Copy `mix` before breaking it.
"""

import io
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import settings

from pipelines.build.job import Options
from pipelines.build.mix import build_mix
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress

settings.register_profile("longmix", deadline=None)  # no test looks at the clock
settings.load_profile("longmix")

_LINE = (
    "the a old river town went came saw said slowly over under between house road bridge morning "
    "evening nobody somebody carried letter window garden winter summer asked answered"
)
WORDS = _LINE.split()

RECIPE = {
    "name": "tiny",
    "tokenizer": "train",
    "train": {"vocab_size": 600},
    "stages": [
        {"name": "short", "seq_len": 512, "tokens": 4096, "rope_mode": "original"},
        {"name": "long", "seq_len": 1024},
    ],
    "shard_tokens": 4096,
    "sources": {
        "books": {"kind": "book", "files": "books/*.txt", "min_tokens": 100, "license": "CC0"},
        "notes": {"files": "notes/*.txt", "filler": True},
    },
    "tasks": {"needle": {"share": 0.3, "lengths": [384]}},
}


def prose(seed: int, num_words: int) -> str:
    """Return sentences of common words, two to a paragraph."""
    rng = np.random.default_rng(seed)
    sentences = []
    while num_words > 0:
        words = rng.choice(WORDS, size=int(rng.integers(5, 16))).tolist()
        sentences.append(" ".join(words).capitalize() + ".")
        num_words -= len(words)
    pairs = [" ".join(sentences[i : i + 2]) for i in range(0, len(sentences), 2)]
    return "\n\n".join(pairs) + "\n"


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of seven inputs."""
    root = tmp_path_factory.mktemp("corpus")
    (root / "books").mkdir()
    (root / "notes").mkdir()
    texts = {
        "books/bridge.txt": prose(1, 4000),
        "books/garden.txt": prose(2, 3000),
        "books/garden-again.txt": prose(2, 3000),
        "books/leaflet.txt": prose(3, 20),
        "notes/monday.txt": prose(4, 300),
        "notes/tuesday.txt": prose(5, 500),
    }
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")
    (root / "notes" / "burnt.txt").write_bytes(b"ash \xff\xfe ash")
    return root


@pytest.fixture(scope="session")
def recipe_file(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe of two stages and one task over the corpus."""
    path = tmp_path_factory.mktemp("recipe") / "tiny.yaml"
    path.write_text(yaml.safe_dump({**RECIPE, "inputs": str(corpus)}), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def mix(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished mix; its work folder with the store stands beside it."""
    out = tmp_path_factory.mktemp("mixes") / "tiny"
    options = Options(out=str(out), executor="local")
    build_mix(load_recipe(str(recipe_file)), options, Progress(io.StringIO()))
    return out
