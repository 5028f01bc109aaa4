"""The inputs of a mix: what each source reads, in a fixed order, cut into units by bytes.

Inputs are known by the sha256 of their content, never by name, size or time, so a file that
changed is noticed whatever its clock says.
"""

from dataclasses import asdict

from generators import sources
from generators.files import open_place
from schemas.errors import RecipeError
from schemas.recipe import Recipe, SourceSpec
from schemas.unit import Item, Unit

DECIDED_LATER = {"min_tokens", "max_epochs", "share", "filler", "kind"}
"""Fields of a source that change nothing in the store: DRAW applies them."""


def list_inputs(recipe: Recipe) -> dict[str, list[Item]]:
    """Return the items of every source, sorted by name. Raises RecipeError where one has none."""
    place = open_place(recipe.inputs)
    items = {}
    for name, spec in recipe.sources.items():
        items[name] = sources.load(spec.reader).list_items(name, spec, place)
        if not items[name]:
            raise RecipeError(
                f"sources.{name}.files: nothing under {recipe.inputs} matches {spec.files!r}"
            )
    return items


def prepare_units(recipe: Recipe, items: dict[str, list[Item]], tokenizer: str) -> list[Unit]:
    """Cut each source's items into units of about `recipe.unit_bytes`, in order."""
    units: list[Unit] = []
    for name in recipe.sources:
        batch: list[Item] = []
        size = 0
        for item in items[name]:
            if batch and size + item.num_bytes > recipe.unit_bytes:
                units.append(prepare_unit(recipe, len(units), batch, tokenizer))
                batch, size = [], 0
            batch.append(item)
            size += item.num_bytes
        units.append(prepare_unit(recipe, len(units), batch, tokenizer))
    return units


def prepare_unit(
    recipe: Recipe,
    index: int,
    items: list[Item],
    tokenizer: str,
    *,
    documents: tuple[int, int] | None = None,
) -> Unit:
    """Return the unit that reads these items of one source.

    Of one item, perhaps only the documents [first, last).
    """
    spec = recipe.sources[items[0].source]
    work = {
        "items": [asdict(item) for item in items],
        "source": reading_fields(spec),
        "tokenizer": tokenizer,
        # Only the order of a repository's files is drawn.
        "seed": recipe.seed if spec.reader == "repo" and spec.order == "random" else None,
        "documents": list(documents) if documents else None,
    }
    return Unit(phase="prepare", index=index, description=work)


def reading_fields(spec: SourceSpec) -> dict[str, object]:
    """Return the fields of a source that decide what is read."""
    return spec.model_dump(mode="json", exclude=DECIDED_LATER)
