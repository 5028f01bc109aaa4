"""From the files of a repository to its one document, by the same rules for every reader.

    ===== src/app.py =====
    import sys
    ===== README.md =====
    # App

Each file follows a line with its path; a file that lacks a last LF gets one. The order is a shuffle
keyed by seed and document, so that a model meets uses before and after definitions; or the paths';
or that of dependence, definitions first.

A file that is left out is a rejected document, `<repository>#<path>`: lock_file, generated,
minified, data, binary, too_large, `bad_utf8 at byte N`, utf16, duplicate, bad_path, or what the
reader says. What would fill the table is counted in one line instead:

    <repository>#vendor/   vendored: 312 files
    <repository>#*         other_ending: 153 files (.png 120, .so 30, .ico 3)
    <repository>#.*        hidden: 2 files

Memory is that of the largest repository's text, time linear in it.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from pydantic import Field

from generators.seeds import rng_for
from generators.sources._documents import document
from generators.sources._members import RULES, Left, Rule, by_content, by_path
from generators.syntax.languages import PACKAGES
from generators.text import clean, decode_utf8
from schemas.document import Document
from schemas.errors import BrokenFile
from schemas.knobs import Strict
from schemas.recipe import SourceSpec

_ENDINGS = (
    ".adb .ads .asm .awk .bash .bat .bzl .c .cc .cfg .cjs .clj .cljs .cmake .cpp .cs .css .cts .cu"
    " .cuh .cxx .d .dart .el .elm .erl .ex .exs .f .f90 .fs .fsx .glsl .go .gradle .graphql .groovy"
    " .h .hcl .hh .hlsl .hpp .hrl .hs .html .hxx .ini .inl .ipp .java .jl .js .json .jsx .kt .kts"
    " .lean .lisp .lua .m .md .mdx .mjs .ml .mli .mm .mts .nim .nix .org .pas .php .pl .pm .proto"
    " .ps1 .pxd .pxi .py .pyi .pyx .r .rb .rkt .rmd .rs .rst .s .sass .scala .scm .scss .sh .sol"
    " .sql .sv .svelte .swift .tcl .tex .tf .thrift .toml .tpp .ts .tsx .txt .v .vb .vhd .vim .vue"
    " .wgsl .xml .yaml .yml .zig .zsh CMakeLists.txt COPYING Dockerfile go.mod LICENSE Makefile"
    " NOTICE README"
)
SUFFIXES = tuple(_ENDINGS.split())
"""Endings of source and documentation, our choice; `suffixes` of the recipe replaces them."""

MAX_FILE_BYTES = 1 << 20
"""Larger files are data or generated: 1 MiB is the bound that public code corpora use."""

MAX_MEMBERS = 1_000_000
"""Files of one repository, our choice: Linux has 90,000. More is a trap or no repository, as a git
tree of kilobytes may list the same folder without end."""

NUM_ENDINGS = 3
"""Endings that the line of other endings names, the most frequent first."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class RepositoryOptions(Strict):
    """Own keys of every reader of repositories."""

    suffixes: tuple[str, ...] | None = None
    """Endings of the files that belong to the text, in any case; null takes the built-in list of
    source and documentation endings."""
    order: Literal["random", "path", "dependency"] = "random"
    """Order of the files of a repository: by keyed shuffle, by path, or what is imported first."""
    max_file_bytes: int = Field(default=MAX_FILE_BYTES, ge=1)
    """Larger files are left out as `too_large`."""
    leave_out: tuple[Rule, ...] = RULES
    """Which files are left out, besides those that hold no text; [] keeps all of them."""

    @property
    def needs(self) -> dict[str, str]:
        """Return the parsers that the order of dependence is found by."""
        return dict.fromkeys(PACKAGES, "code") if self.order == "dependency" else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of a repository, before anything about it is known to be right."""

    path: str
    """Posix, relative to the repository."""
    data: bytes | None = field(default=None, repr=False)
    """None when it was not read: its path, its size or the reader's `reason` tells why."""
    size: int = 0
    """In bytes, as far as it is known."""
    licence: str | None = None
    reason: str | None = None
    """Why the reader itself leaves it out: a link, an encrypted member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file that belongs to the text of a repository."""

    path: str
    text: str = field(repr=False)
    label: str = ""
    """The path, with a counted suffix where a file that was left out had it first."""
    licence: str | None = None
    num_replaced: int = 0


def wanted(path: str, size: int, options: RepositoryOptions) -> bool:
    """Return whether the bytes of a file are needed; if not, its path or its size says why."""
    return size <= options.max_file_bytes and _by_path(path, options) is None


def counts(path: str, options: RepositoryOptions) -> bool:
    """Return whether a file of this path may belong to the text, and so to the identity."""
    return _by_path(path, options) is None


def assemble(
    members: Iterable[Member],
    spec: SourceSpec,
    options: RepositoryOptions,
    *,
    doc_id: str,
    uri: str,
    seed: int,
    licence: str | None = None,
) -> Iterator[Document]:
    """Yield the files that were left out, each rejected, and then the repository's document.

    The licence is `licence`, else those of its files ("Apache-2.0, MIT"), else the source's.
    """
    kept: list[File] = []
    for one in sort_out(members, spec, options, doc_id=doc_id, uri=uri, licence=licence):
        if isinstance(one, Document):
            yield one
        else:
            kept.append(one)
    kept = _ordered(kept, options, doc_id=doc_id, seed=seed)
    stated = ", ".join(sorted({file.licence for file in kept if file.licence}))
    made = document(_join(kept), spec, doc_id=doc_id, uri=uri, licence=licence or stated or None)
    yield replace(made, num_replaced=sum(file.num_replaced for file in kept))


