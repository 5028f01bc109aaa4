"""Files: everything listed is there with its bytes and sha256, nothing else is, digests agree."""

import fnmatch
import hashlib
import itertools
from typing import Any

import yaml

from generators.tokens.facts import read_facts
from pipelines.files import Folder
from pipelines.verify.findings import Findings
from schemas.canonical import digest, digest_lines
from schemas.row import SCHEMA_NAME

DERIVED = ("manifest.json", "report.html", "reports/*")
KINDS = ("data", "documents", "samples", "plan", "tokenizer", "card")
TOKENIZER = "tokenizer/tokenizer.json"


def check_files(folder: Folder, manifest: dict[str, Any], findings: Findings) -> set[str]:
    """Check the files of a mix and return the paths that hold what the manifest says."""
    sound = set()
    listed = [file["path"] for file in manifest["files"]]
    findings.need("files.once", len(set(listed)) == len(listed), "files", "each path once")
    for file in manifest["files"]:
        path = file["path"]
        findings.need("files.path", not _derived(path), path, "no derived file, no manifest")
        size = folder.size(path)
        if not findings.equal("files.bytes", size, file["bytes"], path):
            continue
        if findings.equal("files.sha256", _sha256(folder, path), file["sha256"], path):
            sound.add(path)
    for path in folder.names():
        known = path in listed or _derived(path)
        findings.need("files.listed", known, path, "listed in manifest.json")
    kinds = {file["kind"] for file in manifest["files"]}
    findings.equal("files.kind", sorted(kinds - {*KINDS}), [], "manifest.json: files")
    for kind in KINDS:
        findings.need("files.present", kind in kinds, kind, "one file at least")
    return sound


def check_digests(manifest: dict[str, Any], findings: Findings) -> None:
    """Check the three digests that the manifest can prove by itself."""
    where = "manifest.json"
    lines = [f"{file['sha256']}  {file['path']}" for file in manifest["files"]]
    findings.equal("digest.content", manifest["content_digest"], digest_lines(lines), where)
    findings.equal("digest.recipe", manifest["recipe_digest"], digest(manifest["recipe"]), where)
    identity = {
        "format": SCHEMA_NAME,
        "generation": manifest["generation"],
        "recipe_digest": manifest["recipe_digest"],
        "tokenizer": manifest["tokenizer"]["sha256"],
        "inputs": sorted(item["sha256"] for item in manifest["inputs"]),
        "plan_digest": manifest["plan_digest"],
    }
    findings.equal("digest.mix", manifest["mix_digest"], digest(identity), where)


def check_shard_list(manifest: dict[str, Any], findings: Findings) -> None:
    """Check that the shards are just the data files, stage by stage, numbered from 0, of a size."""
    recipe, shards = manifest["recipe"], manifest["shards"]
    data = [file["path"] for file in manifest["files"] if file["kind"] == "data"]
    paths = [shard["path"] for shard in shards]
    findings.equal("shard.listed", sorted(paths), sorted(data), "manifest.json: shards")
    row_len = {s["name"]: s["seq_len"] + int(recipe["extra_token"]) for s in recipe["stages"]}
    by_stage = [(name, list(part)) for name, part in itertools.groupby(shards, _stage)]
    order = [name for name in row_len if name in {_stage(shard) for shard in shards}]
    findings.equal("shard.order", [name for name, _ in by_stage], order, "manifest.json: shards")
    for name, part in by_stage:
        if not findings.need("shard.stage", name in row_len, name, "a stage of the recipe"):
            continue
        full = -(-recipe["shard_tokens"] // row_len[name])
        for number, shard in enumerate(part):
            path = f"data/{name}/{name}-{number:05d}.parquet"
            findings.equal("shard.path", shard["path"], path, "manifest.json: shards")
            tokens = shard["rows"] * row_len[name]
            findings.equal("shard.tokens", shard["tokens"], tokens, path)
            last = number == len(part) - 1
            size = shard["rows"] == full or (last and 0 < shard["rows"] < full)
            findings.need("shard.size", size, path, f"{full} rows, fewer in a stage's last shard")


def check_tokenizer(folder: Folder, manifest: dict[str, Any], findings: Findings) -> bool:
    """Check what the manifest says of the tokenizer; return whether its ids can be used."""
    facts, recipe, where = manifest["tokenizer"], manifest["recipe"], TOKENIZER
    data = folder.read(TOKENIZER)
    findings.equal("tokenizer.sha256", facts["sha256"], hashlib.sha256(data).hexdigest(), where)
    known = read_facts(data).ids()
    findings.equal("tokenizer.vocab_size", facts["vocab_size"], len(known), where)
    wanted = {"eos_id": recipe["eos"], "bos_id": recipe["bos"] != "none", "pad_id": False}
    sound = []
    for key, needed in wanted.items():
        there = facts[key] in known if facts[key] is not None else not needed
        expected = "the id of a token" + (", for the recipe uses it" if needed else " or null")
        sound.append(findings.need("tokenizer.ids", there, f"{where}: {key}", expected))
    return all(sound)


def check_card(folder: Folder, manifest: dict[str, Any], findings: Findings) -> None:
    """Check that the card's configurations select just the files of each stage and table."""
    text = folder.read("README.md").decode("utf-8")
    try:
        configs = yaml.safe_load(text.split("---")[1])["configs"]
        patterns = {config["config_name"]: config["data_files"] for config in configs}
        default = [config["config_name"] for config in configs if config.get("default")]
    except (IndexError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        findings.need("card.configs", False, "README.md", f"a YAML head with `configs`: {error!r}")
        return
    wanted: dict[str, set[str]] = {}
    for shard in manifest["shards"]:
        wanted.setdefault(shard["stage"], set()).add(shard["path"])
    findings.equal("card.default", default, list(wanted)[:1], "README.md")
    for kind in ("documents", "samples"):
        wanted[kind] = {file["path"] for file in manifest["files"] if file["kind"] == kind}
    names = folder.names()
    for name, paths in wanted.items():
        found = set(fnmatch.filter(names, patterns.get(name, "")))
        findings.equal("card.configs", sorted(found), sorted(paths), f"README.md: {name}")


def _derived(path: str) -> bool:
    return any(fnmatch.fnmatch(path, pattern) for pattern in DERIVED)


def _stage(shard: dict[str, Any]) -> str:
    return str(shard["stage"])


def _sha256(folder: Folder, path: str) -> str:
    sha = hashlib.sha256()
    with folder.open(path) as source:
        while block := source.read(1 << 22):
            sha.update(block)
    return sha.hexdigest()
