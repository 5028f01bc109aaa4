"""Decontamination: the index of a job's prompts, and what becomes of texts that overlap with it.

The driver builds the index once and keeps it in the store under its digest; workers load it by
that name, and the digest is part of every unit that it decides. What a document shares with a
benchmark stands in three columns of the documents table.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from generators.decontam import prompts
from generators.decontam.firewall import firewall
from generators.decontam.index import Index, build, from_bytes, to_bytes
from generators.decontam.overlap import cut, find
from generators.files import Place, open_place
from generators.tokens.tokenizer import Tokenizer
from pipelines.files import open_folder
from pipelines.plan.sentences import placed
from pipelines.store import Store
from schemas.document import Kind
from schemas.errors import RecipeError
from schemas.recipe import DecontaminateSpec, Recipe

REASON = "contaminated"
BLOCKS: dict[Kind, Literal["line", "paragraph"]] = {"repo": "line"}
"""What is cut around an overlap, where it is not the paragraph: code has long ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is left of a text, or why nothing is, and its values for OVERLAP."""

    text: str
    reason: str | None
    columns: dict[str, float | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Firewall:
    """What texts of a job are compared with."""

    spec: DecontaminateSpec
    indices: tuple[Index, ...]

    def check(self, text: str, kind: Kind, tokenizer: Tokenizer) -> Checked:
        """Cut or reject a document by the recipe's policy."""
        hits, size = 0, len(text)
        names: set[str] = set()
        for index in self.indices:
            overlap = find(text, index, tokenizer=tokenizer)
            if overlap.hits < self.spec.min_hits:
                continue
            hits += overlap.hits
            names |= {*overlap.benchmarks}
            if self.spec.policy == "cut":
                blocks = BLOCKS.get(kind, "paragraph")
                text = cut(text, overlap.spans, block=blocks).text
        lost = size - len(text)
        drop = (hits and self.spec.policy == "drop") or lost > self.spec.max_cut * size
        columns: dict[str, float | str | None] = {
            "overlap_hits": float(hits),
            "overlap_chars": float(lost),
            "overlap_with": ", ".join(sorted(names)) or None,
        }
        return Checked(text=text, reason=REASON if drop else None, columns=columns)

    def meets(self, text: str, tokenizer: Tokenizer) -> tuple[str, ...]:
        """Return the benchmarks that a sample's own words repeat."""
        found = (find(text, index, tokenizer=tokenizer).benchmarks for index in self.indices)
        return tuple(sorted({name for names in found for name in names}))


def prompt_files(recipe: Recipe) -> dict[str, str]:
    """Return the sha256 of each file of prompts that the recipe names, by path, sorted.

    Raises RecipeError for a pattern that finds none: a benchmark that is misspelt would be one that
    the mix may contain.
    """
    spec = recipe.decontaminate
    if spec is None or not spec.files:
        return {}
    place = _place(recipe)
    found: set[str] = set()
    for pattern in spec.files:
        paths = place.glob(pattern)
        if not paths:
            raise RecipeError(
                f"decontaminate.files: nothing below {place.address} matches '{pattern}'"
            )
        found.update(paths)
    return {path: place.sha256(path) for path in sorted(found)}


def keep_index(
    recipe: Recipe, files: Sequence[str], tokenizer: Tokenizer, store: Store
) -> str | None:
    """Build the index of these files of prompts into the store; return its digest, or None.

    Raises RecipeError for a file that cannot be read, and when no prompt is long enough.
    """
    spec = recipe.decontaminate
    if spec is None or not files:
        return None
    with placed("decontaminate.files"):
        index = build(
            prompts.read(files, _place(recipe), fields=spec.prompt_fields),
            n=spec.ngram,
            unit=spec.unit,
            tokenizer=tokenizer,
            shortest=spec.shortest,
            common=spec.common,
        )
        if not index.num_texts:
            raise RecipeError(f"no prompt has {spec.shortest} {spec.unit}s; lower `shortest`")
    name = _name(index.digest)
    if not store.folder.exists(name):
        store.folder.write(name, to_bytes(index), moment="decontaminate.index")
    return index.digest


def _place(recipe: Recipe) -> Place:
    given = recipe.decontaminate and recipe.decontaminate.prompts
    return open_place(given, key="decontaminate.prompts") if given else open_place(recipe.inputs)


def _name(digest: str) -> str:
    return f"decontaminate/{digest}.index"


@functools.lru_cache(maxsize=1)
def _load(store: str, digest: str) -> Index:
    """Return an index of the store; a process keeps the last one: loading 7 M grams takes 1 s."""
    return from_bytes(open_folder(store).read(_name(digest)), digest)


def describe(recipe: Recipe, index: str | None) -> dict[str, Any] | None:
    """Return what decides the outcome, for a unit's description; None where nothing is checked."""
    if recipe.decontaminate is None:
        return None
    decided = {"known", "policy", "min_hits", "max_cut"}
    known = firewall().digest if recipe.decontaminate.known else None
    spec = recipe.decontaminate.model_dump(mode="json", include=decided)
    return {**spec, "index": index, "known_index": known}


def open_firewall(store: str, described: dict[str, Any] | None) -> Firewall | None:
    """Return what `describe` described."""
    if described is None:
        return None
    keys = ("policy", "min_hits", "max_cut")
    spec = DecontaminateSpec(**{key: described[key] for key in keys})
    indices = [firewall()] if described["known"] else []
    if described["index"]:
        indices.append(_load(store, described["index"]))
    return Firewall(spec=spec, indices=tuple(indices))
