"""A sample says what it met and what all inputs will yield, with its doubt."""

import io
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pipelines.build.job import Options
from pipelines.build.mix import sample_mix
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress
from pipelines.report.sampled import sample_facts, sample_text


def facts_of(recipe_file: Path, out: Path, *overrides: str, documents: int) -> dict[str, Any]:
    options = Options(out=str(out / "tiny"), executor="local", dry=True)
    recipe = load_recipe(str(recipe_file), overrides)
    with ExitStack() as stack:
        progress = Progress(io.StringIO())
        return sample_facts(sample_mix(recipe, options, progress, stack, documents=documents))


@pytest.fixture(scope="module")
def two(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return facts_of(recipe_file, tmp_path_factory.mktemp("two"), documents=2)


@pytest.fixture(scope="module")
def every(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return facts_of(recipe_file, tmp_path_factory.mktemp("all"), documents=99)


def test_each_source_gives_as_many_inputs_as_were_asked_for(two: dict[str, Any]) -> None:
    inputs = {part["source"]: part["inputs"] for part in two["yields"]}
    assert inputs == {"books": {"sampled": 2, "all": 4}, "notes": {"sampled": 2, "all": 3}}
    assert all(part["documents"]["met"] == 2 for part in two["yields"])


def test_all_inputs_leave_nothing_to_estimate(every: dict[str, Any]) -> None:
    for part, source in zip(every["yields"], every["sources"], strict=True):
        kept = source["verdicts"][0]
        assert kept["verdict"] == "kept"
        assert part["kept_tokens"] == kept["tokens"]
        assert part["kept_tokens_error"] == 0
        assert part["inputs"]["sampled"] == part["inputs"]["all"]


def test_an_estimate_is_the_yield_of_a_byte_times_all_bytes(two: dict[str, Any]) -> None:
    for part, source in zip(two["yields"], two["sources"], strict=True):
        verdict = source["verdicts"][0]
        tokens = verdict["tokens"] if verdict["verdict"] == "kept" else 0
        scale = part["bytes"]["all"] / part["bytes"]["sampled"]
        assert part["kept_tokens"] == pytest.approx(tokens * scale, abs=1)


def test_the_same_seed_takes_the_same_sample(
    two: dict[str, Any], recipe_file: Path, tmp_path: Path
) -> None:
    assert facts_of(recipe_file, tmp_path, documents=2) == two


def test_a_source_without_inputs_yields_nothing(recipe_file: Path, tmp_path: Path) -> None:
    none = ("sources.notes.files=none/*.txt", "sources.notes.required=false")
    _, notes = facts_of(recipe_file, tmp_path, *none, documents=2)["yields"]
    assert (notes["inputs"], notes["kept_tokens"]) == ({"sampled": 0, "all": 0}, 0)


def part(
    name: str, inputs: tuple[int, int], tokens: int, error: int | None = None
) -> dict[str, Any]:
    read = dict(zip(("sampled", "all"), inputs, strict=True))
    return {"source": name, "inputs": read, "kept_tokens": tokens, "kept_tokens_error": error}


def test_the_text_rounds_what_is_estimated_and_counts_what_was_read() -> None:
    yields = [
        part("books", (20, 1000), 1_234_567, 45_678),
        part("code", (1, 9), 777),
        part("notes", (3, 3), 1_234_567, 0),
    ]
    text = sample_text({"yields": yields, "sources": [], "quarantined": []})
    assert text.splitlines()[-4:] == [
        "inputs read                       kept tokens of all",
        "  books      20  of  1,000  about 1,230,000 ± 45,700",
        "  code        1  of      9                 about 777",
        "  notes       3  of      3                 1,234,567",
    ]


def test_quarantined_inputs_are_named_and_cut_with_their_number() -> None:
    lost = [{"uri": f"{n}.gz", "reason": "cut"} for n in range(23)]
    lines = sample_text({"yields": [], "sources": [], "quarantined": lost}).splitlines()
    assert lines[-2:] == ["quarantined: 19.gz: cut", "quarantined: 3 more; --json lists all"]
