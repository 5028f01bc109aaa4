"""What a source selects by: its reader, cleaners, scores and rules, checked and complete.

Every module's own keys are written out with their defaults, so that the units of work and the
manifest say all that decided a text. A package that a module needs and that is not installed is
named here, before any work, and not by the first document that asks for it.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from generators import cleaning, packing, scoring, sources
from pipelines.plan.sentences import nearest, placed, sentences
from schemas.document import DOCUMENTS, OVERLAP
from schemas.errors import RecipeError
from schemas.knobs import Strict
from schemas.recipe import Part, Recipe, SourceSpec


def whole_source(spec: SourceSpec, name: str, path: str) -> SourceSpec:
    """Return a source with the keys of its reader, cleaners and scores checked and complete."""
    place = f"{path}: sources.{name}"
    with placed(f"{place}.reader"):
        options = sources.load(spec.reader).Options
    known = [*SourceSpec.model_fields, *options.model_fields]
    whole = spec.model_copy(
        update={
            "fields": _own_keys(options, spec.fields, (path, "sources", name), known),
            "clean": _whole_parts(spec.clean, cleaning.load, (path, "sources", name, "clean")),
            "scores": _whole_parts(spec.scores, scoring.load, (path, "sources", name, "scores")),
        }
    )
    _check_rules(whole, place)
    return whole


def scores_of(recipe: Recipe, source: str) -> list[tuple[str, dict[str, Any]]]:
    """Return names and keys of a source's scores, with those that the recipe needs elsewhere.

    Near duplicates are found by `minhash`, and what documents are alike by `topics`.
    """
    spec = recipe.sources[source]
    parts = [(part.name, part.fields) for part in spec.scores]
    added = {"minhash": spec.kind in recipe.near_duplicates, "topics": wants_topics(recipe)}
    for name, wanted in added.items():
        if wanted and name not in dict(parts):
            parts.append((name, scoring.load(name).Options().model_dump(mode="json")))
    return parts


def wants_topics(recipe: Recipe) -> bool:
    """Say whether documents are packed by what they are about, as `packer: related` does."""
    return packing.needs_near(recipe.packer)


def check_near_duplicates(recipe: Recipe) -> None:
    """Refuse kinds that no source has, and signatures that cannot be made or compared."""
    for kind in recipe.near_duplicates:
        mine = [name for name, spec in recipe.sources.items() if spec.kind == kind]
        keys = [dict(scores_of(recipe, name))["minhash"] for name in mine]
        with placed(f"near_duplicates.{kind}"):
            if not mine:
                raise RecipeError(
                    "no source is of this kind; `kind` of a source is page by default"
                )
            if any(other != keys[0] for other in keys):
                raise RecipeError(
                    f"the sources {', '.join(mine)} give the score `minhash` different keys, so "
                    "their signatures cannot be compared; give them the same"
                )
            _check_installed(scoring.load("minhash").Options())


def published_columns(spec: SourceSpec) -> dict[str, pa.DataType]:
    """Return the columns of the documents table that a source's cleaners and scores fill."""
    columns = {cleaning.load(part.name).COUNTS: pa.float64() for part in spec.clean}
    for part in spec.scores:
        columns |= scoring.load(part.name).COLUMNS
    return {name: kind for name, kind in columns.items() if kind != pa.binary()}


def document_columns(recipe: Recipe) -> dict[str, pa.DataType]:
    """Return the columns that follow those of DOCUMENTS: of cleaners, scores, decontamination."""
    columns: dict[str, pa.DataType] = {}
    for spec in recipe.sources.values():
        columns |= published_columns(spec)
    return columns | (OVERLAP if recipe.decontaminate else {})


def flat(spec: SourceSpec) -> dict[str, Any]:
    """Return a source as JSON values, as a recipe writes it: own keys beside the common ones."""
    common = spec.model_dump(mode="json", exclude={"fields"})
    parts = {
        what: [{"name": part.name, **part.fields} for part in getattr(spec, what)]
        for what in ("clean", "scores")
    }
    return {**common, **parts, **spec.fields}


def _whole_parts(
    parts: tuple[Part, ...], load: Callable[[str], Any], place: tuple[str, ...]
) -> tuple[Part, ...]:
    path, *keys = place
    names = [part.name for part in parts]
    if len(set(names)) < len(names):
        raise RecipeError(f"{path}: {'.'.join(keys)}: the names {names} are not all different")
    whole = []
    for part in parts:
        with placed(f"{path}: {'.'.join(keys)}"):
            options = load(part.name).Options
        known = list(options.model_fields)
        fields = _own_keys(options, part.fields, (*place, part.name), known)
        whole.append(part.model_copy(update={"fields": fields}))
    return tuple(whole)


def _own_keys(
    model: type[Strict], given: dict[str, Any], place: tuple[str, ...], known: list[str]
) -> dict[str, Any]:
    """Return a module's own keys with their defaults, as JSON values."""
    path, *keys = place
    try:
        options = model.model_validate(given)
    except ValidationError as error:
        raise RecipeError("\n".join(sentences(error, path, tuple(keys), known))) from None
    with placed(f"{path}: {'.'.join(keys)}"):
        _check_installed(options)
    return options.model_dump(mode="json")


def _check_installed(options: Strict) -> None:
    """Refuse a module that needs a package which is not there; nothing is imported to find out."""
    needs: dict[str, str] = getattr(options, "needs", {})
    missing = [name for name in needs if find_spec(name) is None]
    if missing:
        packages = ", ".join(name.replace("_", "-") for name in missing)
        extras = ",".join(sorted({needs[name] for name in missing}))
        raise RecipeError(f"needs {packages}; type: pip install 'longmix[{extras}]'")


def _check_rules(spec: SourceSpec, place: str) -> None:
    """Refuse rules about columns that nothing fills or that are of another type."""
    columns = published_columns(spec)
    for column, bounds in spec.keep.items():
        with placed(f"{place}.keep.{column}"):
            if column not in columns:
                raise RecipeError(_unfilled(column, list(columns)))
            if (bounds.among is not None) != (columns[column] == pa.string()):
                raise RecipeError(
                    "`among` is for columns of words; min, max and percentiles are for columns of "
                    "numbers"
                )
    if spec.max_tokens is not None and spec.max_tokens < spec.min_tokens:
        raise RecipeError(f"{place}.max_tokens: is less than min_tokens, so nothing would be kept")


def _unfilled(column: str, filled: list[str]) -> str:
    """Return why there is no such column, and what to do."""
    if column in DOCUMENTS.names:
        return "rules are for columns of cleaners and scores; lengths have min_tokens, max_tokens"
    if not filled:
        return "no cleaner and no score of this source fills a column; add one that fills this"
    return (
        "no cleaner and no score of this source fills such a column; "
        f"filled: {', '.join(filled)}.{nearest(column, filled)}"
    )
