"""Natural text: every fragment is the slice of its whole document's own encoding, used once.

The documents' texts come from the store, by their sha256, and are encoded again with the reference
tokenizer, not with the engine that built the mix. Where the store is gone, documents that lie whole
in the mix are decoded and compared with their sha256, and the verdict says how many that were.
Memory: a digest a fragment; without a store the ids of all fragments, 4 bytes a token.
"""

import hashlib
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from generators.tokens.tokenizer import Tokenizer
from pipelines.store.texts import StoredTexts
from pipelines.verify.findings import Findings
from pipelines.verify.haystacks import Interval, character_bytes, check_use
from pipelines.verify.positions import seams, spec_of
from pipelines.verify.rows import Row, Rules
from schemas.row import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One fragment of a document: tokens [start, stop) of its text, and where they stand."""

    epoch: int
    start: int
    stop: int
    digest: bytes
    """sha256 of the ids."""
    ids: IntArray | None
    """The ids themselves where no store can give the text."""
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A natural span of a row as it is read: tokens [first, last) of `total`, and its edges."""

    span: dict[str, Any]
    where: str
    total: int
    begin: int
    """1 where a start id opens the span, else 0; `end` likewise."""
    end: int

    @property
    def first(self) -> int:
        """The first token of the document's text."""
        return int(self.span["doc_offset"])

    @property
    def last(self) -> int:
        """One past the last token of the document's text."""
        return self.first + int(self.span["length"]) - self.begin - self.end


MOST_RECENT = 100_000_000
"""Characters of documents that are kept decoded: 100 to 400 MB, some dozens of books."""


@dataclass(slots=True)
class Documents:
    """The documents table, and every use of every document that was met in the rows."""

    table: dict[str, dict[str, Any]]
    haystacks: dict[str, list[tuple[str, dict[str, Any]]]]
    texts: StoredTexts | None
    uses: dict[str, list[Use]] = field(default_factory=lambda: defaultdict(list))
    recent: dict[str, str] = field(default_factory=dict)
    """Texts that `decoded` keeps, the one asked for last at the end."""

    def text(self, doc_id: str) -> bytes | None:
        """Return a document's cleaned text, None where neither table nor store knows it."""
        entry = self.table.get(doc_id)
        if self.texts is None or entry is None or entry["sha256"] is None:
            return None
        return self.texts.read(entry["sha256"])

    def decoded(self, doc_id: str) -> str | None:
        """Return a document's cleaned text; the last ones are kept for the samples to come."""
        if doc_id in self.recent:
            self.recent[doc_id] = self.recent.pop(doc_id)
            return self.recent[doc_id]
        data = self.text(doc_id)
        if data is None:
            return None
        text = self.recent[doc_id] = data.decode("utf-8")
        while len(self.recent) > 1 and sum(map(len, self.recent.values())) > MOST_RECENT:
            del self.recent[next(iter(self.recent))]
        return text

    def add_row(self, row: Row, rules: Rules, findings: Findings) -> None:
        """Check the natural spans of a row against the table and remember them."""
        targets = row.targets()
        spec = spec_of(rules.recipe, rules.stages.get(row.scalars["stage"], {}))
        masked = set(seams(row.spans)) if spec.get("mask_seams") else set()
        for span in row.spans:
            if span["source"].startswith("task:"):
                continue
            where = f"{row.where} token {span['start']} ({span['doc_id']})"
            entry = self.table.get(span["doc_id"])
            known = entry is not None and entry["kept"] and entry["source"] == span["source"]
            findings.need("span.document", known, where, "a kept document of this source")
            if entry is None or not known:
                continue
            fragment = _read(row, span, where, total=entry["num_tokens"], rules=rules)
            holds = 0 <= fragment.first < fragment.last <= fragment.total
            expected = f"tokens of the document's {fragment.total}"
            if findings.need("span.offsets", holds, where, expected):
                _check_edges(fragment, rules, findings)
                seam = int(span["start"]) in masked
                _check_targets(row, fragment, targets, seam=seam, findings=findings)
                self._remember(row, fragment)

    def _remember(self, row: Row, fragment: Fragment) -> None:
        start = fragment.span["start"] + fragment.begin
        ids = row.ids[start : start + fragment.last - fragment.first]
        self.uses[fragment.span["doc_id"]].append(
            Use(
                epoch=fragment.span["epoch"],
                start=fragment.first,
                stop=fragment.last,
                digest=_digest(ids),
                ids=ids.copy() if self.texts is None else None,
                where=fragment.where,
            )
        )

    def finish(self, tokenizer: Tokenizer, rules: Rules, findings: Findings) -> None:
        """Compare every document's fragments with its text, and with each other."""
        proved = 0
        for doc_id in sorted({*self.uses, *self.haystacks}):
            uses = sorted(self.uses.get(doc_id, []), key=lambda use: (use.epoch, use.start))
            for a, b in itertools.pairwise(uses):
                apart = a.epoch != b.epoch or a.stop <= b.start
                findings.need("span.overlap", apart, b.where, f"no overlap with {a.where}")
            data = self.text(doc_id)
            if data is not None:
                ends = self._compare(doc_id, data, uses, tokenizer=tokenizer, findings=findings)
                self._check_haystacks(doc_id, data, ends, uses=uses, rules=rules, findings=findings)
            elif uses and self.texts is None:
                proved += self._compare_whole(doc_id, uses, tokenizer, findings)
            proved += data is not None
        findings.notes["span.overlap"] = (
            f"{proved} of {len({*self.uses, *self.haystacks})} documents proved by their own text"
            + ("" if self.texts is not None else "; no store at hand, so only those that are whole")
        )

    def _compare(
        self,
        doc_id: str,
        data: bytes,
        uses: list[Use],
        *,
        tokenizer: Tokenizer,
        findings: Findings,
    ) -> npt.NDArray[np.int64]:
        """Check text, counts and every fragment of one document; return where its tokens end."""
        entry = self.table[doc_id]
        same = hashlib.sha256(data).hexdigest() == entry["sha256"]
        findings.need("document.sha256", same, doc_id, entry["sha256"])
        text = data.decode("utf-8")
        ids = tokenizer.encode_reference(text)
        counts = (len(data), len(text), len(ids))
        told = (entry["num_bytes"], entry["num_chars"], entry["num_tokens"])
        findings.equal("document.counts", told, counts, doc_id)
        for use in uses:
            holds = _digest(ids[use.start : use.stop]) == use.digest
            expected = f"tokens {use.start} to {use.stop} of the document's encoding"
            findings.need("span.text", holds, use.where, expected)
        return tokenizer.byte_ends(ids, text) if doc_id in self.haystacks else np.zeros(0, np.int64)

    def _check_haystacks(
        self,
        doc_id: str,
        data: bytes,
        ends: npt.NDArray[np.int64],
        *,
        uses: list[Use],
        rules: Rules,
        findings: Findings,
    ) -> None:
        """Check that a document's haystacks are not used twice, nor natural text in their pass."""
        if doc_id not in self.haystacks or len(ends) != self.table[doc_id]["num_tokens"]:
            return
        edges = np.append(0, ends)
        intervals = [
            Interval(
                epoch=use.epoch,
                start=int(edges[use.start]),
                stop=int(edges[use.stop]),
                where=use.where,
                natural=True,
            )
            for use in uses
        ]
        at = character_bytes(data, self.table[doc_id]["num_chars"])
        intervals += [
            Interval(
                epoch=piece["epoch"],
                start=int(at[piece["start"]]),
                stop=int(at[piece["end"]]),
                where=f"sample {sample_id}",
                natural=False,
            )
            for sample_id, piece in self.haystacks[doc_id]
        ]
        shared = rules.recipe["haystack_reuse"] == "shared"
        check_use(intervals, shared=shared, findings=findings)

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
                ids = np.concatenate([use.ids for use in parts if use.ids is not None])
                data = tokenizer.decode_bytes(ids)
                same = hashlib.sha256(data).hexdigest() == entry["sha256"]
                findings.need("span.text", same, doc_id, "the document's sha256 when decoded")
                return True
        return False


