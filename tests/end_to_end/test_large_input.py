"""Large inputs: memory follows the largest document, never the corpus, and endless words stay out.

Without this, one book too many, a long list of notes or a file of one word would take a machine
down after hours. Only memory is asked for: clocks are not the same on two machines.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from generators.text import LONGEST_RUN
from tests.end_to_end.conftest import Reference
from tests.end_to_end.runs import environment, prose, write_recipe
from tests.end_to_end.test_bad_input import documents

PROGRAM = """
import sys
from pipelines.cli import main

code = main(sys.argv[1:])
with open("/proc/self/status") as status:
    print(*[line.split()[1] for line in status if line.startswith("VmHWM")])
sys.exit(code)
"""
"""A process's own account of its peak: what `getrusage` says begins with that of the parent."""

MB = 1_000_000
SELECTED: dict[str, Any] = {
    "clean": ["gutenberg", "contents", "illustrations", "unwrap", "secrets", "personal"],
    "scores": ["compression", "repetition", "lines", "recurrence", "language", "dependency"],
}


class Bench:
    """A folder of inputs, and the peak of building it."""

    def __init__(self, root: Path, tokenizer: Path) -> None:
        self.root, self.tokenizer = root, tokenizer
        self.inputs = root / "inputs"
        self.inputs.mkdir()

    def peak(self, **source: Any) -> float:
        """Build what lies in the inputs; return the most memory that it took, in MB."""
        own = {"kind": "book", "files": "*", "filler": True, **source}
        more: dict[str, Any] = {"tasks": {}, "shard_tokens": 1 << 20}
        if "scores" in source:
            more |= {"near_duplicates": {"book": 0.8}, "decontaminate": {}}
        recipe = write_recipe(
            self.root / "recipe.yaml",
            self.inputs,
            sources={"all": own},
            tokenizer=str(self.tokenizer),
            unit_bytes=64 * MB,
            **more,
        )
        words = ("build", recipe, "--out", self.root / "mix", "--executor", "local", "--overwrite")
        command = [sys.executable, "-c", PROGRAM, *map(str, words)]
        done = subprocess.run(
            command, env=environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return int(done.stdout.split()[-1]) * 1024 / MB


@pytest.fixture
def bench(reference: Reference, tmp_path: Path) -> Bench:
    return Bench(tmp_path, reference.mix / "tokenizer/tokenizer.json")


SMALL = prose(1, 40_000)
"""260 KB: what a build takes beside it is the fixed part."""
LARGE = 8 * MB


@pytest.fixture
def fixed(bench: Bench) -> float:
    """The peak of a build of SMALL alone, in MB."""
    (bench.inputs / "small.txt").write_text(SMALL, encoding="utf-8")
    return bench.peak()


@pytest.mark.parametrize("text", [prose(2, 1_300_000), "a b " * (LARGE // 4)], ids=["prose", "ab"])
def test_memory_is_a_fixed_part_and_twelve_bytes_for_each_of_the_largest_document(
    bench: Bench, fixed: float, text: str
) -> None:
    """6 for prose with a vocabulary of 100,000, and 9 with one of 512, which gives more tokens."""
    (bench.inputs / "large.txt").write_text(text[:LARGE], encoding="utf-8")
    assert bench.peak() < fixed + 12 * LARGE / MB


def test_memory_of_cleaning_and_scoring_is_sixteen_bytes_for_each(bench: Bench) -> None:
    (bench.inputs / "small.txt").write_text(SMALL, encoding="utf-8")
    fixed = bench.peak(**SELECTED)
    (bench.inputs / "large.txt").write_text(prose(2, 1_300_000)[:LARGE], encoding="utf-8")
    assert bench.peak(**SELECTED) < fixed + 16 * LARGE / MB


def test_a_run_without_end_is_rejected_by_name_before_anything_is_spent_on_it(
    bench: Bench, fixed: float
) -> None:
    """Encoded, this word of 6 MB would take 300 MB; cut, it would have other ids."""
    num_chars = 6 * LONGEST_RUN
    (bench.inputs / "word.txt").write_text("xyzzyqwv" * (num_chars // 8), encoding="utf-8")
    assert bench.peak() < fixed + 2 * num_chars / MB
    met = documents(bench.root / "mix")
    assert met["all:word.txt"]["reason"] == "long_run: 6,291,456 characters"
    assert met["all:small.txt"]["kept"]


def test_many_documents_take_no_more_than_a_batch_of_them(bench: Bench, fixed: float) -> None:
    """32 MB in 1600 documents; together they would take as much as one of 32 MB."""
    text = prose(2, 1_300_000)
    count, size = 1600, 20_000
    starts = [k * (len(text) - size) // count for k in range(count)]
    lines = [json.dumps({"text": text[start : start + size]}) for start in starts]
    (bench.inputs / "small.txt").unlink()
    (bench.inputs / "many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert bench.peak(reader="jsonl") < fixed + 90
    kept = Counter(line["kept"] for line in documents(bench.root / "mix").values())
    assert kept == {True: count}
