"""Natural text: every fragment is the slice of its whole document's own encoding, used once.

The documents' texts come from the store, by their sha256, and are encoded again with the reference
tokenizer, not with the engine that built the mix. Where the store is gone, documents that lie whole
in the mix are decoded and compared with their sha256, and the verdict says how many that were.
"""

import hashlib
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generators.tokens.tokenizer import Tokenizer
from pipelines.store.texts import StoredTexts
from pipelines.verify.findings import Findings
from pipelines.verify.rows import Row, Rules
from schemas.row import IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One fragment of a document: tokens [start, stop) of its text, and where they stand."""

    epoch: int
    start: int
    stop: int
    ids: IntArray
    where: str


@dataclass(slots=True)
class Documents:
    """The documents table, and every use of every document that was met in the rows."""

    table: dict[str, dict[str, Any]]
    uses: dict[str, list[Use]] = field(default_factory=lambda: defaultdict(list))

    def add_row(self, row: Row, rules: Rules, findings: Findings) -> None:
        """Check the natural spans of a row against the table and remember them."""
        for span in row.spans:
            if not span["source"].startswith("task:"):
                self._add(row, span, rules, findings)

    def _add(self, row: Row, span: dict[str, Any], rules: Rules, findings: Findings) -> None:
        doc_id, start = span["doc_id"], span["start"]
        stop = start + span["length"]
        where = f"{row.where} token {start} ({doc_id})"
        entry = self.table.get(doc_id)
        known = entry is not None and entry["kept"] and entry["source"] == span["source"]
        findings.need("span.document", known, where, "a kept document of this source")
        if entry is None or not known:
            return
        recipe = rules.recipe
        begin = recipe["bos"] != "none" and row.ids[start] == rules.bos_id
        end = bool(recipe["eos"]) and row.ids[stop - 1] == rules.eos_id
        first = span["doc_offset"]
        last = first + span["length"] - int(begin) - int(end)
        total = entry["num_tokens"]
        holds = 0 <= first < last <= total
        if not findings.need("span.offsets", holds, where, f"tokens of the document's {total}"):
            return
        closes = bool(recipe["eos"]) and (last == total or recipe["eos_on_fragments"])
        findings.equal("span.end", bool(end), bool(closes), where)
        opens = {"none": False, "document": first == 0, "row": start == 0}[recipe["bos"]]
        findings.equal("span.start", bool(begin), opens, where)
        long = span["length"] >= recipe["min_fragment"] or last - first == total
        findings.need("span.min_fragment", long, where, f"{recipe['min_fragment']} tokens or more")
        ids = row.ids[start + int(begin) : stop - int(end)]
        self.uses[doc_id].append(
            Use(epoch=span["epoch"], start=first, stop=last, ids=ids.copy(), where=where)
        )

    def finish(self, tokenizer: Tokenizer, texts: StoredTexts | None, findings: Findings) -> None:
        """Compare every document's fragments with its text, and with each other."""
        proved = 0
        for doc_id in sorted(self.uses):
            uses = sorted(self.uses[doc_id], key=lambda use: (use.epoch, use.start))
            for a, b in itertools.pairwise(uses):
                apart = a.epoch != b.epoch or a.stop <= b.start
                findings.need("span.overlap", apart, b.where, f"no overlap with {a.where}")
            data = texts.read(self.table[doc_id]["sha256"]) if texts is not None else None
            if data is not None:
                proved += 1
                self._compare(doc_id, data, uses, tokenizer=tokenizer, findings=findings)
            else:
                proved += self._compare_whole(doc_id, uses, tokenizer, findings)
        findings.notes["span.text"] = (
            f"{proved} of {len(self.uses)} documents proved by their own text"
            + ("" if texts is not None else "; no store at hand, so only those that are whole")
        )

    def _compare(
        self,
        doc_id: str,
        data: bytes,
        uses: list[Use],
        *,
        tokenizer: Tokenizer,
        findings: Findings,
    ) -> None:
        """Check text, counts and every fragment of one document."""
        entry = self.table[doc_id]
        same = hashlib.sha256(data).hexdigest() == entry["sha256"]
        findings.need("document.sha256", same, doc_id, entry["sha256"])
        text = data.decode("utf-8")
        ids = tokenizer.encode_reference(text)
        counts = (len(data), len(text), len(ids))
        told = (entry["num_bytes"], entry["num_chars"], entry["num_tokens"])
        findings.equal("document.counts", told, counts, doc_id)
        for use in uses:
            holds = np.array_equal(ids[use.start : use.stop], use.ids)
            expected = f"tokens {use.start} to {use.stop} of the document's encoding"
            findings.need("span.text", holds, use.where, expected)

    def _compare_whole(
        self, doc_id: str, uses: list[Use], tokenizer: Tokenizer, findings: Findings
    ) -> bool:
        """Decode a document that lies whole in one pass; return whether there was one."""
        entry = self.table[doc_id]
        for epoch in {use.epoch for use in uses}:
            parts = [use for use in uses if use.epoch == epoch]
            edges = [0, *(use.stop for use in parts)]
            whole = [use.start for use in parts] == edges[:-1] and edges[-1] == entry["num_tokens"]
            if whole:
                data = tokenizer.decode_bytes(np.concatenate([use.ids for use in parts]))
                same = hashlib.sha256(data).hexdigest() == entry["sha256"]
                findings.need("span.text", same, doc_id, "the document's sha256 when decoded")
                return True
        return False
