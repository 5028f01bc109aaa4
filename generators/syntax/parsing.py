r"""Parsing: the syntax trees of a file, in time and memory that are linear in its bytes.

    b"import a\n" + 9000 bytes + b"\ndef f(): ..." -> two pieces, each with its own tree

A parser that repairs errors is not linear. On text that is not what its name says, 20,000 bytes of
one repeated scrap took tree-sitter 4 s and 2.2 GB (`=> mod ` as C) or 83 s (`!;` as Go), half of
them a quarter of that. So a file is cut into pieces, and each piece may take so many steps and no
more. A piece that takes more has no tree; the others have theirs. The worst that was found so, in
thousands of random scraps, is 75 MB, and 50 s of CPU a MB; real code takes 0.2 to 0.3 s a MB.

Cuts stand before a line that begins in the first column with neither white space nor a closing
bracket: between top-level statements, as code is laid out. Where a piece has no such line it is
cut at a line's end, and a minified line anywhere. What a cut goes through is an error in two
trees, and the parser keeps the statements around it. Measured against trees of whole files: 29 of
5,279 imports of two Python libraries were missed and 1 was added (text of a string that a cut went
through), 3 of 29,287 includes of PyTorch's headers and 2 of 4,253 imports of three.js.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from generators.syntax.languages import Language, parser

if TYPE_CHECKING:
    from tree_sitter import Point, Tree

_LONG, _SHORT = 8192, 2048
PIECE_BYTES: dict[Language, int] = {
    "python": _LONG,
    "javascript": _SHORT,
    "typescript": _SHORT,
    "tsx": _SHORT,
    "c": _SHORT,
    "cpp": _SHORT,
    "java": _SHORT,
    "go": _LONG,
    "rust": _LONG,
}
"""Longest piece. Short where 8 KiB of a scrap still took 500 MB and nothing is lost by it; long
where one statement brings in many files (Go) or cuts would go through long strings (Python)."""

MAX_STEPS = 1000
"""Reports of progress, one per hundred operations of the parser, that a piece may cause. Real code
was seen to take 0.02 a byte at most, 160 a piece; scraps that are slow take ten thousands."""

_TOP_LEVEL = re.compile(rb"\n(?=[^\s)\]}])")


def pieces(data: bytes, *, longest: int) -> Iterator[bytes]:
    """Yield the pieces of a file, in order; together they are the file.

    None is longer than `longest` bytes, and all but the last have a quarter of that at least.
    """
    start = 0
    while start < len(data):
        end = _cut(data, start + longest // 4, start + longest)
        yield data[start:end]
        start = end


def trees(data: bytes, language: Language) -> Iterator[tuple[bytes, "Tree"]]:
    """Yield each piece of a file with its tree; a node's bytes are `piece[start_byte:end_byte]`.

    `data` is UTF-8. A piece that takes more than MAX_STEPS steps is passed over. Raises RecipeError
    when the language's parser is not installed.
    """
    for piece in pieces(data, longest=PIECE_BYTES[language]):
        tree = _parse(piece, language)
        if tree is not None:
            yield piece, tree


def _cut(data: bytes, lowest: int, highest: int) -> int:
    """Return where the piece ends that may end between two places."""
    if highest >= len(data):
        return len(data)
    places = [match.end() for match in _TOP_LEVEL.finditer(data, lowest, highest)]
    if places:
        return places[-1]
    line_end = data.rfind(b"\n", lowest, highest)
    return highest if line_end < 0 else line_end + 1


@cache
def _window(size: int) -> tuple[bytearray, list[memoryview]]:
    """Return this process's buffer of a size, and its rest from each place on.

    The library counts how far it came only when it reads through a function, and never gives back
    what the function returns (measured in version 0.26: a text was kept for each read). So it
    always gets the same few objects, and each piece is written into the end of them.
    """
    buffer = bytearray(size)
    whole = memoryview(buffer)
    return buffer, [whole[start:] for start in range(size)]


def _parse(piece: bytes, language: Language) -> "Tree | None":
    buffer, rests = _window(PIECE_BYTES[language])
    begin = len(buffer) - len(piece)
    buffer[begin:] = piece
    steps = 0

    def read(offset: int, point: "Point | None") -> memoryview | bytes:
        return rests[begin + offset] if offset < len(piece) else b""

    def stop(offset: int, has_error: bool) -> bool:
        nonlocal steps
        steps += 1
        return steps > MAX_STEPS

    try:
        return parser(language).parse(read, progress_callback=stop)
    except ValueError:
        # So the library says that it was stopped; the next piece must not continue this one.
        parser(language).reset()
        return None
