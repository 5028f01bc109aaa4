"""Nearest: of several files that answer to a name, the one that stands nearest to who asks.

    keys: list.h -> [a/core/list.h, b/core/list.h]
    asked from b/app/main.c -> b/core/list.h; from c/x.c -> a/core/list.h, the first by path

Nearest is who shares most folders with the asker, counted from the root. Paths that begin alike
stand together in sorted order, so each folder of the asker costs one bisection.
"""

from bisect import bisect_left
from collections.abc import Iterable


def index(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the paths under each key, sorted, from (key, path) pairs."""
    found: dict[str, list[str]] = {}
    for key, path in pairs:
        found.setdefault(key, []).append(path)
    for paths in found.values():
        paths.sort()
    return found


def nearest(paths: list[str], asker: str) -> str | None:
    """Return the nearest of sorted paths, the first of several as near; None when there is none."""
    if len(paths) <= 1:
        return paths[0] if paths else None
    for folder in folders_above(asker):
        prefix = f"{folder}/" if folder else ""
        place = bisect_left(paths, prefix)
        if place < len(paths) and paths[place].startswith(prefix):
            return paths[place]
    return paths[0]


def folders_above(path: str) -> list[str]:
    """Return the folders that hold a path, nearest first: "a/b/c.py" -> ["a/b", "a", ""]."""
    folders = []
    while path:
        path = path.rpartition("/")[0]
        folders.append(path)
    return folders
