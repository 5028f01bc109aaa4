"""The haystack of a sample: the runs of its documents, read from the store by token numbers.

Of several runs each begins and ends at a natural boundary, and runs are parted by an empty line
that is nobody's. A single one has whole characters; the weaver trims it.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from generators.tokens.tokenizer import Tokenizer
from generators.weaving.noise import noise
from generators.weaving.places import best_place
from pipelines.build.offsets import Stored, offset_of
from pipelines.store import Store
from schemas.sample import Haystack, Run

_PARTED = "\n\n"
_REACH = 1000
"""Characters given up at an edge of a run, at the most: two or three paragraphs of a novel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The document that a haystack is cut from, and where it lies in the store."""

    doc_id: str
    license: str | None
    place: str
    text_start: int
    num_bytes: int
    num_chars: int
    ids_start: int
    num_tokens: int


def read_haystack(store: Store, pieces: list[dict[str, Any]], tokenizer: Tokenizer) -> Haystack:
    """Return the runs of all pieces, one after the other.

    Each of `pieces` is a line of a WEAVE unit: `source` (fields of Source), `start`, `stop` in
    tokens of the document, `epoch`.
    """
    found = [_read(store, piece, tokenizer, whole=len(pieces) == 1) for piece in pieces]
    texts, ends, runs = [], [], []
    chars = size = 0
    for text, token_ends, run in found:
        texts.append(text)
        ends.append(token_ends + size)
        runs.append(replace(run, at=chars))
        chars += len(text) + len(_PARTED)
        size += len(text.encode("utf-8")) + len(_PARTED)
    return Haystack(text=_PARTED.join(texts), token_ends=np.concatenate(ends), runs=tuple(runs))


def noise_haystack(rng: np.random.Generator, length: int, tokenizer: Tokenizer) -> Haystack:
    """Return invented sentences of at least `length` tokens."""
    text = tokenizer.normalise(noise(rng, length))
    return Haystack(
        text=text, token_ends=tokenizer.byte_ends(tokenizer.encode(text), text), runs=()
    )


def _read(
    store: Store, piece: dict[str, Any], tokenizer: Tokenizer, *, whole: bool
) -> tuple[str, npt.NDArray[np.int64], Run]:
    """Return a piece's text, where its tokens end in bytes, and whose it is."""
    source = Source(**piece["source"])
    first, before, ends = _token_ends(store, source, (piece["start"], piece["stop"]), tokenizer)
    text_at = source.text_start
    last = int(ends[-1])
    data = store.slice(source.place, "text.bin", (text_at + first, text_at + last))
    # A token may end inside a character: leave the cut characters out at both ends.
    cut = next(i for i in range(5) if i >= len(data) or not _continues(data[i]))
    text = data[cut:].decode("utf-8", "ignore")
    first += cut
    if not whole:
        inner = piece["start"] > 0, piece["stop"] < source.num_tokens
        begin, end = _edges(text, *inner)
        before, first = before + begin, first + len(text[:begin].encode("utf-8"))
        text = text[begin:end]
    mine = ends - first
    size = len(text.encode("utf-8"))
    run = Run(
        at=0,
        size=len(text),
        doc_id=source.doc_id,
        start=before,
        epoch=piece["epoch"],
        license=source.license,
    )
    return text, mine[(mine > 0) & (mine <= size)], run


def _edges(text: str, cut_before: bool, cut_after: bool) -> tuple[int, int]:
    """Return where a run begins and ends: at a natural boundary where the document goes on.

    Only so much is given up for it as leaves most of a short run.
    """
    reach = min(_REACH, len(text) // 8)
    begin = best_place(text, 0, window=(0, reach)) if cut_before else 0
    end = (
        best_place(text, len(text), window=(len(text) - reach, len(text)))
        if cut_after
        else len(text)
    )
    begin += len(text[begin:end]) - len(text[begin:end].lstrip())
    return begin, max(begin, begin + len(text[begin:end].rstrip()))


def _token_ends(
    store: Store, source: Source, tokens: tuple[int, int], tokenizer: Tokenizer
) -> tuple[int, int, npt.NDArray[np.int64]]:
    """Return the byte and the character at which tokens [start, stop) begin, and their ends."""
    start, stop = tokens
    if tokenizer.is_byte_level:
        stored = Stored(place=source.place, first_id=source.ids_start, first_byte=source.text_start)
        first, before = offset_of(store, stored, start, tokenizer)
        ids = store.ids(source.place, source.ids_start + start, source.ids_start + stop)
        return first, before, first + tokenizer.byte_ends(ids)
    ids = store.ids(source.place, source.ids_start, source.ids_start + source.num_tokens)
    at = (source.text_start, source.text_start + source.num_bytes)
    data = store.slice(source.place, "text.bin", at)
    ends = tokenizer.byte_ends(ids, data.decode("utf-8"))
    first = int(ends[start - 1]) if start else 0
    return first, len(data[:first].decode("utf-8", "ignore")), ends[start:stop]


def _continues(byte: Any) -> Any:
    """Say which bytes of UTF-8 continue a character: those of the form 10xxxxxx."""
    return (byte >> 6) == 0b10  # noqa: PLR2004 - the form itself
