"""Folders that are written: a file appears whole, or not at all.

On a local or network disk: unique temporary name -> write -> fsync -> check -> rename -> fsync of
the folder. On an object store a file appears when its upload completes, so the deterministic key
is written at once and checked afterwards; markers, which decide what counts, come last.

Reading goes through the same class, by ranges where only a part is wanted.
"""

import errno
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.fs as pafs

from pipelines.failpoints import reach
from schemas.errors import LocalResourceError, RecipeError, RemoteError

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM}
NO_ACCESS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
"""Faults of this machine: no document is to blame for them, so none may be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder on any file system that pyarrow or fsspec reaches."""

    uri: str
    """What opens the same folder in another process: an absolute path or a URI."""
    filesystem: pafs.FileSystem
    root: str
    """Path within the file system."""
    scratch: str
    """Where temporary files of this folder live; on the same disk."""

    @property
    def is_local(self) -> bool:
        """True where rename and fsync exist."""
        return isinstance(self.filesystem, pafs.LocalFileSystem)

    def path(self, name: str) -> str:
        """Return the full path of a name relative to this folder."""
        return f"{self.root}/{name}" if name else self.root

    def exists(self, name: str = "") -> bool:
        """Say whether a file or folder of this name is there."""
        info = self.filesystem.get_file_info(self.path(name))
        return bool(info.type != pafs.FileType.NotFound)

    def size(self, name: str) -> int | None:
        """Return the bytes of a file, None when it is not there."""
        info = self.filesystem.get_file_info(self.path(name))
        return int(info.size) if info.type == pafs.FileType.File else None

    def names(self, under: str = "") -> list[str]:
        """Return all files below a name, relative to this folder, sorted."""
        selector = pafs.FileSelector(self.path(under), recursive=True, allow_not_found=True)
        start = len(self.root) + 1
        infos = self.filesystem.get_file_info(selector)
        return sorted(info.path[start:] for info in infos if info.type == pafs.FileType.File)

    def read(self, name: str) -> bytes:
        """Return a whole file."""
        with self.open(name) as source:
            return bytes(source.read())

    def open(self, name: str) -> pa.NativeFile:
        """Open a file for reading at any place."""
        return self.filesystem.open_input_file(self.path(name))

    def remove(self, name: str = "") -> None:
        """Remove a file, or a folder with all that is in it."""
        info = self.filesystem.get_file_info(self.path(name))
        if info.type == pafs.FileType.Directory:
            self.filesystem.delete_dir(self.path(name))
        elif info.type == pafs.FileType.File:
            self.filesystem.delete_file(self.path(name))

    def write(self, name: str, data: bytes, *, moment: str) -> None:
        """Publish a small file whole."""
        with self.create(name, moment=moment) as stream:
            stream.write(data)

    @contextmanager
    def create(
        self, name: str, *, moment: str, check: Callable[[str], None] | None = None
    ) -> Iterator[pa.NativeFile]:
        """Yield a stream whose bytes appear under `name` when the block ends without an error.

        `check` gets the path of the written file before it is published and raises if it is not
        what it should be. `moment` is its name in pipelines/failpoints.py.
        """
        final = self.path(name)
        target = f"{self.scratch}/{uuid.uuid4().hex}.tmp" if self.is_local else final
        with resource_errors(final):
            self.filesystem.create_dir(os.path.dirname(target), recursive=True)
            try:
                with self.filesystem.open_output_stream(target) as stream:
                    reach(moment, "opened")
                    yield stream
                reach(moment, "written")
                if self.is_local:
                    _sync(target)
                reach(moment, "synced")
                if check is not None:
                    check(target)
                if self.is_local:
                    self.filesystem.create_dir(os.path.dirname(final), recursive=True)
                    os.replace(target, final)
                    _sync(os.path.dirname(final))
                reach(moment, "renamed")
            except BaseException:
                if self.is_local and os.path.exists(target):
                    os.remove(target)
                raise


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def resource_errors(path: str) -> Iterator[None]:
    """Turn a full disk and a silent object store into sentences with their exit codes."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise LocalResourceError(
                f"{path}: cannot be written, {os.strerror(error.errno)}; free some space and run "
                "the same command again, it goes on where it stopped"
            ) from error
        if error.errno in NO_ACCESS:
            raise LocalResourceError(
                f"{path}: cannot be written, {os.strerror(error.errno)}; see to that and run the "
                "same command again, it goes on where it stopped"
            ) from error
        if error.errno is None and not path.startswith("/"):
            raise RemoteError(f"{path}: the file system answered: {error}") from error
        raise


def open_folder(uri: str, *, scratch: str | None = None) -> Folder:
    """Return the folder at a local path or URI; it need not exist yet.

    `scratch` is a path of the same file system for temporary files, by default `<folder>/tmp`.
    """
    filesystem, root = resolve(uri)
    return Folder(
        uri=uri if "://" in uri else root,
        filesystem=filesystem,
        root=root,
        scratch=scratch or os.path.join(root, "tmp"),
    )


def extended(uri: str, suffix: str) -> str:
    """Return the URI of a neighbour or child: s3://b/mix?region=x and .work give s3://b/mix.work?..."""
    path, mark, options = uri.partition("?")
    return path.rstrip("/") + suffix + mark + options


def work_of(mix: str) -> str:
    """Return the path or URI of the work folder beside a mix."""
    return extended(mix, ".work")


def store_of(mix: str, store: str | None) -> str:
    """Return the path or URI of the store of a mix: as it was given, or in the work folder."""
    return store or extended(work_of(mix), "/store")


def resolve(uri: str) -> tuple[pafs.FileSystem, str]:
    """Return the file system and the path within it of a local path or URI."""
    if "://" not in uri:
        return pafs.LocalFileSystem(), os.path.abspath(uri).rstrip("/") or "/"
    try:
        filesystem, path = pafs.FileSystem.from_uri(uri)
    except (ValueError, pa.ArrowInvalid):
        import fsspec

        try:
            fs, path = fsspec.core.url_to_fs(uri)
        except (ValueError, ImportError) as error:
            raise RecipeError(
                f"{uri}: cannot be opened ({error}); give a path of this machine, s3://, gs://, or "
                "a scheme whose fsspec package is installed"
            ) from error
        filesystem = pafs.PyFileSystem(pafs.FSSpecHandler(fs))
    return filesystem, path.rstrip("/")
