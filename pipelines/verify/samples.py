"""Samples: decode each one, solve it again, and check every number that its needles state.

The solver shares no code with the task that wrote the sample (generators/solvers); it sees the
decoded text up to the answer and must come to the stored answer and to no other.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from generators import solvers
from generators.tokens.tokenizer import Tokenizer
from pipelines.verify.findings import Findings
from pipelines.verify.rows import Row, Rules
from schemas.row import BoolArray
from schemas.task import Problem

TOLERANCE_TOKENS = 64
TOLERANCE_SHARE = 0.01
"""A target depth is met within 1 % of the context or 64 tokens (docs/format.md, "needles")."""


DEPTH_ROUNDING = 1e-6
"""Depths are stored as float32, whose steps below 1 are 6e-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A sample where it was found: its line of the samples table, its row, its segment's tokens."""

    line: dict[str, Any]
    row: Row
    start: int
    stop: int
    targets: BoolArray
    needles: list[dict[str, Any]]
    where: str

    def text(self, tokenizer: Tokenizer, start: int, stop: int) -> str:
        """Return the text of tokens [start, stop) of the row."""
        return tokenizer.decode(self.row.ids[start:stop])


def check_sample(placed: Placed, rules: Rules, tokenizer: Tokenizer, findings: Findings) -> None:
    """Check one sample: its place, its answer, its mask, its needles, and solve it again."""
    line, where = placed.line, placed.where
    findings.equal("sample.num_tokens", placed.stop - placed.start, line["num_tokens"], where)
    ended = bool(rules.recipe["eos"])
    if ended:
        last = int(placed.row.ids[placed.stop - 1])
        findings.equal("sample.end", last, rules.eos_id, where)
    start, stop = line["answer_start"], line["answer_end"]
    inside = placed.start < start < stop <= placed.stop
    if not findings.need("sample.answer_place", inside, where, "an answer inside its segment"):
        return
    found = placed.text(tokenizer, start, stop).strip()
    findings.equal("sample.answer", found, line["gold"].strip(), where)
    _check_loss(placed, findings)
    if line["split"] != "train":
        findings.need("sample.split", False, where, "templates of the train split")
    findings.need(
        "sample.evidence", placed.needles or not line["answerable"], where, "needles for evidence"
    )
    for needle in placed.needles:
        _check_needle(placed, needle, tokenizer, findings)
    if line["unique"] == "value":
        _check_unique(placed, tokenizer, findings)
    _solve(placed, rules, tokenizer, findings)


def _check_loss(placed: Placed, findings: Findings) -> None:
    """Check that answer tokens are targets; with loss `answer` they and the end id alone."""
    line = placed.line
    start, stop = line["answer_start"], line["answer_end"]
    answer = placed.targets[start:stop].all()
    findings.need("sample.answer_is_target", answer, placed.where, "all answer tokens as targets")
    others = int(placed.targets[placed.start : start].sum())
    if line["loss"] == "answer":
        # After the answer only the end id may follow, and it is a target.
        others += int(placed.targets[stop : placed.stop - 1].sum())
        findings.equal("sample.loss", others, 0, placed.where)
    else:
        findings.need("sample.loss", others > 0, placed.where, "targets in the context as well")


def _check_needle(
    placed: Placed, needle: dict[str, Any], tokenizer: Tokenizer, findings: Findings
) -> None:
    where, line = placed.where, placed.line
    evidence = (needle["evidence_start"], needle["evidence_end"])
    question = (needle["question_start"], needle["question_end"])
    answer = (needle["answer_start"], needle["answer_end"])
    inside = all(placed.start <= a < b <= placed.stop for a, b in (evidence, question, answer))
    ordered = evidence[1] <= answer[0] and question[1] <= answer[0]
    first = question[1] <= evidence[0]
    if line["question"] == "first":
        ordered = ordered and first
    elif line["question"] == "last":
        ordered = ordered and evidence[1] <= question[0]
    if not findings.need(
        "needle.order", inside and ordered, where, "evidence and question before the answer"
    ):
        return
    context_end = answer[0] if first else question[0]
    size = context_end - placed.start
    depth = (evidence[0] - placed.start) / size
    close = abs(depth - needle["depth"]) < DEPTH_ROUNDING
    findings.need("needle.depth", close, where, f"{depth:.5f}, found {needle['depth']:.5f}")
    findings.equal("needle.distance", needle["distance"], answer[0] - evidence[1], where)
    target = needle["target_depth"]
    if target is not None:
        most = max(TOLERANCE_SHARE * size, TOLERANCE_TOKENS) + 0.5
        met = abs(depth - target) * size <= most
        findings.need("needle.target", met, where, f"depth {target:.4f}, found {depth:.4f}")
    found = placed.text(tokenizer, *answer).strip()
    findings.equal("needle.answer", found, needle["answer"].strip(), where)
    if needle["extractive"]:
        stated = _squeeze(placed.text(tokenizer, *evidence))
        holds = _bounded(_squeeze(needle["answer"])).search(stated)
        findings.need("needle.extractive", holds, where, "the answer's words in its evidence")


