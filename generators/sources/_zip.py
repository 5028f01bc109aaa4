"""The members of a zip archive, as its central directory lists them. Nothing is ever written.

The sizes that the directory states are bounds, not facts: no more is read than they say, and what
is read must have the stated size and checksum. Memory is that of the directory and of the largest
member that is wanted.
"""

import stat
import zipfile
from collections.abc import Iterator
from typing import IO

from generators.sources._members import inside
from generators.sources._repository import Member
from generators.sources._streams import FREE_BYTES, MAX_RATIO
from generators.sources._tar import Wants

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
"""Ways of compression that the library reads."""

_ENCRYPTED = 0x1
"""Bit 0 of the general purpose flags (APPNOTE 4.4.4)."""


def members(file: IO[bytes], num_bytes: int, wants: Wants) -> Iterator[Member]:
    """Yield the files of a zip archive of `num_bytes`, in the order of its directory.

    Links, devices, encrypted members, other methods and paths that lead out of the archive come
    with a reason and without bytes. BadZipFile, and what the decompressors raise, where the archive
    is cut, corrupt or a bomb.
    """
    num_read = 0
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            member = _member(archive, entry, wants)
            num_read += len(member.data or b"")
            if num_read > FREE_BYTES and num_read > MAX_RATIO * num_bytes:
                raise zipfile.BadZipFile(f"it grows more than {MAX_RATIO}-fold when decompressed")
            yield member


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, wants: Wants) -> Member:
    path, reason = inside(entry.filename.replace("\\", "/"))
    reason = reason or _reason(entry)
    if reason is not None:
        return Member(path=path, size=entry.file_size, reason=reason)
    if not wants(path, entry.file_size):
        return Member(path=path, size=entry.file_size)
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise zipfile.BadZipFile(f"{path} has {len(data)} bytes and states {entry.file_size}")
    return Member(path=path, data=data, size=entry.file_size)


def _reason(entry: zipfile.ZipInfo) -> str | None:
    """Return why a member is not read whatever its path, or None."""
    mode = entry.external_attr >> 16  # the Unix mode, 0 where the archive has none
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "device"
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted"
    return None if entry.compress_type in _METHODS else f"method {entry.compress_type}"
