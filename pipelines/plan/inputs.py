"""The inputs of a mix: what each source reads, in a fixed order, cut into units by bytes.

Inputs are known by the sha256 of their content, never by name, size or time, so a file that
changed is noticed whatever its clock says.
"""

from dataclasses import asdict
from typing import Any

from generators import sources
from generators.files import open_place
from schemas.canonical import digest
from schemas.errors import NothingFoundError, RecipeError
from schemas.recipe import Recipe, SourceSpec
from schemas.unit import Item, Unit

DECIDED_LATER = {
    *("min_tokens", "max_tokens", "max_epochs", "share", "filler", "kind", "required"),
    *("scores", "keep", "long_documents", "overlap"),
}
"""Fields of a source that change nothing in the store: DRAW applies them."""


def list_inputs(recipe: Recipe) -> dict[str, list[Item]]:
    """Return the items of every source, sorted by name. Raises RecipeError where one has none."""
    place = open_place(recipe.inputs)
    items = {}
    for name, spec in recipe.sources.items():
        try:
            items[name] = sources.load(spec.reader).list_items(name, spec, place)
        except NothingFoundError:
            if spec.required:
                raise
            items[name] = []
        if spec.required and not items[name]:
            raise RecipeError(
                f"sources.{name}.files: nothing under {recipe.inputs} matches {spec.files!r}"
            )
    if not any(items.values()):
        raise RecipeError(
            f"sources: nothing found under {recipe.inputs}; check `inputs` and `files`"
        )
    return items


def sampling_order(recipe: Recipe, items: list[Item]) -> list[Item]:
    """Return the items of a source in the order in which a sample takes them: keyed by content."""
    return sorted(items, key=lambda item: digest([recipe.seed, item.sha256, item.uri]))


def prepare_units(
    recipe: Recipe,
    items: dict[str, list[Item]],
    tokenizer: str,
    *,
    decontaminate: dict[str, Any] | None = None,
) -> list[Unit]:
    """Cut each source's items into units of about `recipe.unit_bytes`, in order.

    `decontaminate` describes what texts are compared with, None for nothing.
    """
    units: list[Unit] = []
    for mine in items.values():
        batch: list[Item] = []
        size = 0
        for item in mine:
            if batch and size + item.num_bytes > recipe.unit_bytes:
                units.append(
                    prepare_unit(recipe, len(units), batch, tokenizer, decontaminate=decontaminate)
                )
                batch, size = [], 0
            batch.append(item)
            size += item.num_bytes
        if batch:
            units.append(
                prepare_unit(recipe, len(units), batch, tokenizer, decontaminate=decontaminate)
            )
    return units


def prepare_unit(
    recipe: Recipe,
    index: int,
    items: list[Item],
    tokenizer: str,
    *,
    documents: tuple[int, int] | None = None,
    decontaminate: dict[str, Any] | None = None,
) -> Unit:
    """Return the unit that reads these items of one source.

    Of one item, perhaps only the documents [first, last).
    """
    spec = recipe.sources[items[0].source]
    work = {
        "items": [asdict(item) for item in items],
        "source": reading_fields(spec),
        "tokenizer": tokenizer,
        "seed": recipe.seed if _draws(spec) else None,
        "documents": list(documents) if documents else None,
        "decontaminate": decontaminate,
    }
    return Unit(phase="prepare", index=index, description=work)


def _draws(spec: SourceSpec) -> bool:
    """Say whether reading draws anything: only the order of a repository's files is drawn."""
    return sources.load(spec.reader).DRAWS and spec.fields.get("order", "random") == "random"


def reading_fields(spec: SourceSpec) -> dict[str, object]:
    """Return the fields of a source that decide what is read."""
    return spec.model_dump(mode="json", exclude=DECIDED_LATER)
