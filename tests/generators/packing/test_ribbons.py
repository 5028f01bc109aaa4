"""A cut leaves nothing that is too short: neither a fragment, nor a rest, nor a gap."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.packing._ribbons import LOOK, Filling, Ribbon, Rules, fill, finish, full_rows, share

RULES = Rules(capacity=10, fragment=3, cost=0)


def ribbon(tokens, *, final=False, piece=0, start=0):
    return Ribbon(piece=piece, start=start, tokens=tokens, final=final)


def filling(*stock, rules=RULES):
    """State without waiting rows; the first of `stock` is opened first."""
    return Filling(
        rules=rules, num_rows=0, stock=list(stock)[::-1], waiting=deque(), take_apart=lambda _: []
    )


@pytest.mark.parametrize(
    ("tokens", "gap", "taken"), [(10, 7, 7), (8, 7, 4), (7, 7, 7), (4, 7, 4), (6, 5, 0), (5, 7, 0)]
)
def test_share_by_eye(tokens, gap, taken):
    assert share(ribbon(tokens), gap, RULES) == taken


@given(st.integers(3, 60), st.integers(4, 60), st.tuples(st.integers(0, 1), st.booleans()))
def test_share_never_leaves_too_little(tokens, gap, kind):
    cost, final = kind
    rules = Rules(capacity=60, fragment=3, cost=cost)
    band = ribbon(tokens, final=final)
    taken = share(band, gap, rules)
    rest = 0 if taken == band.room(rules) else tokens - (taken - cost)
    assert taken == 0 or taken == band.room(rules) or taken - cost >= 3
    assert taken == 0 or rest == 0 or rest >= 3
    assert gap - taken == 0 or gap - taken >= rules.smallest


def test_gaps_take_from_the_open_ribbon_first():
    state = filling(ribbon(20), ribbon(30, piece=1))
    fill(state, row=5, gap=3)
    fill(state, row=6, gap=4)
    assert state.cuts == [(5, 0, 0, 3), (6, 0, 3, 4)]
    assert [(open_.piece, open_.start, open_.tokens) for open_ in state.opened] == [(0, 7, 13)]


def test_a_ribbon_ends_inside_a_gap_and_the_next_fills_it_up():
    state = filling(ribbon(4), ribbon(30, piece=1))
    fill(state, row=0, gap=9)
    assert state.cuts == [(0, 0, 0, 4), (0, 1, 0, 5)]


def test_a_gap_that_nothing_fills_is_padding_and_opens_no_more_than_its_share():
    state = filling(*(ribbon(6, piece=piece) for piece in range(LOOK + 5)))
    fill(state, row=0, gap=5)
    assert state.padded == {0: 5}
    assert len(state.stock) == 5


def test_many_short_pieces_fill_one_row():
    rules = Rules(capacity=100, fragment=3, cost=0)
    state = filling(*(ribbon(4, piece=piece, final=True) for piece in range(25)), rules=rules)
    fill(state, row=0, gap=100)
    assert [piece for _, piece, *_ in state.cuts] == list(range(25))
    assert state.padded == {}


def test_the_emptiest_waiting_row_is_taken_apart_when_the_stock_is_empty():
    state = Filling(
        rules=RULES,
        num_rows=2,
        stock=[],
        waiting=deque([0, 1]),
        take_apart=lambda row: [ribbon(8, piece=row, final=True)],
    )
    fill(state, row=7, gap=4)
    assert state.gone == [1]
    assert state.cuts == [(7, 1, 0, 4)]


def test_rests_share_the_last_row_and_full_rows_are_returned():
    state = filling()
    state.opened = [ribbon(24), ribbon(13, piece=1)]
    even = finish(state)
    assert sorted(state.cuts) == [(0, 0, 20, 4), (0, 1, 10, 3)]
    assert state.padded == {0: 3}
    assert full_rows(even, first_row=state.num_rows, rules=RULES).tolist() == [
        [1, 0, 0, 10],
        [2, 0, 10, 10],
        [3, 1, 0, 10],
    ]


def test_rests_too_short_to_stand_alone_fill_rows_together():
    state = filling()
    state.opened = [ribbon(11, final=True), ribbon(19, piece=1, final=True)]
    even = finish(state)
    assert state.padded == {}
    assert {row for row, *_ in state.cuts} == set(range(state.num_rows))
    assert len(full_rows(even, first_row=state.num_rows, rules=RULES)) + state.num_rows == 3
