"""JavaScript and TypeScript: paths and package names to files.

    "./x"         in src/a.ts   -> src/x.ts, src/x.tsx, ..., src/x/index.ts
    "./x.js"      in src/a.ts   -> src/x.js, or the src/x.ts that becomes it
    "@me/lib/x"   anywhere      -> x or src/x in the folder whose package.json has the name @me/lib
    "@/ui/x"      in web/a.ts   -> web/src/ui/x.ts: `@/` and `~/` are the asker's own package

A bare path with a slash, such as "app/x", is looked for in the asker's package and its `src`, where
bundlers and `baseUrl` begin. Settings of bundlers are not read beyond that.

Source: Node's documentation, "Modules", for endings and index files; TypeScript's handbook for
`.js` that means `.ts`; the two prefixes are a convention of frameworks.
"""

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence

from generators.syntax.imports import Reference
from generators.syntax.resolving.nearest import folders_above

_ENDINGS = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_BECOMES = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""Endings that stand for the source from which they are made."""


def resolve(
    said: Mapping[str, Sequence[Reference]], texts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (path, path that it imports); `generators/syntax/resolving` has the contract."""
    manifests = {posixpath.dirname(path) for path in texts if _is_manifest(path)}
    packages = _packages(texts)
    for path, references in said.items():
        home = next((folder for folder in folders_above(path) if folder in manifests), "")
        for reference in references:
            bases = _bases(reference.target, path=path, home=home, packages=packages)
            places = (_file(posixpath.normpath(base), said) for base in bases)
            found = next((place for place in places if place), None)
            if found:
                yield path, found


def _bases(target: str, *, path: str, home: str, packages: dict[str, str]) -> list[str]:
    """Return the paths, without ending, that a specifier may mean; the first that is there counts.

    "@me/lib/x" is looked up as a package by its whole name first, then without its last parts.
    """
    if target.startswith("."):
        return [posixpath.join(posixpath.dirname(path), target)]
    if target.startswith(("@/", "~/")):
        return [posixpath.join(home, "src", target[2:]), posixpath.join(home, target[2:])]
    parts = target.split("/")
    length = 2 if target.startswith("@") else 1
    folder = packages.get("/".join(parts[:length]))
    if folder is not None:
        rest = "/".join(parts[length:])
        return [posixpath.join(folder, "src", rest), posixpath.join(folder, rest)]
    if len(parts) > 1 and not target.startswith("@"):
        return [posixpath.join(home, target), posixpath.join(home, "src", target)]
    return []


def _file(base: str, said: Mapping[str, object]) -> str | None:
    """Return the file that a path without ending means, None when it is not in the repository."""
    stem, ending = posixpath.splitext(base)
    candidates = [base, *(stem + made for made in _BECOMES.get(ending, ()))]
    candidates += [base + ending for ending in _ENDINGS]
    folder = "" if base == "." else f"{base}/"
    candidates += [f"{folder}index{ending}" for ending in _ENDINGS]
    return next((path for path in candidates if path in said), None)


def _is_manifest(path: str) -> bool:
    return posixpath.basename(path) == "package.json"


def _packages(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the folder of each package that a package.json names; the first by path has a name."""
    found: dict[str, str] = {}
    for path in sorted(filter(_is_manifest, texts)):
        try:
            manifest = json.loads(texts[path])
        except (ValueError, RecursionError):
            continue  # a manifest that is none names nothing
        name = manifest.get("name") if isinstance(manifest, dict) else None
        if isinstance(name, str) and name:
            found.setdefault(name, posixpath.dirname(path))
    return found
