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
WITHIN = {
    "recipe": (
        *("eos", "eos_on_fragments", "bos", "extra_token", "min_fragment", "fragment_positions"),
        *("pos_target_len", "haystack_reuse", "max_epochs", "stages", "sources", "shard_tokens"),
    ),
    "tokenizer": ("sha256", "vocab_size", "eos_id", "bos_id", "pad_id", "engine", "engine_version"),
    "totals": ("rows", "tokens", "targets", "pad", "by_source", "by_task", "by_stage"),
    "inputs": ("uri", "bytes", "sha256"),
    "files": ("path", "bytes", "sha256", "kind"),
    "shards": ("path", "rows", "tokens", "stage"),
    "quarantined": ("reason",),
}


def check_manifest(manifest: Any, findings: Findings) -> bool:
    """Return whether the manifest has everything that docs/format.md says it has."""
    where = "manifest.json"
    sound = findings.need("manifest.keys", isinstance(manifest, dict), where, "a JSON object")
    if not sound:
        return False
    for key, kind in KEYS.items():
        there = isinstance(manifest.get(key), kind)
        sound &= findings.need("manifest.keys", there, f"{where}: {key}", f"a {kind.__name__}")
    for key, names in WITHIN.items() if sound else ():
        entries = manifest[key] if KEYS[key] is list else [manifest[key]]
        for entry in entries:
            missing = [name for name in names if name not in entry]
            sound &= findings.equal("manifest.keys", missing, [], f"{where}: {key}, missing")
    findings.equal("manifest.schema", manifest.get("schema"), MANIFEST_SCHEMA, where)
    for place, text in _strings(manifest, where):
        findings.need("manifest.portable", not _absolute(text), place, "no absolute path")
    return sound


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
