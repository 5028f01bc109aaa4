"""A job: run the units of an open mix, and add up what they found, in their order.

    units of rows -> uses by document -> units of documents -> totals and shortcuts

Memory: 400 bytes a fragment, 400 a row, and what guessing needs of each sample, some kilobytes.
"""

import functools
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from pipelines.executors import Executor, Outcome
from pipelines.progress import Progress
from pipelines.verify.documents import Use
from pipelines.verify.findings import Findings
from pipelines.verify.known import Context, Known, draw
from pipelines.verify.originals import Wanted
from pipelines.verify.sampling import sampling_facts
from pipelines.verify.shortcuts import Shortcuts
from pipelines.verify.tensors.contamination import SHOWN as HITS_SHOWN
from pipelines.verify.tensors.contamination import Hits, judge_hits
from pipelines.verify.tensors.overlaps import judge_sketches
from pipelines.verify.tensors.sketches import Sketch
from pipelines.verify.totals import Totals, check_totals
from pipelines.verify.units import (
    checked_of,
    compared_of,
    document_units,
    in_order,
    row_units,
    verify_unit,
)
from schemas.unit import Unit

Shard = dict[str, Any]
NAMED = 3
"""Contaminated documents in a note; more stand in the verdict."""
Haystacks = dict[str, list[tuple[str, dict[str, Any]]]]
"""By document: samples and the pieces that they took."""


