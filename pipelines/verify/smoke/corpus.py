"""The corpus of a smoke training: pieces of the documents that a mix holds, some of them held out.

    mix of books and code     corpus/train/books.jsonl   {"id": "books:emma.txt#3", "text": "..."}
                              corpus/held/books.jsonl    one piece in eight
                              corpus/train/code.jsonl    ...

Many documents shall have a part in few tokens, so each is cut into equal pieces at line ends, and
pieces are taken in the order of a hash of their names. The same documents give the same corpus,
whatever a mix does with them. Texts come from the store; where that is not at hand, from the rows.

Cost: from a store one read of each document that has a piece, 2 s for 1.5 M tokens of books; from
rows as much decoding as is needed.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.shards.mix import Mix
from pipelines.verify.smoke.texts import (
    Text,
    place_of,
    source_shares,
    texts_in_rows,
    texts_in_store,
)
from schemas.errors import RecipeError

if TYPE_CHECKING:
    from pipelines.verify.smoke.settings import Settings

MARGIN = 2
"""Tokens of the corpus for each that a smoke training needs."""
LEAST_HELD = 4
"""Of a small corpus one piece in so many is held out, where one in `held_out` is too little."""
MOST_PASSES = 16
"""So often a smoke training may pass over a small corpus."""


class InconclusiveError(RecipeError):
    """Why a smoke training of this mix would say nothing, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Files of pieces, `train/<source>.jsonl` and `held/<source>.jsonl`."""

    folder: str
    kinds: dict[str, str]
    """The kind of each source of the mix."""
    train: dict[str, int]
    """Tokens for training of each source that has any, about: pieces of a document count alike."""
    held: dict[str, int]
    """Tokens held out, likewise."""
    typical: int
    """Half of all tokens lie in pieces of this many tokens or fewer."""
    digest: str
    """sha256 over all names and texts."""

    @property
    def tokens_train(self) -> int:
        """About."""
        return sum(self.train.values())

    @property
    def tokens_held(self) -> int:
        """About."""
        return sum(self.held.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Piece `number` of `count` of a text."""

    of: Text
    number: int
    count: int

    @property
    def name(self) -> str:
        """The document's name and the number of the piece."""
        return f"{self.of.name}#{self.number}"

    @property
    def tokens(self) -> int:
        """About."""
        return self.of.tokens // self.count

    @property
    def at(self) -> float:
        """Where the hash of the name falls, 0 to 1."""
        return place_of(self.name)


def write_corpus(mix: Mix, *, store: str | None, folder: str, settings: "Settings") -> Corpus:
    """Write the corpus of a mix to `<folder>/corpus`, in place of one that is there.

    `store` is that of the mix, null the one in its work folder. Raises InconclusiveError where the
    mix has no text, or too little to hold some of it out.
    """
    held = MARGIN * _audited(settings) + settings.short.length * settings.text_rows
    need = {"train": MARGIN * trained_tokens(settings), "held": held}
    shares = source_shares(mix)
    wanted = {source: share * sum(need.values()) for source, share in shares.items()}
    root = Path(folder) / "corpus"
    texts = texts_in_store(mix, store, wanted)
    corpus = _written(mix, root, _chosen(texts, shares, need, settings))
    if not corpus.tokens_train:  # a store of other documents is as good as none
        texts = texts_in_rows(mix, wanted)
        corpus = _written(mix, root, _chosen(texts, shares, need, settings))
    _check(corpus, settings)
    return corpus


Chosen = dict[str, dict[str, list[Piece]]]
"""By `train` and `held`, then by source."""


