"""Rows that a person can cost by eye, and what must hold for all of them."""

from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.costs import (
    Cluster,
    Model,
    Segments,
    efficiency,
    row_costs,
    squares,
    striped,
    train_flops,
)

MODEL_8B = Model(num_params=8.03e9, num_layers=32, width=4096)
ONLY_ATTENTION = Model(num_params=0, num_layers=1, width=1, causal=1 / 12)


def segments_of(*rows: list[int], row_len: int = 8) -> Segments:
    return Segments(
        length=np.array(list(chain.from_iterable(rows)), np.int64),
        row=np.repeat(np.arange(len(rows)), [len(row) for row in rows]),
        num_rows=len(rows),
        row_len=row_len,
    )


def cluster_of(**changes: Any) -> Cluster:
    return Cluster(**{"ranks": 2, "rows_per_step": 4, **changes})


def busy(*costs: float, wait: Any = "row", **changes: Any) -> float:
    return efficiency(np.array(costs, float), cluster_of(**changes), wait=wait)


@pytest.mark.parametrize(
    ("row", "pieces", "expected"),
    [
        ([8], 1, [64]),
        ([4, 4], 1, [32]),
        ([8], 2, [16, 48]),
        ([4, 4], 2, [16, 16]),
        ([6, 2], 2, [16, 20 + 4]),  # tokens 4 and 5 of the six count 9 + 11
        ([6], 2, [16, 20]),  # and two of padding nothing
        ([2], 4, [4, 0, 0, 0]),
        ([8], 8, [1, 3, 5, 7, 9, 11, 13, 15]),
    ],
)
def test_squares_by_eye(row, pieces, expected):
    rows = segments_of([8], row, [1])
    assert squares(rows, pieces=pieces)[1].tolist() == expected


def test_no_segments_have_no_squares():
    assert squares(segments_of([], []), pieces=2).tolist() == [[0, 0], [0, 0]]


rows_of_segments = st.lists(
    st.lists(st.integers(1, 12), min_size=1, max_size=8), min_size=1, max_size=5
)


@given(rows=rows_of_segments, pieces=st.integers(1, 9))
def test_the_parts_of_a_row_are_its_segments_squared(rows, pieces):
    parts = squares(segments_of(*rows, row_len=96), pieces=pieces)
    assert parts.sum(axis=1).tolist() == [sum(n * n for n in row) for row in rows]
    assert parts.min() >= 0


def test_a_document_of_128k_costs_an_8b_model_twice_as_much_in_attention_as_in_all_else():
    tokens = 131_072
    linear = 6 * 8.03e9 * tokens
    assert train_flops(MODEL_8B, tokens=tokens, squares=0) == linear
    attention = train_flops(MODEL_8B, tokens=tokens, squares=tokens**2) - linear
    assert attention / linear == pytest.approx(2.139, abs=1e-3)
    whole = Model(num_params=8.03e9, num_layers=32, width=4096, causal=1)
    assert train_flops(whole, tokens=1, squares=131_072) == 6 * 8.03e9 + 12 * 32 * 4096 * 131_072


def test_a_row_costs_its_tokens_and_its_squares():
    model = Model(num_params=10, num_layers=1, width=1)  # 60 a token, 6 a square
    costs = row_costs(segments_of([8], [4, 4], [2]), model, cluster_of())
    assert costs.tolist() == [480 + 6 * 64, 480 + 6 * 32, 480 + 6 * 4]


@pytest.mark.parametrize(
    ("row", "split", "expected"),
    [
        ([8], "documents", 64),
        ([8], "zigzag", 64),  # 4 + 28 and 12 + 20: both halves are alike
        ([8], "contiguous", 96),  # 16 and 48
        ([2, 2, 2, 2], "contiguous", 16),
        ([6, 2], "zigzag", 64),  # 4 + 4 and 12 + 20, of 40
        ([6, 2], "documents", 40),
    ],
)
def test_two_devices_share_a_row_by_eye(row, split, expected):
    cluster = cluster_of(context_parallel=2, split=split)
    assert row_costs(segments_of(row), ONLY_ATTENTION, cluster).tolist() == [expected]


@given(
    rows=rows_of_segments,
    devices=st.integers(1, 6),
    split=st.sampled_from(["documents", "zigzag", "contiguous"]),
)
def test_sharing_a_row_never_makes_less_work(rows, devices, split):
    segments = segments_of(*rows, row_len=96)
    alone = row_costs(segments, ONLY_ATTENTION, cluster_of())
    shared = row_costs(segments, ONLY_ATTENTION, cluster_of(context_parallel=devices, split=split))
    assert (shared >= alone * (1 - 1e-12)).all()
    assert (shared <= alone * devices * (1 + 1e-12)).all()