def _read(row: Row, span: dict[str, Any], where: str, *, total: int, rules: Rules) -> Fragment:
    start = span["start"]
    end = bool(rules.recipe["eos"]) and row.ids[start + span["length"] - 1] == rules.eos_id
    begin = rules.recipe["bos"] != "none" and row.ids[start] == rules.bos_id
    return Fragment(span=span, where=where, total=total, begin=int(begin), end=int(end))


def _check_edges(fragment: Fragment, rules: Rules, findings: Findings) -> None:
    """Check start id, end id and length of a fragment."""
    recipe, where = rules.recipe, fragment.where
    whole = fragment.last == fragment.total
    closes = bool(recipe["eos"]) and (whole or bool(recipe["eos_on_fragments"]))
    findings.equal("span.end", bool(fragment.end), closes, where)
    opening = {
        "none": False,
        "document": fragment.first == 0,
        "row": fragment.span["start"] == 0,
    }
    findings.equal("span.start", bool(fragment.begin), opening[recipe["bos"]], where)
    long = fragment.span["length"] >= recipe["min_fragment"] or (whole and fragment.first == 0)
    findings.need("span.min_fragment", long, where, f"{recipe['min_fragment']} tokens or more")


def _check_targets(
    row: Row, fragment: Fragment, targets: BoolArray, *, seam: bool, findings: Findings
) -> None:
    """Check that all of a natural text is a target but start ids and the segment's first token.

    And but the first of a document that a `seam` parts from what stands before it in the segment.
    """
    start = int(fragment.span["start"])
    stop = start + int(fragment.span["length"])
    opens = fragment.begin or int(seam or start in row.starts)
    holds = targets[start + opens : stop].all() and not targets[start : start + opens].any()
    findings.need("span.targets", holds, fragment.where, "every token of the text as a target")


def _digest(ids: IntArray) -> bytes:
    return hashlib.sha256(np.ascontiguousarray(ids, "<i4").data).digest()
