"""What packers share: the order of rows, the cost of a cut, and what is refused before packing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.packing._ribbons import Rules
from generators.packing._rows import checked_rules, ordered, shuffled, spent

RULES = Rules(capacity=10, fragment=2, cost=0)


def fragments(*lines):
    """Return fragments, each as (row, piece, start, length)."""
    return np.array(lines, dtype=np.int64).reshape(-1, 4)


def check(lengths, cuttable, **rules):
    given_rules = {"capacity": 10, "min_fragment": 2, "cut_cost": 0} | rules
    return checked_rules(np.array(lengths), np.array(cuttable, dtype=np.bool_), **given_rules)


def test_full_rows_stand_first_and_segments_keep_their_order():
    table = fragments((7, 0, 0, 6), (3, 1, 0, 10), (7, 2, 0, 3), (9, 3, 0, 10), (5, 4, 0, 8))
    packing = ordered(table, np.array([6, 10, 3, 10, 8]), RULES)
    assert packing.row.tolist() == [0, 1, 2, 3, 3]
    assert packing.piece.tolist() == [1, 3, 4, 0, 2]
    assert packing.length.tolist() == [10, 10, 8, 6, 3]
    assert packing.free.tolist() == [0, 0, 2, 1]
    assert packing.left.size == 0


def test_a_cut_counts_in_the_row_but_not_in_the_fragment():
    rules = Rules(capacity=10, fragment=2, cost=1)
    table = fragments((0, 0, 0, 9), (1, 0, 9, 4))
    assert spent(table, np.array([13]), rules).tolist() == [10, 4]
    packing = ordered(table, np.array([13]), rules)
    assert packing.free.tolist() == [0, 6]
    assert packing.length.tolist() == [9, 4]


def test_no_fragments_make_no_rows():
    packing = ordered(fragments(), np.zeros(0, np.int64), RULES)
    assert packing.row.size == packing.free.size == 0


@given(st.lists(st.integers(0, 8), max_size=30), st.integers(0, 99))
def test_shuffling_keeps_what_lies_together(rows, seed):
    table = fragments(*((row, piece, 0, 1) for piece, row in enumerate(rows)))
    mixed = shuffled(np.random.default_rng(seed), table)
    together = {
        frozenset(mixed[mixed[:, 0] == row, 1].tolist()) for row in np.unique(mixed[:, 0]).tolist()
    }
    assert together == {
        frozenset(piece for piece, at in enumerate(rows) if at == row) for row in set(rows)
    }


def test_shuffling_brings_every_row_and_segment_to_the_front():
    table = fragments((0, 0, 0, 5), (0, 1, 0, 5), (1, 2, 0, 4), (1, 3, 0, 6))
    first = {
        ordered(shuffled(np.random.default_rng(seed), table), np.array([5, 5, 4, 6]), RULES)
        .piece[0]
        .item()
        for seed in range(40)
    }
    assert first == {0, 1, 2, 3}


def test_a_fragment_has_two_tokens_at_least():
    assert check([3], [True], min_fragment=1).fragment == 2
    assert check([3], [True], min_fragment=4).fragment == 4


@pytest.mark.parametrize(
    ("lengths", "cuttable", "rules", "message"),
    [
        ([3, 11], [0, 0], {}, "piece 1 has 11 tokens and may not be cut, but a row holds 10"),
        ([0], [0], {}, "piece 0 has 0 tokens; give at least 1"),
        ([20], [1], {"min_fragment": 6}, "it needs 12, or lower"),
        ([20], [1], {"cut_cost": 2}, "cut_cost is 2; it is 0, or 1"),
        ([3], [0, 1], {}, r"lengths \(1,\) and cuttable \(2,\)"),
    ],
)
def test_what_no_row_can_hold_is_refused_by_name(lengths, cuttable, rules, message):
    with pytest.raises(ValueError, match=message):
        check(lengths, cuttable, **rules)
