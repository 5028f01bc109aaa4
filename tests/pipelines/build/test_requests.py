"""Requests are about kept text alone, spread over it, and the same whenever they are asked for."""

import io
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelines.build.job import Options
from pipelines.build.requests import PROMPT, ask_text, ask_to_file, places, request
from pipelines.cli import main
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress
from schemas.errors import RecipeError
from schemas.written import Request, Rules, request_id
from tests.conftest import prose


def ask(recipe: Path, out: Path, count: int = 12, *overrides: str) -> dict[str, int]:
    options = Options(out=str(out), executor="local")
    progress = Progress(io.StringIO())
    return ask_to_file(load_recipe(str(recipe), overrides), options, progress, count=count)


def read(path: Path) -> list[Request]:
    return [Request.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def asked(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    out = tmp_path_factory.mktemp("asked") / "requests.jsonl"
    return out, ask(recipe_file, out)


def test_requests_are_runs_of_whole_paragraphs_of_kept_documents(asked: Any, corpus: Path) -> None:
    out, facts = asked
    requests = read(out)
    assert len(requests) == facts["requests"] == 12
    for line in requests:
        book = (corpus / line.doc_id.split(":")[1]).read_text("utf-8")
        assert line.passage == book[line.start : line.end]
        assert book[: line.start].endswith("\n\n") or line.start == 0
        assert book[line.end :].startswith("\n")
        assert line.id == request_id(line.doc_id, line.start, line.end, line.passage)
        assert line.license == ("CC0" if line.doc_id.startswith("books:") else None)
        assert line.passage in line.prompt
        assert f'"id": "{line.id}"' in line.prompt
    names = {line.doc_id for line in requests}
    assert not any("leaflet" in name or "burnt" in name for name in names)  # short; not UTF-8
    assert facts["documents_asked_about"] == len(names) >= 3
    assert len({line.id for line in requests}) == len({line.passage for line in requests}) == 12


def test_the_same_recipe_gives_the_same_file_and_another_seed_another(
    asked: Any, recipe_file: Path, tmp_path: Path
) -> None:
    ask(recipe_file, tmp_path / "again.jsonl")
    ask(recipe_file, tmp_path / "other.jsonl", 12, "seed=1")
    assert (tmp_path / "again.jsonl").read_bytes() == asked[0].read_bytes()
    assert (tmp_path / "other.jsonl").read_bytes() != asked[0].read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"again.jsonl", "other.jsonl"}


def test_what_decontamination_cuts_is_not_asked_about(recipe_file: Path, tmp_path: Path) -> None:
    secret = " ".join(prose(1, 4000).split("\n\n")[3].split()[:30])
    (tmp_path / "quiz.txt").write_text(secret)
    words = f"decontaminate={{prompts: '{tmp_path}', files: [quiz.txt], known: false}}"
    ask(recipe_file, tmp_path / "r.jsonl", 40, words)
    assert not any(secret[:80] in line.passage for line in read(tmp_path / "r.jsonl"))


def test_of_the_recipe_s_tasks_only_the_rules_are_looked_at(
    recipe_file: Path, tmp_path: Path
) -> None:
    """The task that waits for this file cannot be asked for before it exists."""
    use = "tasks.written={requests: none, responses: none, rules: {max_answer_words: 4}}"
    assert ask(recipe_file, tmp_path / "r.jsonl", 3, use)["requests"] == 3
    assert all("of at most 4 words" in line.prompt for line in read(tmp_path / "r.jsonl"))


def test_a_text_gives_no_passage_twice_however_many_are_wanted(
    recipe_file: Path, tmp_path: Path
) -> None:
    facts = ask(recipe_file, tmp_path / "r.jsonl", 5000)
    requests = read(tmp_path / "r.jsonl")
    assert 12 < len(requests) == facts["requests"] < 5000 == facts["wanted"]
    for one, other in itertools.pairwise(requests):
        assert one.doc_id != other.doc_id or one.end < other.start


def test_no_request_is_a_sentence(recipe_file: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="--count 0: ask for one question at least"):
        ask(recipe_file, tmp_path / "r.jsonl", 0)
    lines = yaml.safe_load(recipe_file.read_text())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.txt").write_text("word " * 2000)
    lines |= {"inputs": str(tmp_path / "in"), "sources": {"texts": {"files": "*.txt"}}, "tasks": {}}
    (tmp_path / "r.yaml").write_text(yaml.safe_dump({**lines, "stages": []}))
    with pytest.raises(RecipeError, match="no passage in 1 kept documents"):
        ask(tmp_path / "r.yaml", tmp_path / "r.jsonl", 5)
    assert not (tmp_path / "r.jsonl").exists()


def test_characters_are_counted_where_bytes_are_more(tmp_path: Path) -> None:
    text = prose(7, 1500).replace("a", "ä").replace("river", "ривер")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.txt").write_text(text, encoding="utf-8")
    recipe = {
        "inputs": str(tmp_path / "in"),
        "tokenizer": "train",
        "train": {"vocab_size": 600},
        "sources": {"texts": {"files": "*.txt"}},
    }
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(recipe))
    ask(tmp_path / "r.yaml", tmp_path / "r.jsonl", 4)
    requests = read(tmp_path / "r.jsonl")
    assert requests
    assert all(line.passage == text[line.start : line.end] for line in requests)


