"""The files of a source, with their sizes and content hashes.

Identity is content, not name and time: a file edited in place is another input. Hashing runs in a
few threads, because hashlib and the reads let go of the interpreter lock.
"""

import posixpath
from concurrent.futures import ThreadPoolExecutor

from generators.files import Place
from schemas.errors import IdentityError, NothingFoundError
from schemas.recipe import SourceSpec
from schemas.unit import Item

NUM_THREADS = 8
"""Enough to fill a disk or hide the latency of an object store; fixed, as a machine's number of
cores would say little about either."""


def list_files(
    name: str, spec: SourceSpec, inputs: Place, *, suffixes: tuple[str, ...] = ("",)
) -> list[Item]:
    """Return one item per file that matches `spec.files`, sorted by path.

    Where the last part of the pattern names no ending (`*`, `**`), only files with one of
    `suffixes` are meant. NothingFoundError when no file is left.
    """
    paths = inputs.glob(spec.files)
    if "." not in posixpath.basename(spec.files):
        paths = [path for path in paths if path.lower().endswith(suffixes)]
    if not paths:
        endings = f" with an ending of {', '.join(suffixes)}" if suffixes != ("",) else ""
        raise nothing_found(name, spec, inputs, what=f"file{endings}")

    def describe(path: str) -> Item:
        return Item(
            source=name,
            uri=inputs.name(path),
            num_bytes=inputs.size(path),
            sha256=inputs.sha256(path),
        )

    with ThreadPoolExecutor(NUM_THREADS) as threads:
        return list(threads.map(describe, paths))


def nothing_found(name: str, spec: SourceSpec, inputs: Place, *, what: str) -> NothingFoundError:
    """Return the sentence for a pattern that finds nothing."""
    return NothingFoundError(
        f"sources.{name}.files: no {what} below {inputs.address} matches '{spec.files}'. Hidden "
        "names need their dot in the pattern, and links to folders are followed only where the "
        "pattern names them."
    )


def check_identity(item: Item, sha256: str) -> None:
    """Raise IdentityError unless the content that was read is the content that was listed."""
    if sha256 != item.sha256:
        raise IdentityError(
            f"{item.uri}: the content changed after it was listed (sha256 {item.sha256[:12]} then, "
            f"{sha256[:12]} now). Let it rest while a mix is built, and start again."
        )
