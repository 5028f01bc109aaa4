"""One stage before it is packed, or a part of it: its pieces cut into chunks, and its samples.

A document longer than a row is cut by its source's policy; one of a `filler` source, or of a source
with `long_documents: fixed`, is loose: the packer cuts it wherever a row ends.

    rows of 100, a paragraph of 150 tokens behind one of 60   ->   chunks of 60, 90 and 60
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generators.chunking.cuts import Chunks, cut_piece
from generators.mixing.framing import frame
from pipelines.plan.documents import Documents
from pipelines.plan.multiple import snapped
from schemas.draw import Int64, Pieces
from schemas.recipe import Recipe, SourceSpec, StageSpec

Flags = npt.NDArray[np.bool_]
Breaks = Callable[[int], Int64]
"""Of a document, by corpus index: int64[K], token * 4 + level (generators/chunking/breaks.py)."""


def no_breaks(doc: int) -> Int64:
    """Say nothing about where a document may be cut."""
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class WovenAt:
    """A finished sample: how long it is and where its ids lie in the store."""

    sample_id: str
    task: str
    stage: str
    num_tokens: int
    place: str
    ids_start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage to pack, or a part of it: its natural chunks and its finished samples."""

    recipe: Recipe
    spec: StageSpec
    documents: Documents
    pieces: Pieces
    repeat: Int64
    """int64[N]: tokens at a chunk's start that repeat the chunk before."""
    loose: Flags
    """bool[N]: chunks that the packer may cut wherever a row ends."""
    woven: Sequence[WovenAt]
    original: bool = False
    """Whether its rows keep the model's original positions."""
    near: Int64 | None = None
    """int64[D, K]: by document of the corpus those most like it, for packers that ask."""

    @property
    def tokens(self) -> Int64:
        """int64[N]: tokens of the whole document behind each chunk."""
        return self.documents.corpus.num_tokens[self.pieces.doc]

    @property
    def begins(self) -> Flags:
        """bool[N]: which chunks open with a start id."""
        return np.asarray((self.pieces.start == 0) & (self.recipe.bos == "document"))

    @property
    def ends(self) -> Flags:
        """bool[N]: which chunks close with an end id."""
        whole = self.pieces.stop == self.tokens
        return np.asarray((whole | self.recipe.eos_on_fragments) & self.recipe.eos)

    @property
    def lengths(self) -> Int64:
        """int64[N]: tokens of a row that each chunk takes."""
        return np.asarray(self.pieces.stop - self.pieces.start + self.begins + self.ends)

    @property
    def spare(self) -> Flags:
        """bool[N]: chunks that are not loose and could be: text of documents longer than a row.

        Rows of `original` have only short documents: there it is all that make two fragments.
        """
        capacity = frame(self.recipe, self.spec).capacity
        if self.original:
            capacity = 2 * frame(self.recipe, self.spec).min_fragment - 1
        # A document that only its end id makes longer than a row is longer than a row.
        long = (self.tokens > capacity) | (self.lengths > capacity)
        return np.asarray(long & ~self.loose & (self.repeat == 0))


def open_stage(
    recipe: Recipe,
    spec: StageSpec,
    documents: Documents,
    *,
    pieces: Pieces,
    woven: Sequence[WovenAt],
    breaks: Breaks,
    original: bool = False,
) -> Stage:
    """Return a stage with its pieces cut by the policies of their sources."""
    framing = frame(recipe, spec)
    sources = list(recipe.sources.values())
    owner = documents.corpus.source[pieces.doc]
    whole = Stage(
        recipe=recipe,
        spec=spec,
        documents=documents,
        pieces=pieces,
        repeat=np.zeros(len(pieces), np.int64),
        loose=np.array([source.filler for source in sources], bool)[owner],
        woven=woven,
        original=original,
    )
    fixed = np.array([source.long_documents == "fixed" for source in sources])[owner]
    whole = replace(whole, loose=whole.loose | (fixed & whole.spare))
    # Start and end ids are left room for in every chunk, so that none comes out longer than a row.
    room = framing.capacity - framing.begin - framing.end
    long = np.flatnonzero(~whole.loose & (whole.lengths > framing.capacity))
    begins = whole.begins
    cut = [
        snapped(
            cut_piece(
                (int(pieces.start[k]), int(pieces.stop[k])),
                breaks(int(pieces.doc[k])),
                policy=sources[owner[k]].long_documents,
                capacity=room,
                min_fragment=framing.min_fragment,
                overlap=_overlap(sources[owner[k]]),
            ),
            recipe.segment_multiple,
            begin=int(begins[k]),
        )
        for k in long.tolist()
    ]
    return _with_chunks(whole, long, cut)


def _overlap(source: SourceSpec) -> float:
    return source.overlap if source.long_documents == "overlap" else 0.0


def _with_chunks(stage: Stage, which: Int64, cut: Sequence[Chunks]) -> Stage:
    """Put the chunks of the pieces `which` in their places."""
    if not cut:
        return stage
    pieces = stage.pieces
    times = np.ones(len(pieces), np.int64)
    times[which] = [len(chunks.start) for chunks in cut]
    index = np.repeat(np.arange(len(pieces)), times)
    mine = np.isin(index, which)
    start, stop = pieces.start[index], pieces.stop[index]
    repeat = np.zeros(len(index), np.int64)
    start[mine] = np.concatenate([chunks.start for chunks in cut])
    stop[mine] = np.concatenate([chunks.stop for chunks in cut])
    repeat[mine] = np.concatenate([chunks.repeat for chunks in cut])
    chunks = Pieces(doc=pieces.doc[index], start=start, stop=stop, epoch=pieces.epoch[index])
    return replace(stage, pieces=chunks, repeat=repeat, loose=stage.loose[index])


def dropped_tokens(pieces: Pieces, stage: Stage) -> Int64:
    """Return int64[sources]: what the chunks of a stage lack of its pieces in the first pass."""
    size = len(stage.recipe.sources)

    def sums(some: Pieces, tokens: Int64) -> Int64:
        first = some.epoch == 0
        owner = stage.documents.corpus.source[some.doc[first]]
        return np.bincount(owner, weights=tokens[first], minlength=size).astype(np.int64)

    mine = stage.pieces
    kept = sums(mine, mine.stop - mine.start - stage.repeat)
    return np.asarray(sums(pieces, pieces.stop - pieces.start) - kept)
