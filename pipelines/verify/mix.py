"""Verify a mix: read every shard again and prove what docs/format.md promises.

All rows and all samples by default; `share` below 1 reads that share of the shards, at least one,
spread evenly, and then leaves out what only the whole can show.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from pipelines.files import open_folder
from pipelines.progress import Progress
from pipelines.shards.mix import Mix, open_mix
from pipelines.store.texts import StoredTexts
from pipelines.verify.documents import Documents
from pipelines.verify.files import check_card, check_files, check_footer
from pipelines.verify.findings import Findings
from pipelines.verify.rows import Row, Rules, check_row, read_rows
from pipelines.verify.samples import check_sample, placed_samples
from schemas.errors import RecipeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What every row is compared with, and what all rows are added to."""

    rules: Rules
    tokenizer: Tokenizer
    samples: dict[str, dict[str, Any]]
    documents: Documents
    totals: "Totals"
    findings: Findings


@dataclass(slots=True)
class Totals:
    """What was counted over all rows that were read."""

    counts: Counter[str] = field(default_factory=Counter)
    by_source: Counter[str] = field(default_factory=Counter)
    by_stage: dict[str, Counter[str]] = field(default_factory=dict)
    samples: set[str] = field(default_factory=set)

    def add(self, row: Row) -> None:
        """Count one row."""
        size, pad = len(row.ids), int(row.scalars["num_pad"])
        targets = int(row.targets().sum())
        self.counts.update({"rows": 1, "tokens": size, "targets": targets, "pad": pad})
        stage = self.by_stage.setdefault(row.scalars["stage"], Counter())
        stage.update({"rows": 1, "tokens": size})
        for span in row.spans:
            self.by_source[span["source"]] += span["length"]


def verify_mix(name: str, *, store: str | None, share: float, progress: Progress) -> dict[str, Any]:
    """Return the verdict on a mix as JSON values; `passed` says whether every check held."""
    if not 0 < share <= 1:
        raise RecipeError(f"--sample {share:g}: a share is above 0 and at most 1")
    mix = open_mix(name)
    findings = Findings()
    sound = check_files(mix.folder, mix.manifest, findings)
    tokenizer_file = "tokenizer/tokenizer.json"
    needed = {tokenizer_file, "README.md", *_tables(mix)}
    if not findings.need("files.readable", needed <= sound, name, "whole tables and tokenizer"):
        return {"mix": name, **findings.verdict()}
    check_card(mix.folder, mix.manifest, findings)
    facts = mix.manifest["tokenizer"]
    tokenizer = load_tokenizer(
        mix.folder.read(tokenizer_file), eos_id=facts["eos_id"], bos_id=facts["bos_id"]
    )
    known = Known(
        rules=_rules(mix, tokenizer),
        tokenizer=tokenizer,
        samples={line["sample_id"]: line for line in mix.table("samples").to_pylist()},
        documents=Documents(_documents(mix, findings)),
        totals=Totals(),
        findings=findings,
    )
    shards = _chosen(mix.manifest["shards"], share)
    for number, (first_row, shard) in enumerate(shards):
        progress.update("verify", number, len(shards), shard["path"])
        if shard["path"] in sound:
            _check_shard(mix, shard, first_row, known)
    progress.update("verify", len(shards), len(shards), "documents")
    known.documents.finish(tokenizer, _texts(name, store), findings)
    if len(shards) == len(mix.manifest["shards"]):
        _check_totals(mix, known.totals, known.samples, findings)
    return {"mix": name, "rows": known.totals.counts["rows"], **findings.verdict()}


def _tables(mix: Mix) -> set[str]:
    kinds = ("documents", "samples", "plan")
    return {file["path"] for file in mix.manifest["files"] if file["kind"] in kinds}


def _texts(name: str, store: str | None) -> StoredTexts | None:
    folder = open_folder(store or f"{name.rstrip('/')}.work/store")
    return StoredTexts(folder) if folder.exists("prepare") else None


def _rules(mix: Mix, tokenizer: Tokenizer) -> Rules:
    facts = mix.manifest["tokenizer"]
    special = np.zeros(tokenizer.table_size, bool)
    special[tokenizer.special_ids] = True
    return Rules(
        recipe=mix.manifest["recipe"],
        eos_id=facts["eos_id"],
        bos_id=facts["bos_id"],
        pad_id=facts["pad_id"],
        valid=np.ones(tokenizer.table_size, bool),
        special=special,
    )


