r"""A text in blocks that fit a processor's cache, cut where no line, or at least no word, is cut.

    "aaa\n\nbb cc\n\nd eee"  in blocks of 9 bytes  ->  "aaa\n\n", "bb cc\n\n", "d eee"

A block ends behind the last blank line of its bytes; where there is none behind the last line end,
then behind the last space, and in a text without any of these between two characters. So memory is
that of one block however long the text or a line is. Cost: one search backwards for each block.
"""

from collections.abc import Iterator

BLOCK_BYTES = 1 << 18
"""256 KiB: our choice. Temporary arrays of eight bytes a word stay in a core's own cache, and the
hundred or so calls for each block weigh less than the work in them."""

_CONTINUES = range(0x80, 0xC0)
"""The bytes of UTF-8 that are not the first of their character."""
_CUTS = (b"\n\n", b"\n", b" ")


def blocks(data: bytes, *, size: int = BLOCK_BYTES) -> Iterator[tuple[int, bytes]]:
    """Yield (first byte, block) of UTF-8 text; the blocks joined are the text.

    `size` is in bytes, four at least, so that every character fits.
    """
    start = 0
    while start < len(data):
        stop = _cut(data, start, start + size)
        yield start, data[start:stop]
        start = stop


def _cut(data: bytes, start: int, limit: int) -> int:
    """Return where the block from `start` ends: at most at `limit`, past `start` in any case."""
    if limit >= len(data):
        return len(data)
    for mark in _CUTS:
        # A whole half is enough: very short blocks would cost more than a better cut is worth.
        at = data.rfind(mark, (start + limit) // 2, limit)
        if at >= 0:
            return at + len(mark)
    while limit > start + 1 and data[limit] in _CONTINUES:
        limit -= 1
    return limit
