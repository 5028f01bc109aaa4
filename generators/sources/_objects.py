r"""The JSON objects of a file of lines, each with its number, or the reason why it is none.

    {"a": 1}\n\n[2]\n  ->  line 0: {"a": 1}, line 2: not_an_object

Numbers count all lines from 0; blank lines hold nothing. Memory is that of the longest line, time
is linear in it. Reasons: bad_utf8, bad_json, not_an_object.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from generators.files import Place
from generators.sources._streams import blocks
from generators.text import BadUtf8, decode_utf8
from schemas.errors import BrokenFile
from schemas.unit import Item

SUFFIXES = tuple(f".{form}{packed}" for form in ("jsonl", "json") for packed in ("", ".gz", ".zst"))
"""What a pattern without an ending means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line that is not blank."""

    number: int
    value: dict[str, Any] | None = None
    """None where the line holds no object."""
    reason: str | None = None
    num_replaced: int = 0
    """Bytes that were not UTF-8 and were replaced by policy."""


def objects(item: Item, inputs: Place, *, bad_utf8: BadUtf8) -> Iterator[Line]:
    """Yield the lines of a file. BrokenFile where the stream is cut, or is no file of lines."""
    for number, line in enumerate(lines(blocks(item, inputs))):
        if number == 0 and _is_document(line):
            raise BrokenFile(item.uri, "one JSON value over many lines, where lines are expected")
        if not line.isspace() and line:
            yield _line(line, number, bad_utf8)


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


def _is_document(line: bytes) -> bool:
    """Return whether a first line opens a value that other lines go on with."""
    return line.removeprefix(b"\xef\xbb\xbf").strip() in {b"[", b"{", b"[{"}


def _line(line: bytes, number: int, bad_utf8: BadUtf8) -> Line:
    text, num_replaced, reason = decode_utf8(line, bad_utf8)
    if text is None:
        return Line(number=number, reason=reason)
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        return Line(number=number, reason=f"bad_json at character {error.pos}")
    except (ValueError, RecursionError):  # a number of 5000 digits; a list 5000 deep
        return Line(number=number, reason="bad_json")
    if not isinstance(value, dict):
        return Line(number=number, reason="not_an_object")
    return Line(number=number, value=value, num_replaced=num_replaced)
