"""Placing: a room is filled nearly to the token, and one place is brought to its depth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.retrieval.placing import Policy, arrange, fill, place

SIZES = st.lists(st.integers(1, 300), min_size=1, max_size=80)


def test_the_best_that_fit_are_taken() -> None:
    assert fill(np.array([40, 30, 50, 25]), 100).tolist() == [0, 1, 3]


def test_an_exchange_uses_what_is_left() -> None:
    assert fill(np.array([40, 30, 45, 36]), 80).tolist() == [0, 3]


@given(SIZES, st.integers(0, 5000))
def test_a_filled_room_is_never_too_small(sizes: list[int], room: int) -> None:
    taken = fill(np.array(sizes), room)
    total = sum(sizes[i] for i in taken)
    assert total <= room
    assert taken.tolist() == sorted(set(taken.tolist()))
    left = [size for i, size in enumerate(sizes) if i not in taken]
    assert len(sizes) > 48 or not left or min(left) > room - total


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("relevant_first", [0, 1, 2, 3, 4]),
        ("relevant_last", [4, 3, 2, 1, 0]),
        ("both_ends", [0, 2, 4, 3, 1]),
    ],
)
def test_policies_can_be_read(policy: Policy, expected: list[int]) -> None:
    assert arrange(np.random.default_rng(0), 5, policy).tolist() == expected


def test_a_random_order_is_another_for_another_stream() -> None:
    orders = {tuple(arrange(np.random.default_rng(i), 6, "random")) for i in range(20)}
    assert len(orders) > 15
    assert all(sorted(order) == list(range(6)) for order in orders)


def test_one_exchange_brings_a_place_nearer() -> None:
    order, at = place(np.array([40, 30, 25]), 60)
    assert (order.tolist(), at) == ([2, 1, 0], 2)


@given(SIZES, st.floats(-50, 20_000))
def test_a_place_is_no_farther_than_the_nearest_edge(sizes: list[int], before: float) -> None:
    order, at = place(np.array(sizes), before)
    assert sorted(order.tolist()) == list(range(len(sizes)))
    reached = sum(sizes[i] for i in order[:at])
    edges = np.append(0, np.cumsum(sizes))
    assert abs(reached - before) <= np.abs(edges - before).min() + 1e-6
    assert (order != np.arange(len(sizes))).sum() <= 2


def test_sizes_of_many_kinds_reach_any_place_nearly_exactly() -> None:
    sizes = np.random.default_rng(0).integers(80, 200, 28)
    wanted = np.linspace(300, sizes.sum() - 300, 50)
    placed = [place(sizes, before) for before in wanted]
    missed = [
        abs(sizes[order[:at]].sum() - b) for (order, at), b in zip(placed, wanted, strict=True)
    ]
    assert max(missed) < 15
