"""Python: dotted modules to files.

    from ..x import y   in a/b/c.py       -> a/x/y.py, or a/x.py, or a/x/__init__.py
    import pkg.m        in tests/test.py  -> pkg/m.py, src/pkg/m.py, or the nearest package `pkg`

A relative import counts folders. An absolute one is looked for as Python would find it: from each
folder above the file that is no package itself, nearest first, and from its `src`, `lib` and
`python`, where projects keep their packages; then among all files by their full module name, which
begins at their topmost package. `from m import n` means m/n.py where there is one, else m. The
package around a module is not referred to: every import of it would close a circle.

Source: the language reference, "The import system"; the three folders are our choice.
"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from generators.syntax.imports import Reference
from generators.syntax.resolving.nearest import folders_above, index, nearest

_SOURCE_FOLDERS = ("", "src", "lib", "python")


def resolve(
    said: Mapping[str, Sequence[Reference]], texts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (path, path that it imports); `generators/syntax/resolving` has the contract."""
    del texts
    modules = _modules(said)
    packages = {posixpath.dirname(path) for path in said if _stem(path)[1] == "__init__"}
    named = index((name, path) for path in said if (name := _full_name(path, packages)))
    for path, references in said.items():
        roots = [root for folder in folders_above(path) for root in _roots(folder, packages)]
        for reference in references:
            found = None
            for name in _names(reference):
                if reference.level:
                    found = _relative(name, reference.level, path=path, modules=modules)
                else:
                    places = (modules.get(posixpath.join(root, name)) for root in roots)
                    found = next((place for place in places if place), None)
                    found = found or nearest(named.get(name, []), path)
                if found:
                    yield path, found
                    break


def _names(reference: Reference) -> list[str]:
    """Return what a reference may mean, as paths: from a.b import c -> [a/b/c, a/b]."""
    module = reference.target.replace(".", "/")
    if not reference.name:
        return [module]
    return [posixpath.join(module, reference.name), module]


def _relative(name: str, level: int, *, path: str, modules: dict[str, str]) -> str | None:
    folders = folders_above(path)
    if level > len(folders):
        return None
    return modules.get(posixpath.join(folders[level - 1], name).rstrip("/"))


def _roots(folder: str, packages: set[str]) -> list[str]:
    """Return where absolute imports begin in and below a folder; a package's inside is none."""
    roots = [posixpath.join(folder, source).rstrip("/") for source in _SOURCE_FOLDERS]
    return [root for root in roots if root not in packages]


def _stem(path: str) -> tuple[str, str]:
    folder, file = posixpath.split(path)
    return folder, posixpath.splitext(file)[0]


def _modules(paths: Mapping[str, object]) -> dict[str, str]:
    """Return the file of each module, by its path without ending; `.py` goes before `.pyi`."""
    found: dict[str, str] = {}
    for path in sorted(paths):  # m.py stands before m.pyi
        folder, stem = _stem(path)
        name = folder if stem == "__init__" else posixpath.join(folder, stem)
        if name:
            # A package hides a module of its name.
            if stem == "__init__" and not found.get(name, "").startswith(f"{name}/"):
                found[name] = path
            found.setdefault(name, path)
    return found


def _full_name(path: str, packages: set[str]) -> str:
    """Return a module's name from its topmost package on: src/pkg/m.py -> pkg/m; "" outside."""
    folder, stem = _stem(path)
    top = folder
    while top in packages and posixpath.dirname(top) in packages and posixpath.dirname(top):
        top = posixpath.dirname(top)
    if top not in packages or not top:
        return ""
    name = folder if stem == "__init__" else posixpath.join(folder, stem)
    return name[len(posixpath.dirname(top)) :].lstrip("/")
