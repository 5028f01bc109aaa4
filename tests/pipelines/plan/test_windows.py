"""Windows: units are dealt out so that each window has its part of every source."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.plan.stage import no_breaks, open_stage
from pipelines.plan.windows import deal, split, windows_of
from tests.pipelines.plan.test_parts import documents_with, drawn, recipe_with, woven_of


@pytest.mark.parametrize(
    ("tokens", "source", "windows"),
    [
        # The example of the docstring.
        ([9, 5, 4, 3, 3], [0, 0, 0, 1, 1], [0, 1, 1, 0, 1]),
        # A source of one unit goes where there is least of all.
        ([9, 2, 3], [0, 0, 1], [0, 1, 1]),
        ([], [], []),
    ],
)
def test_the_largest_unit_goes_where_least_is(
    tokens: list[int], source: list[int], windows: list[int]
) -> None:
    assert deal(np.array(tokens, int), np.array(source, int), 2).tolist() == windows


@given(
    units=st.lists(st.tuples(st.integers(1, 100), st.integers(0, 2)), max_size=40),
    number=st.integers(2, 5),
)
def test_windows_of_a_source_differ_by_its_largest_unit_at_most(
    units: list[tuple[int, int]], number: int
) -> None:
    tokens = np.array([size for size, _ in units], np.int64)
    source = np.array([name for _, name in units], np.int64)
    window = deal(tokens, source, number)
    for name in set(source.tolist()):
        mine = source == name
        sums = np.bincount(window[mine], tokens[mine], number)
        assert sums.max() - sums.min() <= tokens[mine].max()


def test_a_small_mix_has_no_windows() -> None:
    recipe = recipe_with()
    documents = documents_with(recipe, [30] * 6, [])
    assert windows_of(recipe, drawn(documents, []), documents, []) == {"main": None}


def test_a_stage_is_split_by_units_and_samples_follow_their_text() -> None:
    """Units of three documents; sample 0 has no text, the others have that of document 0."""
    recipe = recipe_with(window_tokens=200)
    documents = documents_with(recipe, [30] * 12, [])
    plan, woven = drawn(documents, [8, 8, 8]), woven_of([8, 8, 8])
    windows = windows_of(recipe, plan, documents, woven)["main"]
    assert windows is not None
    assert windows.number == 2
    units = windows.document.reshape(4, 3)
    assert (units == units[:, :1]).all()
    assert sorted(units[:, 0].tolist()) == [0, 0, 1, 1]
    stage = open_stage(
        recipe,
        recipe.resolved_stages()[0],
        documents,
        pieces=plan.pieces["main"],
        woven=woven,
        breaks=no_breaks,
    )
    parts = split(stage, windows)
    assert [len(part.pieces) for part in parts] == [6, 6]
    names = [[sample.sample_id for sample in part.woven] for part in parts]
    assert {"n-1", "n-2"} <= set(names[windows.document[0]])
    assert "n-0" in names[0]
    assert split(stage, None) == [stage]
