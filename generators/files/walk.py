"""What lies below a folder, without ever going round in circles.

On a local disk a link to a folder is not entered, so a loop of links has no effect; a link to a
file is that file. An object store has no links, and one listing brings everything.
"""

import os
from collections.abc import Iterator

import pyarrow.fs as pafs

FOLDER = -1
"""Stands for the size of a folder."""


def walk(
    filesystem: pafs.FileSystem, root: str, *, hidden: bool, links: bool
) -> Iterator[tuple[str, int]]:
    """Yield (path below `root`, size in bytes or FOLDER), in no order.

    `hidden` includes names that begin with a dot, and what is below them; `links` includes links to
    files. A link that leads nowhere has size 0: opening it says so. Raises OSError.
    """
    if isinstance(filesystem, pafs.LocalFileSystem):
        yield from _walk_local(root, hidden=hidden, links=links)
    else:
        yield from _walk_remote(filesystem, root, hidden=hidden)


def _walk_local(root: str, *, hidden: bool, links: bool) -> Iterator[tuple[str, int]]:
    """Visit folder after folder, from a list and not by recursion: depth costs no stack."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(os.path.join(root, below)) as entries:
            for entry in entries:
                if (entry.name.startswith(".") and not hidden) or (
                    entry.is_symlink() and not links
                ):
                    continue
                path = below + entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                    yield path, FOLDER
                elif entry.is_file():
                    yield path, entry.stat().st_size
                elif entry.is_symlink() and not os.path.exists(entry):
                    yield path, 0


def _walk_remote(
    filesystem: pafs.FileSystem, root: str, *, hidden: bool
) -> Iterator[tuple[str, int]]:
    """List once; a store that shows no folders has those of its files' paths."""
    folders: set[str] = set()
    base = root.strip("/")
    for info in filesystem.get_file_info(pafs.FileSelector(root, recursive=True)):
        path = info.path.strip("/").removeprefix(base).strip("/")
        parts = path.split("/")
        if any(part.startswith(".") for part in parts) and not hidden:
            continue
        if info.type == pafs.FileType.File:
            yield path, info.size
            parts.pop()
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    yield from ((folder, FOLDER) for folder in folders)
