"""Chunks that are moved: how many, how long, how far."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.positions.pose import Options, fits, positions

PAPER = Options(form="paper", chunks=3)


def chunks(drawn: np.ndarray) -> list[tuple[int, int]]:
    """First position and tokens of each run."""
    cuts = [0, *(np.flatnonzero(np.diff(drawn) != 1) + 1).tolist(), len(drawn)]
    return [(int(drawn[a]), b - a) for a, b in itertools.pairwise(cuts)]


def test_by_eye_there_are_two_runs_and_the_first_is_no_longer_than_half() -> None:
    drawn = positions(np.random.default_rng(1), 8, 32, Options())
    (first, size), (second, rest) = chunks(drawn)
    assert (first, size + rest) == (0, 8)
    assert size <= 4
    assert second + rest <= 32


@given(seed=st.integers(0, 2**32), length=st.integers(6, 40), more=st.integers(1, 99))
def test_three_chunks_have_two_jumps_at_most_and_all_tokens(
    seed: int, length: int, more: int
) -> None:
    drawn = positions(np.random.default_rng(seed), length, length + more, PAPER)
    found = chunks(drawn)
    assert 1 <= len(found) <= 3
    assert found[0][0] == 0
    assert drawn[-1] <= length + more - 1


def chi_square(found: Counter[int], values: range) -> float:
    """Against all values alike."""
    assert set(found) <= set(values)
    expected = found.total() / len(values)
    return sum((found[value] - expected) ** 2 for value in values) / expected


def test_the_first_chunk_and_the_move_of_the_program_are_drawn_evenly() -> None:
    """9 tokens below 29: the first chunk has 1 to 5, the move is 0 to 20."""
    rng = np.random.default_rng(2)
    cuts: Counter[int] = Counter()
    moves: Counter[int] = Counter()
    for _ in range(20_000):
        drawn = positions(rng, 9, 29, Options())
        moves[int(drawn[-1]) - 8] += 1
        if drawn[-1] > 8:
            cuts[chunks(drawn)[0][1]] += 1
    assert chi_square(moves, range(21)) < 45.4  # 20 degrees of freedom, 1 in 1,000
    assert chi_square(cuts, range(1, 6)) < 18.5  # 4 degrees


def test_cuts_of_the_paper_are_drawn_evenly_and_moves_never_fall() -> None:
    """Two chunks of 9: the cut is 1 to 8. Of three, the last move is that of what is left."""
    rng = np.random.default_rng(3)
    cuts: Counter[int] = Counter()
    for _ in range(16_000):
        drawn = positions(rng, 9, 29, Options(form="paper"))
        if drawn[-1] > 8:
            cuts[chunks(drawn)[0][1]] += 1
    assert chi_square(cuts, range(1, 9)) < 24.4  # 7 degrees
    last = [int(positions(rng, 9, 29, PAPER)[-1]) - 8 for _ in range(20_000)]
    # U{0..20}, then U{that..20}: the mean goes from 10 to 15.
    assert np.mean(last) == pytest.approx(15, abs=0.15)


def test_a_segment_has_two_tokens_for_each_chunk() -> None:
    assert [fits(n, 100, Options()) for n in (3, 4, 99, 100)] == [False, True, True, False]
    with pytest.raises(ValueError, match="2 tokens in 3 chunks below 9"):
        positions(np.random.default_rng(0), 2, 9, PAPER)


def test_more_chunks_need_the_form_of_the_paper() -> None:
    with pytest.raises(ValidationError, match="has two chunks, not 3; write form: paper"):
        Options(chunks=3)
