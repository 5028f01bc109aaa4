"""What is odd in a text stands out, and what is like the rest does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.shortcuts.surprise import Surprise

WORDS = "the river mill letter road came and went over"
PROSE = " ".join(np.random.default_rng(3).choice(WORDS.split(), 900))


def put(text: str, piece: str, at: int = 2000) -> tuple[str, tuple[int, int]]:
    return text[:at] + piece + text[at:], (at, at + len(piece))


def test_a_code_is_the_oddest_run_of_prose() -> None:
    text, run = put(PROSE, "KX4-90Q7 ZZT-11B9")
    surprise = Surprise(text, [run])
    assert surprise.percentile(run) == 1.0
    assert surprise.mean(*run) > surprise.mean(100, 120)


def test_a_run_of_the_text_itself_does_not_stand_out() -> None:
    percentiles = [
        Surprise(PROSE, [(at, at + 60)]).percentile((at, at + 60)) for at in range(500, 3000, 100)
    ]
    assert 0.25 < np.mean([p for p in percentiles if p is not None]) < 0.75


def test_ten_lines_of_one_wording_do_not_make_each_other_familiar() -> None:
    text, runs = PROSE, []
    for number in range(10):
        text, run = put(text, f"\nQuoth Zyx {number}: xylem, jinx!\n", at=100 + 300 * number)
        runs.append(run)
    assert Surprise(text, runs).percentile(runs[4]) == 1.0
    alone = Surprise(text, []).mean(*runs[4])
    assert alone < Surprise(text, runs).mean(*runs[4])


def test_a_short_text_has_too_few_windows() -> None:
    assert Surprise("abcdefghij", [(0, 4)]).percentile((0, 4)) is None


@pytest.mark.parametrize("text", ["", "a", "abc", "abcd", "é\U0001f600\ud800"])
def test_the_shortest_texts_are_read(text: str) -> None:
    assert np.isfinite(Surprise(text, []).mean(0, len(text)))


@given(st.text(max_size=300), st.integers(0, 300), st.integers(1, 40))
def test_every_run_has_a_surprise(text: str, start: int, size: int) -> None:
    run = (min(start, len(text)), min(start + size, len(text)))
    surprise = Surprise(text, [run])
    found = surprise.percentile(run)
    assert surprise.mean(*run) >= -1e-6
    assert found is None or 0 <= found <= 1
