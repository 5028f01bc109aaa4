"""Readers are found by their file names; nothing has to be registered."""

import gzip
import io
import subprocess
import sys

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.files import open_place
from generators.sources import load, names
from schemas.errors import RecipeError
from schemas.recipe import SourceSpec


def test_the_readers() -> None:
    assert names() == (
        *("archive", "conversations", "git", "hub", "jsonl", "parquet", "repo", "tables", "text"),
    )


@pytest.mark.parametrize("name", names())
def test_each_reader_offers_the_two_functions(name: str) -> None:
    reader = load(name)
    assert callable(reader.list_items)
    assert callable(reader.read)


def test_each_file_reader_reads_a_remote_place() -> None:
    """Documents of a remote place carry the whole URI, and compressed streams work through it."""
    table = io.BytesIO()
    pq.write_table(pa.table({"text": ["three"]}), table)
    fsspec.filesystem("memory").pipe(
        {
            "/remote/a.txt.gz": gzip.compress(b"one"),
            "/remote/b.jsonl": b'{"text": "two"}',
            "/remote/c.parquet": table.getvalue(),
            "/remote/r/d.py": b"four",
        }
    )
    place = open_place("memory://remote")
    found = []
    for reader, files in (("text", "*.gz"), ("jsonl", "*"), ("parquet", "*"), ("repo", "r")):
        spec = SourceSpec(reader=reader, files=files)
        (item,) = load(reader).list_items("src", spec, place)
        found += [(one.doc_id, one.text) for one in load(reader).read(item, spec, place, seed=0)]
    assert found == [
        ("src:memory://remote/a.txt.gz", "one"),
        ("src:memory://remote/b.jsonl#0", "two"),
        ("src:memory://remote/c.parquet#0", "three"),
        ("src:memory://remote/r", "===== d.py =====\nfour\n"),
    ]


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"no reader named 'jsonll'.*Did you mean 'jsonl'\?"):
        load("jsonll")
    with pytest.raises(RecipeError, match=r"known: archive, .*, tables, text\.$"):
        load("_streams")


def test_loading_all_readers_loads_nothing_heavy() -> None:
    code = (
        "import sys; from generators.sources import load, names; [load(n) for n in names()];"
        "print(sorted({'datasets', 'torch', 'ray', 'tokenizers', 'huggingface_hub'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
