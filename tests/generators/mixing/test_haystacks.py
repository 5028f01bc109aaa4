"""Haystacks leave the middle of documents: no token serves twice, the rest stays natural text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generators.mixing.haystacks import Needs, allot, gather, left_natural, untouched
from generators.seeds import rng_for
from schemas.draw import Int64


def int64(*values: int) -> Int64:
    return np.array(values, np.int64)


def given_out(num_tokens, places, cuttable, needs, *, seed: int = 0, spots=None, samples=None):
    """Return (doc, start) of each need, and what is left as (doc, start, stop)."""
    tokens = int64(*num_tokens)
    rng = rng_for(seed, "haystack")
    allotted, blocks = allot(
        Needs(
            tokens=int64(*needs),
            spot=rng.random(len(needs)) if spots is None else np.array(spots),
            to_left=rng.random(len(needs)) < 1 / 2,
            sample=np.arange(len(needs)) if samples is None else int64(*samples),
        ),
        num_tokens=tokens,
        blocks=untouched(tokens, np.array(places)),
        order=np.arange(len(tokens)),
        cuttable=np.array(cuttable, bool),
    )
    left = left_natural(blocks, tokens)
    rest = list(zip(left.doc.tolist(), left.start.tolist(), left.stop.tolist(), strict=True))
    return list(zip(allotted.doc.tolist(), allotted.start.tolist(), strict=True)), rest


def test_the_example_of_the_docstring() -> None:
    got, left = given_out([100, 30], [0.5, 0], [True, False], [40, 40, 25])
    assert sorted(got[:2]) == [(0, 10), (0, 50)]
    assert got[2] == (1, 0)
    assert left == [(0, 0, 10), (0, 90, 100)]


def test_the_next_document_from_a_need_s_spot_that_has_room_gives() -> None:
    """Spots .3, .6 and .9 of four documents are in the second, the third and the fourth."""
    sizes, cuttable = [100, 100, 20, 25], [True] * 4
    got, _ = given_out(sizes, [0] * 4, cuttable, [30, 30, 30], spots=[0.3, 0.6, 0.9])
    assert got == [(1, 0), (0, 0), (0, 30)]


def test_pieces_of_one_sample_come_from_different_documents_while_there_are_others() -> None:
    got, _ = given_out([100] * 3, [0] * 3, [True] * 3, [9] * 4, spots=[0.4] * 4, samples=[7] * 4)
    assert [doc for doc, _ in got] == [1, 2, 0, 1]


@given(seed=st.integers(0, 20), removed=st.integers(0, 59))
def test_a_need_less_moves_few_others(seed: int, removed: int) -> None:
    """In turns it would move all that come after it: 30 of 59, on the average."""
    sizes = rng_for(seed, "sizes").integers(20, 200, size=200).tolist()
    spots = rng_for(seed, "spots").random(60).tolist()
    basis = (sizes, [0] * 200, [True] * 200)
    all_of, _ = given_out(*basis, [20] * 60, spots=spots)
    del spots[removed], all_of[removed]
    fewer, _ = given_out(*basis, [20] * 59, spots=spots)
    assert sum(one[0] != other[0] for one, other in zip(all_of, fewer, strict=True)) <= 3


def test_a_document_that_may_not_be_cut_is_given_whole_and_only_the_shortest_that_will_do() -> None:
    got, left = given_out([500, 90, 60], [0.5] * 3, [False] * 3, [50, 50])
    assert got == [(2, 0), (1, 0)]
    assert left == [(0, 0, 500)]


def test_the_longest_need_chooses_first() -> None:
    got, _ = given_out([100, 60], [0, 0], [True, True], [60, 100], spots=[0, 0])
    assert got == [(1, 0), (0, 0)]


def test_a_need_that_no_document_can_meet_goes_without() -> None:
    got, left = given_out([100, 40], [0.5, 0], [True, False], [101])
    assert got == [(-1, 0)]
    assert left == [(0, 0, 100), (1, 0, 40)]


def test_the_first_piece_moves_off_its_place_rather_than_go_without() -> None:
    """60 tokens fit on neither side of the middle of 100, so they end up at one edge."""
    assert given_out([100], [0.5], [True], [60])[0][0] in [(0, 0), (0, 40)]


def test_a_second_piece_needs_room_beside_the_first() -> None:
    """Around [0, 60) or [40, 100) 40 tokens lie on one side; 41 are nowhere."""
    assert given_out([100], [0.5], [True], [60, 41])[0][1] == (-1, 0)
    assert given_out([100], [0.5], [True], [60, 40])[0][1] in [(0, 60), (0, 0)]


def test_an_untouched_document_is_one_natural_piece() -> None:
    blocks = untouched(int64(100, 10), np.array([0.5, 0.99]))
    assert (blocks.start.tolist(), blocks.stop.tolist()) == ([50, 9], [50, 9])
    left = left_natural(blocks, int64(100, 10))
    assert (left.start.tolist(), left.stop.tolist()) == ([0, 0], [100, 10])


@given(
    documents=st.lists(
        st.tuples(st.integers(0, 60), st.floats(0, 0.999), st.booleans()), min_size=1, max_size=8
    ),
    needs=st.lists(st.integers(1, 40), max_size=12),
    seed=st.integers(0, 3),
)
def test_no_token_is_given_twice_and_none_is_lost_but_of_documents_given_whole(
    documents, needs, seed
) -> None:
    sizes, places, cuttable = (list(column) for column in zip(*documents, strict=True))
    got, left = given_out(sizes, places, cuttable, needs, seed=seed)
    uses = [np.zeros(size, int) for size in sizes]
    for (doc, start), need in zip(got, needs, strict=True):
        if doc >= 0:
            assert start + need <= sizes[doc]
            uses[doc][start : start + need] += 1
    for doc, start, stop in left:
        assert stop > start
        uses[doc][start:stop] += 1
    for use, may_cut in zip(uses, cuttable, strict=True):
        assert use.max(initial=0) <= 1
        assert not may_cut or use.min(initial=1) == 1


def gathered(sizes: list[int], *needs: int) -> list[list[int]]:
    tokens = int64(*sizes)
    blocks = untouched(tokens, np.zeros(len(sizes)))
    given, after = gather(
        int64(*needs), num_tokens=tokens, blocks=blocks, order=np.arange(len(sizes))
    )
    taken = {doc for docs in given for doc in docs}
    left = left_natural(after, tokens)
    assert set(left.doc.tolist()) == set(range(len(sizes))) - taken
    return given


def test_whole_documents_follow_each_other_until_one_does_not_fit() -> None:
    assert gathered([30, 40, 50, 20], 80, 60) == [[0, 1], [2]]


def test_a_document_longer_than_any_sample_stays_natural() -> None:
    assert gathered([500, 40, 50], 100) == [[1, 2]]


def test_a_sample_that_would_be_much_too_short_is_not_made() -> None:
    assert gathered([30, 20], 100) == [[]]
