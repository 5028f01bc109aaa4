"""Which text each sample is given: a piece of one document, pieces of several, or whole documents.

    one        a sample of 4,000 tokens: 4,000 of one book
    several    of 4 documents: 1,000 each
    gather     conversations of 300 tokens: thirteen of them, whole
    noise      nothing

Samples that are choosy about kinds of documents choose first; what they take leaves the natural
pool, unless the recipe shares haystacks. Each sample looks for its text from a place of its own, by
its sample_id, so that a sample more moves few others.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from generators.mixing.framing import frame
from generators.mixing.haystacks import Allotment, Blocks, Needs, allot, gather
from generators.mixing.order import keyed_order, keyed_uniform
from generators.mixing.pools import passes
from generators.seeds import rng_for
from schemas.draw import Corpus, Int64, Piece, SampleDraw
from schemas.recipe import Recipe

AGAIN = (math.sqrt(5) - 1) / 2
"""How far on a haystack is placed again: its multiples spread evenly (Knuth, TAOCP 3, 6.4)."""
Found = dict[str, tuple[Piece, ...]]
"""The pieces of each sample that found all of its text, by sample_id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What text the samples of a use are given."""

    haystack: Literal["one", "several", "gather", "noise"] = "one"
    documents: int = 1
    """Of `several`."""
    kinds: tuple[str, ...] = ()
    """Empty means all."""
    offered: float = 1.0
    """Tokens of text for each token of the sample."""

    def needs(self, length: int) -> list[int]:
        """Return the tokens of each piece that a sample of this length is given."""
        whole = int(length * self.offered)
        count = min(self.documents, whole) if self.haystack == "several" else 1
        return [whole // count + (number < whole % count) for number in range(count)]


PLAIN = Wish()
"""A piece of any one document."""


def give(
    corpus: Corpus,
    recipe: Recipe,
    wanted: list[SampleDraw],
    *,
    wishes: dict[str, Wish],
    blocks: Blocks,
) -> tuple[list[SampleDraw], Blocks]:
    """Return the samples that found text, and what they took of every document.

    Samples keep their order; of those that share a wish the longest choose first.
    """
    order = keyed_order(rng_for(recipe.seed, "haystack", "order"), corpus.key)
    kinds = [recipe.sources[name].kind for name in corpus.sources]
    filler = np.array([recipe.sources[name].filler for name in corpus.sources], bool)
    shared = recipe.haystack_reuse == "shared"
    found: Found = {}
    room = _room(corpus, recipe)
    for stage in recipe.resolved_stages():
        longer = corpus.num_tokens > frame(recipe, stage).capacity
        for wish in sorted(set(wishes.values()), key=_choosy):
            mine = [s for s in wanted if s.stage == stage.name and wishes[s.use] == wish]
            of_kind = np.array([kind in wish.kinds for kind in kinds], bool)[corpus.source[order]]
            allowed = order[of_kind] if wish.kinds else order
            free = corpus.num_tokens - (blocks.stop - blocks.start)
            group = _Group(
                wish=wish,
                samples=mine if shared else _thinned(mine, wish, int(free[allowed].sum())),
                allowed=allowed,
                cuttable=filler[corpus.source] | longer,
                num_tokens=corpus.num_tokens,
                shared=shared,
                room=room,
            )
            key = (
                ("haystack", stage.name) if wish == PLAIN else ("haystack", stage.name, repr(wish))
            )
            given, blocks = _WAYS[wish.haystack](rng_for(recipe.seed, *key), group, blocks)
            found |= given
            for piece in (piece for pieces in given.values() for piece in pieces):
                room[piece.doc] -= piece.stop - piece.start
    return [replace(s, pieces=found[s.sample_id]) for s in wanted if s.sample_id in found], blocks


def _room(corpus: Corpus, recipe: Recipe) -> Int64:
    """Return int64[D], the tokens that each document may still be haystack for, where it is shared.

    Three uses, one of them as natural text, leave a document of 100 tokens 200 of haystacks.
    """
    if recipe.max_uses is None:
        return np.full(len(corpus.num_tokens), np.iinfo(np.int64).max // 2)
    natural = np.array([passes(recipe, name) for name in corpus.sources], np.int64)
    return np.asarray(np.maximum(recipe.max_uses - natural[corpus.source], 0) * corpus.num_tokens)


def _thinned(samples: list[SampleDraw], wish: Wish, free: int) -> list[SampleDraw]:
    """Leave samples out where there is too little text, of each use and length as large a part.

    Else the longest, who choose first, would leave nothing to the others.
    """
    asked = sum(sum(wish.needs(sample.length)) for sample in samples)
    if asked <= free:
        return samples
    groups: dict[tuple[str, int], list[SampleDraw]] = {}
    for sample in samples:
        groups.setdefault((sample.use, sample.length), []).append(sample)
    kept = {
        sample.sample_id
        for group in groups.values()
        for sample in group[: math.ceil(len(group) * free / asked)]
    }
    return [sample for sample in samples if sample.sample_id in kept]


def _choosy(wish: Wish) -> tuple[bool, bool, str]:
    """Sort the wishes that fewest documents can meet to the front."""
    return not wish.kinds, wish.haystack != "gather", repr(wish)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Samples of one stage that share a wish, and the documents that may give them text."""

    wish: Wish
    samples: Sequence[SampleDraw]
    allowed: Int64
    cuttable: npt.NDArray[np.bool_]
    num_tokens: Int64
    shared: bool
    room: Int64
    """int64[D], tokens that a shared document may still be haystack for."""


