"""Verify a mix: read every shard again and prove what docs/format.md promises.

All rows and all samples by default; `share` below 1 reads that share of the shards, at least one,
spread evenly, and then leaves out what only the whole can show.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from generators.tokens.facts import read_facts
from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from pipelines.files import open_folder, store_of
from pipelines.progress import Progress
from pipelines.shards.mix import Mix, find_mix
from pipelines.store.texts import StoredTexts
from pipelines.verify import files
from pipelines.verify.documents import Documents
from pipelines.verify.findings import Findings
from pipelines.verify.haystacks import check_ranges
from pipelines.verify.manifest import check_manifest
from pipelines.verify.rows import Row, Rules, check_row, read_rows
from pipelines.verify.samples import check_haystack, check_sample, placed_samples
from pipelines.verify.segments import check_segments
from pipelines.verify.shards import check_shape, read_group
from pipelines.verify.shortcuts import Shortcuts, shortcut_lines
from pipelines.verify.tables import check_documents, check_samples
from pipelines.verify.totals import Totals, check_totals
from schemas.errors import RecipeError, VerificationError

TABLES = ("documents", "samples", "plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What every row is compared with, and what all rows are added to."""

    rules: Rules
    tokenizer: Tokenizer
    samples: dict[str, dict[str, Any]]
    documents: Documents
    totals: Totals
    shortcuts: Shortcuts
    findings: Findings


def verify_mix(name: str, *, store: str | None, share: float, progress: Progress) -> dict[str, Any]:
    """Return the verdict on a mix as JSON values; `passed` says whether every check held."""
    if not 0 < share <= 1:
        raise RecipeError(f"--sample {share:g}: a share is above 0 and at most 1")
    mix, findings = find_mix(name), Findings()
    rows, shortcuts = 0, []
    if check_manifest(mix.manifest, findings):
        sound = _check_files(mix, findings)
        known = _open(mix, sound, _texts(name, store), findings)
        if known is not None:
            _check_shards(mix, sound, known, share=share, progress=progress)
            rows = known.totals.counts["rows"]
            shortcuts = known.shortcuts.judge(mix.manifest["recipe"], findings)
    return {"mix": name, "rows": rows, **findings.verdict(), "shortcuts": shortcuts}


def _check_files(mix: Mix, findings: Findings) -> set[str]:
    """Check all that can be seen without reading a table; return the files that are whole."""
    sound = files.check_files(mix.folder, mix.manifest, findings)
    files.check_digests(mix.manifest, findings)
    files.check_shard_list(mix.manifest, findings)
    if "README.md" in sound:
        files.check_card(mix.folder, mix.manifest, findings)
    return sound


def _open(mix: Mix, sound: set[str], texts: StoredTexts | None, findings: Findings) -> Known | None:
    """Read tokenizer and tables; None when rows could not be compared with them."""
    kinds = {file["path"]: file["kind"] for file in mix.manifest["files"]}
    needed = {files.TOKENIZER, *(path for path, kind in kinds.items() if kind in TABLES)}
    expected = "whole tables and tokenizer, or rows cannot be checked"
    if not findings.need("files.readable", needed <= sound, "manifest.json", expected):
        return None
    if not files.check_tokenizer(mix.folder, mix.manifest, findings):
        return None
    try:
        tables = {kind: mix.table(kind) for kind in ("documents", "samples")}
    except (VerificationError, pa.ArrowException) as error:
        findings.need("files.readable", False, "documents, samples", f"Parquet tables: {error}")
        return None
    documents = check_documents(tables["documents"], mix.manifest["recipe"]["sources"], findings)
    samples = check_samples(tables["samples"], findings)
    if documents is None or samples is None:
        return None
    facts = mix.manifest["tokenizer"]
    # The reference library itself, whatever engine built the mix.
    tokenizer = load_tokenizer(
        mix.folder.read(files.TOKENIZER),
        eos_id=facts["eos_id"],
        bos_id=facts["bos_id"],
        engine="tokenizers",
    )
    haystacks = check_ranges(samples, documents, findings)
    return Known(
        rules=_rules(mix.manifest, tokenizer, samples),
        tokenizer=tokenizer,
        samples=samples,
        documents=Documents(table=documents, haystacks=haystacks, texts=texts),
        totals=Totals(),
        shortcuts=Shortcuts(),
        findings=findings,
    )


def _texts(name: str, store: str | None) -> StoredTexts | None:
    folder = open_folder(store_of(name, store))
    return StoredTexts(folder) if folder.exists("prepare") else None


