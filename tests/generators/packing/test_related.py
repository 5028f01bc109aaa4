"""What is near each other lies in one row, next to each other, and rows are as full as ever."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.packing import best_fit
from generators.packing.related import NEEDS_NEAR, pack


def packed(lengths, near, *, cuttable=(), seed=0, capacity=10, min_fragment=2, cut_cost=0):
    """Pack with neighbours given as one list for each piece."""
    width = max(map(len, near), default=0)
    table = [row + [-1] * (width - len(row)) for row in near]
    return pack(
        np.random.default_rng(seed),
        np.array(lengths, np.int64),
        cuttable=np.isin(np.arange(len(lengths)), list(cuttable)),
        capacity=capacity,
        min_fragment=min_fragment,
        cut_cost=cut_cost,
        near=np.array(table, np.int64).reshape(len(lengths), width),
    )


def groups(packing):
    """Return the pieces of each group as sets, and those that are in none."""
    found = {}
    for piece, group in zip(packing.piece.tolist(), packing.group.tolist(), strict=True):
        found.setdefault(group, set()).add(piece)
    alone = found.pop(-1, set())
    return sorted(map(sorted, found.values())), sorted(alone)


WHALES, BALLS = [[1, 2], [0, 2], [0, 1]], [[4], [3]]


def test_it_asks_for_neighbours():
    assert NEEDS_NEAR


@pytest.mark.parametrize("seed", range(5))
def test_rows_by_eye(seed):
    packing = packed([3, 3, 4, 5, 5], WHALES + BALLS, seed=seed)
    assert groups(packing) == ([[0, 1, 2], [3, 4]], [])
    assert packing.free.tolist() == [0, 0]
    assert len(set(zip(packing.row.tolist(), packing.group.tolist(), strict=True))) == 2


@pytest.mark.parametrize("seed", range(5))
def test_a_chain_is_followed_until_the_row_is_full(seed):
    chain = [[1], [2], [3], [4], [0]]
    packing = packed([2] * 5, chain, seed=seed)
    assert groups(packing) == ([[0, 1, 2, 3, 4]], [])


def test_small_groups_share_a_row_and_stay_apart_in_it():
    packing = packed([2, 3, 2, 3], [[1], [0], [3], [2]])
    assert packing.free.tolist() == [0]
    assert groups(packing) == ([[0, 1], [2, 3]], [])
    assert packing.group.tolist() == [0, 0, 1, 1]


def test_what_comes_too_late_joins_the_group_of_its_nearest_where_it_has_room():
    # 0 and 1 name each other alone; 2 names 1: whatever root is first, the three come together
    for seed in range(6):
        assert groups(packed([3, 3, 3], [[1], [0], [1]], seed=seed)) == ([[0, 1, 2]], [])


def test_what_finds_no_room_is_alone():
    packing = packed([6, 4, 5, 9], [[1], [0], [0, 1], []])
    assert len(groups(packing)[0]) == 1
    assert 3 in groups(packing)[1]


def test_members_stand_in_any_order():
    orders = {
        tuple(packed([2, 2, 2], WHALES, capacity=6, seed=seed).piece.tolist()) for seed in range(60)
    }
    assert len(orders) == 6


def test_a_group_leaves_no_gap_that_no_fragment_fills():
    # 5 + 4 would leave one token of the row, and a fragment has two at least
    packing = packed([5, 4, 11], [[1], [0], []], cuttable=[2])
    assert groups(packing)[0] == []
    assert packing.free.tolist() == [0, 0]
    assert groups(packed([5, 4, 12], [[1], [0], []], cuttable=[2], min_fragment=1))[0] == []
    assert groups(packed([5, 4], [[1], [0]]))[0] == [[0, 1]]


def test_long_pieces_fill_what_groups_leave():
    packing = packed([3, 3, 5, 23], [[1], [0], [], []], cuttable=[3])
    assert groups(packing) == ([[0, 1]], [2, 3])
    assert packing.free.tolist()[:-1] == [0, 0, 0]


def test_cuttable_pieces_join_whole_and_leave_only_as_far_as_rows_need_them():
    rng = np.random.default_rng(0)
    lengths = rng.integers(20, 300, 400)
    topic = np.arange(400) // 20
    near = [
        [other for other in np.flatnonzero(topic == of) if other != own][:9]
        for own, of in enumerate(topic)
    ]
    packing = packed(lengths, near, cuttable=range(400), capacity=1000, min_fragment=8)
    assert np.count_nonzero(packing.free) <= best_fit.MOST_PADDED
    grouped = packing.length[packing.group >= 0].sum() / lengths.sum()
    assert 0.5 < grouped < 1
    mine = packing.group >= 0
    assert (packing.length[mine] == lengths[packing.piece[mine]]).all()


def test_planted_topics_share_rows():
    """Forty topics of fifty pieces; by chance, a row mate is of the same topic one time in 40."""
    rng = np.random.default_rng(0)
    topic = rng.permutation(np.repeat(np.arange(40), 50))
    lengths = rng.integers(50, 300, topic.size)
    near = [rng.permutation(np.flatnonzero(topic == of))[:8].tolist() for of in topic]
    packing = packed(lengths, near, capacity=1000, min_fragment=8)
    mine = topic[packing.piece]
    same = [
        np.mean(mine[packing.row == row] == of) for row, of in zip(packing.row, mine, strict=True)
    ]
    assert np.mean(same) > 0.8


@st.composite
def pools(draw):
    """Draw pieces with any neighbours at all, themselves and twins among them."""
    min_fragment, cost = draw(st.integers(1, 5)), draw(st.integers(0, 1))
    capacity = draw(st.integers(2 * max(min_fragment, 2) + cost, 40))
    whole = draw(st.lists(st.integers(1, capacity), max_size=20))
    long = draw(st.lists(st.integers(1, 4 * capacity), max_size=8))
    num = len(whole) + len(long)
    near = [draw(st.lists(st.integers(0, num - 1), max_size=4)) for _ in range(num)]
    rules = {"capacity": capacity, "min_fragment": min_fragment, "cut_cost": cost}
    return whole + long, near, {"cuttable": range(len(whole), num), **rules}


@given(pools(), st.integers(0, 99))
@settings(max_examples=300, deadline=None)
def test_any_neighbours_give_a_sound_packing(pool, seed):
    lengths, near, rules = pool
    packing = packed(lengths, near, seed=seed, **rules)
    columns = (packing.row, packing.piece, packing.start, packing.length, packing.group)
    used = [0] * len(packing.free)
    seen = {piece: np.zeros(length, int) for piece, length in enumerate(lengths)}
    places = {}
    for place, (row, piece, start, length, group) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        seen[piece][start : start + length] += 1
        used[row] += length + (rules["cut_cost"] if start + length < lengths[piece] else 0)
        assert length == lengths[piece] or (piece in rules["cuttable"] and group == -1)
        assert length >= min(max(rules["min_fragment"], 2), lengths[piece])
        places.setdefault(group, []).append((row, place))
    assert all((times == (piece not in packing.left)).all() for piece, times in seen.items())
    assert [rules["capacity"] - tokens for tokens in used] == packing.free.tolist()
    assert (packing.free > 0).tolist() == sorted(packing.free > 0)
    for group in set(places) - {-1}:
        assert len(places[group]) > 1
        assert len({row for row, _ in places[group]}) == 1
        assert places[group][-1][1] - places[group][0][1] == len(places[group]) - 1
    assert sorted(set(places) - {-1}) == list(range(len(set(places) - {-1})))


@given(pools())
@settings(max_examples=100, deadline=None)
def test_without_neighbours_it_is_best_fit(pool):
    lengths, _, rules = pool
    alone = packed(lengths, [[]] * len(lengths), **rules)
    may_cut = np.isin(np.arange(len(lengths)), list(rules.pop("cuttable")))
    plain = best_fit.pack(
        np.random.default_rng(0), np.array(lengths, np.int64), cuttable=may_cut, **rules
    )
    assert alone.free.tolist() == plain.free.tolist()
    assert (alone.group == -1).all()


def test_rows_are_as_few_as_tokens_allow_where_enough_may_be_cut():
    rng = np.random.default_rng(0)
    lengths = np.append(rng.integers(1, 900, 500), rng.integers(2000, 9000, 30))
    near = rng.integers(0, 500, (530, 8)).tolist()
    packing = packed(lengths, near, cuttable=range(500, 530), capacity=1000, min_fragment=8)
    assert len(packing.free) == -(-lengths.sum() // 1000)


@pytest.mark.parametrize(
    ("near", "message"),
    [
        (np.zeros((3, 1), np.int64), r"near \(3, 1\) must have a line for each of 2 pieces"),
        (np.zeros(2, np.int64), r"near \(2,\) must have a line"),
        (np.full((2, 1), 2), "near names pieces 2 to 2; there are 2"),
        (np.full((2, 1), -2), "near names pieces -2 to -2; there are 2"),
    ],
)
def test_neighbours_that_are_no_pieces_are_refused(near, message):
    with pytest.raises(ValueError, match=message):
        pack(
            np.random.default_rng(0),
            np.array([3, 4]),
            cuttable=np.zeros(2, bool),
            capacity=10,
            min_fragment=2,
            near=near,
        )