def _whole_documents(
    rng: np.random.Generator, group: _Group, blocks: Blocks
) -> tuple[Found, Blocks]:
    needs = np.array([group.wish.needs(sample.length)[0] for sample in group.samples], np.int64)
    size = group.num_tokens
    if group.shared:
        given, room = [], group.room.copy()
        for need in needs:
            turn = rng.permutation(group.allowed)
            turn = turn[room[turn] >= size[turn]]
            given += gather(need[None], num_tokens=size, blocks=blocks, order=turn)[0]
            room[given[-1]] -= size[given[-1]]
    else:
        given, blocks = gather(needs, num_tokens=size, blocks=blocks, order=group.allowed)
    return {
        sample.sample_id: tuple(Piece(doc=d, start=0, stop=int(size[d])) for d in docs)
        for sample, docs in zip(group.samples, given, strict=True)
        if docs
    }, blocks


def _parts_of_documents(
    rng: np.random.Generator, group: _Group, blocks: Blocks
) -> tuple[Found, Blocks]:
    lengths = [group.wish.needs(sample.length) for sample in group.samples]
    needs = _needs(rng, group.samples, lengths)
    if group.shared:
        allotted = _shared(needs, group.num_tokens, group.allowed, room=group.room)
    else:
        allotted, blocks = allot(
            needs,
            num_tokens=group.num_tokens,
            blocks=blocks,
            order=group.allowed,
            cuttable=group.cuttable,
        )
    return _by_sample(group.samples, lengths, allotted), blocks


def _needs(
    rng: np.random.Generator, samples: Sequence[SampleDraw], lengths: list[list[int]]
) -> Needs:
    """Return the pieces of all samples; where each looks first is keyed by its sample_id."""
    names = (
        f"{sample.sample_id} {number}".encode()
        for sample, needs in zip(samples, lengths, strict=True)
        for number in range(len(needs))
    )
    data = b"".join(hashlib.sha256(name).digest()[:8] for name in names)
    keys = np.frombuffer(data, "<u8").astype(np.uint64)
    return Needs(
        tokens=np.array([need for each in lengths for need in each], np.int64),
        spot=keyed_uniform(rng, keys),
        to_left=keyed_uniform(rng, keys) < 1 / 2,
        sample=np.repeat(np.arange(len(lengths)), [len(each) for each in lengths]),
    )


def _by_sample(
    samples: Sequence[SampleDraw], lengths: list[list[int]], allotted: Allotment
) -> Found:
    """Return the pieces of each sample that was given all of them."""
    found: Found = {}
    at = 0
    for sample, needs in zip(samples, lengths, strict=True):
        places = range(at, at + len(needs))
        at += len(needs)
        pieces = tuple(
            Piece(
                doc=int(allotted.doc[place]),
                start=int(allotted.start[place]),
                stop=int(allotted.start[place]) + need,
            )
            for place, need in zip(places, needs, strict=True)
        )
        if all(piece.doc >= 0 for piece in pieces):
            found[sample.sample_id] = pieces
    return found


def _shared(needs: Needs, num_tokens: Int64, order: Int64, *, room: Int64) -> Allotment:
    """Place each haystack anywhere in the documents that are long enough, by their free places.

    Those that come to a document too often are placed again, while any document has room.
    """
    tokens = needs.tokens
    doc, start = np.full(len(tokens), -1, np.int64), np.zeros(len(tokens), np.int64)
    for need in np.unique(tokens):
        mine, left = np.flatnonzero(tokens == need), room.copy()
        np.subtract.at(left, doc[doc >= 0], tokens[doc >= 0])
        spot = needs.spot
        while len(mine):
            allowed = order[left[order] >= need]
            places = np.cumsum(np.maximum(num_tokens[allowed] - need + 1, 0))
            if not len(places) or not places[-1]:
                break
            at = (spot[mine] * places[-1]).astype(np.int64)
            which = np.searchsorted(places, at, side="right")
            nth = _nth(which)
            fits = (nth + 1) * need <= left[allowed[which]]
            doc[mine[fits]] = allowed[which[fits]]
            start[mine[fits]] = (at - np.where(which > 0, places[which - 1], 0))[fits]
            np.subtract.at(left, allowed[which[fits]], need)
            mine, spot = mine[~fits], (spot + AGAIN) % 1
    return Allotment(doc=doc, start=start)


def _nth(values: npt.NDArray[np.int64]) -> Int64:
    """Return int64[N]: how often each value stood before: 7 3 7 7 -> 0 0 1 2."""
    order = np.argsort(values, kind="stable")
    new = np.append(True, values[order][1:] != values[order][:-1])[: len(values)]
    first = np.maximum.accumulate(np.where(new, np.arange(len(values)), 0))
    nth = np.empty(len(values), np.int64)
    nth[order] = np.arange(len(values)) - first
    return nth


def _nothing(_: np.random.Generator, group: _Group, blocks: Blocks) -> tuple[Found, Blocks]:
    return {sample.sample_id: () for sample in group.samples}, blocks


_WAYS: dict[str, Callable[[np.random.Generator, _Group, Blocks], tuple[Found, Blocks]]] = {
    "one": _parts_of_documents,
    "several": _parts_of_documents,
    "gather": _whole_documents,
    "noise": _nothing,
}
