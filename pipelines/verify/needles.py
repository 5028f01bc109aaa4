"""Needles: every number and word that a piece of evidence states, held against the tokens.

All token numbers count from the start of the row; spans are half-open (docs/format.md, "needles").
"""

import itertools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from generators.tokens.tokenizer import Tokenizer
from pipelines.verify.findings import Findings
from pipelines.verify.rows import Row
from schemas.row import BoolArray

Needle = dict[str, Any]
Span = tuple[int, int]

TOLERANCE_TOKENS = 64
TOLERANCE_SHARE = 0.01
"""A target depth is met within 1 % of the context or 64 tokens."""
DEPTH_ROUNDING = 1e-6
"""Depths are stored as float32, whose steps below 1 are 6e-8."""
_AROUND = 8
"""Tokens read on either side of a question, more than the line breaks there have."""
LOOKS_RANDOM = re.compile(r"\d{4}|(?=\S*[A-Za-z])(?=\S*\d)\S{4,}")
"""Four digits in a row, or a code: letters and digits in one word of four characters or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A sample where it was found: its line of the samples table, its row, its segment's tokens."""

    line: dict[str, Any]
    row: Row
    start: int
    stop: int
    targets: BoolArray
    needles: list[Needle]
    where: str

    def text(self, tokenizer: Tokenizer, start: int, stop: int) -> str:
        """Return the text of tokens [start, stop) of the row."""
        return tokenizer.decode(self.row.ids[start:stop])


def check_needles(placed: Placed, tokenizer: Tokenizer, findings: Findings) -> None:
    """Check all needles of a sample: each by itself, then that none shares evidence."""
    sound = [needle for needle in placed.needles if _check_order(placed, needle, findings)]
    for needle in sound:
        _check_depth(placed, needle, findings)
        _check_words(placed, needle, tokenizer, findings)
    for question in sorted({_spans(needle)[1] for needle in sound}):
        _check_question(placed, question, tokenizer, findings)
    planted = sorted({_spans(needle)[0] for needle in sound if needle["role"] == "planted"})
    apart = all(a[1] <= b[0] for a, b in itertools.pairwise(planted))
    findings.need("needle.overlap", apart, placed.where, "pieces of evidence that share no token")
    if placed.line["loss"] != "answer" and tokenizer.is_byte_level:
        _check_hidden(placed, sound, tokenizer, findings)


def _spans(needle: Needle) -> tuple[Span, Span, Span]:
    evidence, question, answer = (
        (int(needle[f"{name}_start"]), int(needle[f"{name}_end"]))
        for name in ("evidence", "question", "answer")
    )
    return evidence, question, answer


def _check_order(placed: Placed, needle: Needle, findings: Findings) -> bool:
    """Check that evidence, question and answer follow each other inside the sample."""
    spans = evidence, question, answer = _spans(needle)
    inside = all(placed.start <= a < b <= placed.stop for a, b in spans)
    first, last = question[1] <= evidence[0], evidence[1] <= question[0]
    asked = {"first": first, "last": last, "both": last}[placed.line["question"]]
    ordered = asked and evidence[1] <= answer[0] and question[1] <= answer[0]
    findings.need(
        "needle.role", needle["role"] in ("planted", "natural"), placed.where, "a known role"
    )
    whole = (placed.line["answer_start"], placed.line["answer_end"])
    part = whole[0] <= answer[0] and answer[1] <= whole[1]
    findings.need("needle.answer_place", part, placed.where, "a part of the sample's answer")
    expected = "evidence and question before the answer, inside the sample"
    return findings.need("needle.order", inside and ordered, placed.where, expected)


def _check_depth(placed: Placed, needle: Needle, findings: Findings) -> None:
    """Check depth, distance and whether the target was met."""
    where, (evidence, question, answer) = placed.where, _spans(needle)
    # The context ends at the question, or at the answer when the question comes first.
    context_end = answer[0] if question[1] <= evidence[0] else question[0]
    size = context_end - placed.start
    depth = (evidence[0] - placed.start) / size
    close = abs(depth - needle["depth"]) < DEPTH_ROUNDING
    findings.need("needle.depth", close, where, f"{depth:.5f}, found {needle['depth']:.5f}")
    findings.equal("needle.distance", needle["distance"], answer[0] - evidence[1], where)
    target = needle["target_depth"]
    if target is None:
        chosen = placed.line["depth_kind"] == "planted" and needle["role"] == "planted"
        findings.need("needle.target", not chosen, where, "a target of what was planted")
        return
    most = max(TOLERANCE_SHARE * size, TOLERANCE_TOKENS) + 0.5
    met = 0 <= target <= 1 and abs(depth - target) * size <= most
    findings.need("needle.target", met, where, f"depth {target:.4f}, found {depth:.4f}")


