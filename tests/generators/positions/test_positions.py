"""What every scheme promises: from 0, rising, below the target, or nothing at all."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators import positions
from schemas.errors import RecipeError

KEYS: list[tuple[str, dict[str, Any]]] = [
    ("restart", {}),
    ("randpos", {}),
    ("pose", {}),
    ("pose", {"form": "paper", "chunks": 3}),
    ("cream", {}),
    ("cream", {"heads": "thirds", "normal": "truncated"}),
    ("cream", {"k": 2, "sigma": "fixed"}),
]


def test_schemes_are_found_by_their_files() -> None:
    assert positions.names() == ("continued", "cream", "pose", "randpos", "restart")
    with pytest.raises(RecipeError, match="no position scheme named 'possum'"):
        positions.load("possum")


def test_a_key_that_nobody_reads_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        positions.options_of("randpos", {"chunks": 2})


@pytest.mark.parametrize(("name", "fields"), KEYS, ids=str)
@given(size=st.tuples(st.integers(1, 300), st.integers(0, 5000)), seed=st.integers(0, 2**32))
def test_every_draw_starts_at_0_rises_and_stays_below_the_target(
    name: str, fields: dict[str, Any], size: tuple[int, int], seed: int
) -> None:
    length, more = size
    options = positions.options_of(name, fields)
    rng = np.random.default_rng(seed)
    drawn = positions.draw(rng, name, length, target=length + more, options=options)
    assert drawn.dtype == np.int32
    assert len(drawn) == length
    assert drawn[0] == 0
    assert (np.diff(drawn) > 0).all()
    assert drawn[-1] < length + more
    assert positions.restarts(drawn) == (drawn.tolist() == list(range(length)))


@pytest.mark.parametrize(("name", "fields"), KEYS, ids=str)
def test_the_same_stream_gives_the_same_positions(name: str, fields: dict[str, Any]) -> None:
    options = positions.options_of(name, fields)
    one, two = (
        positions.draw(np.random.default_rng(7), name, 200, target=900, options=options)
        for _ in range(2)
    )
    assert one.tolist() == two.tolist()


def test_a_segment_too_short_for_its_parts_restarts_and_takes_nothing_from_the_stream() -> None:
    rng = np.random.default_rng(0)
    options = positions.options_of("cream", {})
    drawn = positions.draw(rng, "cream", 1024, target=131072, options=options)
    assert drawn.tolist() == list(range(1024))
    assert rng.random() == np.random.default_rng(0).random()


def test_a_segment_as_long_as_the_target_restarts() -> None:
    options = positions.options_of("pose", {})
    drawn = positions.draw(np.random.default_rng(0), "pose", 64, target=64, options=options)
    assert positions.restarts(drawn)