def _rules(
    manifest: dict[str, Any], tokenizer: Tokenizer, samples: dict[str, dict[str, Any]]
) -> Rules:
    facts, recipe = manifest["tokenizer"], manifest["recipe"]
    valid, special = (np.zeros(tokenizer.table_size, bool) for _ in range(2))
    valid[list(read_facts(tokenizer.data).ids())] = True
    special[tokenizer.special_ids] = True
    return Rules(
        recipe=recipe,
        eos_id=facts["eos_id"],
        bos_id=facts["bos_id"],
        pad_id=facts["pad_id"],
        valid=valid,
        special=special,
        stages={stage["name"]: stage for stage in recipe["stages"]},
        sentinels={
            sample_id: set(line["sentinels"])
            for sample_id, line in samples.items()
            if line["sentinels"]
        },
    )


def _check_shards(
    mix: Mix, sound: set[str], known: Known, *, share: float, progress: Progress
) -> None:
    """Read the shards, then check what their rows come to together."""
    listed = mix.manifest["shards"]
    chosen = _chosen(listed, share)
    complete = len(chosen) == len(listed)
    for number, (first_row, shard) in enumerate(chosen):
        progress.update("verify", number, len(chosen), shard["path"])
        complete &= shard["path"] in sound and _check_shard(mix, shard, first_row, known)
    progress.update("verify", len(chosen), len(chosen), "documents")
    known.documents.finish(known.tokenizer, known.rules, known.findings)
    if complete:
        table = known.documents.table
        check_totals(
            known.totals, mix.manifest, known.samples, documents=table, findings=known.findings
        )


def _chosen(shards: list[dict[str, Any]], share: float) -> list[tuple[int, dict[str, Any]]]:
    """Return the shards to read, each with the id of its first row."""
    firsts = np.cumsum([0, *(shard["rows"] for shard in shards)]).tolist()
    count = max(1, round(share * len(shards)))
    chosen = np.unique(np.linspace(0, len(shards) - 1, count).round().astype(int)).tolist()
    return [(firsts[index], shards[index]) for index in chosen if index < len(shards)]


def _check_shard(mix: Mix, shard: dict[str, Any], first_row: int, known: Known) -> bool:
    """Read one shard, row group by row group; return whether every row of it was counted."""
    path, findings = shard["path"], known.findings
    seen, counted = 0, True
    with mix.folder.open(path) as source:
        file = check_shape(source, path, mix.manifest, findings)
        if file is None:
            return False
        for group in range(file.num_row_groups):
            table = read_group(file, group, path, findings)
            if table is None:
                return False
            for row in read_rows(table, path, seen):
                findings.equal("row.row_id", row.scalars["row_id"], first_row + seen, row.where)
                findings.equal("row.stage", row.scalars["stage"], shard["stage"], row.where)
                counted &= _check_row(row, known)
                seen += 1
    return findings.equal("shard.rows", seen, shard["rows"], path) and counted


def _check_row(row: Row, known: Known) -> bool:
    """Check a row, count it and check what it holds; return whether it could be counted."""
    findings, documents = known.findings, known.documents
    if not check_row(row, known.rules, findings):
        return False
    check_segments(row, known.rules, findings)
    known.totals.add(row, findings)
    documents.add_row(row, known.rules, findings)
    for placed in placed_samples(row, known.samples, findings):
        text = check_sample(placed, known.rules, known.tokenizer, findings)
        if text is not None:
            known.shortcuts.add(placed, text, known.tokenizer)
        if known.tokenizer.is_byte_level:
            check_haystack(placed, documents, tokenizer=known.tokenizer, findings=findings)
    return True


def verdict_text(verdict: dict[str, Any]) -> str:
    """Return the verdict for a terminal."""
    lines = []
    for entry in verdict["checks"]:
        mark = "FAIL" if entry["failed"] else "warn" if entry["warned"] else "ok  "
        count = f"{entry['checked']:,}"
        if entry["failed"]:
            count = f"{entry['failed']:,} of {count}"
        note = f"  ({entry['note']})" if entry["note"] else ""
        lines.append(f"{mark} {entry['check']:<22} {count}{note}")
    lines += [f"  {d['check']}: {d['where']}: expected {d['expected']}" for d in verdict["defects"]]
    lines += shortcut_lines(verdict.get("shortcuts", []))
    state = "passed" if verdict["passed"] else "FAILED"
    lines.append(f"{verdict['mix']}: {state}, {len(verdict['checks'])} checks")
    return "\n".join(lines)
