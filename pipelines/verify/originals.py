"""Natural text against its originals: every fragment is the slice of its document's own encoding.

    rows         books:a.txt 0..300, 300..812, and haystack characters 4000..9000 of one sample
    the store    its text -> all its ids, by the reference tokenizer: slices equal, no text twice

Texts come from the store, by their sha256, and are encoded with the reference tokenizer, not with
the engine that built the mix. Where the store is gone, documents that lie whole in the mix are
decoded and compared with their sha256. A document is checked by itself, so they can be checked in
any order and anywhere.

Cost: the reference library, 1.6 MB/s. Memory: a document's text, its ids and 600 bytes for each
token of one block.
"""

import hashlib
import itertools
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from generators.tokens.cuts import safe_cut
from generators.tokens.facts import read_facts
from generators.tokens.tokenizer import Tokenizer
from pipelines.files import Folder
from pipelines.verify.documents import Texts, Use, digest_of
from pipelines.verify.findings import Findings
from pipelines.verify.haystacks import Interval, character_bytes, check_use
from schemas.row import IntArray

Line = dict[str, Any]

BLOCK_CHARS = 1_000_000
"""Characters that the reference library sees at once: some 250,000 tokens, 150 MB. A document of
20 MB took 3.8 GB whole. Shorter documents are encoded whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A document, its uses in the rows, and the haystacks that samples took from it."""

    doc_id: str
    uses: list[Use]
    haystacks: list[tuple[str, Line]]
    """Sample and piece: characters [start, end) in a pass."""


class Reference:
    """The reference tokenizer on documents of any length."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Find where this tokenizer's text may be cut: 0.3 s, once."""
        self.tokenizer = tokenizer
        facts = read_facts(tokenizer.data)
        vocabulary = [*facts.model_tokens, *(token.content for token in facts.added)]
        self._cut = safe_cut(tokenizer.encode_reference, vocabulary)

    def encode(self, text: str) -> IntArray:
        """Return int32[T], a block at a time.

        The builder's own engine may cut at the same kind of place, but in a thousand times as many
        of them: a cut that is wrong does not pass unseen.
        """
        parts = [self.tokenizer.encode_reference(part) for part in _blocks(text, self._cut)]
        return np.concatenate([np.empty(0, np.int32), *parts])

    def encode_whole(self, text: str) -> IntArray:
        """Return int32[T] of the text as one: what counts where blocks find a difference."""
        return self.tokenizer.encode_reference(text)


@dataclass(slots=True)
class Stored:
    """Ids of rows, read again from their shards, a row group at a time."""

    folder: Folder
    _file: tuple[str, pq.ParquetFile, list[int]] | None = None
    _group: tuple[str, int, pa.ChunkedArray] | None = None

    def ids(self, use: Use) -> IntArray:
        """Return the ids of a fragment, int32[T]."""
        file, starts = self._open(use.place.shard)
        number = int(np.searchsorted(starts, use.place.index, side="right")) - 1
        if self._group is None or self._group[:2] != (use.place.shard, number):
            column = file.read_row_group(number, columns=["input_ids"])["input_ids"]
            self._group = (use.place.shard, number, column)
        row = self._group[2][use.place.index - starts[number]].values.to_numpy()
        ids: IntArray = row[use.at : use.at + use.stop - use.start]
        return ids

    def _open(self, shard: str) -> tuple[pq.ParquetFile, list[int]]:
        if self._file is None or self._file[0] != shard:
            file = pq.ParquetFile(self.folder.open(shard))
            groups = range(file.num_row_groups)
            sizes = [file.metadata.row_group(number).num_rows for number in groups]
            self._file = (shard, file, np.cumsum([0, *sizes])[:-1].tolist())
        return self._file[1:]


