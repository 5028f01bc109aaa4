"""Pack a stage, or a part of it, with the reserve that fills its rows.

What documents cut by their own policy leave free in rows is filled from a reserve: chunks that the
packer may cut wherever a row ends, as few as will do.

    rows of 100, chunks of 90 and 84 and 95 and ...: of 1,000 chunks some 120 are the reserve
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from generators import packing
from generators.mixing.framing import frame
from generators.packing import Packing
from generators.seeds import rng_for
from pipelines.plan.multiple import trimmed
from pipelines.plan.related import piece_neighbours
from pipelines.plan.stage import Stage
from schemas.draw import Int64, Pieces
from schemas.errors import LongmixError

Part = tuple[str | int, ...]
Flags = npt.NDArray[np.bool_]
MOST_PADDED = 2
"""Padded rows of a stage that needs no larger reserve: the last, and one more for a short rest."""

NO_RESERVE = np.zeros(0, np.int64)


def pack_part(stage: Stage, part: Part = (), *, last: bool = True) -> tuple[Stage, Packing]:
    """Return the stage as it was packed, with the reserve that fills its rows, and its packing.

    `part` names the part of a stage, for the streams that are drawn; the first has no name. Only
    the `last` leaves out what is too short for a row: other parts hand it on. Raises
    LongmixError for a sample that `segment_multiple` does not divide.
    """
    # To cut documents into a reserve would be in vain where rows are padded by design.
    waiting = _reserve_order(stage) if packing.fills_rows(stage.recipe.packer) else NO_RESERVE
    packable = _shaped(stage, last=last)
    packed = _pack(packable, part)
    times = 1
    while len(waiting) and not _fills(packable, packed):
        # A chunk that no row takes whole is cut first: to cut others would not help it.
        out = _left_out(stage, packable, packed, waiting)
        waiting = np.concatenate([waiting[out], waiting[~out]])
        # What is free now, and a row more: what a fragment cannot fill becomes a row of its own.
        # Twice as much each time: where lengths are few, more may help little, and each is a pack.
        wanted = times * (int(packed.free.sum()) + frame(stage.recipe, stage.spec).capacity)
        times *= 2
        tokens = np.cumsum(stage.lengths[waiting])
        many = max(int(np.searchsorted(tokens, wanted)) + 1, int(out.sum()))
        loose = stage.loose.copy()
        loose[waiting[:many]] = True
        stage, waiting = replace(stage, loose=loose), waiting[many:]
        packable = _shaped(_merged(stage), last=last)
        packed = _pack(packable, part)
    return packable, packed


def _fills(stage: Stage, packed: Packing) -> bool:
    """Say whether rows are full and no chunk was left out that could be cut instead."""
    natural = packed.left[packed.left < len(stage.pieces)]
    padded = int(np.count_nonzero(packed.free))
    return padded <= MOST_PADDED and not bool(stage.spare[natural].any())


def _left_out(stage: Stage, packable: Stage, packed: Packing, waiting: Int64) -> Flags:
    """Return bool[W]: which of the waiting chunks lie in no row."""
    left = packed.left[packed.left < len(packable.pieces)]
    size = int(stage.tokens.max(initial=0)) + 1

    def keys(pieces: Pieces, which: Int64) -> Int64:
        passes = pieces.epoch[which] * len(stage.documents.corpus.num_tokens)
        return (passes + pieces.doc[which]) * size + pieces.start[which]

    return np.isin(keys(stage.pieces, waiting), keys(packable.pieces, left))


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


def _shaped(stage: Stage, *, last: bool) -> Stage:
    """Leave out what is too short for a row, and what `segment_multiple` has no place for."""
    stage = _trimmed(stage)
    whole = _without_shred(stage) if last else stage
    # What loses a few tokens for a shred loses its end id too.
    return whole if whole is stage else _trimmed(whole)


def _trimmed(stage: Stage) -> Stage:
    if stage.recipe.segment_multiple == 1:
        return stage
    pieces, kept = trimmed(
        stage.pieces,
        begins=stage.begins,
        ends=stage.ends,
        multiple=stage.recipe.segment_multiple,
        min_fragment=frame(stage.recipe, stage.spec).min_fragment,
    )
    return replace(stage, pieces=pieces, repeat=stage.repeat[kept], loose=stage.loose[kept])


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


def _pack(stage: Stage, part: Part) -> Packing:
    """Pack in units of `segment_multiple` tokens, so that every cut falls on a multiple."""
    framing, unit = frame(stage.recipe, stage.spec), stage.recipe.segment_multiple
    samples = np.array([sample.num_tokens for sample in stage.woven], np.int64)
    uneven = np.flatnonzero(samples % unit)
    if len(uneven):
        sample = stage.woven[int(uneven[0])]
        raise LongmixError(
            f"sample {sample.sample_id} has {sample.num_tokens} tokens, no multiple of the "
            f"{unit} of segment_multiple"
        )
    packed: Packing = packing.load(stage.recipe.packer)(
        rng_for(stage.recipe.seed, "pack", stage.spec.name, *part),
        np.concatenate([stage.lengths, samples]) // unit,
        cuttable=np.concatenate([stage.loose, np.zeros(len(samples), bool)]),
        capacity=framing.capacity // unit,
        min_fragment=-(-framing.min_fragment // unit),
        cut_cost=int(stage.recipe.eos and stage.recipe.eos_on_fragments),
        **_near(stage),
    )
    if unit == 1:
        return packed
    return replace(
        packed, start=packed.start * unit, length=packed.length * unit, free=packed.free * unit
    )


def _near(stage: Stage) -> dict[str, Int64]:
    """Return which pieces are like which, where the packer asks; nothing is like a sample."""
    if stage.near is None:
        return {}
    near = piece_neighbours(stage.near, stage.pieces.doc, epoch=stage.pieces.epoch)
    samples = np.full((len(stage.woven), near.shape[1]), -1)
    return {"near": np.concatenate([near, samples])}