@dataclass(slots=True, kw_only=True)
class Job:
    """What is known of an open mix, and what its units have come to so far."""

    known: Known
    findings: Findings
    sizes: dict[str, int]
    """Bytes of every shard that is as the manifest says."""
    samples: set[str]
    haystacks: Haystacks
    passes: set[tuple[str, int]]
    """Sources and epochs that haystacks use."""
    totals: Totals = field(default_factory=Totals)
    shortcuts: Shortcuts = field(default_factory=Shortcuts)
    uses: dict[str, list[Use]] = field(default_factory=dict)
    sketches: list[Sketch] = field(default_factory=list)
    hits: list[Hits] = field(default_factory=list)
    solved: int = 0
    complete: bool = True
    """Whether every row of the mix was read and counted."""

    @property
    def manifest(self) -> dict[str, Any]:
        """The mix's own."""
        return self.known.mix.manifest

    @property
    def drawn(self) -> str | None:
        """What is drawn: shard, row or sample; None where all is checked."""
        context = self.known.context
        return context.by if context.share < 1 else None

    def facts(self) -> dict[str, Any]:
        """Judge the guesses, once all samples are read, and return what the verdict tells."""
        return {
            "rows": self.totals.counts["rows"],
            "tokens": self.totals.counts["tokens"],
            "samples": self.solved,
            "sampling": self._sampling(),
            "shortcuts": self.shortcuts.judge(self.manifest["recipe"], self.findings),
            "overlap": self._overlap(),
            "contamination": self._contamination(),
        }

    def _overlap(self) -> dict[str, Any] | None:
        """Judge what stands twice in the rows that were read."""
        figures = judge_sketches(self.sketches)
        if figures is None:
            return None
        figures.report(self.findings)
        return dict(_plain(figures.as_json()))

    def _contamination(self) -> list[dict[str, Any]]:
        """Tell of documents that hold n-grams of benchmarks: no defect, where none was promised."""
        least = (self.manifest["recipe"].get("decontaminate") or {}).get("min_hits", 1)
        found = judge_hits(self.hits, min_hits=least)
        names = ", ".join(document.doc_id for document in found[:NAMED])
        note = f"{len(found)} documents hold n-grams of benchmarks: {names}"
        self.findings.warn("mix.contamination", not found, note)
        spec = self.manifest["recipe"].get("decontaminate") or {}
        if spec.get("files") and len(self.known.examining.indices) == 1:
            self.findings.notes.setdefault(
                "mix.contamination",
                "by the built-in list alone: the store does not tell which index is the recipe's",
            )
        return list(_plain([asdict(document) for document in found[:HITS_SHOWN]]))

    def _sampling(self) -> dict[str, Any] | None:
        by, shards = self.drawn, self.manifest["shards"]
        if by is None:
            return None
        totals = {
            "shard": len(shards),
            "row": sum(shard["rows"] for shard in shards),
            "sample": len(self.samples),
        }
        context, total = self.known.context, totals[by]
        count = len(draw(self.manifest, context, total))
        return sampling_facts(by, context.share, total=total, num_drawn=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Where units run, and who is told."""

    context: Context
    executor: Executor
    progress: Progress

    def run(self, units: list[Unit]) -> Iterator[tuple[Unit, dict[str, Any]]]:
        """Yield units with their results, in order. Raises LongmixError for one that has none."""
        if units:
            self.progress.update(units[0].phase, 0, len(units))
            yield from in_order(self._told(units))

    def _told(self, units: list[Unit]) -> Iterator[Outcome]:
        """Yield outcomes as they come; say how many units are done, and how much that is."""
        work = functools.partial(verify_unit, self.context)
        amount, noun = 0, "tokens" if units[0].phase == "rows" else "documents"
        for done, outcome in enumerate(self.executor.run(work, units), 1):
            amount += (outcome.result or {}).get(noun, 0)
            self.progress.update(units[0].phase, done, len(units), f"{amount:,} {noun}")
            yield outcome


def run(job: Job, executor: Executor, progress: Progress) -> None:
    """Check rows, then documents, then what only all of them together show."""
    runner = Runner(context=job.known.context, executor=executor, progress=progress)
    _run_rows(job, runner)
    _run_documents(job, runner)
    if job.complete and job.drawn in (None, "sample"):
        check_totals(
            job.totals, job.manifest, job.samples, passes=job.passes, findings=job.findings
        )


def _run_rows(job: Job, runner: Runner) -> None:
    shards = _chosen(job)
    sound = [(first, shard) for first, shard in shards if shard["path"] in job.sizes]
    job.complete = len(sound) == len(job.manifest["shards"])
    told = {shard["path"]: int(shard["rows"]) for _, shard in sound}
    seen, readable = dict.fromkeys(told, 0), dict.fromkeys(told, True)
    for unit, result in runner.run(row_units(sound, job.sizes)):
        checked, path = checked_of(result), str(unit.description["shard"])
        job.findings.absorb(checked.findings)
        job.totals.absorb(checked.totals, job.findings)
        job.shortcuts.trials += checked.trials
        for doc_id, uses in checked.uses.items():
            job.uses.setdefault(doc_id, []).extend(uses)
        job.sketches += checked.sketches
        job.hits += checked.hits
        job.solved += checked.solved
        job.complete &= checked.whole
        seen[path] += checked.rows
        readable[path] &= checked.readable
        if unit.description["number"] + 1 == unit.description["parts"] and readable[path]:
            with job.findings.at(path):
                job.complete &= job.findings.equal("shard.rows", seen[path], told[path], path)


def _chosen(job: Job) -> list[tuple[int, Shard]]:
    """Return the shards to read, each with the id of its first row."""
    first, shards = 0, []
    for shard in job.manifest["shards"]:
        shards.append((first, shard))
        first += shard["rows"]
    if job.drawn != "shard":
        return shards
    return [shards[index] for index in draw(job.manifest, job.known.context, len(shards)).tolist()]


def _run_documents(job: Job, runner: Runner) -> None:
    """Compare the documents that were met with their texts, and with each other."""
    haystacks = job.haystacks
    if job.drawn in ("shard", "row"):  # of the samples that were not read nothing is asked
        haystacks = _met(haystacks, job.totals.samples)
    names = sorted({*job.uses, *haystacks})
    sizes = job.known.documents.values("num_bytes", names)
    wanted = (
        (
            Wanted(doc_id=name, uses=job.uses.get(name, []), haystacks=haystacks.get(name, [])),
            size or 0,
        )
        for name, size in zip(names, sizes, strict=True)
    )
    proved = 0
    for _, result in runner.run(document_units(wanted)):
        compared = compared_of(result)
        job.findings.absorb(compared.findings)
        proved += compared.proved
    note = f"{proved} of {len(names)} documents proved by their own text"
    if job.known.texts.store is None:
        note += "; no store at hand, so only those that are whole"
    job.findings.notes["span.overlap"] = note


def _plain(value: Any) -> Any:
    """Return lists for tuples, as they would come out of JSON."""
    return json.loads(json.dumps(value))


def _met(haystacks: Haystacks, samples: set[str]) -> Haystacks:
    """Return the haystacks of some samples."""
    found = {
        doc_id: [(sample_id, piece) for sample_id, piece in pieces if sample_id in samples]
        for doc_id, pieces in haystacks.items()
    }
    return {doc_id: pieces for doc_id, pieces in found.items() if pieces}
