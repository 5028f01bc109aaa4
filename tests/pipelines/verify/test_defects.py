"""The defects table is the same in every kind of file."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.verify.defects import DEFECTS, check_ending, write_defects
from schemas.errors import RecipeError

FOUND: list[dict[str, Any]] = [
    {
        "check": "sample.answer",
        "where": 'a.parquet row 7 sample "x", y',
        "expected": "'déjà\nvu'",
        "shard": "a.parquet",
        "row_id": 7,
    },
    {
        "check": "totals.rows",
        "where": "manifest.json",
        "expected": "8",
        "shard": None,
        "row_id": None,
    },
]


def test_parquet(tmp_path: Path) -> None:
    write_defects(str(tmp_path / "new/defects.parquet"), FOUND)
    table = pq.read_table(tmp_path / "new/defects.parquet")
    assert table.schema.equals(DEFECTS)
    assert table.column_names == ["row_id", "shard", "check", "where", "expected"]
    assert table.to_pylist() == FOUND


def test_jsonl(tmp_path: Path) -> None:
    write_defects(str(tmp_path / "defects.jsonl"), FOUND)
    lines = (tmp_path / "defects.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == FOUND


def test_csv(tmp_path: Path) -> None:
    write_defects(str(tmp_path / "defects.csv"), FOUND)
    with (tmp_path / "defects.csv").open(encoding="utf-8", newline="") as file:
        head, *lines = csv.reader(file)
    assert head == DEFECTS.names
    assert lines[0] == ["7", "a.parquet", "sample.answer", FOUND[0]["where"], "'déjà\nvu'"]
    assert lines[1] == ["", "", "totals.rows", "manifest.json", "8"]


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_no_defects_are_a_table_without_lines(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"defects.{ending}"
    path.write_text("an older one")
    write_defects(str(path), [])
    assert b"older" not in path.read_bytes()


@pytest.mark.parametrize("name", ["defects", "defects.txt", "a.parquet/defects"])
def test_other_endings_are_refused(name: str) -> None:
    with pytest.raises(RecipeError, match="the ending says how it is written"):
        check_ending(name)


def test_options_of_a_uri_are_no_ending() -> None:
    check_ending("s3://bucket/defects.csv?region=eu-west-1")
