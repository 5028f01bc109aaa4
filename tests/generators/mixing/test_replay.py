"""What a stage repeats: documents of earlier stages, as their next pass, as often as is allowed."""

import numpy as np

from generators.mixing.replay import Replayed, replay
from schemas.draw import Corpus, Pieces
from schemas.recipe import Recipe

CORPUS = Corpus(
    num_tokens=np.array([60, 60, 60, 60, 40, 40, 40, 900]),
    source=np.array([0, 0, 0, 0, 1, 1, 1, 1], np.int32),
    key=np.arange(8, dtype=np.uint64),
    sources=("books", "notes"),
)


def recipe_of(max_epochs: int, **of_books: object) -> Recipe:
    stages = [
        {"name": "a", "seq_len": 256, "tokens": 1024},
        {"name": "b", "seq_len": 256, "tokens": 1024, "replay": 0.5},
    ]
    basis = {"inputs": ".", "tokenizer": "train", "min_fragment": 16, "eos": False}
    sources = {"books": of_books, "notes": {}}
    return Recipe.model_validate(
        {**basis, "sources": sources, "stages": stages, "max_epochs": max_epochs}
    )


def used(docs: list[int]) -> Replayed:
    doc = np.array(docs, np.int64)
    zero = np.zeros(len(docs), np.int64)
    pieces = Pieces(doc=doc, start=zero, stop=CORPUS.num_tokens[doc], epoch=zero)
    return Replayed(next_pass=np.zeros(8, np.int64)).used(pieces)


def docs_of(pieces: dict[str, Pieces]) -> list[tuple[int, int]]:
    return sorted(
        (doc, epoch)
        for part in pieces.values()
        for doc, epoch in zip(part.doc.tolist(), part.epoch.tolist(), strict=True)
    )


def test_sources_share_by_what_they_have_to_repeat() -> None:
    """240 of the books and 80 of the notes were used: 120 come again, 90 and 30 of them."""
    recipe = recipe_of(2, filler=True)
    pieces, supplied, state = replay(
        CORPUS, recipe, recipe.stages[1], budget=160, state=used([0, 1, 2, 3, 4, 5])
    )
    assert supplied == {"books": (120, 120), "notes": (40, 40)}
    assert {doc for doc, _ in docs_of(pieces)} <= {0, 1, 2, 3, 4, 5}
    assert {epoch for _, epoch in docs_of(pieces)} == {1}
    assert state.next_pass[7] == 0


def test_a_document_comes_again_as_often_as_epochs_allow() -> None:
    recipe = recipe_of(3)
    state = used([4, 5])
    seen = []
    for _ in range(4):
        pieces, _, state = replay(CORPUS, recipe, recipe.stages[1], budget=80, state=state)
        seen.append(docs_of(pieces))
    assert seen == [[(4, 1), (5, 1)], [(4, 2), (5, 2)], [], []]


def test_one_stage_repeats_a_document_once() -> None:
    recipe = recipe_of(3)
    pieces, supplied, _ = replay(CORPUS, recipe, recipe.stages[1], budget=500, state=used([4, 5]))
    assert docs_of(pieces) == [(4, 1), (5, 1)]
    assert supplied["notes"] == (500, 80)


def test_what_overlaps_or_waits_for_longer_rows_does_not_come_again() -> None:
    for policy in ("overlap", "larger_bucket"):
        recipe = recipe_of(3, long_documents=policy)
        pieces, _, _ = replay(CORPUS, recipe, recipe.stages[1], budget=5000, state=used([0, 7]))
        docs = {doc for doc, _ in docs_of(pieces)}
        assert docs == ({7} if policy == "overlap" else {0, 7})


def test_nothing_used_is_nothing_to_repeat() -> None:
    recipe = recipe_of(2)
    pieces, supplied, _ = replay(CORPUS, recipe, recipe.stages[1], budget=100, state=used([]))
    assert docs_of(pieces) == []
    assert supplied == {"books": (50, 0), "notes": (50, 0)}
