"""A pool gives each natural token once a pass: twice would be an epoch that nobody asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.mixing.order import keyed_order
from generators.mixing.pool import Pool, left_over, take
from generators.seeds import rng_for
from schemas.draw import Framing, Pieces

PLAIN = Framing(capacity=60, end=0, begin=0, min_fragment=2)


def pool_of(*lengths: int, filler: bool = False, max_epochs: int = 1, keys=None) -> Pool:
    """Return a pool that offers whole documents; keys make pass 0 take them in the given order."""
    size = len(lengths)
    whole = Pieces(
        doc=np.arange(size),
        start=np.zeros(size, np.int64),
        stop=np.array(lengths, np.int64),
        epoch=np.zeros(size, np.int64),
    )
    if keys is None:
        numbers = np.arange(size, dtype=np.uint64)
        keys = np.empty(size, np.uint64)
        keys[:] = numbers[keyed_order(rng_for(0, "natural", "books", 0), numbers)]
    return Pool(
        name="books",
        seed=0,
        doc=np.arange(size),
        offers=whole,
        num_tokens=np.array(lengths, np.int64),
        key=keys,
        filler=filler,
        max_epochs=max_epochs,
    )


def listed(pieces: Pieces) -> list[tuple[int, int, int, int]]:
    columns = (pieces.doc, pieces.start, pieces.stop, pieces.epoch)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_the_example_of_the_docstring() -> None:
    pieces, rest = take(pool_of(50, 80, 30), 100, PLAIN)
    assert listed(pieces) == [(0, 0, 50, 0), (1, 0, 50, 0)]
    assert (rest.cursor, rest.opened) == (1, 50)
    assert listed(take(rest, 1000, PLAIN)[0]) == [(1, 50, 80, 0), (2, 0, 30, 0)]


def test_a_document_shorter_than_a_row_is_not_cut() -> None:
    pieces, _ = take(pool_of(50, 40, 30), 70, PLAIN)
    assert listed(pieces) == [(0, 0, 50, 0)]


def test_a_filler_is_cut_however_short_it_is() -> None:
    pieces, _ = take(pool_of(50, 40, 30, filler=True), 70, PLAIN)
    assert listed(pieces) == [(0, 0, 50, 0), (1, 0, 20, 0)]


@pytest.mark.parametrize(("budget", "stop"), [(70, 50), (80, 60), (140, 120), (150, 120)])
def test_a_cut_leaves_no_fragment_below_the_least_on_either_side(budget: int, stop: int) -> None:
    frame = Framing(capacity=60, end=0, begin=0, min_fragment=30)
    pieces, _ = take(pool_of(20, 150), budget, frame)
    assert listed(pieces) == [(0, 0, 20, 0), (1, 0, stop, 0)]


def test_start_and_end_ids_are_paid_for() -> None:
    """Three documents of 10 take 12 each, so 35 tokens hold two of them."""
    frame = Framing(capacity=60, end=1, begin=1, min_fragment=2)
    assert left_over(pool_of(10, 10, 10), frame) == 36
    assert len(take(pool_of(10, 10, 10), 35, frame)[0]) == 2
    assert len(take(pool_of(10, 10, 10), 36, frame)[0]) == 3


def test_a_second_pass_takes_every_document_whole_again() -> None:
    pool = pool_of(50, 40, max_epochs=2)
    assert left_over(pool, PLAIN) == 180
    pieces, rest = take(pool, 1000, PLAIN)
    assert sorted(listed(pieces)) == [(0, 0, 50, 0), (0, 0, 50, 1), (1, 0, 40, 0), (1, 0, 40, 1)]
    assert left_over(rest, PLAIN) == 0


def test_rows_of_a_second_pass_begin_at_other_places() -> None:
    """A document that is cut into the same rows twice would give every row twice."""
    pool = pool_of(500, max_epochs=2)
    pieces, rest = take(pool, 10_000, Framing(capacity=60, end=0, begin=0, min_fragment=5))
    (first, (_, a, b, again), (_, c, d, _)) = listed(pieces)
    assert first == (0, 0, 500, 0)
    assert (a, b, again, d) == (0, c, 1, 500)
    assert 5 <= c <= 55
    assert left_over(rest, PLAIN) == 0


def test_a_pool_that_is_used_up_gives_nothing() -> None:
    _, rest = take(pool_of(50), 50, PLAIN)
    pieces, _ = take(rest, 50, PLAIN)
    assert len(pieces) == 0


def test_what_haystacks_left_is_skipped_when_it_is_a_shred_but_a_short_document_is_not() -> None:
    frame = Framing(capacity=60, end=0, begin=0, min_fragment=30)
    pool = pool_of(100, 10, filler=True)
    free = Pieces(
        doc=np.array([0, 0, 1]),
        start=np.array([0, 90, 0]),
        stop=np.array([40, 100, 10]),
        epoch=np.zeros(3, np.int64),
    )
    pool = Pool(**{**{f: getattr(pool, f) for f in Pool.__dataclass_fields__}, "offers": free})
    assert left_over(pool, frame) == 50
    assert sorted(listed(take(pool, 1000, frame)[0])) == [(0, 0, 40, 0), (1, 0, 10, 0)]


@given(
    lengths=st.lists(st.integers(1, 200), max_size=8),
    budgets=st.lists(st.integers(0, 300), max_size=6),
    filler=st.booleans(),
    ids=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    max_epochs=st.integers(1, 3),
)
def test_a_token_is_taken_once_a_pass_and_budgets_are_kept(
    lengths, budgets, *, filler, ids, max_epochs
) -> None:
    end, begin = ids
    frame = Framing(capacity=60, end=end, begin=begin, min_fragment=5)
    keys = np.arange(len(lengths), dtype=np.uint64)
    pool = pool_of(*lengths, filler=filler, max_epochs=max_epochs, keys=keys)
    uses = np.zeros((max_epochs, len(lengths), 200), int)
    for budget in budgets:
        supply = left_over(pool, frame)
        pieces, pool = take(pool, budget, frame)
        cost = 0
        for doc, start, stop, epoch in listed(pieces):
            uses[epoch, doc, start:stop] += 1
            cost += stop - start + begin * (start == 0) + end * (stop == lengths[doc])
            whole = (start, stop) == (0, lengths[doc])
            assert whole or stop - start >= frame.min_fragment
            assert whole or filler or lengths[doc] > frame.capacity
        assert cost <= min(budget, supply)
    assert uses.max(initial=0) <= 1
