"""From requests to a proved mix: passages out, answers of a model back, samples that are solved.

The model is a rule of the tests (tests/generators/written/model.py); all else is the real command.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from generators.lexicon import word
from pipelines.cli import main
from pipelines.shards.mix import open_mix
from schemas.written import Request
from tests.generators.written.model import FAULTS, answer

COMMON = "the a of and in to with from under over between while after before".split()  # noqa: SIM905


def book(seed: int, num_sentences: int) -> str:
    """Return paragraphs of sentences of many words, one in three naming somebody."""
    rng = np.random.default_rng(seed)
    words = [word(rng) for _ in range(1500)]
    names = [word(rng).capitalize() for _ in range(40)]
    made = []
    for number in range(num_sentences):
        picked = rng.choice(words, size=12).tolist()
        picked[3::4] = rng.choice(COMMON, size=len(picked[3::4])).tolist()
        if number % 3 == 0:
            picked[6] = str(rng.choice(names))
        made.append(" ".join(picked).capitalize() + ".")
        if number % 3 == 0:  # `capitalize` took the name's capital as well
            made[-1] = made[-1].replace(picked[6].lower(), picked[6], 1)
    return "\n\n".join(" ".join(made[at : at + 5]) for at in range(0, len(made), 5)) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two books, a recipe, and the requests and responses about them."""
    place = tmp_path_factory.mktemp("written")
    (place / "books").mkdir()
    for number in range(2):
        (place / "books" / f"{number}.txt").write_text(book(number, 900), encoding="utf-8")
    recipe = {
        "name": "written",
        "inputs": str(place / "books"),
        "tokenizer": "train",
        "train": {"vocab_size": 1500},
        "seq_len": 4096,
        "sources": {"books": {"kind": "book", "license": "CC0", "filler": True}},
        "tasks": {
            "written": {
                "share": 0.5,
                "lengths": [4096],
                "distractors": 1,
                "requests": str(place / "requests.jsonl"),
                "responses": str(place / "responses.jsonl"),
            }
        },
    }
    (place / "asked.yaml").write_text(yaml.safe_dump({**recipe, "tasks": {}}), encoding="utf-8")
    (place / "recipe.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    asked = ["ask", str(place / "asked.yaml"), "--out", str(place / "requests.jsonl")]
    assert main([*asked, "--count", "40"]) == 0
    lines = (place / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    given = [answer(Request.model_validate_json(line)) for line in lines]
    sound = [line for line in given if line]
    assert len(sound) > 20
    spoilt = [FAULTS["answer_long"](sound[0]), *sound[1:]]
    text = "".join(json.dumps(line) + "\n" for line in spoilt)
    (place / "responses.jsonl").write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def mix(folder: Path) -> Path:
    out = folder / "mix"
    assert main(["build", str(folder / "recipe.yaml"), "--out", str(out)]) == 0
    return out


def test_every_sample_is_solved_from_its_own_text(mix: Path) -> None:
    assert main(["verify", str(mix)]) == 0


def test_samples_ask_about_another_book_and_name_its_licence(mix: Path) -> None:
    samples = open_mix(str(mix)).table("samples").to_pylist()
    assert len(samples) >= 3
    for line in samples:
        params = json.loads(line["params"])
        assert params["passage"]["doc_id"] not in {piece["doc_id"] for piece in line["haystack"]}
        assert line["licenses"] == ["CC0"]
        assert line["gold"] not in line["params"]
    assert len({json.loads(line["params"])["pair"] for line in samples}) == len(samples)


def test_what_was_not_used_is_written_down(mix: Path) -> None:
    (line,) = open_mix(str(mix)).read("plan/responses.parquet").to_pylist()
    assert (line["task"], line["reason"]) == ("written", "answer_long")


def test_other_responses_are_another_mix(mix: Path, folder: Path) -> None:
    path = folder / "responses.jsonl"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.split("\n", 2)[2], encoding="utf-8")
    try:
        assert main(["build", str(folder / "recipe.yaml"), "--out", str(mix)]) == 2
    finally:
        path.write_text(before, encoding="utf-8")


def test_no_path_of_this_machine_is_published(mix: Path, folder: Path) -> None:
    manifest = (mix / "manifest.json").read_text(encoding="utf-8")
    assert "responses.jsonl" in manifest
    assert str(folder) not in manifest
