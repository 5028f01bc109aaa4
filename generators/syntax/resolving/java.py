"""Java: classes to files.

    package a.b; import a.c.D; class X extends Y {}   -> D.java of package a.c, Y.java of a.b
    import a.c.*;                                     -> the files of a.c whose class is named
    import static a.c.D.max;  import a.c.D.Inner;     -> D.java of a.c: the longest name of a file

A file answers to its own package statement and its file name, wherever it stands; of several (one a
module of the build) the nearest counts. Classes of one package are used without an import, so every
type that a file names is looked for there.

Source: the Java Language Specification, chapter 7; that a public class has the name of its file is
the compilers' rule.
"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from generators.syntax.imports import Reference
from generators.syntax.resolving.nearest import index, nearest


def resolve(
    said: Mapping[str, Sequence[Reference]], texts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (path, path that it needs); `generators/syntax/resolving` has the contract."""
    del texts
    packages = {path: _package(references) for path, references in said.items()}
    classes = index((_join(packages[path], _stem(path)), path) for path in said)
    members: dict[str, set[str]] = {}
    for path, package in packages.items():
        members.setdefault(package, set()).add(_stem(path))
    for path, references in said.items():
        own = packages[path]
        named = {reference.target for reference in references if reference.kind == "name"}
        whole = {reference.target for reference in references if reference.kind == "package"}
        needed = {
            _join(package, name)
            for package in sorted({own, *whole})
            for name in named & members.get(package, set())
        }
        imported = [reference.target for reference in references if reference.kind == "module"]
        needed.update(filter(None, (_class(target, classes) for target in imported)))
        for name in sorted(needed):
            found = nearest(classes[name], path)
            if found:
                yield path, found


def _package(references: Sequence[Reference]) -> str:
    return next((reference.target for reference in references if reference.kind == "own"), "")


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _join(package: str, name: str) -> str:
    return f"{package}.{name}" if package else name


def _class(name: str, classes: Mapping[str, object]) -> str | None:
    """Return the longest beginning of a name that is a class with a file: a.c.D.max -> a.c.D."""
    while name and name not in classes:
        name = name.rpartition(".")[0]
    return name or None