def _check_unique(placed: Placed, tokenizer: Tokenizer, findings: Findings) -> None:
    """Check that a part of the answer stands before it only where evidence states it."""
    stated = sorted({(n["evidence_start"], n["evidence_end"]) for n in placed.needles})
    answer_start = placed.line["answer_start"]
    rest, at = [], placed.start
    for start, stop in [*stated, (answer_start, answer_start)]:
        rest.append(placed.text(tokenizer, at, max(start, at)))
        at = max(stop, at)
    for answer in {needle["answer"] for needle in placed.needles}:
        pattern = _bounded(answer)
        alone = not any(pattern.search(text) for text in rest)
        findings.need("sample.unique", alone, placed.where, f"{answer!r} in its evidence alone")


def _solve(placed: Placed, rules: Rules, tokenizer: Tokenizer, findings: Findings) -> None:
    line = placed.line
    start = placed.start
    if rules.recipe["bos"] != "none" and placed.row.ids[start] == rules.bos_id:
        start += 1
    text = placed.text(tokenizer, start, line["answer_start"])
    problem = Problem(text=text, params=json.loads(line["params"]))
    solution = solvers.load(line["task"])(problem)
    expected = (line["gold"],) if line["answerable"] else ()
    holds = solution.answers == expected
    wording = f"exactly one answer, {line['gold']!r}; the solver found {list(solution.answers)[:4]}"
    findings.need("sample.solved", holds, placed.where, wording)


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _bounded(value: str) -> re.Pattern[str]:
    """Return the value as whole words: 1234 is not found in 51234."""
    left = r"(?<!\w)" if re.match(r"\w", value) else ""
    right = r"(?!\w)" if re.search(r"\w$", value) else ""
    return re.compile(left + re.escape(value) + right)


def placed_samples(row: Row, table: dict[str, dict[str, Any]], findings: Findings) -> list[Placed]:
    """Return the samples of a row that stand where the samples table says."""
    found = []
    targets = row.targets()
    by_segment: dict[int, list[dict[str, Any]]] = {}
    for needle in row.needles:
        by_segment.setdefault(needle["segment"], []).append(needle)
    per_segment = np.bincount([span["segment"] for span in row.spans], minlength=len(row.lengths))
    for span in row.spans:
        if not span["source"].startswith("task:"):
            continue
        line = table.get(span["doc_id"])
        where = f"{row.where} sample {span['doc_id']}"
        place = (row.scalars["row_id"], span["segment"], span["source"].removeprefix("task:"))
        told = line and (line["row_id"], line["segment"], line["task"])
        segment = int(span["segment"])
        alone = per_segment[segment] == 1 and span["length"] == row.lengths[segment]
        findings.need("sample.atomic", alone, where, "one whole segment")
        if not findings.equal("sample.place", told, place, where) or line is None:
            continue
        needles = by_segment.pop(segment, [])
        mine = all(n["sample_id"] == span["doc_id"] and n["task"] == line["task"] for n in needles)
        findings.need("needle.sample", mine, where, "needles of this sample alone")
        start = int(span["start"])
        found.append(
            Placed(
                line=line,
                row=row,
                start=start,
                stop=start + int(span["length"]),
                targets=targets,
                needles=needles,
                where=where,
            )
        )
    findings.need("needle.segment", not by_segment, row.where, "needles in samples alone")
    return found
