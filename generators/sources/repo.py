"""Repositories: one folder is one document, its files one after another.

    ===== src/app.py =====
    import sys
    ===== README.md =====
    # App

Each file follows a line with its path; a file that lacks a last LF gets one. The order is a shuffle
keyed by seed and document, so that a model meets uses before and after definitions; or the paths'.

The files that count are those with a listed ending, but for hidden names, `__pycache__` and links.
One that counts and holds no text is left out and accounted for by itself, as the rejected document
`<repository>#<path>`: binary (a NUL byte), too_large, or `bad_utf8 at byte N`.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from generators.files import Place
from generators.seeds import rng_for
from generators.sources._documents import document
from generators.sources._listing import NUM_THREADS, check_identity, nothing_found
from generators.text import clean, decode_utf8
from schemas.canonical import digest_lines
from schemas.document import Document
from schemas.recipe import SourceSpec
from schemas.unit import Item

_ENDINGS = (
    ".adb .ads .asm .awk .bash .bat .c .cc .cfg .clj .cljs .cmake .cpp .cs .css .cu .cuh .cxx .d"
    " .dart .el .erl .ex .exs .f .f90 .fs .go .gradle .graphql .groovy .h .hh .hpp .hs .html .hxx"
    " .ini .java .jl .js .json .jsx .kt .kts .lean .lisp .lua .m .md .mdx .mjs .ml .mli .mm .nim"
    " .nix .org .pas .php .pl .pm .proto .ps1 .py .pyi .pyx .r .rb .rkt .rs .rst .s .sass .scala"
    " .scm .scss .sh .sol .sql .sv .svelte .swift .tcl .tex .tf .toml .ts .tsx .txt .v .vb .vhd"
    " .vim .vue .xml .yaml .yml .zig .zsh CMakeLists.txt Dockerfile LICENSE Makefile README"
)
SUFFIXES = tuple(_ENDINGS.split())
"""Endings of source and documentation, our choice; `suffixes` of the recipe replaces them."""

MAX_FILE_BYTES = 1 << 20
"""Larger files are data or generated: 1 MiB is the bound that public code corpora use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """One file that counts: its text, or the reason why it has none."""

    path: str
    sha256: str
    text: str | None
    reason: str | None = None
    num_replaced: int = 0


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per folder that matches, sorted; a folder within a match belongs to it."""
    matched = inputs.folders(spec.files)
    if not matched:
        raise nothing_found(name, spec, inputs, what="folder")
    known = set(matched)
    outermost = [folder for folder in matched if known.isdisjoint(_parents(folder))]
    with ThreadPoolExecutor(NUM_THREADS) as threads:
        return [_item(name, spec, inputs, folder=folder, threads=threads) for folder in outermost]


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the files that were left out, each rejected, and then the repository's document.

    Nothing is yielded unless all files are those that were listed; IdentityError says so.
    """
    folder = inputs.relative(item.uri)
    doc_id = f"{item.source}:{item.uri}"
    files = _files(folder, spec, inputs)
    members = [
        _member(path, spec, inputs, where=f"{folder}/{path}", size=size)
        for path, size in files.items()
    ]
    check_identity(item, _digest({member.path: member.sha256 for member in members}))
    for member in members:
        if member.text is None:
            yield Document(
                doc_id=f"{doc_id}#{member.path}",
                uri=item.uri,
                text="",
                reason=member.reason,
                license=spec.license,
            )
    kept = [member for member in members if member.text is not None]
    if spec.order == "random":
        kept = [kept[k] for k in rng_for(seed, "repo_order", doc_id).permutation(len(kept))]
    made = document(_join(kept), spec, doc_id=doc_id, uri=item.uri)
    yield replace(made, num_replaced=sum(member.num_replaced for member in kept))


def _parents(folder: str) -> list[str]:
    """Return the folders around a folder: "a/b/c" -> ["a", "a/b"]."""
    parts = folder.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _item(
    name: str, spec: SourceSpec, inputs: Place, *, folder: str, threads: ThreadPoolExecutor
) -> Item:
    files = _files(folder, spec, inputs)
    hashes = threads.map(inputs.sha256, [f"{folder}/{path}" for path in files])
    return Item(
        source=name,
        uri=inputs.name(folder),
        num_bytes=sum(files.values()),
        sha256=_digest(dict(zip(files, hashes, strict=True))),
    )


def _files(folder: str, spec: SourceSpec, inputs: Place) -> dict[str, int]:
    """Return the sizes in bytes of the files that count, by sorted path within the folder."""
    suffixes = SUFFIXES if spec.suffixes is None else spec.suffixes
    return {
        path: size
        for path, size in inputs.below(folder, links=False).items()
        if path.endswith(suffixes) and "__pycache__" not in path.split("/")
    }


def _digest(hashes: dict[str, str]) -> str:
    return digest_lines([f"{sha256}  {path}" for path, sha256 in hashes.items()])


def _member(path: str, spec: SourceSpec, inputs: Place, *, where: str, size: int) -> _Member:
    """Read the file `path` of a repository, which is `where` of the inputs."""
    if size > MAX_FILE_BYTES:
        return _Member(path=path, sha256=inputs.sha256(where), text=None, reason="too_large")
    data = inputs.read_bytes(where)
    sha256 = hashlib.sha256(data).hexdigest()
    if b"\0" in data:
        return _Member(path=path, sha256=sha256, text=None, reason="binary")
    text, num_replaced, reason = decode_utf8(data, spec.bad_utf8)
    if text is None:
        return _Member(path=path, sha256=sha256, text=None, reason=reason)
    return _Member(path=path, sha256=sha256, text=clean(text)[0], num_replaced=num_replaced)


def _join(members: list[_Member]) -> str:
    """Return the text of a repository; empty when no file says anything."""
    pieces: list[str] = []
    for member in members:
        text = member.text or ""
        end = "\n" if text and not text.endswith("\n") else ""
        pieces += [f"===== {member.path} =====\n", text, end]
    said_something = any(member.text and not member.text.isspace() for member in members)
    return "".join(pieces) if said_something else ""
