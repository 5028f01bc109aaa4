"""Samples: decode each one, solve it again, and check its place, its answer and its targets.

The solver shares no code with the task that wrote the sample (generators/solvers); it sees the
decoded text up to the answer and must come to the stored answer and to no other.
"""

import json
from typing import Any

import numpy as np

from generators.tokens.tokenizer import Tokenizer
from pipelines.verify.documents import Documents
from pipelines.verify.findings import Findings
from pipelines.verify.haystacks import check_text, squeezed
from pipelines.verify.needles import Placed, bounded, check_needles, check_unique
from pipelines.verify.questions import solve
from pipelines.verify.rows import Row, Rules
from schemas.task import Problem

Line = dict[str, Any]


def placed_samples(row: Row, table: dict[str, Line], findings: Findings) -> list[Placed]:
    """Return the samples of a row that stand where the samples table says."""
    spans = [span for span in row.spans if span["source"].startswith("task:")]
    by_segment: dict[int, list[dict[str, Any]]] = {}
    for needle in row.needles:
        by_segment.setdefault(needle["segment"], []).append(needle)
    found = []
    targets = row.targets() if spans else row.ids[:0].astype(bool)
    per_segment = np.bincount([span["segment"] for span in row.spans], minlength=len(row.lengths))
    for span in spans:
        line = table.get(span["doc_id"])
        where = f"{row.where} sample {span['doc_id']}"
        segment, start = int(span["segment"]), int(span["start"])
        alone = per_segment[segment] == 1 and span["length"] == row.lengths[segment]
        findings.need("sample.atomic", alone, where, "one whole segment")
        findings.equal("sample.span", (span["doc_offset"], span["epoch"]), (0, 0), where)
        place = (row.scalars["row_id"], segment, span["source"].removeprefix("task:"))
        told = line and (line["row_id"], line["segment"], line["task"])
        needles = by_segment.pop(segment, [])
        if not findings.equal("sample.place", told, place, where) or line is None:
            continue
        mine = all(n["sample_id"] == span["doc_id"] and n["task"] == line["task"] for n in needles)
        findings.need("needle.sample", mine, where, "needles of this sample alone")
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


def check_sample(
    placed: Placed, rules: Rules, tokenizer: Tokenizer, findings: Findings
) -> str | None:
    """Check one sample: its edges, its answer, its mask, its needles, and solve it again.

    Return the text that was solved: the segment up to the answer, start id left out.
    """
    line, where = placed.line, placed.where
    findings.equal("sample.num_tokens", placed.stop - placed.start, line["num_tokens"], where)
    _check_edges(placed, rules, findings)
    start, stop = line["answer_start"], line["answer_end"]
    inside = placed.start < start < stop <= placed.stop - int(bool(rules.recipe["eos"]))
    if not findings.need("sample.answer_place", inside, where, "an answer inside its segment"):
        return None
    found = placed.text(tokenizer, start, stop).strip()
    findings.equal("sample.answer", found, line["gold"].strip(), where)
    _check_loss(placed, rules, findings)
    _check_evidence(placed, findings)
    check_needles(placed, tokenizer, findings)
    if line["unique"] == "value":
        check_unique(placed, tokenizer, findings)
    return _solve(placed, rules, tokenizer, findings)


def check_haystack(
    placed: Placed, documents: Documents, *, tokenizer: Tokenizer, findings: Findings
) -> None:
    """Check that the haystacks stand in the sample's own text, where the store has them."""
    if placed.stop - placed.start != placed.line["num_tokens"]:
        return
    text = squeezed(placed.text(tokenizer, placed.start, placed.stop))
    pieces = placed.line["haystack"]
    for doc_id in {piece["doc_id"]: None for piece in pieces}:  # a document is read once
        whole = documents.decoded(doc_id)
        if whole is None:
            continue
        for piece in (piece for piece in pieces if piece["doc_id"] == doc_id):
            hay = whole[piece["start"] : piece["end"]]
            check_text(hay, text, f"{placed.where}: {piece}", findings)


