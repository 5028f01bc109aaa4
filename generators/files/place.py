"""A place: one folder, local or remote, and reading what is below it.

A local path, `file://`, `s3://`, `gs://`, or any scheme that fsspec knows, such as `hf://`.
Paths are posix and relative to the place; none leads out of it by `..`. Listings are sorted.
Links to folders are followed where they are named (the place itself, the parts of a pattern before
its first wildcard) and never where they are merely met.

Repeating a failed request is left to the file system below (S3 and fsspec repeat by themselves);
what still fails is a RemoteError, and the unit may be tried again.
"""

import hashlib
import os
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.fs as pafs

from generators.files import patterns
from generators.files.walk import FOLDER, walk
from schemas.errors import LocalResourceError, LongmixError, RecipeError, RemoteError

CHUNK_BYTES = 1 << 20
"""Bytes per read while hashing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder and the file system that holds it. Travels between processes as its URI."""

    uri: str
    """As it was given to `open_place`."""
    filesystem: Any
    """A pyarrow.fs.FileSystem."""
    root: str
    """The folder's path within the file system."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the URI; the file system is made anew on the other side."""
        return open_place, (self.uri,)

    @property
    def is_local(self) -> bool:
        """Whether the place is in this machine's own file system."""
        return isinstance(self.filesystem, pafs.LocalFileSystem)

    @property
    def address(self) -> str:
        """The URI without password and options: fit for a message or a name."""
        scheme, found, rest = self.uri.partition("://")
        if not found:
            return self.uri.rstrip("/") or "/"
        host, slash, path = rest.partition("?")[0].partition("/")
        return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}".rstrip("/")

    def path(self, relative: str) -> str:
        """Return the path within the file system; RecipeError when it leaves the place."""
        below = posixpath.normpath(relative)
        if below.startswith("/") or below.split("/")[0] == "..":
            raise RecipeError(
                f"'{relative}' leads out of {self.address}. Paths and patterns are relative to "
                "`inputs` and stay below it."
            )
        return self.root if below == "." else posixpath.join(self.root, below)

    def name(self, relative: str) -> str:
        """Return the `uri` of documents: the relative path, or the whole URI when remote."""
        return relative if self.is_local else posixpath.join(self.address, relative)

    def relative(self, name: str) -> str:
        """Undo `name`."""
        return name if self.is_local else name.removeprefix(f"{self.address}/")

    def glob(self, pattern: str) -> list[str]:
        """Return the files that match, sorted. See patterns.py; hidden names need their dot."""
        return self._list(pattern, folders=False)

    def folders(self, pattern: str) -> list[str]:
        """Return the folders that match, sorted; "." is the place itself."""
        return ["."] if posixpath.normpath(pattern) == "." else self._list(pattern, folders=True)

    def below(self, folder: str, *, links: bool) -> dict[str, int]:
        """Return the sizes in bytes of the files below a folder, by sorted path within it.

        Hidden names are left out, and so are links to files unless `links`.
        """
        with self.reading(folder):
            found = dict(walk(self.filesystem, self.path(folder), hidden=False, links=links))
        files = sorted(path for path, size in found.items() if size != FOLDER)
        self._check_names(files)
        return {path: found[path] for path in files}

    def is_folder(self, relative: str) -> bool:
        """Return whether a folder of this path exists."""
        path = self.path(relative)
        with self.reading(relative):
            return bool(self.filesystem.get_file_info(path).type == pafs.FileType.Directory)

    def open(self, relative: str) -> pa.NativeFile:
        """Open a file for reading at any offset; later faults of a remote one are sentences too."""
        path = self.path(relative)
        with self.reading(relative):
            file = self.filesystem.open_input_file(path)
        return file if self.is_local else pa.PythonFile(_Guarded(self, relative, file), "r")

    def read_bytes(self, relative: str) -> bytes:
        """Return a whole file."""
        with self.open(relative) as file, self.reading(relative):
            return bytes(file.read())

    def size(self, relative: str) -> int:
        """Return the size of a file in bytes."""
        with self.open(relative) as file, self.reading(relative):
            return int(file.size())

    def sha256(self, relative: str) -> str:
        """Return the hexadecimal sha256 of a file, read in chunks."""
        sha = hashlib.sha256()
        with self.open(relative) as file, self.reading(relative):
            while chunk := file.read(CHUNK_BYTES):
                sha.update(chunk)
        return sha.hexdigest()

    @contextmanager
    def reading(self, relative: str) -> Iterator[None]:
        """Turn a fault of the file system into a sentence that names the file."""
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            raise _sentence(self, relative, error) from error

    def _list(self, pattern: str, *, folders: bool) -> list[str]:
        self.path(pattern)
        start, rest = patterns.split(pattern)
        if not self.is_folder(start):
            return []
        hidden = patterns.wants_hidden(rest)
        with self.reading(start):
            found = list(walk(self.filesystem, self.path(start), hidden=hidden, links=True))
        paths = [path for path, size in found if (size == FOLDER) == folders]
        paths = patterns.select(rest, paths)
        self._check_names(paths)
        return paths if start == "." else [f"{start}/{path}" for path in paths]

    def _check_names(self, paths: list[str]) -> None:
        """Refuse names that no table could hold: Python reads their bad bytes as surrogates."""
        for path in paths:
            if path.encode("utf-8", "replace") != path.encode("utf-8", "surrogateescape"):
                raise RecipeError(
                    f"{self.address}: the name {path!r} is not UTF-8. Rename the file or folder."
                )


