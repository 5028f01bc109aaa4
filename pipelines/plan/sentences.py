"""The mistakes in a recipe as sentences: file, key path, what is wrong, the nearest known name."""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.errors import RecipeError
from schemas.recipe import (
    Bounds,
    DecontaminateSpec,
    Recipe,
    SourceSpec,
    StageSpec,
    TrainSpec,
)
from schemas.task_spec import TaskSpec

SHAPES = {
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "a mapping of keys"),
    **dict.fromkeys(("tuple_type", "list_type"), "a list"),
}
"""Types of faults of which pydantic speaks in Python's words, and what YAML calls them."""


@contextmanager
def placed(place: str) -> Iterator[None]:
    """Put the place of a recipe before the message of an error that rises in the block."""
    try:
        yield
    except RecipeError as error:
        raise RecipeError(f"{place}: {error}") from error


HALVES = ("dict[", "literal[", "constrained-", "function-")
"""What pydantic adds to the place of a key that may be of several kinds."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean 'seed'?` where a known name is near, and nothing where none is."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def sentences(
    error: ValidationError,
    path: str,
    prefix: tuple[str, ...] = (),
    known: list[str] | None = None,
) -> list[str]:
    """Return one line a fault: file, key path, what is wrong, the nearest known name."""
    lines = []
    for fault in error.errors():
        if "literal['all']" in fault["loc"]:
            continue  # the other half of `tasks`: what was written is judged as a mapping
        inner = [
            str(part)
            for part in fault["loc"]
            if part != "[key]" and not str(part).startswith(HALVES)
        ]
        where = ".".join(filter(None, (*prefix, *inner)))
        if fault["type"] == "extra_forbidden":
            names = _known_keys(fault["loc"]) if known is None else known
            shown = ", ".join(name for name in names if name != "fields")
            listed = f" Known keys: {shown}." if names else " There are none here."
            message = f"no such key.{nearest(inner[-1], names) or listed}"
        else:
            message = _message(fault)
        lines.append(": ".join(filter(None, (path, where, message))))
    return lines


def _message(fault: Any) -> str:
    """Return what is wrong with a value, and the value where it is short enough to show."""
    if fault["type"] == "missing":
        return "must be given"
    message = fault["msg"].removeprefix("Value error, ").partition(", unable to parse")[0]
    if fault["type"] in SHAPES:
        message = f"must be {SHAPES[fault['type']]}"
    return message if isinstance(fault["input"], dict) else f"{message}, not {fault['input']!r}"


def _known_keys(place: tuple[int | str, ...]) -> list[str]:
    """Return the keys that may stand where an unknown one was found."""
    models: dict[str, type[BaseModel]] = {
        "sources": SourceSpec,
        "stages": StageSpec,
        "train": TrainSpec,
        "tasks": TaskSpec,
        "decontaminate": DecontaminateSpec,
    }
    model = models.get(str(place[0]), Recipe) if len(place) > 1 else Recipe
    return list((Bounds if "keep" in place else model).model_fields)
