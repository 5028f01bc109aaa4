"""Open a finished mix by its manifest, for every command that only looks."""

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files import Folder, open_folder, work_of
from schemas.errors import IdentityError, VerificationError
from schemas.manifest import MANIFEST_SCHEMA

SHOWN = {"name", "files", "quarantined", "recipe", "shards", "totals"}
"""Keys of a manifest that the commands read."""


@dataclass(frozen=True, slots=True)
class Mix:
    """A finished mix: its folder and its manifest."""

    folder: Folder
    manifest: dict[str, Any]

    def table(self, kind: str, columns: list[str] | None = None) -> pa.Table:
        """Return all files of a kind (`documents`, `samples`) as one table."""
        paths = [file["path"] for file in self.manifest["files"] if file["kind"] == kind]
        return pa.concat_tables([self.read(path, columns) for path in paths])

    def read(self, path: str, columns: list[str] | None = None) -> pa.Table:
        """Return one Parquet file of the mix. Raises VerificationError for one that is damaged."""
        try:
            with self.folder.open(path) as source:
                return pq.read_table(source, columns=columns)
        except (OSError, pa.ArrowException) as error:
            raise VerificationError(
                f"{self.folder.path(path)}: cannot be read ({error}); longmix verify says what "
                "else is damaged"
            ) from error


def open_mix(name: str) -> Mix:
    """Return the mix in a folder or at a URI. Raises IdentityError when there is none of ours."""
    mix = find_mix(name)
    ours = isinstance(mix.manifest, dict) and mix.manifest.get("schema") == MANIFEST_SCHEMA
    if not ours or not mix.manifest.keys() >= SHOWN:
        raise IdentityError(f"{name}: its manifest.json is not that of a whole longmix mix")
    return mix


def find_mix(name: str) -> Mix:
    """Return what calls itself a mix, for checks that judge its manifest themselves."""
    folder = open_folder(name)
    if not folder.exists("manifest.json"):
        begun = open_folder(work_of(name)).exists("identity.json")
        hint = "it was begun and is not finished; see longmix status" if begun else "build it first"
        raise IdentityError(f"{name}: there is no manifest.json, so there is no mix here; {hint}")
    try:
        return Mix(folder, json.loads(folder.read("manifest.json")))
    except ValueError as error:
        raise VerificationError(f"{name}: its manifest.json is damaged: {error}") from error
