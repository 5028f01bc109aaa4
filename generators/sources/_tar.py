"""The members of a tar archive, one after another, as they stream by. Nothing is ever written.

    a/x.py, ../y.py, /etc/z, a link   ->   x.py with its bytes; the others by name, with a reason

The library parses the headers of members; the rest is judged here. An archive ends with its mark,
blocks of zeros, or it was cut. Memory is that of the largest member that is wanted.
"""

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Self, cast

from generators.sources._members import inside
from generators.sources._repository import Member
from generators.sources._streams import BLOCK_BYTES, FREE_BYTES, MAX_RATIO

MAX_HEADER_BYTES = 1 << 20
"""The names and notes of one member; a path has 4096 bytes on Linux. Our choice."""

_OPENERS: dict[bytes, Callable[[Any], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}
"""By the first bytes of a stream: what reads it from a file object."""

MAGIC_BYTES = max(map(len, _OPENERS))
"""How many bytes tell the streams apart."""

_END: type[tarfile.HeaderError] = vars(tarfile)["EOFHeaderError"]
"""A block of zeros where a header may stand; public, but unknown to type checkers."""

Wants = Callable[[str, int], bool]
"""Whether the bytes of a member are needed, by its path and size."""


class Forward:
    """A stream of blocks as a file that goes forward only."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._rest = memoryview(b"")
        self._position = 0

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end of the stream only."""
        pieces = []
        while size and (piece := self._piece(size)):
            pieces.append(bytes(piece))
            size -= len(piece)
        return b"".join(pieces)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes to a library, which reads in blocks or as a header tells it."""
        if not 0 <= size <= MAX_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {size:,} bytes")
        return self.take(size)

    def seek(self, position: int, whence: int = 0) -> int:
        """Skip to a position that lies ahead."""
        if whence or position < self._position:
            raise tarfile.ReadError(f"a header that leads back to byte {position:,}")
        while self._position < position and self._piece(position - self._position):
            pass
        return self._position

    def tell(self) -> int:
        """Return the number of bytes read."""
        return self._position

    def _piece(self, size: int) -> memoryview:
        """Return some of the next bytes, at most `size`; empty at the end."""
        while not self._rest and (part := next(self._parts, None)) is not None:
            self._rest = memoryview(part)
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._position += len(piece)
        return piece


def decompressed(raw: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a stream of gzip, bzip2 or xz decompressed, by its first bytes; any other as it is.

    Several streams back to back are one. EOFError where it is cut, other errors of the libraries
    where it is corrupt, ReadError where it grows like a bomb.
    """
    first = b""
    while len(first) < MAGIC_BYTES and (part := next(raw, b"")):
        first += part
    parts = chain([first], raw)
    opener = next((opener for magic, opener in _OPENERS.items() if first.startswith(magic)), None)
    if opener is None:
        yield from parts
        return
    file = Forward(parts)
    num_bytes = 0
    with opener(file) as stream:
        while block := stream.read(BLOCK_BYTES):
            num_bytes += len(block)
            if num_bytes > FREE_BYTES and num_bytes > MAX_RATIO * file.tell():
                raise tarfile.ReadError(f"it grows more than {MAX_RATIO}-fold when decompressed")
            yield block


class _Header(tarfile.TarInfo):
    """A header that is damaged or missing is an error: the library takes it for the end."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except _END:
            raise
        except tarfile.HeaderError as error:
            where = cast(Any, archive.fileobj).tell()
            raise tarfile.ReadError(f"{error} at byte {where:,}") from error


def members(parts: Iterator[bytes], wants: Wants) -> Iterator[Member]:
    """Yield the files of a tar stream, in its order, and read the stream to its end.

    Links, devices, sparse files and paths that lead out of the archive come with a reason and
    without bytes. Raises tarfile.TarError, and what the stream raises, where it is cut or corrupt.
    """
    file = Forward(parts)
    with tarfile.TarFile(fileobj=cast(Any, file), mode="r", tarinfo=_Header) as archive:
        while (header := archive.next()) is not None:
            cast(Any, archive).members = []  # the library would keep all of them
            if not header.isdir():
                yield _member(header, file, wants)
    while block := file.take(BLOCK_BYTES):
        if block.strip(b"\0"):
            raise tarfile.ReadError("something follows the archive's end")


def _member(header: tarfile.TarInfo, file: Forward, wants: Wants) -> Member:
    path, reason = inside(header.name)
    if header.issym() or header.islnk():
        reason = reason or "link"
    elif header.issparse():
        reason = reason or "sparse"
    elif not header.isreg():
        reason = reason or "device"
    if reason is not None:
        return Member(path=path, size=header.size, reason=reason)
    if not wants(path, header.size):
        return Member(path=path, size=header.size)
    file.seek(header.offset_data)
    data = file.take(header.size)
    if len(data) < header.size:
        raise tarfile.ReadError(f"cut within {path}")
    return Member(path=path, data=data, size=header.size)
