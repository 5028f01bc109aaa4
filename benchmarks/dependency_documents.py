"""The documents that the dependency score is tried on: natural ones, and composed ones.

A work is a book, a manual or a package; a document is a window of one work, or is composed of
pieces of many. No document meets a foil of its own work, and no piece comes from a work that is a
foil of its document.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generators.seeds import rng_for

KIB = 1024
SIZE = 512 * KIB
"""Every document is a window of this size, so that length tells nothing."""
PIECES = (2, 8, 32, 128)
"""KiB of the pieces that composed documents are made of."""
LEAST_WORK = 300 * KIB
"""A shorter work is no foil. A longer file of code is data or generated."""
LEAST_FILE = 200
"""Bytes; a shorter file of code says nothing."""
Works = dict[str, tuple[bytes, ...]]
"""By name: the files of a work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A window of one work, or composed of several."""

    label: str
    work: str
    data: bytes
    foils: tuple[bytes, ...]


def text_works(folder: Path) -> Works:
    """Return each .txt file as one work, without Project Gutenberg's licence around it."""
    works: Works = {}
    for path in sorted(folder.glob("*.txt")):
        data = path.read_bytes().replace(b"\r\n", b"\n")
        begin = re.search(rb"^\*\*\* ?START OF.*\n", data, re.MULTILINE)
        end = re.search(rb"^\*\*\* ?END OF", data, re.MULTILINE)
        works[path.stem] = (data[begin.end() if begin else 0 : end.start() if end else None],)
    return works


def code_works(folder: Path) -> Works:
    """Return each package of at least 100 KiB as one work: its Python files, 4 MB at most."""
    works: Works = {}
    for package in sorted(path for path in folder.iterdir() if path.is_dir()):
        if package.name.endswith("-info") or package.name.startswith("_"):
            continue
        sizes = ((path, path.stat().st_size) for path in sorted(package.rglob("*.py")))
        files = [path.read_bytes() for path, size in sizes if LEAST_FILE < size < LEAST_WORK]
        ends = np.cumsum([len(data) for data in files])
        if len(files) and ends[-1] >= 100 * KIB:
            works[package.name] = tuple(files[: int(np.searchsorted(ends, 4_000_000)) + 1])
    return works


def half(works: Works, which: int) -> Works:
    """Return every second work, in the order of their names' hashes."""
    names = sorted(works, key=lambda name: hashlib.sha256(name.encode()).digest())
    return {name: works[name] for name in names[which::2]}


def take_turns(rng: np.random.Generator, parts: Sequence[Sequence[bytes]], size: int) -> bytes:
    """Return `size` bytes: a part of each work in turn, in an order drawn anew for every round."""
    left = [[own[i] for i in rng.permutation(len(own))] for own in parts]
    taken: list[bytes] = []
    while sum(map(len, taken)) < size:
        round_ = [left[i].pop() for i in rng.permutation(len(left)) if left[i]]
        assert round_, "the works are too short for this size"
        taken += round_
    return b"".join(taken)[:size]


def cut(data: bytes, size: int) -> list[bytes]:
    """Return the pieces of a work, the last one shorter."""
    return [data[begin : begin + size] for begin in range(0, len(data), size)]


def windows(data: bytes, size: int, most: int) -> list[bytes]:
    """Return at most `most` windows of a work, evenly spread and none over another."""
    count = min(most, len(data) // size)
    return [
        data[begin : begin + size] for begin in np.linspace(0, len(data) - size, count, dtype=int)
    ]


def draw_foils(rng: np.random.Generator, works: Works, own: str, count: int) -> list[str]:
    """Return the names of `count` long works other than the document's own."""
    long = [name for name in works if name != own and sum(map(len, works[name])) >= LEAST_WORK]
    return [long[i] for i in rng.permutation(len(long))[:count]]


def natural(
    label: str, works: Works, among: Works, *, size: int = SIZE, most: int = 3, foils: int = 4
) -> Iterator[Document]:
    """Yield windows of each work, with foils among the works of its kind."""
    for name, files in works.items():
        for number, data in enumerate(windows(b"".join(files), size, most)):
            picked = draw_foils(rng_for(0, "foils", name, number), among, name, foils)
            texts = tuple(b"".join(among[foil]) for foil in picked)
            yield Document(label=label, work=name, data=data, foils=texts)


def composed(
    works: Works, piece: int | None, *, count: int = 24, size: int = SIZE, foils: int = 4
) -> Iterator[Document]:
    """Yield documents of pieces of `piece` KiB of many works; None: of whole files."""
    label = "files" if piece is None else f"{piece} KiB"
    for number in range(count):
        rng = rng_for(0, "composed", label, number)
        picked = draw_foils(rng, works, "", foils)
        rest = [files for name, files in works.items() if name not in picked]
        parts = [files if piece is None else cut(b"".join(files), piece * KIB) for files in rest]
        texts = tuple(b"".join(works[foil]) for foil in picked)
        name = f"{label} {number}"
        yield Document(label=label, work=name, data=take_turns(rng, parts, size), foils=texts)


def repeated(works: Works, piece: int, *, count: int = 8) -> Iterator[Document]:
    """Yield one passage of a work again and again."""
    for document in list(natural(f"{piece} KiB again and again", works, works, most=1))[:count]:
        passage = document.data[: piece * KIB]
        data = (passage * (SIZE // len(passage) + 1))[:SIZE]
        yield Document(label=document.label, work=document.work, data=data, foils=document.foils)


def corpora(books: Works, manuals: Works, code: Works, which: int) -> dict[str, list[Document]]:
    """Return the documents of one half: prose and code, each natural and composed."""
    own_books, own_manuals, own_code = (half(works, which) for works in (books, manuals, code))
    prose = {**own_books, **own_manuals}
    return {
        "prose": [
            *natural("book", own_books, prose, most=6),
            *natural("manual", own_manuals, prose),
            *(each for piece in PIECES for each in composed(prose, piece)),
        ],
        "code": [
            *natural("repository", own_code, own_code),
            *(each for piece in (*PIECES, None) for each in composed(own_code, piece)),
        ],
    }