def sort_out(
    members: Iterable[Member],
    spec: SourceSpec,
    options: RepositoryOptions,
    *,
    doc_id: str,
    uri: str,
    licence: str | None = None,
) -> Iterator[Document | File]:
    """Yield each member as a file of text or as a rejected document, and then what was counted."""

    def rejected(label: str, reason: str, of: str | None = None) -> Document:
        return Document(
            doc_id=f"{doc_id}#{_unique(label, met)}",
            uri=uri,
            text="",
            reason=reason,
            license=of or licence or spec.license,
        )

    paths: set[str] = set()
    met: Counter[str] = Counter()
    counted: dict[tuple[str, str], Counter[str]] = {}
    for member in members:
        found = _file(member, spec, options, repeated=member.path in paths)
        paths.add(member.path)
        if isinstance(found, File):
            yield replace(found, label=_unique(found.path, met))
        elif found.group is None:
            yield rejected(printable(member.path), found.reason, member.licence)
        else:
            ending = posixpath.splitext(member.path)[1].lower() or "no ending"
            counted.setdefault((found.reason, found.group), Counter())[ending] += 1
    for (reason, group), endings in sorted(counted.items()):
        yield rejected(printable(group), _summary(reason, endings))


def printable(path: str) -> str:
    r"""Return a path as one line of valid text: control characters and bad bytes as \x0a."""
    text = path.encode("utf-8", "backslashreplace").decode("utf-8")
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def limited(members: Iterable[Member], uri: str) -> Iterator[Member]:
    """Yield the members; BrokenFile when there are more than MAX_MEMBERS."""
    for number, member in enumerate(members):
        if number == MAX_MEMBERS:
            raise BrokenFile(uri, f"it has more than {MAX_MEMBERS:,} files")
        yield member


def drained(members: list[Member]) -> Iterator[Member]:
    """Yield the members in order and let go of each, so that bytes and text are not held twice."""
    members.reverse()
    while members:
        yield members.pop()


def _by_path(path: str, options: RepositoryOptions) -> Left | None:
    return by_path(path, suffixes=_lower(options.suffixes), leave_out=options.leave_out)


@cache
def _lower(suffixes: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(suffix.lower() for suffix in (SUFFIXES if suffixes is None else suffixes))


def _file(
    member: Member, spec: SourceSpec, options: RepositoryOptions, *, repeated: bool
) -> File | Left:
    """Return a member's text, or why there is none."""
    reason = member.reason
    if reason is None and printable(member.path) != member.path:
        reason = "bad_path"
    if reason is None and (left := _by_path(member.path, options)) is not None:
        return left
    if reason is None and repeated:
        reason = "duplicate"
    if reason is None and max(member.size, len(member.data or b"")) > options.max_file_bytes:
        reason = "too_large"
    if reason is None and member.data is None:
        reason = "missing_text"
    if reason is None and member.data is not None:
        reason = by_content(member.path, member.data, leave_out=options.leave_out)
    if reason is not None or member.data is None:
        return Left(reason=reason or "missing_text")
    return _decoded(member, member.data, spec)


def _decoded(member: Member, data: bytes, spec: SourceSpec) -> File | Left:
    text, num_replaced, reason = decode_utf8(data, spec.bad_utf8)
    if text is None:
        return Left(reason=reason or "bad_utf8")
    return File(
        path=member.path, text=clean(text)[0], licence=member.licence, num_replaced=num_replaced
    )


def _ordered(
    files: list[File], options: RepositoryOptions, *, doc_id: str, seed: int
) -> list[File]:
    """Return the files in the order of the recipe; that in which they were met does not matter."""
    by_name = {file.path: file for file in files}
    paths = sorted(by_name)
    if options.order == "random":
        shuffled = rng_for(seed, "repo_order", doc_id).permutation(len(paths))
        paths = [paths[k] for k in shuffled]
    if options.order == "dependency":
        from generators.syntax.order import dependency_order  # parsers of an extra

        # A package may itself be the repository: `import numpy.linalg` within the folder numpy.
        root = re.split(r"[/#:]", doc_id)[-1].removesuffix(".git")
        inside = {f"{root}/{path}": path for path in paths}
        order = dependency_order({name: by_name[path].text for name, path in inside.items()})
        paths = [inside[name] for name in order]
    return [by_name[path] for path in paths]


def _join(files: list[File]) -> str:
    """Return the text of a repository; empty when no file says anything."""
    pieces: list[str] = []
    for file in files:
        end = "\n" if file.text and not file.text.endswith("\n") else ""
        pieces += [f"===== {file.path} =====\n", file.text, end]
    said_something = any(file.text and not file.text.isspace() for file in files)
    return "".join(pieces) if said_something else ""


def _unique(label: str, met: Counter[str]) -> str:
    """Return the label, or label~2, label~3 ... where it was met before."""
    met[label] += 1
    if met[label] == 1:
        return label
    number = met[label]
    while (name := f"{label}~{number}") in met:
        number += 1
    met[name] += 1
    return name


def _summary(reason: str, endings: Counter[str]) -> str:
    """Return such as "other_ending: 4 files (.png 3, .so 1)"."""
    number = endings.total()
    text = f"{reason}: {number:,} {'file' if number == 1 else 'files'}"
    if reason != "other_ending":
        return text
    most = sorted(endings.items(), key=lambda entry: (-entry[1], entry[0]))[:NUM_ENDINGS]
    return f"{text} ({', '.join(f'{printable(ending)} {count:,}' for ending, count in most)})"
