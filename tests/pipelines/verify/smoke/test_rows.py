from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.shards.mix import open_mix
from pipelines.verify.smoke.rows import batch_of, dealt, folded_row, plain_row, read_rows
from pipelines.verify.smoke.vocabulary import fold_vocabulary
from tests.pipelines.verify.broken import END
from tests.pipelines.verify.smoke.tiny import CPU, answers, drawn_rows, row

SAME = fold_vocabulary(np.arange(20, 0, -1), size=23, kept=20, end_id=None)
"""Ids below 20 stay as they are."""


def stored(**changes: Any) -> dict[str, Any]:
    """The row of the module's first lines, as MixDataset has it."""
    row = {
        "input_ids": np.array([7, 7, 9, 4, 4, 1], np.int32),
        "seq_lengths": np.array([4, 2], np.int32),
        "target_mask": np.array([0, 1, 1, 1, 0, 1], bool),
        "position_ids": None,
        "num_pad": 0,
        "needles": [needle(3, 4)],
    }
    return {**row, **changes}


def needle(start: int, end: int, depth: float = 0.25) -> dict[str, Any]:
    return {"answer_start": start, "answer_end": end, "depth": depth, "sample_id": "a-1"}


def folded(**changes: Any) -> Any:
    return folded_row(stored(**changes), SAME, answer_weight=3.0)


def test_weights_by_eye() -> None:
    made = folded()
    assert made.weights.tolist() == [0, 1, 1, 3, 0, 1]
    assert made.weights.dtype == np.float32
    assert made.ids.tolist() == [7, 7, 9, 4, 4, 1]
    assert made.lengths.tolist() == [4, 2]
    assert made.answers.depths.tolist() == [0.25]
    assert made.answers.samples == ("a-1",)
    assert made.positions is None


def test_an_answer_that_is_no_target_stays_none() -> None:
    mask = np.array([0, 1, 1, 0, 0, 1], bool)
    assert folded(target_mask=mask).weights.tolist() == [0, 1, 1, 0, 0, 1]


def test_without_a_mask_all_but_first_tokens_and_padding_are_targets() -> None:
    made = folded(target_mask=None, seq_lengths=np.array([2, 2, 2], np.int32), num_pad=2)
    assert made.weights.tolist() == [1, 1, 1, 3, 0, 0]
    assert batch_of([made], CPU).weights.tolist() == [0, 1, 0, 3, 0, 0]


def test_answers_may_touch_and_overlap() -> None:
    found = answers((1, 3), (3, 4), (2, 4)).covered(6)
    assert found.tolist() == [False, True, True, True, False, False]
    assert answers((4, 6)).covered(6).tolist() == [False] * 4 + [True] * 2
    assert not answers().covered(3).any()


@given(
    spans=st.lists(
        st.tuples(st.integers(0, 19), st.integers(0, 20)).filter(lambda s: s[0] < s[1]), max_size=6
    )
)
def test_covered_tokens_are_those_of_some_answer(spans: list[tuple[int, int]]) -> None:
    said = {token for a, b in spans for token in range(a, b)}
    assert set(np.flatnonzero(answers(*spans).covered(20)).tolist()) == said


def test_a_plain_row_is_one_segment_of_targets() -> None:
    made = plain_row(np.arange(5), answers=answers((3, 5)), answer_weight=2.0)
    assert made.weights.tolist() == [1, 1, 1, 2, 2]
    assert made.lengths.tolist() == [5]


def test_a_batch_is_rows_back_to_back() -> None:
    made = batch_of([row([1, 2, 3], lengths=np.array([2, 1])), row([4, 5])], CPU)
    assert made.tokens.tolist() == [1, 2, 3, 4, 5]
    assert made.segments.lengths.tolist() == [2, 1, 2]
    assert made.positions.tolist() == [0, 1, 0, 0, 1]
    assert made.weights.tolist() == [0, 1, 0, 0, 1], "a first token is never predicted"


def test_a_batch_leaves_its_rows_as_they_are() -> None:
    one = row([1, 2])
    batch_of([one], CPU)
    assert one.weights.tolist() == [1, 1]


def test_rows_with_and_without_positions_of_their_own_go_together() -> None:
    own = folded(position_ids=np.array([0, 1, 50, 51, 0, 90], np.int32))
    assert own.positions.dtype == np.int64
    made = batch_of([row([1, 2, 3], lengths=np.array([1, 2])), own, row([4])], CPU)
    assert made.positions.tolist() == [0, 0, 1, 0, 1, 50, 51, 0, 90, 0]


@given(count=st.integers(1, 6), rows=st.integers(1, 20), seed=st.integers(0, 99))
def test_a_pass_deals_every_row_once_but_for_an_uneven_end(
    count: int, rows: int, seed: int
) -> None:
    some = [row([number]) for number in range(max(rows, count))]
    steps = dealt(np.random.default_rng(seed), some, count)
    per_pass = len(some) // count
    for _ in range(3):
        met = [int(one.ids[0]) for _ in range(per_pass) for one in next(steps)]
        assert len(met) == per_pass * count
        assert len(set(met)) == len(met)


def test_passes_are_in_orders_of_their_own_and_the_same_again() -> None:
    some = [row([number]) for number in range(8)]

    def first_three(seed: int) -> list[list[int]]:
        steps = dealt(np.random.default_rng(seed), some, 8)
        return [[int(one.ids[0]) for one in next(steps)] for _ in range(3)]

    orders = first_three(5)
    assert len({tuple(order) for order in orders}) == 3
    assert orders == first_three(5)


def test_too_few_rows_for_a_step_are_told() -> None:
    with pytest.raises(ValueError, match="3 rows for steps of 4"):
        next(dealt(np.random.default_rng(0), drawn_rows(0, 3, 4), 4))


def test_the_rows_of_a_mix_are_all_there(sound: Any) -> None:
    """Answers of a mix, found in its own tables."""
    vocabulary = fold_vocabulary(np.arange(END + 1), size=700, kept=600, end_id=END)
    made = read_rows(str(sound), vocabulary, answer_weight=3.0)
    mix = open_mix(str(sound))
    lines = [r for shard in mix.manifest["shards"] for r in mix.read(shard["path"]).to_pylist()]
    assert len(made) == len(lines)
    asked = 0
    for mine, line in zip(made, lines, strict=True):
        spans = [(n["answer_start"], n["answer_end"]) for n in line["needles"]]
        assert list(zip(mine.answers.starts, mine.answers.stops, strict=True)) == spans
        assert mine.lengths.tolist() == line["seq_lengths"]
        assert (mine.weights > 0).sum() == line["num_targets"] + (
            line["num_docs"] + (line["num_pad"] > 0) if line["target_mask"] is None else 0
        ) - (line["num_pad"] > 0)
        asked += len(spans)
    assert asked
