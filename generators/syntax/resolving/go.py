"""Go: import paths to folders.

    go.mod: module example.org/app        import "example.org/app/store"
    -> the group `store/`, and from it store/db.go and store/log.go, but not store/db_test.go

A package is a folder, and an import means all of it; the group stands between, so that a thousand
files that import a package of a thousand files make two thousand pairs and not a million. Every
go.mod of the repository counts for its folder; without one nothing can be known and nothing is
resolved. Files of one package share their names without saying so, and that is not looked into.

Source: the Go modules reference, "Packages, modules, and versions".
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from generators.syntax.imports import Reference

_MODULE = re.compile(r'^module[ \t]+"?([^\s"]+)', re.MULTILINE)


def resolve(
    said: Mapping[str, Sequence[Reference]], texts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (path, group) and (group, path); `generators/syntax/resolving` has the contract."""
    modules = _modules(texts)
    folders: dict[str, list[str]] = {}
    for path in said:
        if not path.endswith("_test.go"):
            folders.setdefault(posixpath.dirname(path), []).append(path)
    used: set[str] = set()
    for path, references in said.items():
        for reference in references:
            folder = _folder(reference.target, modules)
            if folder in folders:
                used.add(folder)
                yield path, f"{folder}/"
    for folder in sorted(used):
        for path in folders[folder]:
            yield f"{folder}/", path


def _modules(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the folder of each module that a go.mod names."""
    found: dict[str, str] = {}
    for path in sorted(path for path in texts if posixpath.basename(path) == "go.mod"):
        match = _MODULE.search(texts[path])
        if match:
            found.setdefault(match[1], posixpath.dirname(path))
    return found


def _folder(package: str, modules: Mapping[str, str]) -> str | None:
    """Return the folder of an import path, by the longest module that it begins with."""
    module = package
    while module and module not in modules:
        module = module.rpartition("/")[0]
    if not module:
        return None
    return posixpath.join(modules[module], package[len(module) :].lstrip("/")).rstrip("/")
