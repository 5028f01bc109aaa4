"""The tables of documents and samples: what each line must say by itself."""

import json
import re
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from generators import solvers
from pipelines.verify.findings import Findings
from schemas.document import DOCUMENTS
from schemas.sample import SAMPLES

Line = dict[str, Any]

KINDS = ("book", "repo", "conversation", "page")
VALUES = {
    "split": ("train", "held-out"),
    "loss": ("answer", "answer+context", "all"),
    "question": ("first", "last", "both"),
    "unique": ("value", "solution"),
    "depth_kind": ("planted", "natural", "spread"),
    "answerable": (True, False),
}
SHA256 = re.compile(r"[0-9a-f]{64}")


def check_documents(
    table: pa.Table, sources: dict[str, Any], findings: Findings
) -> dict[str, Line] | None:
    """Return the documents table by doc_id, None when its columns are not those of the format."""
    columns = {name: table.schema.field(name).type for name in table.column_names}
    told = {field.name: columns.get(field.name) for field in DOCUMENTS}
    expected = {field.name: field.type for field in DOCUMENTS}
    if not findings.equal("document.schema", told, expected, "documents"):
        return None
    lines: dict[str, Line] = {}
    texts: dict[str, str] = {}
    for line in table.to_pylist():
        doc_id = line["doc_id"]
        findings.need("document.unique", doc_id not in lines, doc_id, "a doc_id of its own")
        lines[doc_id] = line
        _check_document(line, sources, findings)
        if line["kept"]:
            twin = texts.setdefault(line["sha256"], doc_id)
            findings.equal("document.duplicate", twin, doc_id, doc_id)
    return lines


def _check_document(line: Line, sources: dict[str, Any], findings: Findings) -> None:
    doc_id, uri = line["doc_id"], line["uri"]
    name = f"{line['source']}:{uri}"
    spelt = doc_id == name or doc_id.startswith(f"{name}#")
    spelt = spelt and not PurePosixPath(uri).is_absolute() and not uri.startswith("file:")
    findings.need("document.doc_id", spelt, doc_id, f"{name}, or that with #member; uri relative")
    known = line["source"] in sources and line["kind"] in KINDS
    findings.need("document.source", known, doc_id, "a source of the recipe and a known kind")
    reasoned = (line["reason"] is None) == line["kept"]
    findings.need("document.reason", reasoned, doc_id, "a reason where, and only where, not kept")
    if line["kept"]:
        full = min(line["num_bytes"], line["num_chars"], line["num_tokens"]) > 0
        full = full and SHA256.fullmatch(line["sha256"] or "") is not None
        findings.need("document.facts", full, doc_id, "bytes, characters, tokens and a sha256")


def check_samples(table: pa.Table, findings: Findings) -> dict[str, Line] | None:
    """Return the samples table by sample_id, None when it cannot be used."""
    if not findings.equal("sample.schema", table.schema.remove_metadata(), SAMPLES, "samples"):
        return None
    solvable = set(solvers.names())
    lines: dict[str, Line] = {}
    splits: dict[tuple[str, str], str] = {}
    sound = True
    for line in table.to_pylist():
        sample_id = line["sample_id"]
        findings.need("sample.unique_id", sample_id not in lines, sample_id, "an id of its own")
        lines[sample_id] = line
        sound &= _check_values(line, solvable, findings)
        one = splits.setdefault((line["task"], line["template"]), line["split"])
        findings.equal("sample.template", line["split"], one, f"{sample_id}: {line['template']}")
    return lines if sound else None


def _check_values(line: Line, solvable: set[str], findings: Findings) -> bool:
    """Check one line; return whether it can be used to check the sample itself."""
    where = line["sample_id"]
    missing = [name for name in SAMPLES.names if line[name] is None]
    sound = findings.equal("sample.values", missing, [], f"{where}: nulls")
    for name, known in VALUES.items():
        sound &= findings.need("sample.values", line[name] in known, f"{where}: {name}", str(known))
    findings.equal("sample.split", line["split"], "train", where)
    known_task = line["task"] in solvable
    sound &= findings.need("sample.task", known_task, f"{where}: {line['task']}", "a known task")
    return sound & findings.need(
        "sample.params", _is_object(line["params"]), where, "a JSON object"
    )


def _is_object(text: str | None) -> bool:
    try:
        return isinstance(json.loads(text or ""), dict)
    except ValueError:
        return False
