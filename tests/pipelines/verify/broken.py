"""Break a copy of a mix in one place: change rows, tables or the manifest, and seal it again.

Sealing makes right what only accounts for bytes (row_digest, sha256, sizes, content_digest), so
that nothing but the rule a test is about is broken.
"""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.tokens.load import load_tokenizer
from pipelines.progress import Progress
from pipelines.shards.write import write_shard
from pipelines.verify.mix import Options, verify_mix
from schemas.canonical import digest_lines
from schemas.row import ROWS, row_digest

Row = dict[str, Any]
Change = Callable[[dict[str, Any]], Any]

END = 511
"""The end id of the tokenizer that the mix trains: the last of its 512 tokens."""

START = END - 1
"""Any token will do as start id."""


@dataclass(frozen=True)
class Broken:
    """A copy of a mix, and the store of the original."""

    path: Path
    store: str

    def failures(self, **options: Any) -> set[str]:
        """Verify the mix and return the names of the checks that failed."""
        verdict = self.verdict(**options)
        assert verdict["passed"] == (not verdict["defects"])
        return {entry["check"] for entry in verdict["checks"] if entry["failed"]}

    def verdict(
        self, *, store: str | None = None, share: float = 1.0, **options: Any
    ) -> dict[str, Any]:
        """Verify the mix on the CPU, in this process if nothing else is asked for."""
        return verify_mix(
            str(self.path),
            store=store or self.store,
            share=share,
            progress=Progress(io.StringIO()),
            options=Options(**{"device": "cpu", "executor": "local", **options}),
        )

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads((self.path / "manifest.json").read_text(encoding="utf-8"))

    @property
    def shards(self) -> list[Path]:
        return [self.path / shard["path"] for shard in self.manifest["shards"]]

    def edit_manifest(self, change: Callable[[dict[str, Any]], None], *, seal: bool = True) -> None:
        manifest = self.manifest
        change(manifest)
        if seal:
            lines = [f"{file['sha256']}  {file['path']}" for file in manifest["files"]]
            manifest["content_digest"] = digest_lines(lines)
        text = json.dumps(manifest, ensure_ascii=False)
        (self.path / "manifest.json").write_text(text, encoding="utf-8")

    def seal(self) -> None:
        """Give every listed file the bytes and the sha256 that it has now."""

        def change(manifest: dict[str, Any]) -> None:
            for file in manifest["files"]:
                data = (self.path / file["path"]).read_bytes()
                file |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

        self.edit_manifest(change)

    def edit_rows(self, pick: Callable[[Row], bool], change: Callable[[Row], Any]) -> None:
        """Change the first row that `pick` finds, with a row_digest that fits it, and seal."""
        for path in self.shards:
            rows = pq.read_table(path).to_pylist()
            found = next((row for row in rows if pick(row)), None)
            if found is not None:
                change(found)
                found["row_digest"] = digest_of(found)
                self.write_rows(path, rows)
                return
        pytest.fail("no row of the mix is of this kind")

    def write_rows(self, path: Path, rows: list[Row], **footer: str) -> None:
        """Write a shard as the builder does, and seal."""
        manifest = self.manifest
        facts = {
            "mix_digest": manifest["mix_digest"],
            "tokenizer_sha256": manifest["tokenizer"]["sha256"],
            "path": str(path.relative_to(self.path)),
        }
        with pa.OSFile(str(path), "wb") as stream:
            table = pa.Table.from_pylist(rows, schema=ROWS)
            write_shard(stream, iter([table]), **{**facts, **footer})
        self.seal()

    def lines(self, kind: str) -> list[dict[str, Any]]:
        return pq.read_table(self.path / kind).to_pylist()

    def edit_table(self, kind: str, change: Callable[[list[dict[str, Any]]], Any]) -> None:
        """Change the lines of the documents or the samples table, and seal."""
        path = self.path / kind / f"{kind}-00000.parquet"
        table = pq.read_table(path)
        lines = table.to_pylist()
        change(lines)
        pq.write_table(pa.Table.from_pylist(lines, schema=table.schema), path)
        self.seal()


