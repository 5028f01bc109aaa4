"""One stage before it is packed: its pieces cut into chunks, its samples, and what fills gaps.

A document longer than a row is cut by its source's policy. What then is left free in the rows is
filled from a reserve: chunks that the packer may cut wherever a row ends, as few as will do.

    rows of 100, chunks of 90 and 84 and 95 and ...: of 1,000 chunks some 120 are the reserve
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generators import packing
from generators.chunking.cuts import Chunks, cut_piece
from generators.mixing.framing import frame
from generators.packing import Packing
from generators.seeds import rng_for
from pipelines.plan.documents import Documents
from schemas.draw import Int64, Pieces
from schemas.recipe import Recipe, SourceSpec, StageSpec

Flags = npt.NDArray[np.bool_]
Breaks = Callable[[int], Int64]
"""Of a document, by corpus index: int64[K], token * 4 + level (generators/chunking/breaks.py)."""
MOST_PADDED = 2
"""Padded rows of a stage that needs no larger reserve: the last, and one more for a short rest."""

NO_RESERVE = np.zeros(0, np.int64)


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
    """One stage to pack: its natural chunks and its finished samples."""

    recipe: Recipe
    spec: StageSpec
    documents: Documents
    pieces: Pieces
    repeat: Int64
    """int64[N]: tokens at a chunk's start that repeat the chunk before."""
    loose: Flags
    """bool[N]: chunks that the packer may cut wherever a row ends."""
    woven: Sequence[WovenAt]

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
        """bool[N]: chunks that are not loose and could be: text of documents longer than a row."""
        capacity = frame(self.recipe, self.spec).capacity
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
    )
    fixed = np.array([source.long_documents == "fixed" for source in sources])[owner]
    whole = replace(whole, loose=whole.loose | (fixed & whole.spare))
    # Start and end ids are left room for in every chunk, so that none comes out longer than a row.
    room = framing.capacity - framing.begin - framing.end
    long = np.flatnonzero(~whole.loose & (whole.lengths > framing.capacity))
    cut = [
        cut_piece(
            (int(pieces.start[k]), int(pieces.stop[k])),
            breaks(int(pieces.doc[k])),
            policy=sources[owner[k]].long_documents,
            capacity=room,
            min_fragment=framing.min_fragment,
            overlap=_overlap(sources[owner[k]]),
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


def pack_stage(stage: Stage) -> tuple[Stage, Packing]:
    """Return the stage as it was packed, with the reserve that fills its rows, and its packing."""
    # To cut documents into a reserve would be in vain where rows are padded by design.
    waiting = _reserve_order(stage) if packing.fills_rows(stage.recipe.packer) else NO_RESERVE
    packable = _without_shred(stage)
    packed = _pack(packable)
    while len(waiting) and not _fills(packable, packed):
        # What is free now, and a row more: what a fragment cannot fill becomes a row of its own.
        wanted = int(packed.free.sum()) + frame(stage.recipe, stage.spec).capacity
        tokens = np.cumsum(stage.lengths[waiting])
        taken = int(np.searchsorted(tokens, wanted)) + 1
        loose = stage.loose.copy()
        loose[waiting[:taken]] = True
        stage, waiting = replace(stage, loose=loose), waiting[taken:]
        packable = _without_shred(_merged(stage))
        packed = _pack(packable)
    return packable, _within_ceiling(packable, packed)


def _fills(stage: Stage, packed: Packing) -> bool:
    """Say whether rows are full and no chunk was left out that could be cut instead."""
    natural = packed.left[packed.left < len(stage.pieces)]
    padded = int(np.count_nonzero(packed.free))
    return padded <= MOST_PADDED and not bool(stage.spare[natural].any())


def _reserve_order(stage: Stage) -> Int64:
    """Return the chunks that may become the reserve: whole documents in turn, in a drawn order.

    Neighbours make one long piece, which fills gaps better than many short ones.
    """
    spare = np.flatnonzero(stage.spare)
    rng = rng_for(stage.recipe.seed, "reserve", stage.spec.name)
    turn = rng.permutation(len(stage.documents.corpus.num_tokens))
    return np.asarray(spare[np.argsort(turn[stage.pieces.doc[spare]], kind="stable")])


def _merged(stage: Stage) -> Stage:
    """Join loose chunks that follow each other in their document."""
    pieces = stage.pieces
    joins = np.append(False, stage.loose[1:] & stage.loose[:-1])
    joins[1:] &= (pieces.doc[1:] == pieces.doc[:-1]) & (pieces.epoch[1:] == pieces.epoch[:-1])
    joins[1:] &= pieces.start[1:] == pieces.stop[:-1]
    first = np.flatnonzero(~joins[: len(pieces)])
    last = np.append(first[1:], len(pieces)) - 1
    merged = Pieces(
        doc=pieces.doc[first],
        start=pieces.start[first],
        stop=pieces.stop[last],
        epoch=pieces.epoch[first],
    )
    return replace(stage, pieces=merged, repeat=stage.repeat[first], loose=stage.loose[first])


def _without_shred(stage: Stage) -> Stage:
    """Leave out a rest that is too short for a row of its own: fewer than `min_fragment` tokens.

    10 rows and 7 tokens become 10 rows: a document that may be cut ends 7 tokens earlier, and the
    ledger counts them as unused.
    """
    framing = frame(stage.recipe, stage.spec)
    total = int(stage.lengths.sum()) + sum(sample.num_tokens for sample in stage.woven)
    rest = total % framing.capacity
    sizes = np.where(stage.loose, stage.pieces.stop - stage.pieces.start, 0)
    if not 0 < rest < framing.min_fragment or not len(sizes) or total < framing.capacity:
        return stage
    longest = int(np.argmax(sizes))
    if sizes[longest] < 2 * framing.min_fragment:
        return stage
    stop = stage.pieces.stop.copy()
    stop[longest] -= rest
    return replace(stage, pieces=replace(stage.pieces, stop=stop))


def _pack(stage: Stage) -> Packing:
    framing = frame(stage.recipe, stage.spec)
    samples = np.array([sample.num_tokens for sample in stage.woven], np.int64)
    packed: Packing = packing.load(stage.recipe.packer)(
        rng_for(stage.recipe.seed, "pack", stage.spec.name),
        np.concatenate([stage.lengths, samples]),
        cuttable=np.concatenate([stage.loose, np.zeros(len(samples), bool)]),
        capacity=framing.capacity,
        min_fragment=framing.min_fragment,
        cut_cost=int(stage.recipe.eos and stage.recipe.eos_on_fragments),
    )
    return packed


def _within_ceiling(stage: Stage, packed: Packing) -> Packing:
    """Leave out the last rows without samples that padding brought above the stage's `tokens`.

    Only a stage without anything to cut comes here; the ledger counts what is left out as unused.
    """
    row_len = stage.spec.seq_len + int(stage.recipe.extra_token)
    tokens = stage.spec.tokens or len(packed.free) * row_len
    excess = max(len(packed.free) - tokens // row_len, 0)
    keep = np.ones(len(packed.free), bool)
    plain = np.setdiff1d(np.arange(len(keep)), packed.row[packed.piece >= len(stage.pieces)])
    keep[plain[len(plain) - min(excess, len(plain)) :]] = False
    mine = keep[packed.row]
    return replace(
        packed,
        row=(np.cumsum(keep) - 1)[packed.row[mine]],
        piece=packed.piece[mine],
        start=packed.start[mine],
        length=packed.length[mine],
        free=packed.free[keep],
    )
