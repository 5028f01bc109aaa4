"""Git repositories at a commit: one repository is one document; the working tree is never read.

`files` matches folders: a bare `x.git`, or a folder with `.git`. What is read is the tree of
`revision`, straight from the object store, loose or packed: nothing is checked out, no hook or
filter runs, and no link is followed. `_repository.py` tells the text and what is left out of it;
besides that, links and submodules are rejected by name. A Git LFS pointer is `data`.

Identity: the commit and its tree. Every object is checked against the id that names it. The library
(dulwich, pure Python with small accelerators) is imported here and nowhere else. Listing and
reading each unpack the files that count once; memory is that of the repository's text and of its
largest file.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import Field

from generators.files import Place
from generators.sources._listing import check_identity, nothing_found
from generators.sources._repository import (
    MAX_MEMBERS,
    Member,
    RepositoryOptions,
    assemble,
    counts,
)
from schemas.canonical import digest
from schemas.document import Document
from schemas.errors import BrokenFile, LongmixError, RecipeError
from schemas.recipe import SourceSpec
from schemas.unit import Item

if TYPE_CHECKING:
    from dulwich.objects import Commit, ObjectID
    from dulwich.repo import Repo

ONE_DOCUMENT = True
DRAWS = True

_SUBMODULE = 0o160000
"""The mode of a commit of another repository within a tree."""


class Options(RepositoryOptions):
    """Own keys of this reader."""

    revision: str = Field(default="HEAD", min_length=1)
    """The commit to read: a branch, a tag, an id or its beginning; the same for each repository."""

    @property
    def needs(self) -> dict[str, str]:
        """Return what every repository needs, and the library that reads git's objects."""
        return {"dulwich": "git", **super().needs}


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per repository, sorted by path.

    A repository that is broken, or lacks the revision, is listed and found broken when it is read;
    RecipeError when that holds for all of them.
    """
    if not inputs.is_local:
        raise RecipeError(
            f"sources.{name}.reader: `git` reads local folders, and inputs is {inputs.address}. "
            "Copy the repositories to a disk, or pack them as archives for `reader: archive`."
        )
    folders = [
        folder for folder in inputs.folders(spec.files) if _is_repository(inputs.path(folder))
    ]
    if not folders:
        raise nothing_found(name, spec, inputs, what="git repository (a folder with .git, or bare)")
    options = Options(**spec.fields)
    items: list[Item] = []
    faults: list[BrokenFile] = []
    for folder in folders:
        try:
            items.append(_item(name, folder, options, inputs))
        except BrokenFile as fault:
            faults.append(fault)
            items.append(Item(source=name, uri=folder, num_bytes=0, sha256=_identity(None)))
    if len(faults) == len(items):
        raise RecipeError(f"sources.{name}: {faults[0]}. Check `files` and `revision`.")
    return items


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the files that were left out, each rejected, and then the repository's document.

    IdentityError when `revision` is no longer the commit that was listed; BrokenFile when an object
    is missing or damaged.
    """
    options = Options(**spec.fields)
    with _opened(item.uri, inputs) as repository:
        try:
            commit = _commit(repository, options.revision, item.uri)
        except BrokenFile:
            check_identity(item, _identity(None))
            raise
        check_identity(item, _identity(commit))
        members = _members(repository, commit, options, item.uri)
        doc_id = f"{item.source}:{item.uri}"
        yield from assemble(members, spec, options, doc_id=doc_id, uri=item.uri, seed=seed)


def _is_repository(path: str) -> bool:
    """Return whether a folder is a bare repository or has one; `.git` of a worktree is a file."""
    if os.path.exists(os.path.join(path, ".git")):
        return True
    return os.path.isfile(os.path.join(path, "HEAD")) and all(
        os.path.isdir(os.path.join(path, part)) for part in ("objects", "refs")
    )


