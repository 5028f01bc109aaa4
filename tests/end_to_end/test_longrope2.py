"""The recipe for LongRoPE2's search, built small: one needle a row, and labels on its answer alone.

The labels are made by the lines that docs/positions.md shows, run as they stand there.
"""

import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tokenizers import Tokenizer

from pipelines.cli import main
from tests.conftest import prose

ROOT = Path(__file__).resolve().parents[2]
SEQ_LEN, ROWS = 2048, 20
IGNORED = -100


def build(folder: Path, num_books: int) -> Path:
    """Build the recipe over so many texts and run the page's lines; return the folder."""
    (folder / "books").mkdir()
    for seed in range(num_books):
        (folder / f"books/{seed}.txt").write_text(prose(seed, 12_000), encoding="utf-8")
    changes = [
        f"inputs={folder / 'books'}",
        "train.vocab_size=600",
        f"seq_len={SEQ_LEN}",
        f"tokens={SEQ_LEN * ROWS}",
    ]
    recipe = str(ROOT / "recipes" / "longrope2.yaml")
    assert main(["build", recipe, "--out", str(folder / "needles"), *changes]) == 0
    page = (ROOT / "docs" / "positions.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"^```python\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(compile(lines, "docs/positions.md", "exec"), {})  # noqa: S102 - our own page
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("longrope2"), num_books=4)


@pytest.fixture(scope="module")
def rows(built: Path) -> list[dict]:
    return pq.read_table(built / "needles" / "data" / "main").to_pylist()


@pytest.fixture(scope="module")
def found(built: Path) -> list[dict]:
    return pq.read_table(built / "needles.parquet").to_pylist()


@pytest.fixture(scope="module")
def tokenizer(built: Path) -> Tokenizer:
    return Tokenizer.from_file(str(built / "needles" / "tokenizer" / "tokenizer.json"))


def test_a_row_is_one_sample_and_as_long_as_the_target(rows) -> None:
    assert len(rows) == ROWS
    for row in rows:
        assert len(row["needles"]) == 1
        assert row["num_docs"] == 1
        assert row["max_doc_len"] > 0.9 * SEQ_LEN
        assert [span["source"] for span in row["spans"]] == ["task:needle"]


def test_needles_stand_at_every_depth(rows) -> None:
    """Twenty rows: one in each twentieth, but for the place between two paragraphs."""
    depths = np.sort([row["needles"][0]["depth"] for row in rows])
    assert np.abs(depths - (np.arange(ROWS) + 0.5) / ROWS).max() < 1 / ROWS


def test_labels_are_the_answer_and_nothing_else(rows, found, tokenizer) -> None:
    assert len(found) == len(rows)
    for row, line in zip(rows, found, strict=True):
        needle = row["needles"][0]
        start, end = needle["answer_start"], needle["answer_end"]
        assert line["input_ids"] == row["input_ids"]
        labels = np.array(line["labels"])
        assert np.flatnonzero(labels != IGNORED).tolist() == list(range(start, end))
        assert labels[start:end].tolist() == row["input_ids"][start:end]
        answer = tokenizer.decode(line["input_ids"][start:end]).strip()
        assert answer == needle["answer"]
        assert re.fullmatch(r"\d{7}", answer)


def test_the_answer_stands_once_before_it_is_asked_for(rows, tokenizer) -> None:
    """At its needle; nothing but padding follows the answer, so no token sees the padding."""
    for row in rows:
        needle = row["needles"][0]
        before = tokenizer.decode(row["input_ids"][: needle["answer_start"]])
        stated = row["input_ids"][needle["evidence_start"] : needle["evidence_end"]]
        assert before.count(needle["answer"]) == 1
        assert needle["answer"] in tokenizer.decode(stated)
        assert needle["answer_end"] == row["seq_lengths"][0]


def test_the_mix_is_proved(built, capsys) -> None:
    assert main(["verify", str(built / "needles")]) == 0
    assert "needles: passed" in capsys.readouterr().out


def test_where_books_run_short_rows_of_plain_text_are_left_out(tmp_path) -> None:
    folder = build(tmp_path, num_books=2)
    rows = pq.read_table(folder / "needles" / "data" / "main").to_pylist()
    needles = [row for row in rows if row["needles"]]
    assert 0 < len(needles) < len(rows)
    found = pq.read_table(folder / "needles.parquet").to_pylist()
    assert [line["input_ids"] for line in found] == [row["input_ids"] for row in needles]
