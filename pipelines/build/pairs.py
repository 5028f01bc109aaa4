"""Pairs of a recipe: the files that its paired tasks name, and which sample gets which pair."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa

from generators.seeds import rng_for
from generators.tasks.written import WrittenSpec
from generators.tokens.tokenizer import Tokenizer
from pipelines.build.written import Survivors, read_file, sample_fields, survivors
from pipelines.plan.recipe import TaskUse
from schemas.draw import Draw, SampleDraw
from schemas.layout import RESPONSES
from schemas.recipe import Recipe


def pair_files(uses: Iterable[TaskUse]) -> dict[str, str]:
    """Return the sha256 of every file of requests or responses that a use names, by its path."""
    paths = [
        (key, getattr(use.fields, key))
        for use in uses
        if isinstance(use.fields, WrittenSpec)
        for key in ("requests", "responses")
    ]
    return {path: hashlib.sha256(read_file(path, key)).hexdigest() for key, path in paths}


def written_pairs(uses: Iterable[TaskUse], tokenizer: Tokenizer) -> dict[str, Survivors]:
    """Return the pairs of every use of a paired task."""
    found = {}
    for use in uses:
        if isinstance(use.fields, WrittenSpec):
            spec = use.fields
            found[use.name] = survivors(
                spec.requests, spec.responses, spec.rules, normalise=tokenizer.normalise
            )
    return found


def rejected_responses(written: dict[str, Survivors]) -> pa.Table:
    """Return RESPONSES: every response that is no pair."""
    lines = [
        {"task": use, "id": name, "reason": reason}
        for use, found in written.items()
        for name, reason in found.rejected.items()
    ]
    return pa.Table.from_pylist(lines, schema=RESPONSES)


def fields_of_samples(
    recipe: Recipe,
    draw: Draw,
    doc_ids: Callable[[SampleDraw], Sequence[str]],
    *,
    uses: Iterable[TaskUse],
    written: dict[str, Survivors],
) -> dict[str, dict[str, Any] | None]:
    """Return the fields of each sample of a paired task, by sample_id: those of `sample_fields`.

    `doc_ids` says which documents a sample's haystack is of.
    """
    found: dict[str, dict[str, Any] | None] = {}
    for use in uses:
        if isinstance(use.fields, WrittenSpec):
            mine = [sample for sample in draw.samples if sample.use == use.name]
            fields = sample_fields(
                rng_for(recipe.seed, "pairs", use.name),
                written[use.name].pairs,
                [doc_ids(sample) for sample in mine],
                distractors=use.fields.distractors,
            )
            found |= {sample.sample_id: each for sample, each in zip(mine, fields, strict=True)}
    return found
