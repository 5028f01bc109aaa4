from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.smoke.planting import (
    FRAME,
    KEY,
    STATEMENT,
    VALUE,
    Wording,
    draw_wording,
    planted_row,
    recall_rows,
    short_rows,
    statements,
)
from tests.pipelines.verify.smoke.tiny import TINY, drawn_rows, vocabulary

WORDING = Wording(frame=np.array([90, 91, 92]), keys=np.arange(10, 30), values=np.arange(50, 80))
TEXT = np.full(200, 5)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_statement_is_frame_key_frame_value() -> None:
    made = statements(rng(), WORDING, 4)
    assert made.shape == (4, 7)
    assert made[:, [0, 1, 4]].tolist() == [[90, 91, 92]] * 4
    assert np.isin(made[:, 2:4], WORDING.keys).all()
    assert np.isin(made[:, 5:], WORDING.values).all()


def test_a_wording_takes_its_ids_from_those_that_stand_for_themselves() -> None:
    known = vocabulary()
    made = draw_wording(rng(), known)
    everything = np.concatenate([made.frame, made.values, made.keys])
    assert sorted(everything.tolist()) == list(range(known.kept))
    assert (len(made.frame), len(made.values)) == (FRAME, known.kept // 3)
    other = draw_wording(rng(1), known)
    assert made.frame.tolist() != other.frame.tolist()


@given(asked=st.integers(1, 8), seed=st.integers(0, 200))
def test_answers_are_the_values_that_the_context_states(asked: int, seed: int) -> None:
    """Found by looking for each key in the context, at the depth that is told."""
    made = planted_row(rng(seed), WORDING, TEXT, asked=asked, settings=TINY)
    context = made.ids[: len(TEXT) - STATEMENT * asked]
    assert len(made.ids) == len(TEXT)
    assert (context == 5).sum() == len(TEXT) - 2 * STATEMENT * asked, "the rest is text"
    spans = zip(made.answers.starts, made.answers.stops, made.answers.depths, strict=True)
    for start, stop, depth in spans:
        assert stop - start == VALUE
        said = made.ids[stop - STATEMENT : stop]
        at = round(depth * len(context))
        assert depth == at / len(context)
        assert context[at : at + STATEMENT].tolist() == said.tolist()
        assert said[:2].tolist() == [90, 91]
    assert len(set(made.answers.depths.tolist())) == asked
    assert sorted(made.answers.stops.tolist()) == [
        len(context) + STATEMENT * number for number in range(1, asked + 1)
    ]


def test_answers_weigh_more_and_everything_is_a_target() -> None:
    made = planted_row(rng(), WORDING, TEXT, asked=3, settings=replace(TINY, answer_weight=5.0))
    inside = made.answers.covered(len(TEXT))
    assert inside.sum() == 3 * VALUE
    assert set(made.weights[inside].tolist()) == {5.0}
    assert set(made.weights[~inside].tolist()) == {1.0}


def test_depths_are_anywhere() -> None:
    """2,400 depths in tenths: about as many in each."""
    depths = np.concatenate(
        [
            planted_row(rng(seed), WORDING, TEXT, asked=4, settings=TINY).answers.depths
            for seed in range(600)
        ]
    )
    counts = np.histogram(depths, 10, (0, 1))[0]
    assert counts.min() > 0.7 * counts.mean()
    assert counts.max() < 1.3 * counts.mean()


def is_pairs(ids: np.ndarray) -> bool:
    """Whether a row is statements, then the same ones in another order, then some ids of keys."""
    half = len(ids) // STATEMENT // 2
    first, second = (
        ids[at : at + half * STATEMENT].reshape(half, STATEMENT).tolist()
        for at in (0, half * STATEMENT)
    )
    rest = np.isin(ids[2 * half * STATEMENT :], WORDING.keys).all()
    return bool(rest) and sorted(first) == sorted(second)


def is_repeats(ids: np.ndarray) -> bool:
    """Whether half of all tokens at least are what stood a run before, for some length of run."""
    return max((ids[back:] == ids[:-back]).sum() for back in range(1, 40)) >= 8


def test_the_first_phase_is_runs_said_again_and_statements() -> None:
    steps = recall_rows(rng(), WORDING, vocabulary(), TINY)
    rows = [row for _ in range(100) for row in next(steps)]
    assert len(rows) == 100 * TINY.warm.rows
    assert {len(row.ids) for row in rows} == {TINY.warm.length}
    assert set(np.concatenate([row.ids for row in rows]).tolist()) <= set(range(256))
    kinds = [is_pairs(row.ids) for row in rows]
    assert 0.45 < np.mean(kinds) < 0.75, "about six of ten"
    others = [row for row, pairs in zip(rows, kinds, strict=True) if not pairs]
    assert all(is_repeats(row.ids) for row in others)
    assert all(not len(row.answers.starts) and (row.weights == 1).all() for row in rows)


def test_every_other_row_of_the_second_phase_is_planted() -> None:
    texts = drawn_rows(0, 5, TINY.short.length)
    steps = short_rows(rng(), WORDING, texts, replace(TINY, short=replace(TINY.short, rows=4)))
    for _ in range(20):
        step = next(steps)
        assert [bool(len(row.answers.starts)) for row in step] == [True, False] * 2
        assert {len(row.ids) for row in step} == {TINY.short.length}
        assert all(any(row is text for text in texts) for row in step[1::2])
        assert all(1 <= len(row.answers.starts) <= 8 for row in step[::2])


def test_the_same_numbers_drawn_give_the_same_rows() -> None:
    one, two = (next(recall_rows(rng(7), WORDING, vocabulary(), TINY)) for _ in range(2))
    assert [a.ids.tolist() for a in one] == [b.ids.tolist() for b in two]
    assert KEY + VALUE + FRAME == STATEMENT
