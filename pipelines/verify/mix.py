"""Verify a mix: read every shard again and prove what docs/format.md promises.

    manifest, files, tables    here, first: rows are only read where these hold
    rows                       units of row groups, anywhere       -> counts, defects, digests
    documents                  units of whole documents, anywhere  -> counts, defects
    totals, shortcuts          here, last: what only all rows together can show

All rows and all samples by default; `--sample` draws some of them (`sampling.py`) and leaves out
what only the whole can show.
"""

import os
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipelines.executors import Executor, open_executor
from pipelines.files import open_folder, store_of
from pipelines.progress import Progress
from pipelines.shards.mix import Mix, find_mix
from pipelines.verify import files
from pipelines.verify.defects import check_ending, write_defects
from pipelines.verify.device import resolve
from pipelines.verify.findings import Findings
from pipelines.verify.haystacks import check_ranges
from pipelines.verify.job import Job, run
from pipelines.verify.known import Context, forget, keep_known, open_known
from pipelines.verify.manifest import check_manifest
from pipelines.verify.sampling import check_sampling
from pipelines.verify.tables import check_documents, check_samples
from schemas.errors import VerificationError

TABLES = ("documents", "samples", "plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to verify, beside which mix and how much of it."""

    by: str = "shard"
    """What a share is drawn of: `shard`, `row` or `sample`."""
    device: str = "auto"
    executor: str = "auto"
    workers: int | None = None
    address: str | None = None
    """Of a Ray cluster; RAY_ADDRESS where it is not given."""
    defects: str | None = None
    """A file for all defects."""


DEFAULTS = Options()


def verify_mix(
    name: str, *, store: str | None, share: float, progress: Progress, options: Options = DEFAULTS
) -> dict[str, Any]:
    """Return the verdict on a mix as JSON values; `passed` says whether every check held.

    Two verdicts on the same mix are equal but for `run`, whatever the executor and its workers.
    Raises RecipeError for options that cannot be, before anything is read, and LongmixError when a
    unit could not be finished. Cost: docs/verify.md.
    """
    began = time.monotonic()
    check_sampling(share, options.by)
    if options.defects is not None:
        check_ending(options.defects)
    address = _address(options)
    device = resolve(options.device, address=address)
    mix, findings = find_mix(name), Findings()
    context = Context(
        mix=mix.folder.uri,
        store=_store(name, store),
        share=share,
        by=options.by,
        device=device.name,
        threads=(os.cpu_count() or 1) if device.name == "cuda" else 1,
    )
    told: dict[str, Any] = {"rows": 0, "tokens": 0, "samples": 0, "sampling": None}
    told |= {"shortcuts": [], "overlap": None, "contamination": []}
    made = "none"
    with ExitStack() as stack:
        job = _open(mix, context, findings)
        if job is not None:
            stack.callback(forget)
            executor = _executor(mix, options, address)
            stack.callback(executor.close)
            run(job, executor, progress)
            told, made = job.facts(), executor.name
    if options.defects is not None:
        write_defects(options.defects, findings.found)
    figures = _figures(told["tokens"], time.monotonic() - began)
    ran = {"executor": made, "gpu": device.model, **figures}
    return {"mix": name, **told, "device": device.name, **findings.verdict(), "run": ran}


def _figures(tokens: int, seconds: float) -> dict[str, Any]:
    return {"seconds": round(seconds, 3), "tokens_per_second": round(tokens / seconds)}


def _address(options: Options) -> str | None:
    """Return the address of the cluster that units will run on, as `build` finds it."""
    found = None if options.executor == "local" else os.environ.get("RAY_ADDRESS")
    return options.address or found or None


def _executor(mix: Mix, options: Options, address: str | None) -> Executor:
    return open_executor(
        options.executor,
        workers=options.workers,
        address=address,
        input_bytes=sum(file["bytes"] for file in mix.manifest["files"]),
    )


def _store(name: str, store: str | None) -> str | None:
    """Return the URI of the store of texts, None where there is none."""
    folder = open_folder(store_of(name, store))
    return folder.uri if folder.exists("prepare") else None


def _open(mix: Mix, context: Context, findings: Findings) -> Job | None:
    """Check manifest, files and tables; return None when rows could not be compared with them."""
    if not check_manifest(mix.manifest, findings):
        return None
    sound = _check_files(mix, findings)
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
    return _open_job(mix, context, sound, tables=tables, findings=findings)


def _open_job(
    mix: Mix,
    context: Context,
    sound: set[str],
    *,
    tables: dict[str, pa.Table],
    findings: Findings,
) -> Job | None:
    """Check the tables; only what is needed later is kept of them as Python objects."""
    documents = check_documents(tables["documents"], mix.manifest["recipe"]["sources"], findings)
    samples = check_samples(tables["samples"], findings)
    if documents is None or samples is None:
        return None
    known = open_known(mix, context, documents=tables["documents"], samples=tables["samples"])
    haystacks = check_ranges(samples, documents, findings)
    keep_known(known)
    pieces = [piece for line in samples.values() for piece in line["haystack"]]
    sizes = {file["path"]: int(file["bytes"]) for file in mix.manifest["files"]}
    return Job(
        known=known,
        findings=findings,
        sizes={path: size for path, size in sizes.items() if path in sound},
        samples=set(samples),
        haystacks=haystacks,
        passes={
            (documents[piece["doc_id"]]["source"], piece["epoch"])
            for piece in pieces
            if piece["doc_id"] in documents
        },
    )


def _check_files(mix: Mix, findings: Findings) -> set[str]:
    """Check all that can be seen without reading a table; return the files that are whole."""
    sound = files.check_files(mix.folder, mix.manifest, findings)
    files.check_digests(mix.manifest, findings)
    files.check_shard_list(mix.manifest, findings)
    if "README.md" in sound:
        files.check_card(mix.folder, mix.manifest, findings)
    return sound