def _chosen(
    texts: dict[str, list[Text]],
    shares: dict[str, float],
    need: dict[str, int],
    settings: "Settings",
) -> Chosen:
    """Divide the pieces of each source, and take as many as its share of the need."""
    chosen: Chosen = {"train": {}, "held": {}}
    for source in sorted(texts.keys() & shares.keys()):
        pieces = sorted(_pieces(texts[source], settings.piece_tokens), key=lambda piece: piece.at)
        apart = sum(piece.at < 1 / settings.held_out for piece in pieces)
        most = max(apart, len(pieces) // LEAST_HELD)
        held = _enough(pieces[:most], shares[source] * need["held"])
        train = _enough(pieces[max(apart, len(held)) :], shares[source] * need["train"])
        for name, mine in (("train", train), ("held", held)):
            if mine:
                chosen[name][source] = mine
    return chosen


def _pieces(texts: Iterable[Text], size: int) -> list[Piece]:
    return [
        Piece(of=text, number=number, count=count)
        for text in texts
        for count in (max(1, round(text.tokens / size)),)
        for number in range(count)
    ]


def _enough(pieces: list[Piece], tokens: float) -> list[Piece]:
    """Return the first pieces that hold so many tokens together, or all."""
    before = np.cumsum([0, *(piece.tokens for piece in pieces)])[:-1]
    return pieces[: int(np.searchsorted(before, tokens))]


def _written(mix: Mix, root: Path, chosen: Chosen) -> Corpus:
    """Write the pieces, in place of others; those that the store does not have are left out."""
    shutil.rmtree(root, ignore_errors=True)
    tokens: dict[str, dict[str, int]] = {"train": {}, "held": {}}
    sizes: list[int] = []
    known = mix.manifest["recipe"]["sources"]
    texts = hashlib.sha256()
    for split, by_source in chosen.items():
        (root / split).mkdir(parents=True, exist_ok=True)
        for source, pieces in by_source.items():
            found = _read(pieces)
            if not found:
                continue
            tokens[split][source] = sum(piece.tokens for piece, _ in found)
            sizes += [piece.tokens for piece, _ in found]
            with open(root / split / f"{source}.jsonl", "w", encoding="utf-8") as file:
                for piece, text in found:
                    line = json.dumps({"id": piece.name, "text": text}, ensure_ascii=False)
                    file.write(f"{line}\n")
                    texts.update(line.encode())
    return Corpus(
        folder=str(root),
        kinds={source: spec["kind"] for source, spec in known.items()},
        train=tokens["train"],
        held=tokens["held"],
        typical=_halfway(sizes),
        digest=texts.hexdigest(),
    )


def _halfway(sizes: list[int]) -> int:
    ordered = np.sort(sizes)
    whole = np.cumsum(ordered)
    return int(ordered[np.searchsorted(whole, whole[-1] / 2)]) if sizes else 0


def _read(pieces: list[Piece]) -> list[tuple[Piece, str]]:
    """Return the pieces with their texts, in their order; each document is read once."""
    by_text: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_text.setdefault(piece.of.name, []).append(piece)
    texts: dict[str, str] = {}
    for mine in by_text.values():
        parts = cut(mine[0].of.read() or "", mine[0].count)
        texts |= {piece.name: parts[piece.number] for piece in mine}
    return [(piece, texts[piece.name]) for piece in pieces if texts[piece.name].strip()]


def cut(text: str, count: int) -> list[str]:
    r"""Return a text in `count` about equal pieces, each cut at the end of a line if there is one.

    "ab\ncd\nef" in two  ->  "ab\ncd\n", "ef"
    """
    even = [len(text) * number // count for number in range(count + 1)]
    ends = [0]
    for start, stop in pairwise(even[1:]):
        ends.append(text.find("\n", max(start - 1, 0), stop) + 1 or start)
    return [text[start:stop] for start, stop in pairwise([*ends, len(text)])]


def trained_tokens(settings: "Settings") -> int:
    """Return the tokens that the rebuilt mix must have: all steps, and the rows kept for audits."""
    return settings.long.tokens + settings.in_mix * settings.long.length


def _audited(settings: "Settings") -> int:
    """Return the tokens of all audits together."""
    return sum(length * count for length, count in settings.audits)


def _check(corpus: Corpus, settings: "Settings") -> None:
    """Raise InconclusiveError for a corpus that cannot be trained on or audited with."""
    if not corpus.tokens_train:
        raise InconclusiveError(
            "smoke: this mix has no text to train on, neither in a store nor in its rows; name the "
            "store that it was built with by --store"
        )
    longest = max(length for length, _ in settings.audits)
    least_held = max(2 * longest, _audited(settings) // MOST_PASSES)
    least_train = trained_tokens(settings) // MOST_PASSES
    if corpus.tokens_train < least_train or corpus.tokens_held < least_held:
        raise InconclusiveError(
            f"smoke: this mix gives about {corpus.tokens_train:,} tokens of text to train on and "
            f"{corpus.tokens_held:,} that are held out; {least_train:,} and {least_held:,} are the "
            "least that says anything: take a mix of more text, or of more documents"
        )
