"""Publish a mix: documents, samples, plan, tokenizer, card, and last of all the manifest.

Readers look at nothing that the manifest does not list, so until it is there, there is no mix.
"""

import hashlib
import io
import json
from collections import Counter
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.build.card import card
from pipelines.build.job import Job
from pipelines.plan.documents import Documents, Quarantined
from pipelines.plan.layout import Layout
from pipelines.store.samples import STORED_SAMPLES
from pipelines.store.woven import Held, held_table
from schemas.canonical import digest
from schemas.manifest import MANIFEST_SCHEMA, FileEntry, TokenizerFacts, content_digest, stable
from schemas.sample import SAMPLES
from schemas.unit import GENERATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Everything that the manifest tells of."""

    documents: Documents
    quarantined: list[Quarantined]
    layout: Layout
    tables: dict[str, pa.Table]
    """By name: what goes under plan/."""
    shards: dict[int, dict[str, Any]]
    weave_work: tuple[Held, ...]
    accounting: dict[str, Any]
    """As `plan_cost` counts it."""
    plan_digest: str
    mix_digest: str


def publish(job: Job, mix: Published) -> dict[str, Any]:
    """Write everything but the shards, the manifest last; return the manifest."""
    samples = _samples(job, mix)
    files = [
        _write_table(job, "documents", mix.documents.table.select(mix.documents.columns)),
        _write_table(job, "samples", samples),
        *(_write_table(job, "plan", table, name) for name, table in sorted(mix.tables.items())),
        _write(job, "tokenizer/tokenizer.json", job.tokenizer.data, "tokenizer"),
        *_shard_files(mix),
    ]
    manifest = _manifest(job, mix)
    files.append(_write(job, "README.md", card(manifest, mix.documents).encode("utf-8"), "card"))
    files.sort(key=lambda file: file.path)
    _remove_strays(job, files)
    manifest["files"] = [asdict(file) for file in files]
    manifest["content_digest"] = content_digest(files)
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    job.mix.write("manifest.json", text.encode("utf-8"), moment="publish.manifest")
    return manifest


def _remove_strays(job: Job, files: list[FileEntry]) -> None:
    """Remove shards of an earlier plan: one that met a passing fault may have had more of them."""
    for path in {*job.mix.names("data")} - {file.path for file in files}:
        job.mix.remove(path)


def _write(job: Job, path: str, data: bytes, kind: str) -> FileEntry:
    job.mix.write(path, data, moment=f"publish.{kind}")
    return FileEntry(path=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), kind=kind)


def _write_table(job: Job, kind: str, table: pa.Table, name: str | None = None) -> FileEntry:
    buffer = io.BytesIO()
    pq.write_table(table.combine_chunks(), buffer, compression="zstd", write_page_checksum=True)
    return _write(job, f"{kind}/{name or f'{kind}-00000'}.parquet", buffer.getvalue(), kind)


def _shard_files(mix: Published) -> list[FileEntry]:
    return [
        FileEntry(
            path=shard["path"],
            bytes=mix.shards[index]["bytes"],
            sha256=mix.shards[index]["sha256"],
            kind="data",
        )
        for index, shard in enumerate(mix.layout.shards.to_pylist())
    ]


def _samples(job: Job, mix: Published) -> pa.Table:
    """Return SAMPLES: the store's samples with the row, segment and token numbers they came to.

    They stand in the order of DRAW, whatever units they lie in.
    """
    spans = mix.layout.spans.filter(pc.starts_with(mix.layout.spans["source"], "task:"))
    at = {name: index for index, name in enumerate(spans["doc_id"].to_pylist())}
    parts, numbers = [SAMPLES.empty_table()], [np.zeros(0, np.int64)]
    for held in mix.weave_work:
        table, mine = held_table(job.store, held, STORED_SAMPLES.names)
        numbers.append(mine)
        order = pa.array([at[name] for name in table["sample_id"].to_pylist()])
        place = spans.take(order)
        shift = pc.add(place["start"], pc.cast(place["begin"], pa.int32()))
        columns = {
            "row_id": place["row_id"],
            "segment": place["segment"],
            "num_tokens": place["length"],
            "answer_start": pc.add(table["answer_start"], shift),
            "answer_end": pc.add(table["answer_end"], shift),
        }
        arrays = [columns[n] if n in columns else table[n] for n in SAMPLES.names]
        parts.append(pa.table(arrays, schema=SAMPLES))
    return pa.concat_tables(parts).take(np.argsort(np.concatenate(numbers)))


def _manifest(job: Job, mix: Published) -> dict[str, Any]:
    """Return the manifest but for `files` and `content_digest`."""
    tokenizer = job.tokenizer
    facts = TokenizerFacts(
        sha256=tokenizer.sha256,
        vocab_size=tokenizer.vocab_size,
        eos_id=tokenizer.eos_id,
        bos_id=tokenizer.bos_id,
        pad_id=tokenizer.pad_id,
        engine=tokenizer.engine,
        engine_version=tokenizer.engine_version,
    )
    extra = int(job.recipe.extra_token)
    shards = [
        {
            "path": shard["path"],
            "rows": shard["num_rows"],
            "tokens": shard["num_rows"] * (shard["seq_len"] + extra),
            "stage": shard["stage"],
        }
        for shard in mix.layout.shards.to_pylist()
    ]
    return {
        "schema": MANIFEST_SCHEMA,
        "name": job.recipe.name,
        "longmix_version": version("longmix"),
        "generation": GENERATIONS,
        "recipe": job.portable,
        "recipe_digest": digest(job.portable),
        "plan_digest": mix.plan_digest,
        "mix_digest": mix.mix_digest,
        "tokenizer": asdict(facts),
        "inputs": [
            {"uri": item.uri, "bytes": item.num_bytes, "sha256": item.sha256} for item in job.items
        ],
        "shards": shards,
        "totals": _totals(mix, shards),
        "accounting": stable(mix.accounting),
        "quarantined": [entry.as_json() for entry in mix.quarantined],
    }


def _totals(mix: Published, shards: list[dict[str, Any]]) -> dict[str, Any]:
    by_source: Counter[str] = Counter()
    sources = mix.layout.spans["source"].combine_chunks().dictionary_encode()
    sums = np.bincount(
        sources.indices.to_numpy(), weights=mix.layout.spans["length"].to_numpy()
    ).astype(np.int64)
    by_source.update(dict(zip(sources.dictionary.to_pylist(), sums.tolist(), strict=True)))
    by_stage: dict[str, Counter[str]] = {}
    for shard in shards:
        stage = by_stage.setdefault(shard["stage"], Counter())
        stage.update({"rows": shard["rows"], "tokens": shard["tokens"]})
    return {
        "rows": sum(shard["rows"] for shard in shards),
        "tokens": sum(shard["tokens"] for shard in shards),
        "targets": sum(marker["targets"] for marker in mix.shards.values()),
        "pad": pc.sum(mix.layout.shards["num_pad"]).as_py(),
        "by_source": dict(sorted(by_source.items())),
        "by_task": {
            name.removeprefix("task:"): tokens
            for name, tokens in sorted(by_source.items())
            if name.startswith("task:")
        },
        "by_stage": {name: dict(counts) for name, counts in by_stage.items()},
    }
