"""Bytes a token on the disk: the ids of a mix of books, and all of its shards.

python -m benchmarks.size --books DIR --tokenizer FILE --work DIR
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.corpus import book_texts
from benchmarks.measure import build_command, cost_of, row, table


def id_bytes(path: Path) -> int:
    """Return the compressed bytes of a shard's `input_ids`."""
    footer = pq.read_metadata(path)
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    columns = [group.column(number) for group in groups for number in range(group.num_columns)]
    mine = [column for column in columns if column.path_in_schema.startswith("input_ids.")]
    return sum(column.total_compressed_size for column in mine)


def main() -> None:
    """Build a mix of the books and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--tokenizer", type=Path, required=True, help="a tokenizer.json")
    parser.add_argument("--work", type=Path, required=True, help="folder for texts and mixes")
    given = parser.parse_args()
    work = given.work / "size"
    shutil.rmtree(work, ignore_errors=True)
    texts = work / "books"
    texts.mkdir(parents=True)
    for number, text in enumerate(book_texts(given.books)):
        (texts / f"{number:04d}.txt").write_text(text, encoding="utf-8", newline="")
    mix = work / "mix"
    cost_of(build_command(sys.executable, texts, given.tokenizer, mix), work / "build.log")
    manifest = json.loads((mix / "manifest.json").read_bytes())
    tokens = manifest["totals"]["tokens"]
    shards = [mix / shard["path"] for shard in manifest["shards"]]
    ids = sum(id_bytes(path) for path in shards)
    whole = sum(path.stat().st_size for path in shards)
    print(table("part", "bytes a token"))
    print(row("input_ids", f"{ids / tokens:.3f}"))
    print(row("whole rows", f"{whole / tokens:.3f}"))


if __name__ == "__main__":
    main()
