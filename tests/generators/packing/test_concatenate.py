"""One long string of pieces, cut where a row ends; what may not be cut waits for the next row."""

import numpy as np

from generators.packing.concatenate import pack


class Drawn:
    """Stands for a random state whose order is the given one."""

    def permutation(self, size):
        return np.arange(size)


def rows(lengths, *, whole=(), capacity=10, min_fragment=2, cut_cost=0, rng=None):
    """Return each row as (piece, start, length) in the order in which they lie; all may be cut
    but the pieces `whole`, and they are drawn in the order in which they stand."""
    packing = pack(
        rng or Drawn(),
        np.array(lengths, dtype=np.int64),
        cuttable=~np.isin(np.arange(len(lengths)), list(whole)),
        capacity=capacity,
        min_fragment=min_fragment,
        cut_cost=cut_cost,
    )
    columns = (packing.row, packing.piece, packing.start, packing.length)
    found = [[] for _ in packing.free]
    for row, *segment in zip(*(column.tolist() for column in columns), strict=True):
        found[row].append(tuple(segment))
    return found


def test_pieces_are_cut_where_rows_end():
    assert rows([6, 9, 7, 8]) == [
        [(0, 0, 6), (1, 0, 4)],
        [(1, 4, 5), (2, 0, 5)],
        [(2, 5, 2), (3, 0, 8)],
    ]


def test_a_piece_that_may_not_be_cut_opens_the_next_row():
    assert rows([6, 9, 7, 8], whole=[2]) == [
        [(0, 0, 6), (1, 0, 4)],
        [(1, 4, 5), (3, 0, 5)],
        [(2, 0, 7), (3, 5, 3)],
    ]


def test_a_long_piece_runs_through_rows_that_follow_each_other():
    assert rows([3, 25, 2]) == [
        [(0, 0, 3), (1, 0, 7)],
        [(1, 7, 10)],
        [(1, 17, 8), (2, 0, 2)],
    ]


def test_a_cut_costs_one_token_where_the_piece_does_not_end():
    assert rows([4, 14], cut_cost=1) == [[(0, 0, 4), (1, 0, 5)], [(1, 5, 9)]]


def test_without_anything_to_cut_rows_have_padding():
    assert rows([6, 6, 4], whole=[0, 1, 2]) == [[(1, 0, 6), (2, 0, 4)], [(0, 0, 6)]]


def test_a_rest_that_is_too_short_for_a_fragment_is_not_made():
    # 7 of the 8 would leave one token behind: it gives 4, and the next piece the other 3
    assert rows([3, 8, 9]) == [
        [(0, 0, 3), (1, 0, 3), (2, 0, 4)],
        [(2, 4, 5), (1, 3, 5)],
    ]


def test_a_piece_a_little_longer_than_a_row_and_alone_is_cut_all_the_same():
    assert rows([5], capacity=4) == [[(0, 0, 3)], [(0, 3, 2)]]


def test_rows_of_a_pool_that_may_be_cut_are_full_but_for_the_last():
    lengths = np.random.default_rng(0).integers(4, 90, 3000)
    found = rows(lengths, capacity=40, min_fragment=4, rng=np.random.default_rng(1))
    assert [sum(length for *_, length in row) for row in found[:-1]] == [40] * (len(found) - 1)
    assert len(found) == -(-lengths.sum() // 40)
