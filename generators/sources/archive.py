"""Archives: a tar or a zip is one repository, or each of its files is one document.

    name-1.0.tar.gz: name-1.0/src/app.py  ->  src/app.py     one top folder is no part of the paths

What an archive is, its first bytes say: tar, plain or within gzip, zstd (ending `.zst`), bzip2 or
xz; or zip, so `*.whl`, `*.jar` and `*.crate` are read as well. Members are streamed and never
extracted. `_repository.py` tells the text and what is left out of it; besides that, paths that lead
out of the archive, links, devices, sparse and encrypted members are rejected by name.

Identity is the archive's bytes. A cut or corrupt archive, one that grows more than a thousandfold
or has a million members, is a BrokenFile. Memory is that of the repository, or with `each: file` of
the largest member.
"""

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Literal, cast

from generators.files import Place
from generators.sources import _tar, _zip
from generators.sources._documents import document
from generators.sources._listing import check_identity, list_files
from generators.sources._repository import (
    Member,
    RepositoryOptions,
    assemble,
    drained,
    limited,
    sort_out,
    wanted,
)
from generators.sources._streams import blocks
from schemas.document import Document
from schemas.errors import BrokenFile
from schemas.recipe import SourceSpec
from schemas.unit import Item

SUFFIXES = (
    *(".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".zip"),
)
"""What a pattern without an ending means."""

ONE_DOCUMENT = False
DRAWS = True

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip begins: with a member, or with the end of an empty directory."""

_FAULTS = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, ValueError, IndexError, OverflowError, RecursionError),
    *(NotImplementedError, RuntimeError),
)
"""What the libraries raise over bytes that are no archive."""


class Options(RepositoryOptions):
    """Own keys of this reader."""

    each: Literal["repository", "file"] = "repository"
    """What one document is: the whole archive, or each of its files, `<source>:<uri>#<member>`."""


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per archive, sorted by path."""
    return list_files(name, spec, inputs, suffixes=SUFFIXES)


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the members that were left out, each rejected, and the document or documents.

    BrokenFile and IdentityError come before the first document of a repository; with `each: file`,
    where they are met.
    """
    options = Options(**spec.fields)
    doc_id = f"{item.source}:{item.uri}"
    if options.each == "repository":

        def wants(path: str, size: int) -> bool:
            below = path.partition("/")[2] or path  # the path, should the top folder be the only
            return wanted(path, size, options) or wanted(below, size, options)

        members = _below_top(list(_members(item, inputs, wants)))
        yield from assemble(drained(members), spec, options, doc_id=doc_id, uri=item.uri, seed=seed)
        return
    met = _members(item, inputs, lambda path, size: wanted(path, size, options))
    for one in sort_out(met, spec, options, doc_id=doc_id, uri=item.uri):
        if isinstance(one, Document):
            yield one
        else:
            made = document(one.text, spec, doc_id=f"{doc_id}#{one.label}", uri=item.uri)
            yield replace(made, num_replaced=one.num_replaced)


def _members(item: Item, inputs: Place, wants: _tar.Wants) -> Iterator[Member]:
    """Yield the members of an archive; faults rise once it is known to be the listed file."""
    path = inputs.relative(item.uri)
    with inputs.open(path) as file:
        is_zip = bytes(file.read(4)).startswith(_ZIP)
    return limited((_from_zip if is_zip else _from_tar)(item, inputs, wants), item.uri)


def _from_zip(item: Item, inputs: Place, wants: _tar.Wants) -> Iterator[Member]:
    path = inputs.relative(item.uri)
    try:
        with inputs.open(path) as file:
            yield from _zip.members(cast(IO[bytes], file), item.num_bytes, wants)
    except _FAULTS as error:
        check_identity(item, inputs.sha256(path))
        raise BrokenFile(item.uri, f"no readable zip: {_said(error)}") from error
    check_identity(item, inputs.sha256(path))


def _from_tar(item: Item, inputs: Place, wants: _tar.Wants) -> Iterator[Member]:
    raw = blocks(item, inputs)
    try:
        yield from _tar.members(_tar.decompressed(raw), wants)
    except _FAULTS as error:
        for _ in raw:  # at its end, `blocks` says whether this is the listed file
            pass
        raise BrokenFile(item.uri, f"no readable tar: {_said(error)}") from error


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _below_top(members: list[Member]) -> list[Member]:
    """Return the members without the top folder, if all of them but hidden ones lie in the same."""
    seen = [member for member in members if member.reason is None and "/." not in f"/{member.path}"]
    tops = {member.path.partition("/")[0] for member in seen}
    if len(tops) != 1 or any("/" not in member.path for member in seen):
        return members
    start = f"{tops.pop()}/"
    return [replace(member, path=member.path.removeprefix(start)) for member in members]
