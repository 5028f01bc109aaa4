"""What text samples are given: a piece, pieces, whole documents, or nothing; never twice."""

from typing import Any

import numpy as np
import pytest

from generators.mixing.giving import Wish, give
from generators.mixing.haystacks import untouched
from schemas.draw import Corpus, SampleDraw
from schemas.recipe import Recipe

SOURCES = {
    "books": {"kind": "book", "filler": True},
    "talks": {"kind": "conversation", "filler": True},
}


def recipe_of(**changes: Any) -> Recipe:
    basis = {"inputs": ".", "tokenizer": "train", "seq_len": 1024, "sources": SOURCES}
    return Recipe.model_validate({**basis, **changes})


def corpus_of(books: list[int], talks: list[int]) -> Corpus:
    sizes = np.array([*books, *talks], np.int64)
    source = np.array([0] * len(books) + [1] * len(talks), np.int32)
    keys = np.arange(len(sizes), dtype=np.uint64)
    return Corpus(num_tokens=sizes, source=source, key=keys, sources=("books", "talks"))


def given(
    corpus: Corpus, wishes: dict[str, Wish], *samples: tuple[str, int], **changes: Any
) -> dict[str, list[tuple[int, int, int]]]:
    """Give to samples of (use, length); return (doc, start, stop) of the pieces of each."""
    wanted = [
        SampleDraw(sample_id=f"{use}{number}", use=use, stage="main", length=length, depths=())
        for number, (use, length) in enumerate(samples)
    ]
    blocks = untouched(corpus.num_tokens, np.zeros(len(corpus.num_tokens)))
    found, _ = give(corpus, recipe_of(**changes), wanted, wishes=wishes, blocks=blocks)
    return {s.sample_id: [(p.doc, p.start, p.stop) for p in s.pieces] for s in found}


def test_several_documents_give_equal_pieces() -> None:
    wish = Wish(haystack="several", documents=4)
    (pieces,) = given(corpus_of([300] * 4, []), {"a": wish}, ("a", 402)).values()
    assert sorted(pieces) == [(0, 0, 101), (1, 0, 101), (2, 0, 100), (3, 0, 100)] or (
        sorted(stop - start for _, start, stop in pieces) == [100, 100, 101, 101]
        and len({doc for doc, _, _ in pieces}) == 4
    )


def test_gathering_takes_whole_documents_until_there_is_no_room() -> None:
    corpus = corpus_of([], [30, 40, 50, 20])
    (pieces,) = given(corpus, {"a": Wish(haystack="gather")}, ("a", 100)).values()
    assert all((start, stop) == (0, corpus.num_tokens[doc]) for doc, start, stop in pieces)
    assert 60 <= sum(stop for _, _, stop in pieces) <= 100


def test_only_the_kinds_that_are_wished_for_give() -> None:
    corpus = corpus_of([500, 500], [500])
    found = given(corpus, {"a": Wish(kinds=("conversation",))}, ("a", 200), ("a", 200), ("a", 200))
    assert {doc for pieces in found.values() for doc, _, _ in pieces} == {2}
    assert len(found) == 2, "the third finds no text and is not made"


def test_the_choosy_choose_first() -> None:
    wishes = {"any": Wish(), "talk": Wish(kinds=("conversation",))}
    found = given(corpus_of([400], [400]), wishes, ("any", 400), ("talk", 400))
    assert found == {"any0": [(0, 0, 400)], "talk1": [(1, 0, 400)]}


def test_noise_takes_nothing() -> None:
    assert given(corpus_of([10], []), {"a": Wish(haystack="noise")}, ("a", 9999)) == {"a0": []}


def test_more_may_be_offered_than_a_sample_holds() -> None:
    (pieces,) = given(corpus_of([500], []), {"a": Wish(offered=1.5)}, ("a", 200)).values()
    assert [stop - start for _, start, stop in pieces] == [300]


@pytest.mark.parametrize("haystack", ["one", "several", "gather"])
def test_no_token_is_given_twice_but_where_haystacks_are_shared(haystack: Any) -> None:
    corpus = corpus_of([400] * 5, [40] * 60)
    wishes = {"a": Wish(haystack=haystack, documents=3 if haystack == "several" else 1)}
    samples = [("a", 150 + 10 * number) for number in range(8)]
    uses = np.zeros((len(corpus.num_tokens), 400), int)
    found = given(corpus, wishes, *samples)
    for doc, start, stop in (piece for pieces in found.values() for piece in pieces):
        uses[doc, start:stop] += 1
    assert found
    assert uses.max() == 1
    shared = given(corpus, wishes, *samples, haystack_reuse="shared")
    assert len(shared) == len(samples)


@pytest.mark.parametrize("haystack", ["one", "gather"])
def test_shared_text_is_haystack_no_more_often_than_it_may_be(haystack: str) -> None:
    """Three uses, one of them natural: documents of 50 tokens are haystack for 100 each at most."""
    corpus = corpus_of([50, 50], [])
    samples = [("a", 50)] * 7
    wishes = {"a": Wish(haystack=haystack)}
    found = given(corpus, wishes, *samples, haystack_reuse="shared", max_uses=3)
    docs = [piece[0] for pieces in found.values() for piece in pieces]
    assert sorted(docs) == [0, 0, 1, 1]
    free = given(corpus, wishes, *samples, haystack_reuse="shared")
    assert len(free) == 7
