"""The manifest of a mix: what it is made of, and every file of it. Written last.

Keys and digests are those of docs/format.md, "manifest.json". No clock, host or absolute path.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from schemas.canonical import digest, digest_lines
from schemas.row import SCHEMA_NAME
from schemas.unit import GENERATIONS, Item

MANIFEST_SCHEMA = "longmix.manifest/1"
DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizerFacts:
    """The tokenizer that all ids of a mix belong to."""

    sha256: str
    vocab_size: int
    eos_id: int | None
    bos_id: int | None
    pad_id: int | None
    engine: str
    engine_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file of the mix."""

    path: str
    bytes: int
    sha256: str
    kind: str


def stable(value: Any) -> Any:
    """Return a JSON value with floats of 6 significant digits, so that machines agree on them.

    {"fill": [0.123456789, 5]} becomes {"fill": [0.123457, 5]}.
    """
    if isinstance(value, dict):
        return {key: stable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [stable(entry) for entry in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def portable(recipe: dict[str, Any]) -> dict[str, Any]:
    """Return the recipe without absolute paths, passwords and options of a connection.

    /data/books becomes books; s3://key:secret@bucket/books?region=x becomes s3://bucket/books.
    """
    shown = {**recipe, **{key: _portable_name(recipe[key]) for key in ("inputs", "tokenizer")}}
    decontaminate = recipe.get("decontaminate")
    if decontaminate and decontaminate["prompts"]:
        prompts = _portable_name(decontaminate["prompts"])
        shown["decontaminate"] = {**decontaminate, "prompts": prompts}
    if recipe.get("tasks"):
        shown["tasks"] = {name: _portable_use(use) for name, use in recipe["tasks"].items()}
    return shown


def _portable_use(use: dict[str, Any]) -> dict[str, Any]:
    """Return a use of a task without the folders of the files that it names."""
    files = ("requests", "responses")
    return {key: _portable_name(use[key]) if key in files else use[key] for key in use}


def _portable_name(name: str) -> str:
    if "://" not in name:
        return PurePath(name).name if PurePath(name).is_absolute() else name
    scheme, _, rest = name.partition("://")
    path = rest.partition("?")[0]
    host, slash, inner = path.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{inner}"


def mix_digest(
    recipe_digest: str, tokenizer_sha256: str, inputs: list[Item], plan_digest: str
) -> str:
    """Return the identity of a mix, known before its first shard is written."""
    return digest(
        {
            "format": SCHEMA_NAME,
            "generation": GENERATIONS,
            "recipe_digest": recipe_digest,
            "tokenizer": tokenizer_sha256,
            "inputs": sorted(item.sha256 for item in inputs),
            "plan_digest": plan_digest,
        }
    )


def content_digest(files: list[FileEntry]) -> str:
    """Return the digest over all files: sha256 of the sorted lines `sha256  path`."""
    return digest_lines([f"{file.sha256}  {file.path}" for file in files])
