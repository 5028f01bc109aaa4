r"""Grams: the units of one text, and the n-grams of many short ones at once.

    texts "a b c d", "a b", "e"  with n=3, shortest=2
    ->  abc, bcd (text 0), ab (text 1); one text too short

Prompts are short and many, and a call of numpy costs what a hundred words cost: so texts are joined
to some hundred thousand characters, hashed as one, and runs across two texts are left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from generators.ngrams.tokens import token_blocks, token_units
from generators.ngrams.units import Hashes, IntArray, Units, rolling
from generators.ngrams.words import word_blocks, words
from schemas.errors import RecipeError

Unit = Literal["word", "token"]

BATCH_CHARS = 1 << 18
"""Characters that are hashed as one; our choice: a batch costs some MB."""


class Speller(Protocol):
    """What tokens come from; generators.tokens has one."""

    @property
    def sha256(self) -> str:
        """Of the tokenizer's file."""

    def encode(self, text: str) -> npt.NDArray[np.int32]:
        """Return the ids of a text, int32[T]."""

    def byte_ends(self, ids: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """Return the byte of the UTF-8 text behind each token, int64[T]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grams:
    """The grams of some texts of one benchmark, each once for each text."""

    name: str
    """The benchmark."""
    hashes: Hashes = field(repr=False)
    """uint64[G]."""
    sizes: frozenset[int]
    """Units in a gram."""
    num_texts: int
    """Texts that gave grams."""
    num_short: int
    """Texts that were too short to give any."""


def blocks(text: str, unit: Unit, tokenizer: Speller | None) -> Iterator[Units]:
    """Yield the units of a text, some thousand at a time.

    Raises RecipeError when tokens are wanted and no tokenizer is given.
    """
    if unit == "word":
        return word_blocks(text)
    return token_blocks(_token_units(text, tokenizer))


def grams_of(
    texts: Iterable[tuple[str, str]],
    *,
    n: int,
    shortest: int,
    unit: Unit,
    tokenizer: Speller | None,
) -> Iterator[Grams]:
    """Yield the grams of (benchmark, text) pairs, batch by batch."""
    for name, batch in _batches(texts):
        hashes, counts = _units(batch, unit, tokenizer)
        grams, sizes = _runs(hashes, counts, n=n, shortest=shortest)
        num_short = int((counts < shortest).sum())
        yield Grams(
            name=name,
            hashes=grams,
            sizes=sizes,
            num_texts=len(batch) - num_short,
            num_short=num_short,
        )


def _batches(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield texts of the same benchmark that follow one another together."""
    batch: list[str] = []
    current, size = "", 0
    for name, text in texts:
        if batch and (name != current or size >= BATCH_CHARS):
            yield current, batch
            batch, size = [], 0
        batch.append(text)
        current, size = name, size + len(text)
    if batch:
        yield current, batch


def _units(batch: list[str], unit: Unit, tokenizer: Speller | None) -> tuple[Hashes, IntArray]:
    """Return the hashes of the units of all texts, and how many units each text has."""
    if unit == "token":
        parts = [_token_units(text, tokenizer).hashes for text in batch]
        return np.concatenate(parts), np.array([len(part) for part in parts])
    found = words("\n".join(batch))  # a line break ends a word and is part of none
    bounds = np.cumsum([0, *(len(text) + 1 for text in batch)])
    return found.hashes, np.diff(np.searchsorted(found.starts, bounds))


def _token_units(text: str, tokenizer: Speller | None) -> Units:
    if tokenizer is None:
        raise RecipeError(
            "n-grams of tokens need a tokenizer, and none was given. Give the mix's own, or take "
            "`unit: word`."
        )
    ids = tokenizer.encode(text)
    return token_units(ids, tokenizer.byte_ends(ids), text)


def _runs(
    hashes: Hashes, counts: IntArray, *, n: int, shortest: int
) -> tuple[Hashes, frozenset[int]]:
    """Return the runs within texts, each once for each text, and how long they are."""
    owners = np.repeat(np.arange(len(counts)), counts)
    runs, texts, sizes = [hashes[:0]], [owners[:0]], set()
    for size in range(shortest, n + 1):
        wanted = counts >= size if size == n else counts == size
        if not wanted.any():
            continue
        first = owners[: len(owners) - size + 1]
        within = np.flatnonzero((first == owners[size - 1 :]) & wanted[first])
        runs.append(rolling(hashes, size)[within])
        texts.append(first[within])
        sizes.add(size)
    grams, of = np.concatenate(runs), np.concatenate(texts)
    order = np.lexsort((grams, of))
    grams, of = grams[order], of[order]
    is_new = np.ones(len(grams), np.bool_)
    is_new[1:] = (grams[1:] != grams[:-1]) | (of[1:] != of[:-1])
    return grams[is_new], frozenset(sizes)