def _item(name: str, folder: str, options: Options, inputs: Place) -> Item:
    """Return the item of one repository; BrokenFile when it cannot be read."""
    with _opened(folder, inputs) as repository:
        commit = _commit(repository, options.revision, folder)
        members = _members(repository, commit, options, folder)
        return Item(
            source=name,
            uri=folder,
            num_bytes=sum(member.size for member in members),
            sha256=_identity(commit),
        )


def _identity(commit: "Commit | None") -> str:
    """Return the sha256 that stands for a commit and its tree; None when there is no commit."""
    if commit is None:
        return digest({"commit": None})
    return digest({"commit": commit.id.decode("ascii"), "tree": commit.tree.decode("ascii")})


@contextmanager
def _opened(uri: str, inputs: Place) -> "Iterator[Repo]":
    """Open a repository; what the library cannot read within the block is a BrokenFile."""
    try:
        from dulwich.repo import Repo
    except ImportError as error:
        raise RecipeError(
            "`reader: git` needs the package 'dulwich'. Type: pip install 'longmix[git]'"
        ) from error
    try:
        with Repo(inputs.path(uri)) as repository:
            yield repository
    except (LongmixError, MemoryError):
        raise
    except KeyError as error:
        raise BrokenFile(uri, f"git object {_name(error.args[0])} is missing") from error
    except Exception as error:  # errors of dulwich, zlib, struct and the system
        raise BrokenFile(uri, f"git cannot read it: {type(error).__name__}: {error}") from error


def _commit(repository: "Repo", revision: str, uri: str) -> "Commit":
    """Return the commit that a revision stands for."""
    from dulwich.objectspec import AmbiguousShortId, parse_commit

    try:
        return parse_commit(repository, revision)
    except (KeyError, ValueError) as error:
        raise BrokenFile(uri, f"it has no commit '{revision}'") from error
    except AmbiguousShortId as error:
        raise BrokenFile(uri, f"more than one object begins with '{revision}'") from error


def _members(repository: "Repo", commit: "Commit", options: Options, uri: str) -> Iterator[Member]:
    """Yield the files of a commit by path, with the bytes of those that count."""
    from dulwich.objects import Blob

    for path, mode, name in _entries(repository, commit, uri):
        if stat.S_ISLNK(mode):
            yield Member(path=path, reason="link")
        elif mode == _SUBMODULE:
            yield Member(path=path, reason="submodule")
        elif not counts(path, options):
            yield Member(path=path)
        else:
            blob = repository.object_store[name]
            if not isinstance(blob, Blob):
                raise BrokenFile(uri, f"git object {_name(name)}, the file {path}, is no blob")
            yield Member(path=path, data=blob.data, size=len(blob.data))


def _entries(repository: "Repo", commit: "Commit", uri: str) -> "list[tuple[str, int, ObjectID]]":
    """Return (path, mode, object) of all files of a commit, by path.

    A list of folders that wait, and no recursion: depth costs no stack. Bad bytes of a name become
    surrogates, which `_repository.py` rejects.
    """
    from dulwich.objects import Tree

    found: list[tuple[str, int, ObjectID]] = []
    waiting: list[tuple[str, ObjectID]] = [("", commit.tree)]
    num_met = 0
    while waiting:
        folder, name = waiting.pop()
        tree = repository.object_store[name]
        if not isinstance(tree, Tree):
            raise BrokenFile(uri, f"git object {_name(name)}, the folder '{folder}', is no tree")
        for entry in tree.items():
            path = folder + entry.path.decode("utf-8", "surrogateescape")
            if stat.S_ISDIR(entry.mode):
                waiting.append((f"{path}/", entry.sha))
            else:
                found.append((path, entry.mode, entry.sha))
            num_met += 1
            if num_met > MAX_MEMBERS:
                raise BrokenFile(uri, f"it has more than {MAX_MEMBERS:,} files and folders")
    return sorted(found)


def _name(value: object) -> str:
    """Return an object's id as text."""
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