def _check_edges(placed: Placed, rules: Rules, findings: Findings) -> None:
    """Check the start id, which is no target, and the end id, which is one."""
    ids, where, recipe = placed.row.ids, placed.where, rules.recipe
    opens = {"none": False, "document": True, "row": placed.start == 0}[recipe["bos"]]
    if opens:
        findings.equal("sample.start", int(ids[placed.start]), rules.bos_id, where)
    if recipe["eos"]:
        findings.equal("sample.end", int(ids[placed.stop - 1]), rules.eos_id, where)
        is_target = placed.targets[placed.stop - 1]
        findings.need("sample.end_is_target", is_target, where, "the end id as a target")


def _check_loss(placed: Placed, rules: Rules, findings: Findings) -> None:
    """Check that answer tokens are targets; with loss `answer` they and the end id alone."""
    line, where = placed.line, placed.where
    start, stop = line["answer_start"], line["answer_end"]
    answer = placed.targets[start:stop].all()
    findings.need("sample.answer_is_target", answer, where, "all answer tokens as targets")
    end = placed.stop - int(bool(rules.recipe["eos"]))
    before = int(placed.targets[placed.start : start].sum())
    if line["loss"] == "answer":
        others = before + int(placed.targets[stop:end].sum())
        findings.equal("sample.loss", others, 0, where)
    elif line["loss"] == "answer+context":
        planted = [n for n in placed.needles if n["role"] == "planted"]
        spans = [(n["evidence_start"], n["evidence_end"]) for n in planted]
        spans += [(n["question_start"], n["question_end"]) for n in placed.needles]
        clear = not any(placed.targets[a:b].any() for a, b in spans)
        findings.need(
            "sample.loss", before and clear, where, "targets in the context, and in it alone"
        )
    else:
        most = 2 * before >= start - placed.start
        findings.need("sample.loss", most, where, "targets in most of the text before the answer")


def _check_evidence(placed: Placed, findings: Findings) -> None:
    """Check that what can be answered has evidence, and what cannot has none that says it."""
    line, where, needles = placed.line, placed.where, placed.needles
    findings.need(
        "sample.evidence", needles or not line["answerable"], where, "needles for evidence"
    )
    if not line["answerable"]:
        told = any(needle["extractive"] for needle in needles)
        findings.need("sample.answerable", not told, where, "no evidence that states an answer")
    if line["depth_kind"] == "spread" and needles:
        depths = [needle["depth"] for needle in needles]
        realised = (min(depths), sum(depths) / len(depths), max(depths))
        params = json.loads(line["params"])
        stored = [params.get(f"depth_{name}", np.nan) for name in ("min", "mean", "max")]
        close = np.allclose(stored, realised, rtol=0, atol=1e-5)
        findings.need("sample.spread", close, where, f"depths {realised}, found {stored}")


def _check_refusal(placed: Placed, problem: Problem, findings: Findings) -> None:
    """Check that the question itself tells what to say when there is no answer."""
    first = problem.params["question"] == "first"
    text = problem.text.strip()
    question = text.partition("\n\n")[0] if first else text.rpartition("\n\n")[2]
    told = bounded(placed.line["gold"].strip()).search(question)
    findings.need("sample.answerable", told, placed.where, "a question that says how to refuse")


def _solve(placed: Placed, rules: Rules, tokenizer: Tokenizer, findings: Findings) -> str:
    line, start = placed.line, placed.start
    if rules.recipe["bos"] != "none" and placed.row.ids[start] == rules.bos_id:
        start += 1
    text = placed.text(tokenizer, start, line["answer_start"])
    claim = placed.text(tokenizer, line["answer_start"], line["answer_end"]).strip()
    problem = Problem(text=text, params=json.loads(line["params"]), claim=claim)
    if not line["answerable"]:
        _check_refusal(placed, problem, findings)
    solution = solve(line["task"], problem)
    expected = (line["gold"],) if line["answerable"] else ()
    holds = solution.answers == expected
    wording = f"exactly one answer, {line['gold']!r}; the solver found {list(solution.answers)[:4]}"
    findings.need("sample.solved", holds, placed.where, wording)
    return text
