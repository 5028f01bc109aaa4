"""Every token lies in exactly one row, and every row but the last is full: else tokens are lost,
trained on twice, or spent on padding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.packing import Packing
from generators.packing._bound import lower_bound
from generators.packing.best_fit import MOST_PADDED, pack


def packed(lengths, *, cuttable=(), seed=0, capacity=10, min_fragment=2, cut_cost=0):
    """Pack with the pieces at the places `cuttable` cuttable."""
    may_cut = np.zeros(len(lengths), dtype=np.bool_)
    may_cut[list(cuttable)] = True
    return pack(
        np.random.default_rng(seed),
        np.array(lengths, dtype=np.int64),
        cuttable=may_cut,
        capacity=capacity,
        min_fragment=min_fragment,
        cut_cost=cut_cost,
    )


def rows_of(packing: Packing) -> list[list[tuple[int, int, int]]]:
    """Return each row as its sorted segments (piece, start, length), and the rows sorted."""
    rows = [[] for _ in packing.free]
    for row, *segment in zip(
        packing.row.tolist(),
        packing.piece.tolist(),
        packing.start.tolist(),
        packing.length.tolist(),
        strict=True,
    ):
        rows[row].append(tuple(segment))
    return sorted(sorted(row) for row in rows)


def assert_sound(packing: Packing, lengths, *, cuttable, capacity, fragment, cost):
    """Check a packing token by token, with nothing but loops."""
    tokens = {piece: np.zeros(length, dtype=int) for piece, length in enumerate(lengths)}
    used = [0] * len(packing.free)
    columns = (packing.row, packing.piece, packing.start, packing.length)
    for row, piece, start, length in zip(*(column.tolist() for column in columns), strict=True):
        tokens[piece][start : start + length] += 1
        whole = length == lengths[piece]
        assert whole or (piece in cuttable and length >= fragment)
        used[row] += length + (cost if start + length < lengths[piece] else 0)
    for piece, times in tokens.items():
        assert set(times.tolist()) == ({0} if piece in packing.left else {1})
    assert packing.row.tolist() == sorted(packing.row.tolist())
    assert all(used)
    assert [u + free for u, free in zip(used, packing.free, strict=True)] == [capacity] * len(used)
    assert packing.free.tolist() == sorted(packing.free.tolist())


@st.composite
def pools(draw):
    """Draw pieces, which of them may be cut, and the rules of cutting."""
    min_fragment = draw(st.integers(1, 6))
    cost = draw(st.integers(0, 1))
    capacity = draw(st.integers(2 * max(min_fragment, 2) + cost, 80))
    atoms = draw(st.lists(st.integers(1, capacity), max_size=25))
    long = draw(st.lists(st.integers(1, 5 * capacity), max_size=8))
    order = draw(st.permutations(range(len(atoms) + len(long))))
    lengths = [(atoms + long)[i] for i in order]
    cuttable = {at for at, i in enumerate(order) if i >= len(atoms)}
    return lengths, cuttable, {"capacity": capacity, "min_fragment": min_fragment, "cut_cost": cost}


@given(pools())
@settings(max_examples=400, deadline=None)
def test_every_token_lies_in_one_row_or_its_piece_is_named(pool):
    lengths, cuttable, rules = pool
    packing = packed(lengths, cuttable=cuttable, **rules)
    fragment = max(rules["min_fragment"], 2)
    assert_sound(
        packing,
        lengths,
        cuttable=cuttable,
        capacity=rules["capacity"],
        fragment=fragment,
        cost=rules["cut_cost"],
    )
    num_padded = np.count_nonzero(packing.free)
    assert not packing.left.size or (cuttable and num_padded <= MOST_PADDED)
    assert not cuttable & set(packing.left.tolist())
    placed = set(range(len(lengths))) - set(packing.left.tolist())
    whole = np.array([lengths[piece] for piece in placed - cuttable], dtype=np.int64)
    assert packing.free.size >= lower_bound(whole, rules["capacity"])
    assert packing.free.size >= sum(lengths[piece] for piece in placed) / rules["capacity"]


@given(st.integers(0, 1), st.lists(st.integers(1, 100), max_size=20), st.integers(0, 2**32))
@settings(deadline=None)
def test_with_enough_to_cut_only_the_last_row_has_padding(cut_cost, atoms, seed):
    # three times as many tokens may be cut as lie in whole pieces, so every gap can be filled
    lengths = [*atoms, 1717, 1234, 3001]
    long = range(len(atoms), len(lengths))
    packing = packed(
        lengths, cuttable=long, capacity=100, min_fragment=4, cut_cost=cut_cost, seed=seed
    )
    padded = np.flatnonzero(packing.free)
    too_short = 100 - packing.free[-1] <= 4 + cut_cost
    assert padded.size <= (MOST_PADDED if too_short else 1)
    assert padded.tolist() == list(range(packing.free.size - padded.size, packing.free.size))
    assert all(96 - cut_cost < lengths[piece] < 100 for piece in packing.left)


def test_gaps_are_filled_from_one_full_row_of_the_long_piece():
    packing = packed([7, 6, 3, 17], cuttable=[3])
    assert rows_of(packing) == [
        [(0, 0, 7), (2, 0, 3)],
        [(1, 0, 6), (3, 0, 4)],
        [(3, 4, 3), (3, 10, 7)],
        [(3, 7, 3)],
    ]
    assert packing.free.tolist() == [0, 0, 0, 7]


def test_a_cut_costs_one_token_where_the_piece_does_not_end():
    packing = packed([6, 18], cuttable=[1], cut_cost=1)
    # 18 = 9 and its end of 9, a token short of a row: too close, so all of it is cut freely
    assert rows_of(packing) == [[(0, 0, 6), (1, 0, 3)], [(1, 3, 9)], [(1, 12, 6)]]
    assert packing.free.tolist() == [0, 0, 4]


def test_without_cuttable_pieces_rows_are_plain_best_fit_and_padding_is_accepted():
    packing = packed([9, 9, 6, 4, 4, 2])
    assert rows_of(packing) in (
        [[(0, 0, 9)], [(1, 0, 9)], [(2, 0, 6), (3, 0, 4)], [(4, 0, 4), (5, 0, 2)]],
        [[(0, 0, 9)], [(1, 0, 9)], [(2, 0, 6), (4, 0, 4)], [(3, 0, 4), (5, 0, 2)]],
    )
    assert packing.free.tolist() == [0, 1, 1, 4]
    assert not packing.left.size


def test_a_piece_a_token_short_of_a_row_stands_with_an_exact_partner():
    packing = packed([9, 1, 20], cuttable=[2])
    assert rows_of(packing) == [[(0, 0, 9), (1, 0, 1)], [(2, 0, 10)], [(2, 10, 10)]]


def test_a_piece_without_partner_makes_the_last_row_and_a_second_one_is_left_out():
    packing = packed([9, 9, 20], cuttable=[2])
    assert packing.free.tolist() == [0, 0, 1]
    assert packing.left.size == 1
    assert packing.left[0] in (0, 1)


def test_nothing_is_left_out_when_cuttable_tokens_cannot_fill_the_rows_anyway():
    packing = packed([9, 9, 6, 6, 6, 6, 4], cuttable=[6])
    assert packing.free.tolist() == [0, 1, 1, 4, 4, 4]
    assert not packing.left.size


def test_short_cuttable_pieces_stay_whole_while_whole_ones_fill_the_gaps():
    packing = packed([6, 7, 4, 3], cuttable=[2, 3])
    assert rows_of(packing) == [[(0, 0, 6), (2, 0, 4)], [(1, 0, 7), (3, 0, 3)]]


def test_the_emptiest_cuttable_row_is_taken_apart_to_fill_others():
    packing = packed([6, 6, 8], cuttable=[2])
    assert packing.free.tolist() == [0, 0]
    assert packing.piece.tolist().count(2) == 2


@pytest.mark.parametrize(
    ("lengths", "cuttable", "free"),
    [
        ([], [], []),
        ([10, 10], [], [0, 0]),
        ([9] * 5, [], [1] * 5),
        ([4] * 5, [], [2, 2, 6]),
        ([95], [0], [0] * 9 + [5]),
        ([10] * 3, [0, 1, 2], [0, 0, 0]),
        ([9] * 10, range(10), [0] * 9),
        ([11] * 10, range(10), [0] * 11),
        ([6, 6, 6], range(3), [0, 2]),
    ],
    ids=["nothing", "exact", "near", "equal", "huge", "cut-exact", "cut-near", "over", "halves"],
)
def test_worst_cases(lengths, cuttable, free):
    packing = packed(lengths, cuttable=cuttable)
    assert packing.free.tolist() == free
    assert_sound(packing, lengths, cuttable=set(cuttable), capacity=10, fragment=2, cost=0)


def test_a_rest_of_one_token_makes_two_padded_rows_not_a_forbidden_fragment():
    packing = packed([31], cuttable=[0])
    assert sorted(packing.length.tolist()) == [2, 9, 10, 10]
    assert packing.free.tolist() == [0, 0, 1, 8]


def test_same_state_same_rows_and_another_seed_another_order():
    lengths = np.random.default_rng(1).integers(1, 10, 200).tolist()
    first, again, other = (packed(lengths, seed=seed) for seed in (3, 3, 4))
    assert first.piece.tolist() == again.piece.tolist()
    assert first.row.tolist() == again.row.tolist()
    assert first.piece.tolist() != other.piece.tolist()
    assert first.free.tolist() == other.free.tolist()


def test_the_longest_segment_stands_anywhere_in_its_row():
    packing = packed([6, 4] * 500)
    first = packing.length[::2]
    assert first.size == 500
    assert 180 < np.count_nonzero(first == 6) < 320  # 250 expected, 6 standard deviations are 67


def test_padding_of_a_mixed_pool_is_within_a_thousandth_of_the_bound():
    rng = np.random.default_rng(0)
    short = rng.lognormal(np.log(1500), 1.1, 80_000)
    long = rng.lognormal(np.log(12_000), 0.9, 20_000)
    lengths = np.clip(np.concatenate((short, long)), 1, 32_768).astype(np.int64)
    packing = packed(lengths, capacity=32_768, min_fragment=64)
    bound = lower_bound(lengths, 32_768)
    assert bound <= packing.free.size <= 1.001 * bound
    assert packing.free.sum() == packing.free.size * 32_768 - lengths.sum()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lengths": [3, 11]}, "piece 1 has 11 tokens and may not be cut, but a row holds 10"),
        ({"lengths": [0]}, "piece 0 has 0 tokens; give at least 1"),
        ({"lengths": [20], "cuttable": [0], "min_fragment": 6}, "it needs 12, or lower"),
        ({"lengths": [20], "cuttable": [0], "cut_cost": 2}, "cut_cost is 2; it is 0, or 1"),
    ],
)
def test_what_no_row_can_hold_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        packed(**arguments)


def test_lengths_and_cuttable_must_match():
    with pytest.raises(ValueError, match=r"lengths \(1,\) and cuttable \(2,\)"):
        pack(
            np.random.default_rng(0),
            np.array([3]),
            cuttable=np.array([True, False]),
            capacity=10,
            min_fragment=2,
        )