@dataclass(slots=True)
class Originals:
    """What documents are compared with."""

    texts: Texts
    reference: Reference
    stored: Stored
    shared: bool
    """Whether haystacks may use what other text uses."""
    table: dict[str, Line] = field(default_factory=dict)
    """By doc_id: of the documents at hand."""

    def check(self, wanted: Wanted, findings: Findings) -> bool:
        """Compare one document's fragments with its text and with each other.

        Return whether there was a text to compare with.
        """
        doc_id = wanted.doc_id
        uses = sorted(wanted.uses, key=lambda use: (use.epoch, use.start))
        for a, b in itertools.pairwise(uses):
            apart = a.epoch != b.epoch or a.stop <= b.start
            expected = f"no overlap with {a.where(doc_id)}"
            _need("span.overlap", apart, b, doc_id=doc_id, expected=expected, findings=findings)
        data = self.texts.read(self.table.get(doc_id))
        if data is None:
            return self.texts.store is None and self._compare_whole(doc_id, uses, findings)
        text = data.decode("utf-8")
        ids = self._compare(doc_id, data, text, uses=uses, findings=findings)
        if wanted.haystacks and len(ids) == self.table[doc_id]["num_tokens"]:
            ends = np.append(0, self.reference.tokenizer.byte_ends(ids, text))
            places = [(int(ends[use.start]), int(ends[use.stop])) for use in uses]
            self._check_haystacks(wanted, data, list(zip(uses, places, strict=True)), findings)
        return True

    def _compare(
        self, doc_id: str, data: bytes, text: str, *, uses: list[Use], findings: Findings
    ) -> IntArray:
        """Check text, counts and every fragment of one document; return its ids."""
        entry = self.table[doc_id]
        same = hashlib.sha256(data).hexdigest() == entry["sha256"]
        findings.need("document.sha256", same, doc_id, entry["sha256"])
        ids = self.reference.encode(text)
        if len(text) > BLOCK_CHARS and not _fits(ids, entry, uses):
            ids = self.reference.encode_whole(text)
        counts = (len(data), len(text), len(ids))
        told = (entry["num_bytes"], entry["num_chars"], entry["num_tokens"])
        findings.equal("document.counts", told, counts, doc_id)
        for use in uses:
            holds = digest_of(ids[use.start : use.stop]) == use.digest
            expected = f"tokens {use.start} to {use.stop} of the document's encoding"
            _need("span.text", holds, use, doc_id=doc_id, expected=expected, findings=findings)
        return ids

    def _check_haystacks(
        self,
        wanted: Wanted,
        data: bytes,
        placed: list[tuple[Use, tuple[int, int]]],
        findings: Findings,
    ) -> None:
        """Check that a document's haystacks are not used twice, nor natural text in their pass."""
        intervals = [
            Interval(
                epoch=use.epoch,
                start=start,
                stop=stop,
                where=use.where(wanted.doc_id),
                natural=True,
            )
            for use, (start, stop) in placed
        ]
        at = character_bytes(data, self.table[wanted.doc_id]["num_chars"])
        intervals += [
            Interval(
                epoch=piece["epoch"],
                start=int(at[piece["start"]]),
                stop=int(at[piece["end"]]),
                where=f"sample {sample_id}",
                natural=False,
            )
            for sample_id, piece in wanted.haystacks
        ]
        check_use(intervals, shared=self.shared, findings=findings)

    def _compare_whole(self, doc_id: str, uses: list[Use], findings: Findings) -> bool:
        """Decode a document that lies whole in one pass; return whether there was one."""
        entry = self.table[doc_id]
        for epoch in sorted({use.epoch for use in uses}):
            parts = [use for use in uses if use.epoch == epoch]
            edges = [0, *(use.stop for use in parts)]
            whole = [use.start for use in parts] == edges[:-1] and edges[-1] == entry["num_tokens"]
            if whole:
                same = self._decoded_digest(parts) == entry["sha256"]
                findings.need("span.text", same, doc_id, "the document's sha256 when decoded")
                return True
        return False

    def _decoded_digest(self, parts: list[Use]) -> str:
        if parts[0].text is not None:
            return parts[0].text
        ids = np.concatenate([self.stored.ids(use) for use in parts])
        return hashlib.sha256(self.reference.tokenizer.decode_bytes(ids)).hexdigest()


def _need(
    check: str, holds: bool, use: Use, *, doc_id: str, expected: str, findings: Findings
) -> None:
    """Count a check of a fragment, with the row that holds it."""
    with findings.at(use.place.shard, use.place.row_id):
        findings.need(check, holds, use.where(doc_id) if not holds else "", expected)


def _fits(ids: IntArray, entry: Line, uses: list[Use]) -> bool:
    """Say whether ids are as many as the table says, and those of every fragment."""
    if len(ids) != entry["num_tokens"]:
        return False
    return all(digest_of(ids[use.start : use.stop]) == use.digest for use in uses)


def _blocks(text: str, cut: re.Pattern[str] | None) -> list[str]:
    """Return a text in blocks of BLOCK_CHARS or a little more, cut where that changes no id."""
    found, start = [], 0
    while len(text) - start > BLOCK_CHARS and cut is not None:
        place = cut.search(text, start + BLOCK_CHARS)
        if place is None:
            break
        found.append(text[start : place.start()])
        start = place.start()
    return [*found, text[start:]]
