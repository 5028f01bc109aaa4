"""Files: everything listed is there with its bytes and sha256, nothing else is, digests agree."""

import fnmatch
import hashlib
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from pipelines.files import Folder
from pipelines.verify.findings import Findings
from schemas.canonical import digest, digest_lines
from schemas.row import ROWS, SCHEMA_NAME

DERIVED = ("manifest.json", "report.html", "reports/*")


def check_files(folder: Folder, manifest: dict[str, Any], findings: Findings) -> set[str]:
    """Check the files of a mix and return the paths that hold what the manifest says."""
    sound = set()
    for file in manifest["files"]:
        path = file["path"]
        size = folder.size(path)
        if not findings.equal("files.bytes", size, file["bytes"], path):
            continue
        if findings.equal("files.sha256", _sha256(folder, path), file["sha256"], path):
            sound.add(path)
    listed = {file["path"] for file in manifest["files"]}
    for path in folder.names():
        derived = any(fnmatch.fnmatch(path, pattern) for pattern in DERIVED)
        findings.need("files.listed", path in listed or derived, path, "listed in manifest.json")
    kinds = {file["kind"] for file in manifest["files"]}
    for kind in ("data", "documents", "samples", "plan", "tokenizer", "card"):
        findings.need("files.present", kind in kinds, kind, "one file at least")
    lines = [f"{file['sha256']}  {file['path']}" for file in manifest["files"]]
    findings.equal(
        "digest.content", digest_lines(lines), manifest["content_digest"], "manifest.json"
    )
    findings.equal(
        "digest.recipe", digest(manifest["recipe"]), manifest["recipe_digest"], "manifest.json"
    )
    identity = {
        "format": SCHEMA_NAME,
        "generation": manifest["generation"],
        "recipe_digest": manifest["recipe_digest"],
        "tokenizer": manifest["tokenizer"]["sha256"],
        "inputs": sorted(item["sha256"] for item in manifest["inputs"]),
        "plan_digest": manifest["plan_digest"],
    }
    findings.equal("digest.mix", digest(identity), manifest["mix_digest"], "manifest.json")
    return sound


def check_card(folder: Folder, manifest: dict[str, Any], findings: Findings) -> None:
    """Check that the card's configurations select just the files of each stage and table."""
    text = folder.read("README.md").decode("utf-8")
    head = yaml.safe_load(text.split("---")[1])
    patterns = {config["config_name"]: config["data_files"] for config in head["configs"]}
    wanted: dict[str, set[str]] = {}
    for shard in manifest["shards"]:
        wanted.setdefault(shard["stage"], set()).add(shard["path"])
    for kind in ("documents", "samples"):
        wanted[kind] = {file["path"] for file in manifest["files"] if file["kind"] == kind}
    names = folder.names()
    for name, paths in wanted.items():
        found = set(fnmatch.filter(names, patterns.get(name, "")))
        findings.equal("card.configs", sorted(found), sorted(paths), f"README.md: {name}")


def check_footer(
    file: pq.ParquetFile, path: str, manifest: dict[str, Any], findings: Findings
) -> None:
    """Check the schema of a shard and the four keys of its footer."""
    schema: pa.Schema = file.schema_arrow.remove_metadata()
    findings.need("shard.schema", schema.equals(ROWS), path, "the columns of docs/format.md")
    keys = {k.decode(): v.decode() for k, v in (file.schema_arrow.metadata or {}).items()}
    expected = {
        "longmix.schema": SCHEMA_NAME,
        "longmix.mix_digest": manifest["mix_digest"],
        "longmix.tokenizer_sha256": manifest["tokenizer"]["sha256"],
        "longmix.shard": path,
    }
    findings.equal("shard.footer", {key: keys.get(key) for key in expected}, expected, path)


def _sha256(folder: Folder, path: str) -> str:
    sha = hashlib.sha256()
    with folder.open(path) as source:
        while block := source.read(1 << 22):
            sha.update(block)
    return sha.hexdigest()