class _Guarded:
    """A remote file whose faults arrive as sentences, also through Parquet or a decompressor."""

    def __init__(self, place: Place, relative: str, file: pa.NativeFile) -> None:
        self._place = place
        self._relative = relative
        self._file = file

    @property
    def closed(self) -> bool:
        return bool(self._file.closed)

    def close(self) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        with self._place.reading(self._relative):
            return bytes(self._file.read(None if size < 0 else size))

    def seek(self, position: int, whence: int = 0) -> int:
        with self._place.reading(self._relative):
            return int(self._file.seek(position, whence))

    def tell(self) -> int:
        return int(self._file.tell())


def open_place(uri: str, *, key: str = "inputs") -> Place:
    """Return the folder behind a local path or a URI; `key` of the recipe says it.

    RecipeError when it does not exist, is no folder, or has a scheme that nothing here reads.
    """
    filesystem, root = _file_system(uri, key)
    place = Place(uri=uri, filesystem=filesystem, root=root)
    with place.reading("."):
        kind = filesystem.get_file_info(root).type
    if kind != pafs.FileType.Directory:
        fault = "does not exist" if kind == pafs.FileType.NotFound else "is no folder"
        raise RecipeError(f"{key}: {place.address} {fault}. Give a folder, or the URI of one.")
    return place


def _file_system(uri: str, key: str) -> tuple[pafs.FileSystem, str]:
    """Return the file system of a URI, and the path within it."""
    scheme, found, _ = uri.partition("://")
    if not found:
        return pafs.LocalFileSystem(), os.path.abspath(uri)
    known = scheme in {"file", "s3", "gs", "gcs", "hf"}
    try:
        filesystem, root = pafs.FileSystem.from_uri(uri if known else f"fsspec+{uri}")
    except (ValueError, ImportError) as error:
        raise RecipeError(
            f"{key}: '{scheme}://' cannot be read ({error}). Give a local folder, s3://, gs://, "
            "or a scheme whose fsspec package is installed."
        ) from error
    except OSError as error:
        raise RemoteError(f"{key}: '{scheme}://' did not answer: {error}") from error
    return filesystem, root.rstrip("/") or "/"


def _sentence(place: Place, relative: str, error: Exception) -> LongmixError:
    """Return the error of longmix for a fault of the file system at one path."""
    where = place.address if relative == "." else posixpath.join(place.address, relative)
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
        return RecipeError(f"{where}: there is no such file or folder. Check `inputs` and `files`.")
    if not place.is_local:
        return RemoteError(f"{where}: {error}. What is done is kept; run the command again.")
    if isinstance(error, PermissionError):
        return LocalResourceError(f"{where}: permission denied. Make it readable, or leave it out.")
    return LocalResourceError(f"{where}: could not be read: {error}")
