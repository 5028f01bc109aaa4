"""JSON lines: one line is one document. `.gz` and `.zst` are decompressed.

A line that cannot be read is rejected under its number, and the next one is read: bad_utf8,
bad_json, not_an_object, and the reasons of any text. Numbers count all lines from 0; blank lines
are no documents. Memory is that of the longest line, time is linear in it.
"""

import json
from collections.abc import Iterable, Iterator

from generators.files import Place
from generators.sources._documents import Row, documents
from generators.sources._listing import list_files
from generators.sources._streams import blocks
from generators.text import decode_utf8
from schemas.document import Document
from schemas.errors import BrokenFile
from schemas.recipe import SourceSpec
from schemas.unit import Item

SUFFIXES = tuple(f".{form}{packed}" for form in ("jsonl", "json") for packed in ("", ".gz", ".zst"))
"""What a pattern without an ending means."""


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per file, sorted by path."""
    return list_files(name, spec, inputs, suffixes=SUFFIXES)


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the document of each line. `seed` is not used: nothing is drawn."""
    return documents(_rows(item, spec, inputs), item, spec)


def lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    r"""Yield the lines of a stream of blocks without their LF: [b"a\nb", b"c\n"] -> a, bc.

    The pieces of a long line are joined once, when its end is met.
    """
    pieces: list[bytes] = []
    for part in parts:
        *ended, rest = part.split(b"\n")
        for line in ended:
            yield b"".join([*pieces, line])
            pieces.clear()
        pieces.append(rest)
    if last := b"".join(pieces):
        yield last


def _rows(item: Item, spec: SourceSpec, inputs: Place) -> Iterator[Row]:
    for number, line in enumerate(lines(blocks(item, inputs))):
        if number == 0 and _is_document(line):
            raise BrokenFile(item.uri, "one JSON value over many lines, where lines are expected")
        if not line.isspace() and line:
            yield _row(line, number, spec)


def _is_document(line: bytes) -> bool:
    """Return whether a first line opens a value that other lines go on with."""
    return line.removeprefix(b"\xef\xbb\xbf").strip() in {b"[", b"{", b"[{"}


def _row(line: bytes, number: int, spec: SourceSpec) -> Row:
    """Return the row of one line, or the row with the reason why it is none."""
    text, num_replaced, reason = decode_utf8(line, spec.bad_utf8)
    if text is None:
        return Row(number=number, reason=reason)
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        return Row(number=number, reason=f"bad_json at character {error.pos}")
    except (ValueError, RecursionError):  # a number of 5000 digits; a list 5000 deep
        return Row(number=number, reason="bad_json")
    if not isinstance(value, dict):
        return Row(number=number, reason="not_an_object")
    return Row(
        number=number,
        text=value.get(spec.text_field),
        label=value.get(spec.id_field) if spec.id_field else None,
        licence=value.get(spec.license_field) if spec.license_field else None,
        num_replaced=num_replaced,
    )
