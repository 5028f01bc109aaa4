"""Which distances are there: counted one by one, and what is known of the published schemes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.positions import coverage, draw, options_of
from generators.positions._coverage import distances


def test_the_example_of_the_docstring() -> None:
    present = distances(np.array([0, 1, 2, 6, 7], np.int32), 8)
    assert np.flatnonzero(present).tolist() == [0, 1, 2, 4, 5, 6, 7]


@given(st.sets(st.integers(0, 199), min_size=1))
def test_distances_are_those_of_all_pairs(chosen: set[int]) -> None:
    found = distances(np.array(sorted(chosen), np.int32), 200)
    assert set(np.flatnonzero(found).tolist()) == {abs(a - b) for a in chosen for b in chosen}


def test_text_as_it_is_has_nothing_beyond_its_length() -> None:
    found = coverage([np.arange(8, dtype=np.int32)], length=8, target=64)
    assert found.edges == (1, 8, 16, 32, 48, 64)
    assert found.shares == (1, 0, 0, 0, 0)
    assert found.never == 56


def test_bands_that_the_segment_fills_are_empty() -> None:
    """40 tokens of 64: nothing lies between the segment and a quarter or a half of the target."""
    found = coverage([np.arange(40, dtype=np.int32)], length=40, target=64)
    assert found.edges == (1, 40, 40, 40, 48, 64)
    assert found.shares == (1, None, None, 0, 0)


@pytest.mark.parametrize(
    ("name", "fields", "expected"),
    [
        ("pose", {}, (0.789, 0.148, 0.131, 0.127, 0.126)),
        ("pose", {"form": "paper"}, (0.770, 0.138, 0.152, 0.140, 0.096)),
        ("pose", {"form": "paper", "chunks": 3}, (0.739, 0.275, 0.221, 0.239, 0.236)),
        ("cream", {"heads": "k"}, (0.986, 0.142, 0.369, 0.368, 0.101)),
        ("cream", {"heads": "thirds"}, (0.381, 0.219, 0.199, 0.222, 0.423)),
        ("cream", {}, (0.688, 0.175, 0.287, 0.296, 0.259)),
        ("restart", {}, (1, 0, 0, 0, 0)),
    ],
    ids=str,
)
def test_what_the_originals_cover_at_eight_times_the_length(
    name: str, fields: dict[str, Any], expected: tuple[float, ...]
) -> None:
    """Numbers of the authors' programs, 400 rows of 4,096; here rows of 512, by the same laws."""
    rng, options = np.random.default_rng(6), options_of(name, fields)
    rows = (draw(rng, name, 512, target=4096, options=options) for _ in range(800))
    found = coverage(rows, length=512, target=4096)
    # k is 32 of 512 tokens here, not of 4,096: its head is eight times as long in proportion.
    near = 0.05 if name != "cream" or fields.get("heads") == "thirds" else 0.12
    assert found.shares == pytest.approx(expected, abs=near)
