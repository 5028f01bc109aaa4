"""Rust: module paths to files.

    mod x;               in src/lib.rs  -> src/x.rs or src/x/mod.rs
    use crate::a::b::T;  in src/m.rs    -> src/a/b.rs, the longest part of the path with a file
    use super::x;        in src/a/b.rs  -> src/a/x.rs, else src/a.rs
    use app_core::T;     anywhere       -> src/lib.rs of the package `app-core`

A module lives in `name.rs` or `name/mod.rs`, its children in `name/`; the root of a crate is lib.rs
or main.rs and its children stand beside it. So a module is known by the folder of its children, and
a path is a walk down from one. Inline modules are walked out of in `generators/syntax/imports.py`;
`#[path]` is not read.

Source: the Rust reference, "Modules" and "Paths"; the Cargo book for the names of packages.
"""

import posixpath
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from generators.syntax.imports import Reference
from generators.syntax.resolving.nearest import folders_above

_ROOTS = ("lib.rs", "main.rs")


def resolve(
    said: Mapping[str, Sequence[Reference]], texts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (path, path that it needs); `generators/syntax/resolving` has the contract."""
    modules = _modules(said)
    crates = _crates(texts, modules)
    roots = {posixpath.dirname(path) for path in said if posixpath.basename(path) in _ROOTS}
    for path, references in said.items():
        crate = next((folder for folder in folders_above(path) if folder in roots), None)
        here = _children(path)
        for reference in references:
            parts = reference.target.split("::")
            if reference.kind == "child":
                parts = ["self", *parts]
            start, parts = _start(parts, here=here, crate=crate, crates=crates)
            found = None if start is None else _walk(start, parts, modules)
            # A path that leads nowhere from here names something of this file, or of a library.
            if found in modules and found != here:
                yield path, modules[found]


def _children(path: str) -> str:
    """Return the folder of a file's child modules: src/a.rs -> src/a; src/lib.rs -> src."""
    folder, file = posixpath.split(path)
    if file in (*_ROOTS, "mod.rs"):
        return folder
    return posixpath.join(folder, file.removesuffix(".rs"))


def _modules(paths: Mapping[str, object]) -> dict[str, str]:
    """Return the file of each module, by the folder of its children; lib.rs before main.rs."""
    found: dict[str, str] = {}
    for path in sorted(paths):
        found.setdefault(_children(path), path)
    return found


def _crates(texts: Mapping[str, str], modules: Mapping[str, str]) -> dict[str, str]:
    """Return the root folder of each package that a Cargo.toml names."""
    found: dict[str, str] = {}
    for path in sorted(path for path in texts if posixpath.basename(path) == "Cargo.toml"):
        try:
            manifest = tomllib.loads(texts[path])
        except (tomllib.TOMLDecodeError, RecursionError):
            continue  # a manifest that is none names nothing
        package = manifest.get("package")
        name = package.get("name") if isinstance(package, dict) else None
        root = posixpath.join(posixpath.dirname(path), "src")
        if isinstance(name, str) and root in modules:
            found.setdefault(name.replace("-", "_"), root)
    return found


def _start(
    parts: list[str], *, here: str, crate: str | None, crates: Mapping[str, str]
) -> tuple[str | None, list[str]]:
    """Return the module where a path begins and the parts to walk; None when it is unknown."""
    if parts[0] == "crate":
        return crate, parts[1:]
    if parts[0] == "self":
        return here, parts[1:]
    if parts[0] in crates:
        return crates[parts[0]], parts[1:]
    num_up = next((k for k, part in enumerate(parts) if part != "super"), len(parts))
    folders = [here, *folders_above(here)]
    return (folders[num_up] if num_up < len(folders) else None), parts[num_up:]


def _walk(folder: str, parts: list[str], modules: Mapping[str, str]) -> str:
    """Return the folder of the last module on the way down."""
    for part in parts:
        below = posixpath.join(folder, part)
        if below not in modules:
            break
        folder = below
    return folder
