"""The bytes of a file, decompressed and hashed in the one pass that reads them.

A gzip or zstd stream that ends early is an error of Arrow's decompressor, while several members or
frames, back to back, are one stream. Nothing else is trusted: not the size that a header states.
"""

import hashlib
from collections.abc import Iterator

import pyarrow as pa

from generators.files import Place
from generators.sources._listing import check_identity
from schemas.errors import BrokenFile
from schemas.unit import Item

CODECS = {".gz": "gzip", ".zst": "zstd"}
"""Endings of compressed files, and Arrow's names for what they hold."""

BLOCK_BYTES = 1 << 18
"""Bytes per read. What a damaged stream still held in its last block is not kept."""

MAX_RATIO = 1000
FREE_BYTES = 1 << 26
"""A stream may always grow to 64 MiB, and beyond that to a thousand times its compressed size: text
shrinks 3 to 30 times, and what shrinks more than a thousand times is a decompression bomb."""


def blocks(item: Item, inputs: Place) -> Iterator[bytes]:
    """Yield the decompressed bytes of a file in blocks.

    BrokenFile where the stream is cut, corrupt or a bomb; IdentityError, in its place or at the
    end, when the file is not the one that was listed.
    """
    path = inputs.relative(item.uri)
    codec = next((name for end, name in CODECS.items() if path.lower().endswith(end)), None)
    with inputs.open(path) as file:
        raw = _Hashed(file)
        wrapped = pa.PythonFile(raw, "r")
        stream = pa.CompressedInputStream(wrapped, codec) if codec else wrapped
        num_bytes = 0
        while block := _read(stream, item, raw):
            num_bytes += len(block)
            if num_bytes > FREE_BYTES and num_bytes > MAX_RATIO * raw.num_bytes:
                raise _broken(item, raw, f"it grows more than {MAX_RATIO}-fold when decompressed")
            yield block
        if codec and raw.num_bytes == 0:
            raise _broken(item, raw, f"an empty file is no {codec} stream")
        check_identity(item, raw.digest_of_all())


def contents(item: Item, inputs: Place) -> bytes:
    """Return all decompressed bytes of a file; raises as `blocks` does."""
    path = inputs.relative(item.uri)
    if path.lower().endswith(tuple(CODECS)):
        return b"".join(blocks(item, inputs))
    data = inputs.read_bytes(path)
    check_identity(item, hashlib.sha256(data).hexdigest())
    return data


class _Hashed:
    """A file for Arrow that counts and hashes what is read from it."""

    def __init__(self, file: pa.NativeFile) -> None:
        self._file = file
        self._sha = hashlib.sha256()
        self.num_bytes = 0
        self.closed = False

    def read(self, size: int) -> bytes:
        block = bytes(self._file.read(size))
        self._sha.update(block)
        self.num_bytes += len(block)
        return block

    def close(self) -> None:
        self.closed = True

    def digest_of_all(self) -> str:
        """Read what is left and return the hexadecimal sha256 of the whole file."""
        while self.read(BLOCK_BYTES):
            pass
        return self._sha.hexdigest()


def _read(stream: pa.NativeFile, item: Item, raw: _Hashed) -> bytes:
    """Return the next block, empty at the end."""
    try:
        return bytes(stream.read(BLOCK_BYTES))
    except OSError as error:
        fault = f"cut or corrupt before byte {raw.num_bytes} of {item.num_bytes}: {error}"
        raise _broken(item, raw, fault) from error


def _broken(item: Item, raw: _Hashed, reason: str) -> BrokenFile:
    """Return the error for a fault of this stream, once it is known to be the listed file."""
    check_identity(item, raw.digest_of_all())
    return BrokenFile(item.uri, reason)
