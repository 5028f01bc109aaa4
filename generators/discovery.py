"""Rooms whose members are found by their file name: one file, one member, nothing to register.

    names("generators.tasks")            -> ("needle",)
    load("generators.tasks", "neddle", what="task")
        -> RecipeError: no task named 'neddle'; known: needle. Did you mean 'needle'?

A file whose name begins with an underscore is shared by members and is none itself.
"""

import difflib
import importlib
import pkgutil
from functools import cache
from types import ModuleType

from schemas.errors import RecipeError


def names(room: str) -> tuple[str, ...]:
    """Return the names of a package's members, sorted; imports none of them."""
    found = (module.name for module in pkgutil.iter_modules(importlib.import_module(room).__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


@cache  # asked for every document; looking through a folder takes as long as cleaning one
def load(room: str, name: str, *, what: str) -> ModuleType:
    """Return a member's module. Raises RecipeError with the nearest known name for any other."""
    known = names(room)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise RecipeError(f"no {what} named {name!r}; known: {', '.join(known)}.{hint}")
    return importlib.import_module(f"{room}.{name}")
