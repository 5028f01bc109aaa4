"""`longmix diff A B`: what changed between two mixes, two recipes, or a mix and a recipe.

    longmix diff mixes/may mixes/june          recipe, inputs, documents, tokens, samples, depths
    longmix diff may.yaml june.yaml            the recipes, every default filled in
    longmix diff mixes/may june.yaml           what a build of june.yaml would change in the recipe

Shards are compared by their digests and never read: time grows with documents and samples, and not
with tokens.
"""

import json
import os
from typing import Any

from pipelines.plan.recipe import load_recipe, resolved
from pipelines.report.diff_keys import differences
from pipelines.report.diff_tables import (
    DOCUMENT_COLUMNS,
    NAMED,
    diff_depths,
    diff_documents,
    diff_samples,
)
from pipelines.shards.mix import Mix, open_mix
from schemas.layout import DEPTHS
from schemas.manifest import portable

MADE_WITH = ("longmix_version", "generation", "tokenizer", "quarantined")
"""Keys of a manifest that say what made a mix, beside its recipe and its inputs."""
DEPTHS_FILE = "plan/depths.parquet"


def diff_facts(a: str, b: str) -> dict[str, Any]:
    """Return what changed from A to B as JSON values; `same` when nothing did.

    Each is the folder or URI of a finished mix, or a recipe: a file. Raises RecipeError for a
    recipe that cannot be, IdentityError where there is no mix, VerificationError for a damaged one.
    """
    mixes = [None if _is_recipe(name) else open_mix(name) for name in (a, b)]
    first, second = mixes
    facts: dict[str, Any] = {"a": a, "b": b, "compared": "recipes"}
    if first is not None and second is not None:
        facts["compared"] = "mixes"
        facts["recipe"] = differences(first.manifest["recipe"], second.manifest["recipe"])
        facts |= _mixes(first, second)
    else:
        alone = first is None and second is None
        shown = [_recipe(name, mix, whole=alone) for name, mix in zip((a, b), mixes, strict=True)]
        facts["recipe"] = differences(*shown)
    inputs = any(part["count"] for part in facts.get("inputs", {}).values())
    rest = any(facts.get(part) for part in ("recipe", "made_with", "files"))
    facts["same"] = not (inputs or rest)
    return facts


def _is_recipe(name: str) -> bool:
    """Say whether a name is that of a recipe: a file is, and what would be a YAML file."""
    if os.path.isdir(name):
        return False
    return os.path.isfile(name) or name.endswith((".yaml", ".yml"))


def _recipe(name: str, mix: Mix | None, *, whole: bool) -> Any:
    """Return a recipe with its defaults; as a manifest shows it, unless `whole`.

    A manifest knows no absolute paths, so those of a recipe beside a mix say nothing.
    """
    if mix is not None:
        return mix.manifest["recipe"]
    recipe = resolved(load_recipe(name))
    # as it would come back from a manifest: tuples are lists, keys are strings
    return json.loads(json.dumps(recipe if whole else portable(recipe)))


def _mixes(a: Mix, b: Mix) -> dict[str, Any]:
    """Return all but the recipe."""
    documents = [mix.table("documents", DOCUMENT_COLUMNS) for mix in (a, b)]
    samples = [mix.table("samples") for mix in (a, b)]
    depths = [_depths(mix) for mix in (a, b)]
    before, after = ({key: mix.manifest.get(key) for key in MADE_WITH} for mix in (a, b))
    return {
        "made_with": differences(before, after),
        "inputs": _listed(*(_inputs(mix) for mix in (a, b))),
        "documents": diff_documents(*documents),
        "totals": diff_totals(a.manifest["totals"], b.manifest["totals"]),
        "samples": diff_samples(*samples),
        "depths": diff_depths(*depths),
        "files": _files(a, b),
    }


def _depths(mix: Mix) -> Any:
    """Return the table of depths; an empty one for a mix that has none."""
    listed = any(file["path"] == DEPTHS_FILE for file in mix.manifest["files"])
    return mix.read(DEPTHS_FILE) if listed else DEPTHS.empty_table()


def _inputs(mix: Mix) -> dict[str, list[str]]:
    """Return the digests of the inputs by URI; several where several sources read it."""
    found: dict[str, set[str]] = {}
    for item in mix.manifest.get("inputs", []):
        found.setdefault(item["uri"], set()).add(item["sha256"])
    return {uri: sorted(digests) for uri, digests in found.items()}


def _listed(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """Return how many keys are in A alone, in B alone, and in both with other values."""
    parts = {
        "only_a": sorted(a.keys() - b.keys()),
        "only_b": sorted(b.keys() - a.keys()),
        "changed": sorted(key for key in a.keys() & b.keys() if a[key] != b[key]),
    }
    return {name: {"count": len(uris), "named": uris[:NAMED]} for name, uris in parts.items()}


def _files(a: Mix, b: Mix) -> list[dict[str, Any]]:
    """Return the files that differ, one entry a kind: the proof that nothing was overlooked."""
    sides = [
        {(file["kind"], file["path"]): file["sha256"] for file in mix.manifest["files"]}
        for mix in (a, b)
    ]
    found = []
    for kind in sorted({kind for side in sides for kind, _ in side}):
        mine = [{path: sha for (k, path), sha in side.items() if k == kind} for side in sides]
        listed = _listed(*mine)
        if any(part["count"] for part in listed.values()):
            found.append({"kind": kind, **listed})
    return found


def diff_totals(a: dict[str, Any], b: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one entry a number: of what, its name, A, B, B - A, and 100 (B - A) / A.

    200 tokens of books, then 250, are {"of": "source", "name": "books", "a": 200, "b": 250,
    "difference": 50, "percent": 25.0}. `percent` is None where A has nothing. Tokens of a source
    or task are the lengths of its spans; what is of `all` comes last.
    """
    sides = [_numbers(totals) for totals in (a, b)]
    lines = []
    for of, name in sorted({*sides[0], *sides[1]}, key=lambda key: (key[0] == "all", *key)):
        x, y = (side.get((of, name), 0) for side in sides)
        percent = 100 * (y - x) / x if x else None
        lines.append(
            {"of": of, "name": name, "a": x, "b": y, "difference": y - x, "percent": percent}
        )
    return lines


def _numbers(totals: dict[str, Any]) -> dict[tuple[str, str], int]:
    """Return the numbers of a manifest's totals by what they are of and by name."""
    sources = {
        name: tokens
        for name, tokens in totals.get("by_source", {}).items()
        if not name.startswith("task:")  # these stand under by_task too
    }
    stages = totals.get("by_stage", {})
    return {
        **{("source", name): tokens for name, tokens in sources.items()},
        **{("task", name): tokens for name, tokens in totals.get("by_task", {}).items()},
        **{("rows of stage", name): stage["rows"] for name, stage in stages.items()},
        **{("all", name): totals.get(name, 0) for name in ("rows", "tokens", "targets", "pad")},
    }
