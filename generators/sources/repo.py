"""Repositories as folders: one folder is one document, its files one after another.

The text and what is left out of it are told in `_repository.py`. Names that begin with a dot and
links are not part of a folder: secrets lie in the one, and the other leads anywhere. Nor is
`__pycache__`, which Python fills whenever the code is run. Identity is the content of the files
that count by their path, and the names of the others, which are counted and not read.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from generators.files import Place
from generators.sources._listing import NUM_THREADS, check_identity, nothing_found
from generators.sources._repository import Member, RepositoryOptions, assemble, counts, drained
from schemas.canonical import digest_lines
from schemas.document import Document
from schemas.recipe import SourceSpec
from schemas.unit import Item

ONE_DOCUMENT = True
DRAWS = True
Options = RepositoryOptions
UNREAD = "-"
"""Stands for the hash of a file that does not count."""


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per folder that matches, sorted; a folder within a match belongs to it."""
    matched = inputs.folders(spec.files)
    if not matched:
        raise nothing_found(name, spec, inputs, what="folder")
    known = set(matched)
    outermost = [folder for folder in matched if known.isdisjoint(_parents(folder))]
    options = Options(**spec.fields)
    with ThreadPoolExecutor(NUM_THREADS) as threads:
        return [
            _item(name, options, inputs, folder=folder, threads=threads) for folder in outermost
        ]


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the files that were left out, each rejected, and then the repository's document.

    Nothing is yielded unless all files that count are those that were listed; IdentityError says
    so.
    """
    options = Options(**spec.fields)
    folder = inputs.relative(item.uri)
    hashes: dict[str, str] = {}
    members: list[Member] = []
    for path, size in _files(folder, inputs).items():
        data, hashes[path] = None, UNREAD
        if counts(path, options):
            data, hashes[path] = _contents(f"{folder}/{path}", size, options, inputs)
        members.append(Member(path=path, data=data, size=size))
    check_identity(item, _digest(hashes))
    doc_id = f"{item.source}:{item.uri}"
    yield from assemble(drained(members), spec, options, doc_id=doc_id, uri=item.uri, seed=seed)


def _parents(folder: str) -> list[str]:
    """Return the folders around a folder: "a/b/c" -> ["a", "a/b"]."""
    parts = folder.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _item(
    name: str,
    options: RepositoryOptions,
    inputs: Place,
    *,
    folder: str,
    threads: ThreadPoolExecutor,
) -> Item:
    files = _files(folder, inputs)
    sizes = {path: size for path, size in files.items() if counts(path, options)}
    hashes = dict.fromkeys(files, UNREAD)
    read = threads.map(inputs.sha256, [f"{folder}/{path}" for path in sizes])
    hashes.update(zip(sizes, read, strict=True))
    return Item(
        source=name,
        uri=inputs.name(folder),
        num_bytes=sum(sizes.values()),
        sha256=_digest(hashes),
    )


def _files(folder: str, inputs: Place) -> dict[str, int]:
    """Return the sizes in bytes of the files of a repository, by sorted path within it."""
    found = inputs.below(folder, links=False)
    return {path: size for path, size in found.items() if "__pycache__" not in path.split("/")}


def _digest(hashes: dict[str, str]) -> str:
    return digest_lines([f"{sha256}  {path}" for path, sha256 in hashes.items()])


def _contents(
    path: str, size: int, options: RepositoryOptions, inputs: Place
) -> tuple[bytes | None, str]:
    """Return the bytes of a file, None when it is too large, and their sha256."""
    if size > options.max_file_bytes:
        return None, inputs.sha256(path)
    data = inputs.read_bytes(path)
    return data, hashlib.sha256(data).hexdigest()