def _documents(mix: Mix, findings: Findings) -> dict[str, dict[str, Any]]:
    """Return the documents table by doc_id, its own rules checked."""
    table: dict[str, dict[str, Any]] = {}
    texts: dict[str, str] = {}
    for line in mix.table("documents").to_pylist():
        doc_id = line["doc_id"]
        findings.need("document.unique", doc_id not in table, doc_id, "a doc_id of its own")
        reasoned = (line["reason"] is None) == line["kept"]
        findings.need("document.reason", reasoned, doc_id, "a reason where it was not kept")
        if line["kept"]:
            twin = texts.setdefault(line["sha256"], doc_id)
            findings.equal("document.duplicate", twin, doc_id, doc_id)
        table[doc_id] = line
    return table


def _chosen(shards: list[dict[str, Any]], share: float) -> list[tuple[int, dict[str, Any]]]:
    """Return the shards to read, each with the id of its first row."""
    firsts = np.cumsum([0, *(shard["rows"] for shard in shards)]).tolist()
    count = max(1, round(share * len(shards)))
    chosen = np.unique(np.linspace(0, len(shards) - 1, count).round().astype(int)).tolist()
    return [(firsts[index], shards[index]) for index in chosen]


def _check_shard(mix: Mix, shard: dict[str, Any], first_row: int, known: Known) -> None:
    """Read one shard, row group by row group, with every page checksum verified."""
    path, findings = shard["path"], known.findings
    with mix.folder.open(path) as source:
        file = pq.ParquetFile(source, page_checksum_verification=True)
        check_footer(file, path, mix.manifest, findings)
        seen = 0
        for group in range(file.num_row_groups):
            try:
                table = file.read_row_group(group)
            except (OSError, pa.ArrowException) as error:
                findings.need("shard.pages", False, f"{path} group {group}", str(error))
                return
            for row in read_rows(table, path, seen):
                seen_id = row.scalars["row_id"]
                findings.equal("row.row_id", seen_id, first_row + seen, row.where)
                findings.equal("row.stage", row.scalars["stage"], shard["stage"], row.where)
                seen += 1
                if check_row(row, known.rules, findings):
                    _add_row(row, known)
    findings.equal("shard.rows", seen, shard["rows"], path)


def _add_row(row: Row, known: Known) -> None:
    """Check what a sound row holds, and count it."""
    known.totals.add(row)
    known.documents.add_row(row, known.rules, known.findings)
    for placed in placed_samples(row, known.samples, known.findings):
        known.totals.samples.add(placed.line["sample_id"])
        check_sample(placed, known.rules, known.tokenizer, known.findings)


def _check_totals(mix: Mix, totals: Totals, samples: dict[str, Any], findings: Findings) -> None:
    """Compare what was counted with the manifest."""
    told = mix.manifest["totals"]
    for key in ("rows", "tokens", "targets", "pad"):
        findings.equal(f"totals.{key}", told[key], totals.counts[key], "manifest.json")
    findings.equal("totals.by_source", told["by_source"], dict(totals.by_source), "manifest.json")
    tasks = {
        name.removeprefix("task:"): tokens
        for name, tokens in totals.by_source.items()
        if name.startswith("task:")
    }
    findings.equal("totals.by_task", told["by_task"], tasks, "manifest.json")
    stages = {name: dict(counts) for name, counts in totals.by_stage.items()}
    findings.equal("totals.by_stage", told["by_stage"], stages, "manifest.json")
    findings.equal("sample.placed", totals.samples, set(samples), "samples")


def verdict_text(verdict: dict[str, Any]) -> str:
    """Return the verdict for a terminal."""
    lines = []
    for entry in verdict["checks"]:
        mark = "FAIL" if entry["failed"] else "ok  "
        count = f"{entry['checked']:,}"
        if entry["failed"]:
            count = f"{entry['failed']:,} of {count}"
        note = f"  ({entry['note']})" if entry["note"] else ""
        lines.append(f"{mark} {entry['check']:<22} {count}{note}")
    lines += [f"  {d['check']}: {d['where']}: expected {d['expected']}" for d in verdict["defects"]]
    state = "passed" if verdict["passed"] else "FAILED"
    lines.append(f"{verdict['mix']}: {state}, {len(verdict['checks'])} checks")
    return "\n".join(lines)