def digest_of(row: Row) -> bytes:
    """Return the row_digest of a row as it is now."""
    ids, lengths = np.array(row["input_ids"], np.int32), np.array(row["seq_lengths"], np.int32)
    mask = None if row["target_mask"] is None else np.array(row["target_mask"], bool)
    positions = None if row["position_ids"] is None else np.array(row["position_ids"], np.int32)
    return row_digest(ids, lengths, mask, positions)


def natural(row: Row) -> bool:
    """A row of natural text alone, in two segments or more."""
    return not row["needles"] and len(row["spans"]) > 1 and not row["num_pad"]


def has_sample(row: Row) -> bool:
    """A row with a sample."""
    return bool(row["needles"])


def padded(row: Row) -> bool:
    """The row with padding."""
    return bool(row["num_pad"])


@dataclass(frozen=True)
class Breach:
    """One way to break a row."""

    row: Callable[[Row], bool]
    change: Callable[[Row], Any]
    checks: set[str]
    """The checks, and all of them, that must then fail."""
    also: set[str]
    """Checks that may fail or not, by what stands beside the row."""


class Breaches(list[Any]):
    """Ways to break one row, for `pytest.mark.parametrize`."""

    def of(
        self, *checks: str, row: Callable[[Row], bool] = natural, also: tuple[str, ...] = ()
    ) -> Callable[[Any], Any]:
        """Keep the decorated change of a row as a test case of its own name."""

        def keep(change: Callable[[Row], Any]) -> Callable[[Row], Any]:
            breach = Breach(row, change, set(checks), set(also))
            self.append(pytest.param(breach, id=change.__name__))
            return change

        return keep


def sample(row: Row) -> dict[str, Any]:
    """Return the span of the row's sample."""
    return next(span for span in row["spans"] if span["source"].startswith("task:"))


def of_a_book(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the first sample whose haystack is a book, which has a licence."""
    return next(line for line in lines if line["haystack"][0]["doc_id"].startswith("books:"))


def kept(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the first document that was kept."""
    return next(line for line in lines if line["kept"])


def default_mask(row: Row) -> list[bool]:
    """Spell out what a null mask stands for."""
    body = len(row["input_ids"]) - row["num_pad"]
    mask = [True] * body + [False] * row["num_pad"]
    start = 0
    for length in row["seq_lengths"]:
        mask[start] = False
        start += length
    return mask


def recount(row: Row) -> None:
    """Make the counted columns right for the segments and the mask that the row now has."""
    real = row["seq_lengths"][: -1 if row["num_pad"] else None]
    row["num_docs"], row["max_doc_len"] = len(real), max(real)
    row["attn_cost"] = sum(length * length for length in real)
    if row["target_mask"] is not None:
        row["num_targets"] = sum(row["target_mask"])


def room(row: Row) -> tuple[int, int]:
    """Return the longer of the two runs of tokens before and after the first evidence."""
    span, needle = sample(row), row["needles"][0]
    before = (span["start"], needle["evidence_start"])
    after = (needle["evidence_end"], needle["question_start"])
    return max(before, after, key=lambda run: run[1] - run[0])


def roomy(row: Row) -> bool:
    return has_sample(row) and room(row)[1] - room(row)[0] > 120


def overwrite(mix: Broken, words: Callable[[str, str], str]) -> None:
    """Put words, made from the evidence's text and the answer, in the middle of the haystack."""
    tokenizer = load_tokenizer((mix.path / "tokenizer/tokenizer.json").read_bytes())

    def change(row: Row) -> None:
        needle, (start, stop) = row["needles"][0], room(row)
        evidence = row["input_ids"][needle["evidence_start"] : needle["evidence_end"]]
        text = words(tokenizer.decode(np.array(evidence)).strip(), needle["answer"])
        ids = tokenizer.encode(text).tolist()
        first = (start + stop - len(ids)) // 2
        row["input_ids"][first : first + len(ids)] = ids

    mix.edit_rows(roomy, change)


def flip_a_bit(path: Path) -> None:
    """Change one bit in the middle of a shard's first page of ids."""
    chunk = pq.read_metadata(path).row_group(0).column(0)
    data = bytearray(path.read_bytes())
    data[chunk.data_page_offset + chunk.total_compressed_size // 2] ^= 1
    path.write_bytes(data)