def _check_words(placed: Placed, needle: Needle, tokenizer: Tokenizer, findings: Findings) -> None:
    """Check that the tokens spell the answer, and that evidence states it where it says so."""
    where, (evidence, _, answer) = placed.where, _spans(needle)
    found = placed.text(tokenizer, *answer).strip()
    findings.equal("needle.answer", found, needle["answer"].strip(), where)
    if needle["extractive"]:
        stated = _squeeze(placed.text(tokenizer, *evidence))
        holds = bounded(_squeeze(needle["answer"])).search(stated)
        findings.need("needle.extractive", holds, where, "the answer's words in its evidence")


def _check_question(
    placed: Placed, question: Span, tokenizer: Tokenizer, findings: Findings
) -> None:
    """Check that a question is one paragraph, from its first word to its last.

    Tokens at its edges may hold the line breaks beside it.
    """
    start, stop = question
    text = placed.text(tokenizer, start, stop)
    before = placed.text(tokenizer, max(placed.start, start - _AROUND), start)
    after = placed.text(tokenizer, stop, min(placed.stop, stop + _AROUND))
    bare = text.strip()
    opens = start - placed.start <= 1 or f"{before}{text[: text.find(bare)]}".endswith("\n\n")
    closes = f"{text[text.find(bare) + len(bare) :]}{after}".startswith("\n")
    one = bool(bare) and "\n\n" not in bare
    findings.need("needle.question", opens and closes and one, placed.where, "a whole paragraph")


def check_unique(placed: Placed, tokenizer: Tokenizer, findings: Findings) -> None:
    """Check that a part of the answer stands before it only where evidence states it."""
    stated = sorted({_spans(needle)[0] for needle in placed.needles})
    answer_start = placed.line["answer_start"]
    rest, at = [], placed.start
    for start, stop in [*stated, (answer_start, answer_start)]:
        rest.append(placed.text(tokenizer, at, max(start, at)))
        at = max(stop, at)
    for answer in {needle["answer"] for needle in placed.needles}:
        pattern = bounded(answer)
        alone = not any(pattern.search(text) for text in rest)
        findings.need("sample.unique", alone, placed.where, f"{answer!r} in its evidence alone")


def _check_hidden(
    placed: Placed, needles: list[Needle], tokenizer: Tokenizer, findings: Findings
) -> None:
    """Check that a value that looks random is no target where planted evidence first states it."""
    met = set()
    for needle in sorted(needles, key=lambda needle: int(needle["evidence_start"])):
        value, (start, stop) = needle["answer"].strip(), _spans(needle)[0]
        if needle["role"] != "planted" or value in met or not LOOKS_RANDOM.search(value):
            continue
        ids = placed.row.ids[start:stop]
        at = tokenizer.decode_bytes(ids).find(value.encode())
        if at < 0:  # a hop on the way to the value
            continue
        met.add(value)
        ends = tokenizer.byte_ends(ids)
        first = int(np.searchsorted(ends, at, side="right"))
        last = int(np.searchsorted(ends, at + len(value.encode()), side="left"))
        shown = placed.targets[start + first : start + last + 1].any()
        wording = f"{value!r} outside the targets where it is first stated"
        findings.need("needle.hidden", not shown, placed.where, wording)


def bounded(value: str) -> re.Pattern[str]:
    """Return the value as whole words: 1234 is not found in 51234."""
    left = r"(?<!\w)" if re.match(r"\w", value) else ""
    right = r"(?!\w)" if re.search(r"\w$", value) else ""
    return re.compile(left + re.escape(value) + right)


def _squeeze(text: str) -> str:
    return " ".join(text.split())
