"""The manifest: every key is there, of its type, and nothing in it belongs to one machine.

Only a manifest that passes is read any further, so the other checks need not ask what is there.
"""

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from pipelines.verify.findings import Findings
from schemas.manifest import MANIFEST_SCHEMA

KEYS: dict[str, type] = {
    **dict.fromkeys(("schema", "name", "longmix_version", "plan_digest"), str),
    **dict.fromkeys(("mix_digest", "content_digest", "recipe_digest"), str),
    **dict.fromkeys(("generation", "recipe", "tokenizer", "totals"), dict),
    **dict.fromkeys(("inputs", "files", "shards", "quarantined"), list),
}
OPTIONAL = int | None
WITHIN: dict[str, dict[str, Any]] = {
    "recipe": {
        **dict.fromkeys(("eos", "eos_on_fragments", "extra_token"), bool),
        **dict.fromkeys(("bos", "fragment_positions", "haystack_reuse"), str),
        **dict.fromkeys(("min_fragment", "shard_tokens"), int),
        **dict.fromkeys(("pos_target_len", "max_epochs"), OPTIONAL),
        "stages": list,
        "sources": dict,
    },
    "tokenizer": {
        **dict.fromkeys(("sha256", "engine", "engine_version"), str),
        **dict.fromkeys(("eos_id", "bos_id", "pad_id"), OPTIONAL),
        "vocab_size": int,
    },
    "totals": {
        **dict.fromkeys(("rows", "tokens", "targets", "pad"), int),
        **dict.fromkeys(("by_source", "by_task", "by_stage"), dict),
    },
    "inputs": {"uri": str, "bytes": int, "sha256": str},
    "files": {"path": str, "bytes": int, "sha256": str, "kind": str},
    "shards": {"path": str, "rows": int, "tokens": int, "stage": str},
    "quarantined": {"reason": str},
}
STAGE: dict[str, Any] = {"name": str, "seq_len": int, "rope_mode": str}
SOURCE: dict[str, Any] = {"max_epochs": int}


def check_manifest(manifest: Any, findings: Findings) -> bool:
    """Return whether the manifest has everything that docs/format.md says it has."""
    where = "manifest.json"
    sound = findings.need("manifest.keys", isinstance(manifest, dict), where, "a JSON object")
    if not sound:
        return False
    for key, kind in KEYS.items():
        there = isinstance(manifest.get(key), kind)
        sound &= findings.need("manifest.keys", there, f"{where}: {key}", f"a {kind.__name__}")
    for key, fields in WITHIN.items() if sound else ():
        entries = manifest[key] if KEYS[key] is list else [manifest[key]]
        sound &= _check_fields(entries, fields, f"{where}: {key}", findings)
    if sound:
        recipe = manifest["recipe"]
        sound &= _check_fields(recipe["stages"], STAGE, f"{where}: recipe.stages", findings)
        sources = [*recipe["sources"].values()]
        sound &= _check_fields(sources, SOURCE, f"{where}: recipe.sources", findings)
    findings.equal("manifest.schema", manifest.get("schema"), MANIFEST_SCHEMA, where)
    for place, text in _strings(manifest, where):
        findings.need("manifest.portable", not _absolute(text), place, "no absolute path")
    return sound


def _check_fields(
    entries: list[Any], fields: dict[str, Any], where: str, findings: Findings
) -> bool:
    """Return whether every entry is an object with these fields, each of its type."""
    sound = True
    for entry in entries:
        wrong = [
            name
            for name, kind in fields.items()
            if not isinstance(entry, dict) or name not in entry or not _is(entry[name], kind)
        ]
        sound &= findings.equal("manifest.keys", wrong, [], f"{where}, missing or of another type")
    return sound


def _is(value: Any, kind: Any) -> bool:
    """Return whether a JSON value is of a type; Python takes true for a number, JSON does not."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _strings(value: Any, place: str) -> list[tuple[str, str]]:
    """Return every string of a JSON value with the place where it stands."""
    if isinstance(value, str):
        return [(place, value)]
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return []
    return [found for key, part in value.items() for found in _strings(part, f"{place}.{key}")]


def _absolute(text: str) -> bool:
    local = PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()
    return local or text.startswith("file:")
