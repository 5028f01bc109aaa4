"""What the policies of `long_documents` do to books: where they cut, what is padded or left out.

    python -m benchmarks.long_documents --books DIR --tokenizer FILE --work DIR

Each policy builds a mix of the same books in rows of 8K and of 32K tokens, without tasks, over one
store. A cut is a place where a document goes on in another row; the text before it says whether
that is the end of a paragraph (a blank line), the end of a line, or neither. `larger_bucket` leaves
every book out of such rows, so it is shown in rows of 1M tokens, which hold them all.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.measure import cost_of, row, table
from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from pipelines.files import open_folder
from pipelines.shards.mix import Mix, open_mix
from pipelines.store.texts import StoredTexts
from schemas.recipe import LongDocuments

LENGTHS = (8192, 32768)
LONGEST = 1_048_576
PARAGRAPH, LINE, INSIDE = "at a paragraph", "at a line", "inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book as it was stored."""

    num_tokens: int
    data: bytes
    ends: np.ndarray
    """int64[T]: the byte behind each token."""


def build(policy: LongDocuments, seq_len: int, given: argparse.Namespace) -> Mix:
    """Build the mix of one policy and one length of row."""
    out: Path = given.work / f"{policy}-{seq_len}"
    books = {
        "kind": "book",
        "files": "*.txt",
        "bad_utf8": "latin-1",
        "clean": ["gutenberg", "contents", "illustrations", "unwrap"],
        "long_documents": policy,
        "max_epochs": 2 if policy == "overlap" else 1,  # what overlaps is used twice
    }
    recipe = {
        "inputs": str(given.books.resolve()),
        "tokenizer": str(given.tokenizer.resolve()),
        "seq_len": seq_len,
        "sources": {"books": books},
    }
    path = out.with_suffix(".yaml")
    path.write_text(json.dumps(recipe), encoding="utf-8")  # JSON is YAML
    program = "import sys; from pipelines.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "build", str(path), "--out", str(out)]
    command += ["--store", str(given.work / "store"), "--executor", "local"]
    cost_of(command, out.with_suffix(".log"))
    return open_mix(str(out))


def read_books(mix: Mix, store: Path, tokenizer: Tokenizer) -> dict[str, Book]:
    """Return every book of a mix by its doc_id."""
    texts = StoredTexts(open_folder(str(store)))
    found = {}
    for line in mix.table("documents", ["doc_id", "sha256", "num_tokens"]).to_pylist():
        data = texts.read(line["sha256"]) or b""
        text = data.decode("utf-8")
        ends = tokenizer.byte_ends(tokenizer.encode(text), text)
        found[line["doc_id"]] = Book(num_tokens=line["num_tokens"], data=data, ends=ends)
    return found


def pieces(mix: Mix, books: dict[str, Book]) -> tuple[Counter[str], float]:
    """Count the cuts by what stands before them; share of tokens in pieces cut inside a line.

    A piece has one span, or two where its beginning repeats the piece before: the second counts.
    """
    spans = mix.read("plan/spans.parquet", ["doc_id", "doc_offset", "length", "epoch"])
    spans = spans.filter(pc.equal(spans["epoch"], 0))
    found: Counter[str] = Counter()
    torn = 0
    for line in spans.to_pylist():
        book, start = books[line["doc_id"]], line["doc_offset"]
        stop = start + line["length"]
        places = [_place(book, at) for at in (start, stop) if 0 < at < book.num_tokens]
        if stop < book.num_tokens:
            found[places[-1]] += 1
        torn += line["length"] * (INSIDE in places)
    return found, torn / int(pc.sum(spans["length"]).as_py())


def _place(book: Book, token: int) -> str:
    """Say what a cut before this token divides; spaces at the ends of lines do not count."""
    end = int(book.ends[token - 1])
    before = book.data[max(0, end - 64) : end].replace(b" ", b"")
    after = book.data[end : end + 64].replace(b" ", b"")
    num_ends = len(before) - len(before.rstrip(b"\n")) + len(after) - len(after.lstrip(b"\n"))
    return (INSIDE, LINE, PARAGRAPH)[min(num_ends, 2)]


def measured(policy: LongDocuments, seq_len: int, mix: Mix, books: dict[str, Book]) -> str:
    """Return the row of one mix."""
    found, torn = pieces(mix, books)
    number = sum(found.values())
    places = (PARAGRAPH, LINE, INSIDE)
    shares = [f"{found[place] / number:.0%}" if number else "" for place in places]
    ledger = mix.read("plan/ledger.parquet")
    totals = mix.manifest["totals"]
    whole = _sum(ledger, "kept")
    lost = [f"{_sum(ledger, name) / whole:.1%}" for name in ("dropped", "unused", "repeated")]
    padding = f"{totals['pad'] / totals['tokens']:.2%}"
    rows = f"{totals['rows']:,}"
    return row(policy, f"{seq_len:,}", rows, number, *shares, f"{torn:.1%}", padding, *lost)


def _sum(ledger: pa.Table, column: str) -> int:
    return int(pc.sum(ledger[column]).as_py())


def main() -> None:
    """Print a row for each policy and length of row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.json")
    parser.add_argument("--work", type=Path, required=True, help="folder for mixes")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    tokenizer = load_tokenizer(given.tokenizer.read_bytes())
    books: dict[str, Book] = {}
    heads = ("policy", "row", "rows", "cuts", PARAGRAPH, LINE, INSIDE, "tokens in torn pieces")
    print(table(*heads, "padding", "dropped", "unused", "repeated"))
    policies = [policy for policy in get_args(LongDocuments) if policy != "larger_bucket"]
    uses = [(policy, seq_len) for seq_len in LENGTHS for policy in policies]
    for policy, seq_len in [*uses, ("larger_bucket", LONGEST)]:
        mix = build(policy, seq_len, given)
        books = books or read_books(mix, given.work / "store", tokenizer)
        print(measured(policy, seq_len, mix, books), flush=True)


if __name__ == "__main__":
    main()