@given(length=st.integers(1, 40), devices=st.integers(1, 6))
def test_zigzag_is_even_for_a_row_of_one_document(length, devices):
    row_len = 2 * devices * length
    cluster = cluster_of(context_parallel=devices)
    costs = row_costs(segments_of([row_len], row_len=row_len), ONLY_ATTENTION, cluster)
    assert costs == pytest.approx([row_len**2])


def test_waiting_by_eye():
    assert busy(5, 1, 1, 5) == 12 / 20
    assert busy(5, 1, 1, 5, wait="step") == 1
    assert busy(5, 5, 1, 1) == 1
    assert busy(5, 1, 5, 1, wait="step") == 12 / 20
    assert busy(3, 1, 1, 1, 9) == 6 / 8  # the fifth row waits for a step that never fills


def test_a_long_step_weighs_more_than_a_short_one():
    """Eight rows in two steps: 12 and 120 of time bought, 12 and 60 of work done."""
    assert busy(3, 3, 3, 3, 30, 0.1, 30, 0.1) == pytest.approx((12 + 60.2) / (12 + 120))


def test_striping_by_eye():
    assert striped(np.array([5.0, 1, 4, 2]), cluster_of()).tolist() == [0, 2, 1, 3]
    steps = np.array([1.0, 2, 3, 4, 40, 30, 20, 10, 99])
    assert striped(steps, cluster_of()).tolist() == [3, 2, 0, 1, 4, 5, 7, 6, 8]
    assert striped(steps[:2], cluster_of()).tolist() == [0, 1]


def test_an_order_can_be_luckier_than_striping_when_ranks_wait_once_a_step() -> None:
    """7 + 5 + 1 = 5 + 4 + 4, but turns of equal rows deal 7 + 4 + 1 and 5 + 5 + 4."""
    costs = np.array([7.0, 5, 5, 4, 1, 4])
    cluster = cluster_of(rows_per_step=6)
    assert efficiency(costs, cluster, wait="step") == 1
    assert costs[striped(costs, cluster)].tolist() == [7, 5, 4, 5, 1, 4]
    assert efficiency(costs[striped(costs, cluster)], cluster, wait="step") == 13 / 14


clusters = st.builds(
    lambda ranks, turns: Cluster(ranks=ranks, rows_per_step=ranks * turns),
    st.integers(1, 5),
    st.integers(1, 5),
)


@given(data=st.data(), cluster=clusters, wait=st.sampled_from(["row", "step"]))
def test_efficiency_is_a_share_and_striping_is_the_best_order_for_waits_after_each_row(
    data, cluster, wait
):
    least = cluster.rows_per_step
    cost = st.floats(1e-3, 1e6)
    costs = np.array(data.draw(st.lists(cost, min_size=least, max_size=3 * least)))
    order = striped(costs, cluster)
    assert sorted(order.tolist()) == list(range(len(costs)))
    assert (order // least == np.arange(len(costs)) // least).all()
    before = efficiency(costs, cluster, wait=wait)
    after = efficiency(costs[order], cluster, wait=wait)
    assert 0 < before <= 1
    assert 0 < after <= 1
    if wait == "row":
        assert after >= before * (1 - 1e-12)
        assert efficiency(costs, cluster, wait="step") >= before * (1 - 1e-12)


@given(
    cost=st.floats(1e-6, 1e30),
    cluster=clusters,
    steps=st.integers(1, 3),
    wait=st.sampled_from(["row", "step"]),
)
def test_equal_rows_keep_all_ranks_busy(cost, cluster, steps, wait):
    costs = np.full(steps * cluster.rows_per_step, cost)
    assert efficiency(costs, cluster, wait=wait) == pytest.approx(1)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: busy(1, 1), "there are 2 rows, but a step takes 4"),
        (lambda: busy(1, 1, 1, 0), "every row must cost more than 0"),
        (lambda: cluster_of(rows_per_step=3), "rows_per_step is 3; it must be a multiple of the 2"),
        (lambda: cluster_of(context_parallel=0), "context_parallel must be 1 or more"),
    ],
)
def test_what_cannot_be_is_refused(act, message):
    with pytest.raises(ValueError, match=message):
        act()
