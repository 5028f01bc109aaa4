"""Natural text as rows hold it: every fragment has its edges and targets, and is remembered.

What is remembered is small: which tokens of which document, a digest of the ids, and where they
stand. `originals.py` holds that against the document's own text, when all rows were read.

    row 7, token 0, books:a.txt 512..1024   ->   Use(start=512, stop=1024, digest=..., at=0)

Memory: a use of 400 bytes a fragment, and the latest texts that haystacks were looked up in.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generators.tokens.tokenizer import Tokenizer
from pipelines.store.texts import StoredTexts
from pipelines.verify.findings import Findings
from pipelines.verify.positions import seams, spec_of
from pipelines.verify.rows import Row, Rules
from schemas.row import BoolArray, IntArray

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands."""

    shard: str
    index: int
    """Within the shard."""
    row_id: int
    """As it is expected, by the shards before it."""


@dataclass(frozen=True, slots=True)
class Use:
    """One fragment of a document: tokens [start, stop) of its text, and where they stand."""

    epoch: int
    start: int
    stop: int
    digest: str
    """sha256 of the ids."""
    text: str | None
    """sha256 of the decoded text, of a whole document where no store can give its text."""
    place: Place
    at: int
    """The first of these tokens in the row; the span may begin with a start id before it."""
    span: int
    """The span's first token in the row."""

    def where(self, doc_id: str) -> str:
        """Name the place."""
        return f"{self.place.shard} row {self.place.index} token {self.span} ({doc_id})"


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


MOST_RECENT = 32_000_000
"""Characters of documents that are kept decoded: 32 to 128 MB, some dozens of books."""


@dataclass(slots=True)
class Texts:
    """Cleaned texts by the sha256 that the documents table says; the last ones stay decoded."""

    store: StoredTexts | None
    recent: dict[str, str] = field(default_factory=dict)
    """Texts that `decoded` keeps, the one asked for last at the end."""

    def read(self, line: Line | None) -> bytes | None:
        """Return a document's cleaned text, None where neither table nor store knows it."""
        if self.store is None or line is None or line["sha256"] is None:
            return None
        return self.store.read(line["sha256"])

    def decoded(self, line: Line | None) -> str | None:
        """Return a document's cleaned text; the last ones are kept for the samples to come."""
        key = line and line["sha256"]
        if key in self.recent:
            self.recent[key] = self.recent.pop(key)
            return self.recent[key]
        data = self.read(line)
        if data is None:
            return None
        text = self.recent[str(key)] = data.decode("utf-8")
        while len(self.recent) > 1 and sum(map(len, self.recent.values())) > MOST_RECENT:
            del self.recent[next(iter(self.recent))]
        return text


@dataclass(slots=True)
class Documents:
    """Lines of the documents table, and every use of them that was met in the rows."""

    texts: Texts
    tokenizer: Tokenizer
    table: Mapping[str, Line] = field(default_factory=dict)
    """By doc_id: of the documents that the rows at hand name."""
    uses: dict[str, list[Use]] = field(default_factory=dict)

    def decoded(self, doc_id: str) -> str | None:
        """Return a document's cleaned text, None where the store does not have it."""
        return self.texts.decoded(self.table.get(doc_id))

    def add_row(self, row: Row, place: Place, rules: Rules, *, findings: Findings) -> None:
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
                self._remember(row, place, fragment)

    def _remember(self, row: Row, place: Place, fragment: Fragment) -> None:
        start = int(fragment.span["start"])
        at = start + fragment.begin
        ids = row.ids[at : at + fragment.last - fragment.first]
        whole = fragment.first == 0 and fragment.last == fragment.total
        text = None
        if whole and self.texts.store is None:
            text = hashlib.sha256(self.tokenizer.decode_bytes(ids)).hexdigest()
        use = Use(
            epoch=int(fragment.span["epoch"]),
            start=fragment.first,
            stop=fragment.last,
            digest=digest_of(ids),
            text=text,
            place=place,
            at=at,
            span=start,
        )
        self.uses.setdefault(fragment.span["doc_id"], []).append(use)


def digest_of(ids: IntArray) -> str:
    """Return the sha256 of int32[T] ids, little-endian, hexadecimal."""
    return hashlib.sha256(np.ascontiguousarray(ids, "<i4").data).hexdigest()


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
