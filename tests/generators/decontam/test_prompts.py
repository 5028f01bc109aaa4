import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.decontam.prompts import read
from generators.files import open_place
from schemas.errors import RecipeError


def texts(folder: Path, name: str, data: bytes, *fields: str) -> list[tuple[str, str]]:
    (folder / name).write_bytes(data)
    return list(read([name], open_place(str(folder)), fields=fields))


def lines(*values: object) -> bytes:
    return "\n".join(json.dumps(value) for value in values).encode()


def test_a_text_file_is_one_prompt(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfOne.\r\n\r\nTwo."
    assert texts(tmp_path, "quiz.txt", data) == [("quiz.txt", "One.\n\nTwo.")]


def test_every_string_of_a_line_is_a_text_of_its_own(tmp_path: Path) -> None:
    data = lines(
        {"q": "Who?", "n": 3, "options": [{"a": "A man"}, "A dog", None]}, "bare", {"q": ""}
    )
    found = [text for _, text in texts(tmp_path, "quiz.jsonl", data)]
    assert found == ["Who?", "A man", "A dog", "bare"]


def test_named_fields_alone(tmp_path: Path) -> None:
    data = lines({"q": "Who?", "id": "x7"}, {"id": "x8", "q": ["Why?", "How?"]})
    found = [text for _, text in texts(tmp_path, "quiz.jsonl", data, "q")]
    assert found == ["Who?", "Why?", "How?"]


def test_compressed_lines(tmp_path: Path) -> None:
    data = gzip.compress(lines({"q": "Who?"}) + b"\n\n" + lines({"q": "Why?"}))
    assert len(texts(tmp_path, "quiz.jsonl.gz", data)) == 2


def test_columns_of_a_table(tmp_path: Path) -> None:
    table = pa.table({"q": ["Who?", None], "n": [1, 2], "more": [["A man", "A dog"], []]})
    pq.write_table(table, tmp_path / "quiz.parquet")
    place = open_place(str(tmp_path))
    found = [text for _, text in read(["quiz.parquet"], place)]
    assert found == ["Who?", "A man", "A dog"]
    assert [text for _, text in read(["quiz.parquet"], place, fields=["q"])] == ["Who?"]
    with pytest.raises(RecipeError, match="no column 'answer'; its columns: q, n, more"):
        list(read(["quiz.parquet"], place, fields=["answer"]))


def test_a_deep_value_is_read(tmp_path: Path) -> None:
    value: object = "Who?"
    for _ in range(300):
        value = [value]
    assert texts(tmp_path, "quiz.jsonl", lines(value)) == [("quiz.jsonl", "Who?")]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("quiz.jsonl", b'{"q": "Who?"}\n{"q": ', "quiz.jsonl: line 2 is no JSON"),
        ("quiz.jsonl", b"[" * 100_000, "line 1 is no JSON"),
        ("quiz.jsonl", b'{"q": "\\ud800"}', "line 1: half of a surrogate pair"),
        ("quiz.jsonl", b'{"q": "\xff"}', "it is not UTF-8"),
        ("quiz.txt", b"caf\xe9", "it is not UTF-8"),
        ("quiz.jsonl", b"\n", "it holds no text at all"),
        ("quiz.jsonl", b'{"n": 1}', "it holds no text at all"),
        ("quiz.csv", b"q\nWho?", "its ending says nothing"),
        ("quiz.parquet", b"PAR1", "it is cut or corrupt"),
        ("quiz.jsonl.gz", gzip.compress(b'{"q": "Who?"}' * 99)[:-12], "it is cut or corrupt"),
    ],
)
def test_a_fault_is_an_error_that_names_the_file(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        texts(tmp_path, name, data)


@pytest.mark.parametrize("line", [{"id": 1}, "bare", ["q"]])
def test_a_line_without_the_field_is_an_error(tmp_path: Path, line: object) -> None:
    with pytest.raises(RecipeError, match="line 1 has no field 'q'"):
        texts(tmp_path, "quiz.jsonl", lines(line), "q")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"quiz.txt: there is no such file"):
        list(read(["quiz.txt"], open_place(str(tmp_path))))
