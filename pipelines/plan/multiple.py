"""`segment_multiple`: natural text in segments whose lengths are all multiples of one number.

Context parallelism by documents wants segments of 2 * CP tokens, or a multiple. Nothing is padded
inside a row, so text is cut to fit: where a long document is cut anyway the cut moves back a
little, and what stands last is trimmed.

    multiples of 4, rows of 12: 30 tokens cut at 11 and 22   ->   [0, 8) [8, 20) [20, 28)
    9 tokens and an end id   ->   8 tokens, without the end id: it belongs to the document's last
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from generators.chunking.cuts import Chunks
from schemas.draw import Int64, Pieces

Flags = npt.NDArray[np.bool_]


def snapped(chunks: Chunks, multiple: int, *, begin: int) -> Chunks:
    """Move the cuts between the chunks of one piece back, so that all but the last fit a multiple.

    `begin` is 1 where a start id opens the first chunk. No text is lost between chunks: a cut that
    moves by up to `multiple - 1` tokens gives them to the next chunk, and what is repeated begins
    earlier too. With rows of a multiple no chunk but the last grows longer than a row, and the last
    only by what `trimmed` takes. Chunks without text of their own are left out.
    """
    if multiple == 1:
        return chunks
    first = int(chunks.start[0])
    start, stop = chunks.start.copy(), chunks.stop.copy()
    start[1:] -= (start[1:] - first + begin) % multiple
    stop[:-1] -= (stop[:-1] - first + begin) % multiple
    # With a start id, a cut just behind the piece's first token would move before it.
    start, stop = np.maximum(start, first), np.maximum(stop, first)
    repeat = np.append(0, stop[:-1] - start[1:])
    keep = stop > start + repeat
    return Chunks(start=start[keep], stop=stop[keep], repeat=repeat[keep])


def trimmed(
    pieces: Pieces, *, begins: Flags, ends: Flags, multiple: int, min_fragment: int
) -> tuple[Pieces, Int64]:
    """Return pieces that fit a multiple, start and end ids counted, and int64[M], which are left.

    `begins` and `ends` are bool[N]: which pieces open with a start id and close with an end id. A
    piece that does not fit loses text at its end, and the end id with it: fewer than `multiple`
    tokens, or `multiple` where the end id alone is one too many, since a document that stands there
    to its last token has its end id. A trimmed piece of fewer than `min_fragment` tokens goes.
    """
    whole = pieces.stop - pieces.start + begins + ends
    text = pieces.stop - pieces.start + begins
    fits = whole % multiple == 0
    length = text // multiple * multiple - multiple * (ends & (text % multiple == 0))
    stop = np.where(fits, pieces.stop, pieces.start + length - begins)
    kept = np.flatnonzero(fits | (length >= max(min_fragment, multiple)))
    every = replace(pieces, stop=stop)
    return every.taken(kept), kept