def test_one_place_in_each_equal_stretch_of_the_kept_tokens() -> None:
    tokens = np.array([1000, 100, 3000, 149, 0, 2000], np.int64)
    found = {index: wanted.tolist() for index, wanted in places(3, tokens, 6)}
    assert {index: len(wanted) for index, wanted in found.items()} == {0: 1, 2: 3, 5: 2}
    assert all(k * 1000 <= at < (k + 1) * 1000 for k, at in enumerate(found[2]))
    assert list(places(3, np.array([10], np.int64), 6)) == []
    assert list(places(3, np.zeros(0, np.int64), 6)) == []


@given(st.lists(st.integers(0, 5000), max_size=20), st.integers(1, 50), st.integers(0, 99))
def test_places_lie_in_their_documents_and_rise(tokens: list[int], count: int, seed: int) -> None:
    sizes = np.array(tokens, np.int64)
    found = list(places(seed, sizes, count))
    assert sum(len(wanted) for _, wanted in found) == (count if sizes.max(initial=0) >= 150 else 0)
    assert [index for index, _ in found] == sorted({index for index, _ in found})
    for index, wanted in found:
        assert sizes[index] >= 150
        assert (np.diff(wanted) >= 0).all()
        assert 0 <= wanted.min() <= wanted.max() < sizes[index]


def test_a_prompt_states_the_limits_that_are_checked() -> None:
    rules = Rules(max_answer_words=3, max_question_words=21, max_evidence_words=33)
    made = request({"doc_id": "d", "license": "CC0"}, (0, 9), "{brace} it", rules)
    for words in ("at most 3 words", "at most 21 words", "at most 33 words", "{brace} it"):
        assert words in made.prompt
    example = json.loads(next(line for line in made.prompt.split("\n") if line[:1] == "{"))
    assert set(example) == {"id", "question", "answer", "evidence"}
    assert "{" not in PROMPT.format(
        id=1, passage=2, question_words=3, answer_words=4, evidence_words=5
    ).replace('{"id"', "")


def test_the_command_writes_the_file_and_says_so(recipe_file: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "deep" / "r.jsonl"
    assert main(["ask", str(recipe_file), "--out", str(out), "--count", "3"]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: 3 requests, about ")
    assert len(read(out)) == 3
    assert main(["ask", str(recipe_file), "--out", str(out), "--count", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["requests"] == 2
    assert main(["ask", str(recipe_file), "--out", str(out), "--count", "-1"]) == 2


def test_fewer_requests_than_wanted_are_told() -> None:
    facts = {"requests": 5, "wanted": 9, "documents_asked_about": 2, "documents": 3}
    assert ask_text(facts, "r.jsonl").startswith(
        "r.jsonl: 5 requests of 9 wanted, about 2 of 3 documents."
    )
